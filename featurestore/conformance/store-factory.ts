import type { FeatureStore } from '../contract/index.js';

/** Opens a new, empty store. `now` is the clock of its write times, in milliseconds since 1970 UTC. */
export type StoreFactory = (options?: { readonly now?: () => number }) => Promise<FeatureStore>;

/** Where back ends may differ, each stated in the documentation. */
export interface BackEndLimits {
  /** Whose SQL it speaks. */
  readonly sql: 'DuckDB' | 'PostgreSQL';
  /** Whether a text may hold the character NUL. */
  readonly text: 'any' | 'without NUL';
  /** The view that has the last columns of a group of 2,500 features. */
  readonly wideView: (group: string) => string;
  /** The earliest time that SQL shows as a timestamp, in milliseconds since 1970 UTC. */
  readonly earliestTimeMs: number;
}
