export type * from './contract/index.js';
export { StoreError, type StoreErrorCode, storeErrors } from './errors.js';
export { type DuckDbStoreOptions, openDuckDbStore } from './open-store.js';
