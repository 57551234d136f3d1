import {
  type DuckDBDataChunk,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  type DuckDBVector,
} from '@duckdb/node-api';
import type { Column } from '../../contract/index.js';
import { storeError } from '../../errors.js';

/** A slice of a column, `from` (inclusive) to `to`, into a vector of a chunk; NaN and null become NULL. */
export function fillVector(vector: DuckDBVector, type: DuckDBType, column: Column, from: number, to: number): void {
  const { values } = column;
  const convert = writers[type.typeId];
  if (convert === undefined) throw storeError('STORE_ENGINE', `no way to write a column of type ${type}`);
  for (let i = from; i < to; i++) {
    const value = values[i] as string | number | null;
    vector.setItem(i - from, value === null || Number.isNaN(value) ? null : convert(value));
  }
  vector.flush();
}

/** How a value of a `Column` (never missing) is handed to the engine, by the engine's type. */
const writers: Partial<Record<DuckDBTypeId, (value: string | number) => DuckDBValue>> = {
  [DuckDBTypeId.DOUBLE]: (value) => value,
  [DuckDBTypeId.BIGINT]: (value) => BigInt(value),
  [DuckDBTypeId.BOOLEAN]: (value) => value !== 0,
  [DuckDBTypeId.VARCHAR]: (value) => value,
  [DuckDBTypeId.TIMESTAMP]: (value) => new DuckDBTimestampValue(BigInt(value) * 1000n),
};

type Reader = { readonly type: Column['type']; readonly number: (value: never) => number };

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
export function readVector(chunk: DuckDBDataChunk, index: number): Column {
  const vector = chunk.getColumnVector(index);
  const rows = chunk.rowCount;
  if (vector.type.typeId === DuckDBTypeId.VARCHAR) {
    const values = new Array<string | null>(rows);
    for (let i = 0; i < rows; i++) values[i] = vector.getItem(i) as string | null;
    return { type: 'string', values };
  }
  const reader = readers[vector.type.typeId];
  if (reader === undefined || reader.type === 'string') {
    throw storeError('STORE_ENGINE', `no way to read a column of type ${vector.type}`);
  }
  const values = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const item = vector.getItem(i);
    values[i] = item === null ? Number.NaN : reader.number(item as never);
  }
  return { type: reader.type, values };
}
