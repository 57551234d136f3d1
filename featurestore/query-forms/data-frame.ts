import type { QueryResult } from '../contract/index.js';
import { queryColumns } from './columns.js';

/** What is needed of danfo.js (`danfojs`, `danfojs-node`): the user's own module, so that the store depends on neither. */
export interface DataFrameModule<Frame> {
  readonly DataFrame: new (columns: Record<string, unknown[]>) => Frame;
}

/** What is needed of Apache Arrow's package (`apache-arrow`): the user's own module. */
export interface ArrowModule {
  // methods, whose parameters TypeScript compares both ways: Arrow's own are narrower
  /** A table of columns by name. */
  tableFromArrays(columns: Record<string, Float64Array | readonly unknown[]>): unknown;
  /** The bytes of such a table. */
  tableToIPC(table: unknown, type: 'stream' | 'file'): Uint8Array;
}

/** A data frame of a result, made by the user's own danfo module: numbers (missing NaN), texts and truth values (missing null). */
export function toDataFrame<Frame>(result: QueryResult, dfd: DataFrameModule<Frame>): Frame {
  return new dfd.DataFrame(Object.fromEntries(queryColumns(result).map(({ name, values }) => [name, [...values]])));
}

/**
 * A result in Arrow's streaming format (or file format), made by the user's own Arrow module: numbers are float64 (missing NaN), texts are
 * dictionaries, missing texts and truth values are null.
 */
export function toArrowIpc(result: QueryResult, arrow: ArrowModule, type: 'stream' | 'file' = 'stream'): Uint8Array {
  const columns = queryColumns(result).map(({ name, values }) => [name, values] as const);
  return arrow.tableToIPC(arrow.tableFromArrays(Object.fromEntries(columns)), type);
}
