import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  type DuckDBMaterializedResult,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { QueryResult, StoreValue } from '../../contract/index.js';
import { StoreError, storeError } from '../../errors.js';
import { oneSentence } from './messages.js';

/** Values that are handed over at most: what a process of ordinary size can hold as JavaScript values. */
const mostValues = 20_000_000;

/**
 * Reads a whole result as plain values.
 * @throws StoreError STORE_QUERY_SIZE
 */
export async function readResult(result: DuckDBMaterializedResult): Promise<QueryResult> {
  const types = result.columnTypes();
  const columns = result.columnNames().map((name, index) => ({ name, type: String(types[index]) }));
  if (result.rowCount * columns.length > mostValues) {
    throw storeError('STORE_QUERY_SIZE', result.rowCount, columns.length, mostValues);
  }
  const rows: StoreValue[][] = [];
  try {
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return { columns, rows };
      for (const row of chunk.getRows()) rows.push(row.map(plainValue));
    }
  } catch (error) {
    const { message } = storeError('STORE_QUERY_FAILED', oneSentence(error));
    throw new StoreError('STORE_QUERY_FAILED', message, { cause: error });
  }
}

/** Digits that any decimal number may have and still be a float64 that prints the same. */
const exactDigits = 15;

/**
 * A value of DuckDB as a value of the store. Integers that a float64 holds exactly are numbers, others text; decimals of up to
 * 15 digits are numbers, longer ones text; NaN is null; timestamps are ISO 8601 in UTC; what has no plain form is DuckDB's text.
 */
export function plainValue(value: DuckDBValue): StoreValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isNaN(value) ? null : value;
    case 'bigint':
      return exactInteger(value);
    default:
      return value === null || value === undefined ? null : objectValue(value);
  }
}

function exactInteger(value: bigint): StoreValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function objectValue(value: object): StoreValue {
  if (value instanceof DuckDBDecimalValue) {
    const text = value.toString();
    return text.replace(/[-.]/g, '').replace(/^0+/, '').length <= exactDigits ? Number(text) : text;
  }
  const micros = microseconds(value);
  if (micros !== undefined) {
    const iso = isoTime(micros);
    if (iso !== undefined) return iso;
  }
  if (value instanceof DuckDBDateValue) return value.toString();
  return value.toString();
}

function microseconds(value: object): bigint | undefined {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return value.micros;
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis * 1000n;
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * 1_000_000n;
  if (value instanceof DuckDBTimestampNanosecondsValue) return value.nanos / 1000n;
  return undefined;
}

/** Milliseconds, or microseconds when there are any; undefined beyond the range of dates (DuckDB's infinity). */
function isoTime(micros: bigint): string | undefined {
  const rest = ((micros % 1000n) + 1000n) % 1000n;
  const date = new Date(Number((micros - rest) / 1000n));
  if (Number.isNaN(date.getTime())) return undefined;
  const iso = date.toISOString();
  return rest === 0n ? iso : iso.replace('Z', `${rest.toString().padStart(3, '0')}Z`);
}
