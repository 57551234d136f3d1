import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { QueryResult } from '../contract/index.js';
import { StoreError, storeError } from '../errors.js';
import { columnList, type ParquetColumn, withParquet } from '../files/parquet-database.js';
import type { AppendColumn } from '../sql/database.js';
import { quoteText } from '../sql/dialect.js';
import { type QueryColumn, queryColumns } from './columns.js';

/**
 * Writes a result to a Parquet file (DOUBLE, BOOLEAN, VARCHAR), whole or not at all; a file of that name is replaced.
 * @throws StoreError STORE_BAD_EXPORT
 */
export async function writeQueryParquet(result: QueryResult, file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  if (!existsSync(folder)) throw storeError('STORE_BAD_EXPORT', file, `the folder "${folder}" does not exist`);
  const columns = queryColumns(result);
  if (columns.length === 0) throw storeError('STORE_BAD_EXPORT', file, 'the result has no column');
  const temporary = `${path.resolve(file)}.${randomUUID()}.part`;
  try {
    await withParquet(async (parquet) => {
      await parquet.run(`CREATE TABLE result (${columnList(columns.map(fileColumn))})`);
      await parquet.append({ schema: 'main', table: 'result' }, columns.map(appendable), result.rows.length);
      await parquet.run(`COPY result TO ${quoteText(temporary)} (FORMAT parquet)`);
    });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    const what = error instanceof Error ? error.message : String(error);
    throw new StoreError('STORE_BAD_EXPORT', storeError('STORE_BAD_EXPORT', file, what).message, { cause: error });
  }
}

function fileColumn({ name, type }: QueryColumn): ParquetColumn {
  return { name, type: type === 'number' ? 'double' : type === 'boolean' ? 'boolean' : 'string' };
}

function appendable(column: QueryColumn): AppendColumn {
  if (column.type === 'number') return { type: 'double', values: column.values };
  if (column.type === 'text') return { type: 'string', values: column.values as readonly (string | null)[] };
  return {
    type: 'integer',
    values: Float64Array.from(column.values, (value) => (value === null ? Number.NaN : Number(value))),
  };
}
