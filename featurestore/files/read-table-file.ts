import { existsSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { storeError } from '../errors.js';
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
  const reader = readers[path.extname(file.replace(/\.gz$/i, '')).toLowerCase()];
  if (reader === undefined) {
    const known = Object.keys(readers).join(', ');
    throw storeError('STORE_BAD_TABLE_FILE', file, `its name ends in none of ${known}`);
  }
  if (!existsSync(file)) throw storeError('STORE_BAD_TABLE_FILE', file, 'there is no such file');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    // brackets and stars would be taken for a pattern of names
    const literal = `'${path.resolve(file).replaceAll("'", "''").replace(/[[*?]/g, '[$&]')}'`;
    const source = reader.replace('$1', literal);
    const described = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)).getRowsJS();
    const names = described.map((row) => String(row[0]));
    const selected = described.map((row) => cellExpression(String(row[0]), String(row[1]), file));
    const columns = (await connection.runAndReadAll(`SELECT ${selected.join(', ')} FROM ${source}`)).getColumnsJS();
    return new Map(names.map((name, index) => [name, (columns[index] ?? []) as RawColumn] as const));
  } catch (error) {
    if (error instanceof Error && error.name === 'StoreError') throw error;
    const [what = 'it cannot be read'] = String(error instanceof Error ? error.message : error).split('\n');
    throw storeError('STORE_BAD_TABLE_FILE', file, what);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
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
