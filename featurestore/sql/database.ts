import type { Column, NumericColumn, QueryResult, StoreValue, StringColumn } from '../contract/index.js';

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

/** Lists of numbers to append, gathered from the columns of a table: row i of the result has row `rows[i]` of each column. */
export interface GatheredNumbers {
  readonly type: 'gathered-numbers';
  readonly columns: readonly NumericColumn[];
  readonly rows: Int32Array;
}

/** Lists of texts to append, gathered in the same way. */
export interface GatheredTexts {
  readonly type: 'gathered-texts';
  readonly columns: readonly StringColumn[];
  readonly rows: Int32Array;
}

/** One value for all rows. */
export interface ConstantColumn {
  readonly type: 'constant';
  readonly value: SqlParameter;
}

/** What can be appended to a table. */
export type AppendColumn = SqlColumn | GatheredNumbers | GatheredTexts | ConstantColumn;

/** The record ids and event times (milliseconds since 1970 UTC) that a statement is about. */
export interface RecordKeys {
  readonly ids: readonly string[];
  readonly eventTimes: Float64Array;
}

/** Some rows of a result, column by column; missing is NaN or null, timestamps are milliseconds since 1970 UTC. */
export interface RowChunk {
  readonly columns: readonly SqlColumn[];
  readonly rowCount: number;
}

export type OnChunk = (chunk: RowChunk) => void | Promise<void>;

/** Reads what is committed, beside a transaction that may be under way. */
export interface SqlReader {
  /** As `SqlDatabase.scan`. */
  scan(sql: string, parameters: readonly SqlParameter[], onChunk: OnChunk): Promise<void>;
  /** The same for a small result of a statement that comes again and again with other parameters: an engine may keep it prepared. */
  scanPrepared(sql: string, parameters: readonly SqlParameter[], onChunk: OnChunk): Promise<void>;
}

/**
 * What the store needs of a database engine, and nothing more. One engine is one implementation of this and of `Dialect`.
 * Statements within a transaction, and all statements of an engine that is not shared, run one after the other in the order of the
 * calls. Booleans travel as the integers 0 and 1.
 */
export interface SqlDatabase {
  readonly readOnly: boolean;
  /** Whether other processes may change the store while this one has it open. */
  readonly isShared: boolean;
  /** Absent where ordinary reads outside a transaction wait for nobody anyway. */
  readonly beside?: SqlReader;
  /** Runs one statement for its effect. */
  run(sql: string, parameters?: readonly SqlParameter[]): Promise<void>;
  /** Runs one reading statement; chunks arrive in the order of the result, one at a time. */
  scan(sql: string, parameters: readonly SqlParameter[], onChunk: OnChunk): Promise<void>;
  /** The same for results of any size: where the engine can, only a part of the rows is held at a time. */
  stream(sql: string, onChunk: OnChunk): Promise<void>;
  /** Appends columns of equal length to a table with the same number of columns. */
  append(table: TableName, columns: readonly AppendColumn[], rowCount: number): Promise<void>;
  /**
   * Makes keys available to statements of the present transaction.
   * @returns what to write after FROM; columns row_number (BIGINT, from 0), record_id, event_time (BIGINT)
   */
  keys(keys: RecordKeys): Promise<string>;
  /** All of the work or none of it. Not to be nested. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Waits until no other transaction holds the lock of the same name, and holds it until the present transaction ends.
   * @param name a group's by its id; taken in the order catalogue, group, provenance, so that nobody waits in a circle
   */
  lock(name: 'catalogue' | 'provenance' | number): Promise<void>;
  /** Runs one statement of a user, read-only by construction, beside the store's own statements. */
  select(sql: string, parameters: readonly StoreValue[]): Promise<QueryResult>;
  close(): Promise<void>;
}

export interface TableName {
  /** Left out for the database that is open. */
  readonly catalog?: string;
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
