import {
  type DuckDBDataChunk,
  DuckDBListValue,
  DuckDBListVector,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  type DuckDBVector,
} from '@duckdb/node-api';
import type { Column } from '../../contract/index.js';
import { storeError } from '../../errors.js';
import type { SqlColumn } from '../database.js';

type Scalar = string | number;

/** How a value of a `Column` (never missing) is handed to the engine, by the engine's type. */
const writers: Partial<Record<DuckDBTypeId, (value: Scalar) => DuckDBValue>> = {
  [DuckDBTypeId.DOUBLE]: (value) => value,
  [DuckDBTypeId.BIGINT]: (value) => BigInt(value),
  [DuckDBTypeId.BOOLEAN]: (value) => value !== 0,
  [DuckDBTypeId.VARCHAR]: (value) => value,
  [DuckDBTypeId.TIMESTAMP]: (value) => new DuckDBTimestampValue(BigInt(value) * 1000n),
};

/**
 * Puts rows `from` (inclusive) to `to` of a column into a vector of a chunk. NaN and null become NULL, inside a list too.
 */
export function fillVector(vector: DuckDBVector, type: DuckDBType, column: SqlColumn, from: number, to: number): void {
  const { values } = column;
  const convert = writers[type.typeId];
  for (let i = from; i < to; i++) {
    const value = values[i] ?? null;
    if (value === null || Number.isNaN(value)) vector.setItem(i - from, null);
    else if (typeof value === 'object')
      vector.setItem(i - from, new DuckDBListValue(Array.from<Scalar | null, DuckDBValue>(value, orNull)));
    else if (convert !== undefined) vector.setItem(i - from, convert(value));
    else throw storeError('STORE_ENGINE', `no way to write a column of type ${type}`);
  }
  vector.flush();
}

function orNull(value: Scalar | null): DuckDBValue {
  return Number.isNaN(value) ? null : value;
}

interface Reader {
  readonly type: Exclude<Column['type'], 'string'>;
  readonly number: (value: never) => number;
}

const readers: Partial<Record<DuckDBTypeId, Reader>> = {
  [DuckDBTypeId.DOUBLE]: { type: 'double', number: (value: number) => value },
  [DuckDBTypeId.INTEGER]: { type: 'integer', number: (value: number) => value },
  [DuckDBTypeId.BIGINT]: { type: 'integer', number: (value: bigint) => Number(value) },
  [DuckDBTypeId.BOOLEAN]: { type: 'integer', number: (value: boolean) => (value ? 1 : 0) },
  [DuckDBTypeId.TIMESTAMP]: {
    type: 'timestamp',
    number: (value: DuckDBTimestampValue) => Number(value.micros / 1000n),
  },
};

/** One column of a chunk as the store's own column; NULL becomes NaN or null. */
export function readVector(chunk: DuckDBDataChunk, index: number): SqlColumn {
  const vector = chunk.getColumnVector(index);
  const rows = chunk.rowCount;
  if (vector instanceof DuckDBListVector) return readLists(vector, rows);
  if (vector.type.typeId === DuckDBTypeId.VARCHAR) {
    return { type: 'string', values: Array.from({ length: rows }, (_, i) => vector.getItem(i) as string | null) };
  }
  const reader = readers[vector.type.typeId];
  if (reader === undefined) throw storeError('STORE_ENGINE', `no way to read a column of type ${vector.type}`);
  const values = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const item = vector.getItem(i);
    values[i] = item === null ? Number.NaN : reader.number(item as never);
  }
  return { type: reader.type, values };
}

function readLists(vector: DuckDBListVector, rows: number): SqlColumn {
  const children = Array.from({ length: rows }, (_, i) => vector.getItemVector(i));
  if (vector.childVector.type.typeId === DuckDBTypeId.DOUBLE) return { type: 'numbers', values: children.map(doubles) };
  return {
    type: 'texts',
    values: children.map((child) => (child === null ? null : (child.toArray() as (string | null)[]))),
  };
}

function doubles(child: DuckDBVector | null): Float64Array | null {
  if (child === null) return null;
  const list = new Float64Array(child.itemCount);
  for (let k = 0; k < list.length; k++) list[k] = (child.getItem(k) as number | null) ?? Number.NaN;
  return list;
}
