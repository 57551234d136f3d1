import type { FeatureStore } from '../contract/index.js';

/** Opens a new, empty store. `now` is the clock of its write times, in milliseconds since 1970 UTC. */
export type StoreFactory = (options?: { readonly now?: () => number }) => Promise<FeatureStore>;
