import { existsSync } from 'node:fs';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type StoreError, storeError } from '../errors.js';
import type { RawColumn } from '../groups/detect.js';

/** How each kind of file is read; all cells of a CSV as text, since what a column is gets decided by the whole of it. */
const readers: Readonly<Record<string, string>> = {
  '.csv': `read_csv($1, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')`,
  '.tsv': `read_csv($1, all_varchar = true, header = true, delim = '\t', quote = '"', escape = '"')`,
  '.parquet': 'read_parquet($1)',
  '.jsonl': `read_json($1, format = 'newline_delimited')`,
  '.ndjson': `read_json($1, format = 'newline_delimited')`,
};

/**
 * Reads a table from a file: CSV or TSV with a header (`.gz` too), Parquet, JSON lines.
 * @returns columns in the order of the file: numbers of floating point as they are, all others as text; missing is null
 * @throws StoreError STORE_BAD_TABLE_FILE naming the file and what is wrong
 */
export async function readTableFile(file: string): Promise<ReadonlyMap<string, RawColumn>> {
  checkTableFile(file);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const { names, select } = await tableFileQuery(connection, file);
    const columns = (await connection.runAndReadAll(select)).getColumnsJS();
    return new Map(names.map((name, index) => [name, (columns[index] ?? []) as RawColumn] as const));
  } catch (error) {
    throw tableFileError(file, error);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** @throws StoreError STORE_BAD_TABLE_FILE when there is no such file, or its name says no format */
export function checkTableFile(file: string): void {
  if (readerOf(file) === undefined) {
    const known = Object.keys(readers).join(', ');
    throw storeError('STORE_BAD_TABLE_FILE', file, `its name ends in none of ${known}`);
  }
  if (!existsSync(file)) throw storeError('STORE_BAD_TABLE_FILE', file, 'there is no such file');
}

function readerOf(file: string): string | undefined {
  return readers[path.extname(file.replace(/\.gz$/i, '')).toLowerCase()];
}

/** The names of a file's columns, and the statement that reads them as columns c0, c1, … */
export async function tableFileQuery(
  connection: DuckDBConnection,
  file: string,
): Promise<{ readonly names: readonly string[]; readonly select: string }> {
  // brackets and stars would be taken for a pattern of names
  const literal = `'${path.resolve(file).replaceAll("'", "''").replace(/[[*?]/g, '[$&]')}'`;
  const source = String(readerOf(file)).replace('$1', () => literal);
  const described = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)).getRowsJS();
  const cells = described.map((row, i) => `${cellExpression(String(row[0]), String(row[1]), file)} AS c${i}`);
  return { names: described.map((row) => String(row[0])), select: `SELECT ${cells.join(', ')} FROM ${source}` };
}

/** What went wrong with a file, in one sentence. */
export function tableFileError(file: string, error: unknown): StoreError {
  if (error instanceof Error && error.name === 'StoreError') return error as StoreError;
  const [what = 'it cannot be read'] = String(error instanceof Error ? error.message : error).split('\n');
  return storeError('STORE_BAD_TABLE_FILE', file, what);
}

function cellExpression(name: string, type: string, file: string): string {
  const column = `"${name.replaceAll('"', '""')}"`;
  if (type === 'DOUBLE' || type === 'FLOAT') return `CAST(${column} AS DOUBLE)`;
  if (type === 'BOOLEAN') return `CAST(CAST(${column} AS INTEGER) AS VARCHAR)`;
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) {
    return `strftime(make_timestamp(epoch_us(${column})), '%Y-%m-%dT%H:%M:%S.%gZ')`;
  }
  if (/[[(]|^(STRUCT|MAP|UNION|LIST|BLOB|JSON)/.test(type) && !type.startsWith('DECIMAL')) {
    throw storeError('STORE_BAD_TABLE_FILE', file, `column "${name}" is of type ${type}, expected single values`);
  }
  return `CAST(${column} AS VARCHAR)`;
}
