import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import type { OnChunk, SqlParameter, SqlReader } from '../database.js';
import { SerialQueue } from '../serial.js';
import { bindable, engineCall } from './calls.js';
import { readVector } from './read-vector.js';

/** Statements that are kept prepared. */
const mostPrepared = 16;

/** A connection of its own: it sees what is committed and waits for no transaction. Its statements run one after the other. */
export class DuckDbReader implements SqlReader {
  readonly #queue = new SerialQueue();
  readonly #prepared = new Map<string, DuckDBPreparedStatement>();

  constructor(private readonly connection: DuckDBConnection) {}

  scan(sql: string, parameters: readonly SqlParameter[], onChunk: OnChunk): Promise<void> {
    return this.#queue.run(async () => {
      const result = await engineCall(() => this.connection.run(sql, parameters.map(bindable)));
      for (;;) {
        const chunk = await engineCall(() => result.fetchChunk());
        if (chunk === null || chunk.rowCount === 0) return;
        const columns = Array.from({ length: chunk.columnCount }, (_, index) => readVector(chunk, index));
        await onChunk({ columns, rowCount: chunk.rowCount });
      }
    });
  }

  scanPrepared(sql: string, parameters: readonly SqlParameter[], onChunk: OnChunk): Promise<void> {
    return this.#queue.run(async () => {
      const statement = await this.#prepare(sql);
      const result = await engineCall(() => {
        statement.bind(parameters.map(bindable));
        return statement.run();
      });
      // the result is whole and small: its chunks are taken without another turn through the thread pool
      for (let i = 0; i < result.chunkCount; i++) {
        const chunk = result.getChunk(i);
        const columns = Array.from({ length: chunk.columnCount }, (_, index) => readVector(chunk, index));
        await onChunk({ columns, rowCount: chunk.rowCount });
      }
    });
  }

  async #prepare(sql: string): Promise<DuckDBPreparedStatement> {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    if (this.#prepared.size >= mostPrepared) this.#release();
    const made = await engineCall(() => this.connection.prepare(sql));
    this.#prepared.set(sql, made);
    return made;
  }

  #release(): void {
    for (const statement of this.#prepared.values()) statement.destroySync();
    this.#prepared.clear();
  }

  /** After what is under way. */
  close(): Promise<void> {
    return this.#queue.run(async () => {
      this.#release();
      this.connection.closeSync();
    });
  }
}
