export type * from './contract/index.js';
export { StoreError, type StoreErrorCode, storeErrors } from './errors.js';
export { writeDataset } from './files/dataset-file.js';
export { readTableFile } from './files/read-table-file.js';
export { openTableFile, type TableFile } from './files/table-file.js';
export {
  columnsOf,
  Detection,
  type DetectionOptions,
  detectDefinitions,
  type OnBadCell,
  type RawColumn,
} from './groups/detect.js';
export * from './http/signature/index.js';
export {
  type DuckDbStoreOptions,
  openDuckDbStore,
  openPostgresStore,
  openStore,
  type PostgresStoreOptions,
} from './open-store.js';
export * from './query-forms/index.js';
export { checkMissingRates } from './records/validate.js';
export type { PostgresTls } from './sql/postgres/tls.js';
