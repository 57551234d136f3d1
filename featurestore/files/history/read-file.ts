import type { Column } from '../../contract/index.js';
import { storeError } from '../../errors.js';
import { type OnChunk, readRows } from '../../sql/database.js';
import { quoteName, quoteText } from '../../sql/dialect.js';
import type { DuckDbDatabase } from '../../sql/duckdb/engine.js';
import { type ParquetColumn, parquetType } from '../parquet-database.js';
import type { FileFacts } from './layout.js';

/** Columns read by one statement: beyond, the time of a scan grows with the square of their number. */
const blockColumns = 1000;

/**
 * Hands over the rows of a Parquet file that has exactly these columns: chunk by chunk, or all at once where the file is wide (the writer
 * puts so few rows into a wide file that they are few values).
 * @throws StoreError STORE_BAD_ARCHIVE naming file and column
 */
export async function readFile(
  parquet: DuckDbDatabase,
  file: string,
  { rows }: FileFacts,
  columns: readonly ParquetColumn[],
  onChunk: OnChunk,
): Promise<void> {
  const source = `read_parquet(${quoteText(file)}, hive_partitioning = false)`;
  await checkColumns(parquet, file, source, columns);
  if (columns.length > blockColumns) {
    const all: Column[] = [];
    for (let from = 0; from < columns.length; from += blockColumns) {
      all.push(...(await readBlock(parquet, file, source, rows, columns.slice(from, from + blockColumns))));
    }
    await onChunk({ columns: all, rowCount: rows });
    return;
  }
  let count = 0;
  await parquet.scan(`SELECT ${columns.map(plainNumbers).join(', ')} FROM ${source}`, [], (chunk) => {
    count += chunk.rowCount;
    return onChunk(chunk);
  });
  checkRows(file, count, rows);
}

async function checkColumns(
  parquet: DuckDbDatabase,
  file: string,
  source: string,
  columns: readonly ParquetColumn[],
): Promise<void> {
  const bad = (what: string): Error => storeError('STORE_BAD_ARCHIVE', file, what);
  const described = await readRows(parquet, `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${source})`);
  const found = new Map(described.map(([name, type]) => [String(name), String(type)] as const));
  for (const { name, type } of columns) {
    const has = found.get(name);
    if (has === undefined) throw bad(`the column "${name}" is missing`);
    if (has !== parquetType(type)) throw bad(`the column "${name}" is ${has}, expected ${parquetType(type)}`);
  }
  if (found.size === columns.length) return;
  const known = new Set(columns.map(({ name }) => name));
  const extra = [...found.keys()].find((name) => !known.has(name));
  throw bad(`it has the column "${extra}", which no version of the group has`);
}

/** Some columns of all rows. */
async function readBlock(
  parquet: DuckDbDatabase,
  file: string,
  source: string,
  rowCount: number,
  block: readonly ParquetColumn[],
): Promise<readonly Column[]> {
  const texts = block.map(({ type }) => (type === 'string' ? new Array<string | null>(rowCount).fill(null) : null));
  const numbers = block.map(({ type }) => (type === 'string' ? null : new Float64Array(rowCount)));
  let start = 0;
  await parquet.scan(`SELECT ${block.map(plainNumbers).join(', ')} FROM ${source}`, [], (chunk) => {
    checkRows(file, Math.max(rowCount, start + chunk.rowCount), rowCount);
    for (const [index, { values }] of chunk.columns.entries()) {
      const list = texts[index];
      if (list) for (let row = 0; row < chunk.rowCount; row++) list[start + row] = values[row] as string | null;
      else numbers[index]?.set(values as Float64Array, start);
    }
    start += chunk.rowCount;
  });
  checkRows(file, start, rowCount);
  return block.map((_, index) => {
    const list = texts[index];
    return list ? { type: 'string', values: list } : { type: 'double', values: numbers[index] as Float64Array };
  });
}

function checkRows(file: string, found: number, expected: number): void {
  if (found === expected) return;
  throw storeError('STORE_BAD_ARCHIVE', file, `it has ${found} rows, expected ${expected}`);
}

/** Times and truth values as whole numbers, which are read without an object for each. */
function plainNumbers({ name, type }: ParquetColumn): string {
  if (type === 'timestamp') return `epoch_ms(${quoteName(name)})`;
  return type === 'boolean' ? `CAST(${quoteName(name)} AS BIGINT)` : quoteName(name);
}
