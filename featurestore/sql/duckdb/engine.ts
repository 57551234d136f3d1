import { type DuckDBConnection, DuckDBDataChunk, type DuckDBInstance } from '@duckdb/node-api';
import bindings from '@duckdb/node-bindings';
import type { QueryResult, StoreValue } from '../../contract/index.js';
import { storeError } from '../../errors.js';
import type { AppendColumn, OnChunk, RecordKeys, SqlDatabase, SqlParameter, TableName } from '../database.js';
import { inlineKeys } from '../inline-keys.js';
import { SerialQueue } from '../serial.js';
import { bindable, engineCall } from './calls.js';
import { fillVector } from './fill-vector.js';
import { oneSentence } from './messages.js';
import { readVector } from './read-vector.js';
import { DuckDbReader } from './reader.js';
import { SelectOnly } from './select-only.js';

/** Rows in one chunk: DuckDB's vector size. */
const chunkRows = 2048;

const defaultQueryLimitMs = 60_000;

/** `SqlDatabase` on a DuckDB instance: a connection for the store's statements, one for reading beside them, one for users' queries. */
export class DuckDbDatabase implements SqlDatabase {
  readonly #queries = new SerialQueue();
  readonly #selectOnly: SelectOnly;
  readonly isShared = false;
  readonly beside: DuckDbReader;

  private constructor(
    readonly readOnly: boolean,
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly queryConnection: DuckDBConnection,
    readConnection: DuckDBConnection,
    queryLimitMs: number,
  ) {
    this.beside = new DuckDbReader(readConnection);
    this.#selectOnly = new SelectOnly(queryConnection, queryLimitMs);
  }

  static async connect(
    instance: DuckDBInstance,
    readOnly: boolean,
    queryLimitMs = defaultQueryLimitMs,
  ): Promise<DuckDbDatabase> {
    const [own, queries, reader] = [await instance.connect(), await instance.connect(), await instance.connect()];
    return new DuckDbDatabase(readOnly, instance, own, queries, reader, queryLimitMs);
  }

  async run(sql: string, parameters: readonly SqlParameter[] = []): Promise<void> {
    await engineCall(() => this.connection.run(sql, parameters.map(bindable)));
  }

  async scan(sql: string, parameters: readonly SqlParameter[], onChunk: OnChunk): Promise<void> {
    // the whole result, not a stream: DuckDB ends a stream that fails halfway like one that is complete
    const result = await engineCall(() => this.connection.run(sql, parameters.map(bindable)));
    for (;;) {
      const chunk = await engineCall(() => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      const columns = Array.from({ length: chunk.columnCount }, (_, index) => readVector(chunk, index));
      await onChunk({ columns, rowCount: chunk.rowCount });
    }
  }

  stream(sql: string, onChunk: OnChunk): Promise<void> {
    return this.scan(sql, [], onChunk);
  }

  async append(table: TableName, columns: readonly AppendColumn[], rowCount: number): Promise<void> {
    if (rowCount === 0) return;
    await engineCall(async () => {
      const appender = await this.connection.createAppender(table.table, table.schema, table.catalog);
      try {
        const types = columns.map((_, index) => appender.columnType(index));
        const chunk = DuckDBDataChunk.create(types);
        for (let from = 0; from < rowCount; from += chunkRows) {
          const to = Math.min(rowCount, from + chunkRows);
          chunk.reset();
          chunk.rowCount = to - from;
          for (const [index, column] of columns.entries()) {
            fillVector(bindings.data_chunk_get_vector(chunk.chunk, index), String(types[index]), column, from, to);
          }
          appender.appendDataChunk(chunk);
        }
        appender.flushSync();
      } finally {
        appender.closeSync();
      }
    });
  }

  async keys(keys: RecordKeys): Promise<string> {
    const inline = inlineKeys(keys, 'VARCHAR');
    if (inline !== undefined) return inline;
    await this.run('CREATE OR REPLACE TEMP TABLE incoming (row_number BIGINT, record_id VARCHAR, event_time BIGINT)');
    const rowNumbers = Float64Array.from(keys.ids, (_, index) => index);
    const columns: AppendColumn[] = [
      { type: 'integer', values: rowNumbers },
      { type: 'string', values: keys.ids },
      { type: 'integer', values: keys.eventTimes },
    ];
    await this.append({ catalog: 'temp', schema: 'main', table: 'incoming' }, columns, keys.ids.length);
    return 'temp.main.incoming';
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run('BEGIN TRANSACTION');
    try {
      const result = await work();
      await this.run('COMMIT');
      return result;
    } catch (error) {
      await rollBack(this.connection);
      throw error;
    }
  }

  /** One process has the file, and its writes come one after the other. */
  async lock(): Promise<void> {}

  select(sql: string, parameters: readonly StoreValue[]): Promise<QueryResult> {
    return this.#queries.run(() => this.#selectOnly.run(sql, parameters));
  }

  async close(): Promise<void> {
    await this.#queries.run(async () => undefined);
    await this.beside.close();
    this.queryConnection.closeSync();
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

/** A failed COMMIT has already ended the transaction; then there is nothing to roll back. */
async function rollBack(connection: DuckDBConnection): Promise<void> {
  try {
    await connection.run('ROLLBACK');
  } catch (error) {
    if (!/no transaction is active/.test(String(error))) throw storeError('STORE_ENGINE', oneSentence(error));
  }
}
