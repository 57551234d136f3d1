import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { RawColumn } from '../groups/detect.js';
import { SerialQueue } from '../sql/serial.js';
import { checkTableFile, tableFileError, tableFileQuery } from './read-table-file.js';

/** A table in a file that is read in pieces. */
export interface TableFile {
  readonly names: readonly string[];
  readonly rowCount: number;
  /** Rows `from` (inclusive, from 0) to `before`, as from `readTableFile`. */
  rows(from: number, before: number): Promise<ReadonlyMap<string, RawColumn>>;
  /** Takes the temporary copy away. */
  close(): void;
}

/**
 * Opens a table that may be larger than memory. The file is read once, whole, into a temporary database on disk: so a mistake in its last
 * line is known before the first row is used, the number of rows too, and any piece can be read again.
 * @throws StoreError STORE_BAD_TABLE_FILE naming the file and what is wrong
 */
export async function openTableFile(file: string): Promise<TableFile> {
  checkTableFile(file);
  const folder = mkdtempSync(path.join(tmpdir(), 'thoracle-table-'));
  const instance = await DuckDBInstance.create(path.join(folder, 'rows.duckdb'));
  const connection = await instance.connect();
  const close = (): void => {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { names, select } = await tableFileQuery(connection, file);
    await connection.run(`CREATE TABLE piece AS ${select}`);
    const [[count] = []] = (await connection.runAndReadAll('SELECT count(*) FROM piece')).getRows();
    const queue = new SerialQueue();
    return {
      names,
      rowCount: Number(count),
      rows: (from, before) =>
        queue.run(async () => {
          const where = `rowid >= ${from} AND rowid < ${before}`;
          const read = await connection.runAndReadAll(`SELECT * FROM piece WHERE ${where} ORDER BY rowid`);
          const columns = read.getColumnsJS();
          return new Map(names.map((name, index) => [name, (columns[index] ?? []) as RawColumn] as const));
        }),
      close,
    };
  } catch (error) {
    close();
    throw tableFileError(file, error);
  }
}
