import type { FeatureStore } from './contract/index.js';
import { storeError } from './errors.js';
import { Catalogue } from './sql/catalogue.js';
import { duckDbDialect } from './sql/duckdb/dialect.js';
import { openDuckDb } from './sql/duckdb/open.js';
import { migrate } from './sql/migrate.js';
import { StoreSession } from './sql/session.js';
import { SqlFeatureStore } from './sql/sql-store.js';

/** Which file to open, and how. */
export interface DuckDbStoreOptions {
  /** A file (made when it does not exist; its folder must) or `:memory:`. */
  readonly file: string;
  /** Only reading; several processes may then have the file open. Default false. */
  readonly readOnly?: boolean;
  /** The clock for write times, in milliseconds since 1970 UTC. Default `Date.now`. */
  readonly now?: () => number;
  /** A query that takes longer is stopped, in milliseconds. Default 60,000. */
  readonly queryLimitMs?: number;
}

/** What a timer can hold. */
const greatestLimitMs = 2 ** 31 - 1;

/**
 * Opens the feature store in a DuckDB file. One process at a time may have a file open for writing.
 * @throws StoreError STORE_BAD_OPTIONS, STORE_NO_FOLDER, STORE_NOT_WRITABLE, STORE_NO_FILE, STORE_NOT_A_STORE, STORE_LOCKED,
 * STORE_NEWER_FORMAT or STORE_OLDER_FORMAT
 */
export async function openDuckDbStore(options: DuckDbStoreOptions): Promise<FeatureStore> {
  const { file, readOnly = false, now = Date.now, queryLimitMs } = checkOptions(options);
  const database = await openDuckDb({ file, readOnly, queryLimitMs });
  try {
    const isChanged = await migrate(database, duckDbDialect, file);
    const catalogue = await Catalogue.load(database, duckDbDialect);
    if (isChanged) await database.transaction(() => catalogue.makeAllViews());
    return new SqlFeatureStore(new StoreSession(database, duckDbDialect, catalogue, now));
  } catch (error) {
    await database.close();
    throw error;
  }
}

function checkOptions(options: DuckDbStoreOptions): DuckDbStoreOptions {
  for (const key of Object.keys(options)) {
    if (!['file', 'readOnly', 'now', 'queryLimitMs'].includes(key))
      throw storeError('STORE_BAD_OPTIONS', `unknown option "${key}"`);
  }
  if (typeof options.file !== 'string' || options.file === '') {
    throw storeError('STORE_BAD_OPTIONS', 'file is missing');
  }
  if (options.file === ':memory:' && options.readOnly === true) {
    throw storeError('STORE_BAD_OPTIONS', 'a store in memory cannot be read-only');
  }
  const limit = options.queryLimitMs;
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0 && limit <= greatestLimitMs)) {
    throw storeError('STORE_BAD_OPTIONS', `queryLimitMs is ${limit}, expected 1 to ${greatestLimitMs} milliseconds`);
  }
  return options;
}
