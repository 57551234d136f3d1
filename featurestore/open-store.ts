import type { FeatureStore } from './contract/index.js';
import { storeError } from './errors.js';
import { Catalogue } from './sql/catalogue.js';
import { duckDbDialect } from './sql/duckdb/dialect.js';
import { openDuckDb } from './sql/duckdb/open.js';
import { migrate } from './sql/migrate.js';
import { postgresDialect } from './sql/postgres/dialect.js';
import { openPostgres } from './sql/postgres/open.js';
import { type PostgresTls, withoutPassword } from './sql/postgres/tls.js';
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
  /**
   * Values of latest records that were read are held in memory up to so many MB (a million bytes), 8 bytes a number; 0 holds none.
   * Default 256: some 120,000 records of 250 numbers.
   */
  readonly cacheMb?: number;
}

const defaultCacheMb = 256;
const greatestCacheMb = 1_000_000;
/** What a timer can hold. */
const greatestLimitMs = 2 ** 31 - 1;

/**
 * Opens the feature store in a DuckDB file. One process at a time may have a file open for writing.
 * @throws StoreError STORE_BAD_OPTIONS, STORE_NO_FOLDER, STORE_NOT_WRITABLE, STORE_NO_FILE, STORE_NOT_A_STORE, STORE_LOCKED,
 * STORE_NEWER_FORMAT or STORE_OLDER_FORMAT
 */
export async function openDuckDbStore(options: DuckDbStoreOptions): Promise<FeatureStore> {
  const { file, readOnly = false, now = Date.now, queryLimitMs, cacheMb = defaultCacheMb } = checkOptions(options);
  const database = await openDuckDb({ file, readOnly, queryLimitMs });
  try {
    const isChanged = await migrate(database, duckDbDialect, file);
    const catalogue = await Catalogue.load(database, duckDbDialect);
    if (isChanged) await database.transaction(() => catalogue.makeAllViews());
    return new SqlFeatureStore(new StoreSession(database, duckDbDialect, catalogue, now), cacheMb);
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** How to open a store on a PostgreSQL server. */
export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`; `sslmode`, `sslrootcert`, `sslcert` and `sslkey` in it are honoured. */
  readonly url: string;
  /** Only reading; then a role that may only read is enough. Default false. */
  readonly readOnly?: boolean;
  /** The clock for write times, in milliseconds since 1970 UTC. Default `Date.now`. */
  readonly now?: () => number;
  /** A query that takes longer is stopped, in milliseconds. Default 60,000. */
  readonly queryLimitMs?: number;
  /** Connections at most. Default 8. */
  readonly poolSize?: number;
  /** What a TLS connection trusts and shows. */
  readonly tls?: PostgresTls;
}

/**
 * Opens the feature store in a PostgreSQL database (14 or later, encoding UTF8), which any number of processes may share.
 * The tables are made when the database has none of the store's; the first opening needs the owner's role for that.
 * @throws StoreError STORE_BAD_OPTIONS, STORE_CONNECTION, STORE_TLS, STORE_LOGIN, STORE_NOT_ALLOWED, STORE_NOT_A_STORE, STORE_NEWER_FORMAT or STORE_OLDER_FORMAT
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<FeatureStore> {
  const { url, readOnly = false, now = Date.now, queryLimitMs, poolSize, tls } = options;
  checkKeys(options, ['url', 'readOnly', 'now', 'queryLimitMs', 'poolSize', 'tls']);
  checkLimit(queryLimitMs);
  if (!/^postgres(ql)?:\/\//.test(url)) throw storeError('STORE_BAD_OPTIONS', 'url does not begin with postgres://');
  if (poolSize !== undefined && !(Number.isInteger(poolSize) && poolSize >= 2 && poolSize <= 1000)) {
    throw storeError('STORE_BAD_OPTIONS', `poolSize is ${poolSize}, expected 2 to 1000`);
  }
  const database = await openPostgres({ url, readOnly, queryLimitMs, poolSize, tls });
  try {
    await migrate(database, postgresDialect, withoutPassword(url));
    const catalogue = await Catalogue.load(database, postgresDialect);
    return new SqlFeatureStore(new StoreSession(database, postgresDialect, catalogue, now));
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * Opens the store at a place: `postgres://…` is a server's database, anything else a DuckDB file or `:memory:`. `cacheMb` is for files
 * alone: a server's other clients would not be seen.
 */
export function openStore(
  place: string,
  options: Omit<DuckDbStoreOptions, 'file'> & Omit<PostgresStoreOptions, 'url'> = {},
): Promise<FeatureStore> {
  const { cacheMb: _ofFiles, ...forServers } = options;
  if (/^postgres(ql)?:\/\//.test(place)) return openPostgresStore({ url: place, ...forServers });
  return openDuckDbStore({ file: place, ...options });
}

function checkKeys(options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw storeError('STORE_BAD_OPTIONS', `unknown option "${key}"`);
  }
}

function checkLimit(limit: number | undefined): void {
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0 && limit <= greatestLimitMs)) {
    throw storeError('STORE_BAD_OPTIONS', `queryLimitMs is ${limit}, expected 1 to ${greatestLimitMs} milliseconds`);
  }
}

function checkOptions(options: DuckDbStoreOptions): DuckDbStoreOptions {
  checkKeys(options, ['file', 'readOnly', 'now', 'queryLimitMs', 'cacheMb']);
  if (typeof options.file !== 'string' || options.file === '') {
    throw storeError('STORE_BAD_OPTIONS', 'file is missing');
  }
  if (options.file === ':memory:' && options.readOnly === true) {
    throw storeError('STORE_BAD_OPTIONS', 'a store in memory cannot be read-only');
  }
  checkLimit(options.queryLimitMs);
  const { cacheMb } = options;
  if (cacheMb !== undefined && !(Number.isFinite(cacheMb) && cacheMb >= 0 && cacheMb <= greatestCacheMb)) {
    throw storeError('STORE_BAD_OPTIONS', `cacheMb is ${cacheMb}, expected 0 to ${greatestCacheMb} MB`);
  }
  return options;
}
