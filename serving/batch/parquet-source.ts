import path from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { ServingError, servingErrors } from '../errors.js';
import { predictErrors, quoted } from '../predict/index.js';
import type { InputNames } from '../rows/input-names.js';
import { type ColumnChoice, type InputPlan, identifies, inputPlan, passedOver } from './input-plan.js';
import { type Position, RowBlock } from './row-block.js';
import type { RowSource } from './row-source.js';

/** Types of columns that are numbers, as DuckDB calls them. */
const numeric = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/;

/**
 * Rows of a Parquet file, read by DuckDB piece by piece.
 * @throws ServingError SERVING_BATCH_INPUT, SERVING_BATCH_COLUMNS
 */
export async function parquetSource(
  file: string,
  name: string,
  names: InputNames,
  choice: ColumnChoice,
): Promise<RowSource> {
  const { connection, close } = await openDuckDb();
  try {
    const source = parquetCall(file);
    const types = await readRows(connection, name, `DESCRIBE SELECT * FROM ${source}`);
    const header = types.map(([column]) => String(column));
    const plan = inputPlan(name, header, names, choice);
    for (const [i, [column, type]] of types.entries()) {
      if ((plan.targets[i] as number) < 0 || numeric.test(String(type))) continue;
      const what = `column ${quoted(String(column))} holds ${String(type)}, expected numbers`;
      throw new ServingError('SERVING_BATCH_COLUMNS', servingErrors.SERVING_BATCH_COLUMNS(name, what));
    }
    const [[total] = []] = await readRows(connection, name, `SELECT count(*) FROM ${source}`);
    if (Number(total) === 0) throw unreadable(name, 'it holds no rows');
    const query = `SELECT ${selected(plan)} FROM ${source}`;
    return {
      plan,
      start: { at: 0, row: 0, line: 0 },
      blocks: (from) => blocksOf(connection, { name, query, total: Number(total) }, plan, from),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** An engine of its own, with bounded memory. */
export async function openDuckDb(): Promise<{ connection: DuckDBConnection; close: () => Promise<void> }> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    autoload_known_extensions: 'false',
    // One thread keeps rows in their order without holding many row groups; the rows are answered in another one anyway.
    threads: '1',
    memory_limit: '1GB',
  });
  const connection = await instance.connect();
  return {
    connection,
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A text in a statement. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function parquetCall(file: string): string {
  // Brackets and stars would be taken for a pattern of names.
  return `read_parquet(${literal(path.resolve(file).replace(/[[*?]/g, '[$&]'))})`;
}

/** Columns that are used, in the order of the file: numbers with NaN for nothing, the identifier as text. */
function selected({ header, targets }: InputPlan): string {
  return usedColumns({ header, targets })
    .map(({ column, target }) => {
      const cell = `"${column.replaceAll('"', '""')}"`;
      return target === identifies ? `CAST(${cell} AS VARCHAR)` : `coalesce(CAST(${cell} AS DOUBLE), 'nan'::DOUBLE)`;
    })
    .join(', ');
}

function usedColumns({ header, targets }: Pick<InputPlan, 'header' | 'targets'>) {
  return header.flatMap((column, i) => {
    const target = targets[i] as number;
    return target === passedOver ? [] : [{ column, target }];
  });
}

interface Query {
  readonly name: string;
  readonly query: string;
  readonly total: number;
}

async function* blocksOf(
  connection: DuckDBConnection,
  { name, query, total }: Query,
  plan: InputPlan,
  from: Position,
): AsyncGenerator<RowBlock> {
  const block = new RowBlock(plan.list.names.length);
  const targets = usedColumns(plan).map(({ target }) => target);
  const result = await engine(name, () => connection.stream(`${query} OFFSET ${from.row}`));
  let { row } = from;
  for (;;) {
    const chunk = await engine(name, () => result.fetchChunk());
    if (chunk === null || chunk.rowCount === 0) break;
    const columns = targets.map((_, i) => chunk.getColumnVector(i));
    for (let r = 0; r < chunk.rowCount; r++) {
      row++;
      fill(block, columns, targets, r, row);
      block.end = { at: row, row, line: 0 };
      if (!block.full) continue;
      block.share = row / total;
      yield block;
      block.clear();
    }
  }
  // A result that breaks off looks like one that is complete.
  if (row !== total) throw unreadable(name, `only ${row} of its ${total} rows could be read`);
  block.share = 1;
  if (block.count + block.bad.length > 0) yield block;
}

function fill(
  block: RowBlock,
  columns: readonly ReturnType<DuckDBDataChunk['getColumnVector']>[],
  targets: readonly number[],
  r: number,
  row: number,
): void {
  const base = block.start();
  let id: string | null = null;
  let given = 0;
  for (let c = 0; c < targets.length; c++) {
    const item = columns[c]?.getItem(r);
    const target = targets[c] as number;
    if (target === identifies) id = item as string | null;
    else if (!Number.isNaN(item)) {
      block.rows[base + target] = item as number;
      given++;
    }
  }
  if (given > 0) block.keep(row, 0, id);
  else block.refuse(row, 0, { code: 'PREDICT_EMPTY_RECORD', reason: predictErrors.PREDICT_EMPTY_RECORD() });
}

async function readRows(
  connection: DuckDBConnection,
  name: string,
  sql: string,
): Promise<readonly (readonly unknown[])[]> {
  return (await engine(name, () => connection.runAndReadAll(sql))).getRowsJS();
}

/** A failure of the engine is the file's: the first line of what it says, which names the file by its path, is left out. */
async function engine<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw unreadable(name, 'it is no sound Parquet file', error);
  }
}

function unreadable(name: string, what: string, cause?: unknown): ServingError {
  return new ServingError('SERVING_BATCH_INPUT', servingErrors.SERVING_BATCH_INPUT(name, what), { cause });
}
