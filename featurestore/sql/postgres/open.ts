import pg from 'pg';
import { storeError } from '../../errors.js';
import { PostgresDatabase } from './engine.js';
import { engineError } from './failure.js';
import { connectionOf, connectionRefusal, type PostgresTls, withoutPassword } from './tls.js';

/** Where a PostgreSQL server is, and how to speak to it. */
export interface PostgresAddress {
  /** `postgres://user:password@host:port/database`; `sslmode`, `sslrootcert`, `sslcert` and `sslkey` in it are honoured. */
  readonly url: string;
  readonly readOnly: boolean;
  /** Connections at most; default 8. */
  readonly poolSize?: number | undefined;
  /** TLS beyond what the address says. */
  readonly tls?: PostgresTls | undefined;
  /** A query of a user that takes longer is stopped; milliseconds, default 60,000. */
  readonly queryLimitMs?: number | undefined;
}

const oldestServer = 140_000;

/**
 * Connects to a PostgreSQL server.
 * @throws StoreError STORE_CONNECTION, STORE_TLS, STORE_LOGIN, STORE_NOT_A_STORE (too old a server, or not UTF-8), STORE_BAD_OPTIONS
 */
export async function openPostgres(address: PostgresAddress): Promise<PostgresDatabase> {
  const { url, readOnly, poolSize = 8, tls, queryLimitMs = 60_000 } = address;
  const pool = new pg.Pool({
    ...connectionOf(url, tls),
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    application_name: 'thoracle',
    ...(readOnly ? { options: '-c default_transaction_read_only=on' } : {}),
  });
  // a connection that breaks while idle is replaced by the next call
  pool.on('error', () => undefined);
  try {
    const { rows } = await pool.query(
      `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding`,
    );
    const { version, encoding } = rows[0] as { version: number; encoding: string };
    const place = withoutPassword(url);
    if (version < oldestServer) throw storeError('STORE_NOT_A_STORE', place, `the server is older than PostgreSQL 14`);
    if (encoding !== 'UTF8') {
      throw storeError('STORE_NOT_A_STORE', place, `the database's encoding is ${encoding}, expected UTF8`);
    }
    return new PostgresDatabase(readOnly, pool, queryLimitMs);
  } catch (error) {
    await pool.end();
    throw connectionRefusal(error, url) ?? engineError(error);
  }
}
