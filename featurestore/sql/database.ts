import type { Column, QueryResult, StoreValue } from '../contract/index.js';

/** A value bound to a statement of the store's own. */
export type SqlParameter = string | number | null;

/** Lists of numbers, one for each row; missing is NaN (NULL in the engine), null for a whole list. */
export interface NumberLists {
  readonly type: 'numbers';
  readonly values: readonly (Float64Array | null)[];
}

/** Lists of texts, one for each row. */
export interface TextLists {
  readonly type: 'texts';
  readonly values: readonly (readonly (string | null)[] | null)[];
}

export type SqlColumn = Column | NumberLists | TextLists;

/** Some rows of a result, column by column; missing is NaN or null, timestamps are milliseconds since 1970 UTC. */
export interface RowChunk {
  readonly columns: readonly SqlColumn[];
  readonly rowCount: number;
}

export type OnChunk = (chunk: RowChunk) => void | Promise<void>;

/**
 * What the store needs of a database engine, and nothing more. One engine is one implementation of this and of `Dialect`.
 * Statements run one after the other in the order of the calls. Booleans travel as the integers 0 and 1.
 */
export interface SqlDatabase {
  readonly readOnly: boolean;
  /** Runs one statement for its effect. */
  run(sql: string, parameters?: readonly SqlParameter[]): Promise<void>;
  /** Runs one reading statement; chunks arrive in the order of the result, one at a time. */
  scan(sql: string, parameters: readonly SqlParameter[], onChunk: OnChunk): Promise<void>;
  /** Appends columns of equal length to a table with the same number of columns. */
  append(table: TableName, columns: readonly SqlColumn[], rowCount: number): Promise<void>;
  /** All of the work or none of it. Not to be nested. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Runs one statement of a user, read-only by construction, beside the store's own statements. */
  select(sql: string, parameters: readonly StoreValue[]): Promise<QueryResult>;
  close(): Promise<void>;
}

export interface TableName {
  readonly schema: string;
  readonly table: string;
}

/** Reads a whole (small) result as rows of numbers and strings. */
export async function readRows(
  database: SqlDatabase,
  sql: string,
  parameters: readonly SqlParameter[] = [],
): Promise<SqlParameter[][]> {
  const rows: SqlParameter[][] = [];
  await database.scan(sql, parameters, (chunk) => {
    for (let row = 0; row < chunk.rowCount; row++) {
      rows.push(chunk.columns.map((column) => scalarAt(column, row)));
    }
  });
  return rows;
}

function scalarAt(column: SqlColumn, row: number): SqlParameter {
  const value = column.values[row] ?? null;
  if (value !== null && typeof value === 'object')
    throw new TypeError('a list was read where a number or a text belongs');
  return value;
}
