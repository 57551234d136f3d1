import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient, QueryArrayResult } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { QueryResult, StoreValue } from '../../contract/index.js';
import { storeError } from '../../errors.js';
import type { AppendColumn, OnChunk, RecordKeys, SqlDatabase, SqlParameter, TableName } from '../database.js';
import { quoteName } from '../dialect.js';
import { inlineKeys } from '../inline-keys.js';
import { type CopyType, copyRows } from './copy-rows.js';
import { scanWithCursor } from './cursor.js';
import { engineError, isTransient } from './failure.js';
import { columnOfRows, textParser } from './read-columns.js';
import { selectOnly } from './select-only.js';

/** First key of the store's advisory locks, so that they do not meet another program's. */
const lockSpace = 1_952_999_790;
/** Second keys; a group's is its id. */
const lockKeys = { catalogue: -1, provenance: -2 } as const;
/** Milliseconds before a transaction or a reading statement is begun anew; a server that restarts is back within their sum. */
const waitsMs = [50, 200, 800, 3000] as const;

/** `SqlDatabase` on a pool of connections. A transaction has one of its own; what its work calls goes there. */
export class PostgresDatabase implements SqlDatabase {
  readonly isShared = true;
  readonly #transaction = new AsyncLocalStorage<PoolClient>();
  readonly #columnTypes = new Map<string, readonly CopyType[]>();

  constructor(
    readonly readOnly: boolean,
    private readonly pool: Pool,
    private readonly queryLimitMs: number,
  ) {}

  async run(sql: string, parameters: readonly SqlParameter[] = []): Promise<void> {
    await this.#query(sql, parameters);
  }

  async scan(sql: string, parameters: readonly SqlParameter[], onChunk: OnChunk): Promise<void> {
    const result = await this.#read(sql, parameters);
    if (result.rows.length === 0) return;
    const columns = result.fields.map((field, index) => columnOfRows(result.rows, index, field.dataTypeID));
    await onChunk({ columns, rowCount: result.rows.length });
  }

  /** Outside of a transaction, reading again is safe whenever the connection was lost. */
  async #read(sql: string, parameters: readonly SqlParameter[]): Promise<QueryArrayResult<unknown[]>> {
    if (this.#transaction.getStore() !== undefined) return this.#query(sql, parameters);
    return again(() => this.#query(sql, parameters));
  }

  async stream(sql: string, onChunk: OnChunk): Promise<void> {
    const scan = (): Promise<void> => scanWithCursor(this.#transaction.getStore() as PoolClient, sql, onChunk);
    await (this.#transaction.getStore() === undefined ? this.#once(scan) : scan());
  }

  async #query(sql: string, parameters: readonly SqlParameter[]): Promise<QueryArrayResult<unknown[]>> {
    const config = {
      text: sql,
      values: [...parameters],
      rowMode: 'array' as const,
      types: { getTypeParser: textParser as never },
    };
    const own = this.#transaction.getStore();
    return engineCall(() => (own === undefined ? this.pool.query(config) : own.query(config)));
  }

  async append(table: TableName, columns: readonly AppendColumn[], rowCount: number): Promise<void> {
    if (rowCount === 0) return;
    const client = this.#transaction.getStore();
    if (client === undefined) throw storeError('STORE_ENGINE', 'rows are appended within a transaction');
    const name = `${table.catalog ?? table.schema}.${quoteName(table.table)}`;
    const types = await this.#typesOf(name);
    await engineCall(async () => {
      const target = client.query(copyFrom(`COPY ${name} FROM STDIN (FORMAT binary)`));
      await pipeline(Readable.from(copyRows(columns, types, rowCount)), target);
    });
  }

  async #typesOf(name: string): Promise<readonly CopyType[]> {
    const known = this.#columnTypes.get(name);
    if (known !== undefined) return known;
    const result = await this.#query(
      `SELECT format_type(atttypid, NULL) FROM pg_attribute
        WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
      [name],
    );
    const types = result.rows.map((row) => String(row[0]) as CopyType);
    this.#columnTypes.set(name, types);
    return types;
  }

  async keys(keys: RecordKeys): Promise<string> {
    const inline = inlineKeys(
      keys,
      'text',
      this.#transaction.getStore() === undefined ? Number.POSITIVE_INFINITY : undefined,
    );
    if (inline !== undefined) return inline;
    await this.run(
      'CREATE TEMP TABLE IF NOT EXISTS incoming (row_number bigint, record_id text COLLATE "C", event_time bigint) ON COMMIT DROP',
    );
    await this.run('TRUNCATE pg_temp.incoming');
    const columns: AppendColumn[] = [
      { type: 'integer', values: Float64Array.from(keys.ids, (_, index) => index) },
      { type: 'string', values: keys.ids },
      { type: 'integer', values: keys.eventTimes },
    ];
    await this.append({ schema: 'pg_temp', table: 'incoming' }, columns, keys.ids.length);
    await this.run('ANALYZE pg_temp.incoming');
    return 'pg_temp.incoming';
  }

  /**
   * Done again, from the start, after a deadlock and when the connection was lost before COMMIT was sent: then nothing was committed. After
   * that nobody knows, and the caller is told.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    return again(() => this.#once(work));
  }

  async #once<T>(work: () => Promise<T>): Promise<T> {
    const client = await engineCall(() => this.pool.connect());
    let broken: Error | undefined;
    const heard = (): void => undefined;
    client.on('error', heard);
    try {
      await engineCall(() => client.query('BEGIN'));
      const result = await this.#transaction.run(client, work);
      await engineCall(() => client.query('COMMIT'), 'commit');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.off('error', heard);
      client.release(broken);
    }
  }

  async lock(name: 'catalogue' | 'provenance' | number): Promise<void> {
    const key = typeof name === 'number' ? name : lockKeys[name];
    await this.run(`SELECT pg_advisory_xact_lock(${lockSpace}, ${key})`);
  }

  select(sql: string, parameters: readonly StoreValue[]): Promise<QueryResult> {
    return selectOnly(this.pool, sql, parameters, this.queryLimitMs);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

async function again<T>(work: () => Promise<T>): Promise<T> {
  for (const waitMs of waitsMs) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      await sleep(waitMs);
    }
  }
  return work();
}

async function engineCall<T>(work: () => Promise<T>, step?: 'commit'): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw engineError(error, step);
  }
}
