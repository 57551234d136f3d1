import { type DuckDBDataChunk, DuckDBListVector, type DuckDBTimestampValue, DuckDBTypeId } from '@duckdb/node-api';
import bindings from '@duckdb/node-bindings';
import type { Column } from '../../contract/index.js';
import { storeError } from '../../errors.js';
import type { NumberLists, SqlColumn } from '../database.js';

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
  const rows = chunk.rowCount;
  // the driver's own vector objects cost as much as the query of one row: the common types do without
  const raw = bindings.data_chunk_get_vector(chunk.chunk, index);
  const typeId = typeIdOf(raw);
  if (typeId === DuckDBTypeId.BIGINT) return { type: 'integer', values: readInt64(raw, rows) };
  if (typeId === DuckDBTypeId.DOUBLE) return { type: 'double', values: readDoubles(raw, rows) };
  if (typeId === DuckDBTypeId.LIST && typeIdOf(bindings.list_vector_get_child(raw)) === DuckDBTypeId.DOUBLE) {
    return readNumberLists(raw, rows);
  }
  const vector = chunk.getColumnVector(index);
  if (vector instanceof DuckDBListVector) return readTextLists(vector, rows);
  if (typeId === DuckDBTypeId.VARCHAR) {
    return { type: 'string', values: Array.from({ length: rows }, (_, i) => vector.getItem(i) as string | null) };
  }
  const reader = readers[typeId];
  if (reader === undefined) throw storeError('STORE_ENGINE', `no way to read a column of type ${vector.type}`);
  const values = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const item = vector.getItem(i);
    values[i] = item === null ? Number.NaN : reader.number(item as never);
  }
  return { type: reader.type, values };
}

function typeIdOf(raw: bindings.Vector): DuckDBTypeId {
  return bindings.get_type_id(bindings.vector_get_column_type(raw)) as number as DuckDBTypeId;
}

function readTextLists(vector: DuckDBListVector, rows: number): SqlColumn {
  const values = Array.from({ length: rows }, (_, i) => {
    const child = vector.getItemVector(i);
    return child === null ? null : (child.toArray() as (string | null)[]);
  });
  return { type: 'texts', values };
}

/** The lists share one copy of the values of their chunk. */
function readNumberLists(raw: bindings.Vector, rows: number): NumberLists {
  const data = bindings.vector_get_data(raw, rows * 16);
  const entries = new Int32Array(data.buffer, data.byteOffset, rows * 4);
  const valid = bindings.vector_get_validity(raw, Math.ceil(rows / 64) * 8) as Uint8Array | null;
  const child = bindings.list_vector_get_child(raw);
  const all = readDoubles(child, bindings.list_vector_get_size(raw));
  const values = Array.from({ length: rows }, (_, i) => {
    if (!isValid(valid, i)) return null;
    const start = entries[4 * i] as number;
    return all.subarray(start, start + (entries[4 * i + 2] as number));
  });
  return { type: 'numbers', values };
}

function readDoubles(raw: bindings.Vector, count: number): Float64Array {
  if (count === 0) return new Float64Array();
  const data = bindings.vector_get_data(raw, count * 8);
  const values = new Float64Array(data.buffer, data.byteOffset, count).slice();
  return withNaN(values, bindings.vector_get_validity(raw, Math.ceil(count / 64) * 8) as Uint8Array | null);
}

function readInt64(raw: bindings.Vector, count: number): Float64Array {
  const data = bindings.vector_get_data(raw, count * 8);
  const words = new Int32Array(data.buffer, data.byteOffset, count * 2);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    values[i] = (words[2 * i + 1] as number) * 4294967296 + ((words[2 * i] as number) >>> 0);
  }
  return withNaN(values, bindings.vector_get_validity(raw, Math.ceil(count / 64) * 8) as Uint8Array | null);
}

function withNaN(values: Float64Array, valid: Uint8Array | null): Float64Array {
  if (!valid) return values;
  for (let i = 0; i < values.length; i++) if (!isValid(valid, i)) values[i] = Number.NaN;
  return values;
}

function isValid(valid: Uint8Array | null, index: number): boolean {
  return !valid || ((valid[index >> 3] as number) & (1 << (index & 7))) !== 0;
}
