import bindings from '@duckdb/node-bindings';
import type { NumericColumn, StringColumn } from '../../contract/index.js';
import { storeError } from '../../errors.js';
import type { AppendColumn, GatheredNumbers, GatheredTexts } from '../database.js';

/** The engine's types that the store's tables have. */
export type FillType = 'BIGINT' | 'BOOLEAN' | 'DOUBLE' | 'TIMESTAMP' | 'VARCHAR' | 'DOUBLE[]' | 'VARCHAR[]';

type Vector = bindings.Vector;

/**
 * Puts rows `from` (inclusive) to `to` of a column into a vector of a chunk. NaN and null become NULL, inside a list too. The vector's
 * memory is written as DuckDB lays it out (little-endian), without a JavaScript value for each cell.
 */
export function fillVector(vector: Vector, type: string, column: AppendColumn, from: number, to: number): void {
  switch (column.type) {
    case 'gathered-numbers':
      fillNumberLists(vector, column, from, to);
      return;
    case 'gathered-texts':
      fillTextLists(vector, column, from, to);
      return;
    case 'numbers':
    case 'texts':
      throw storeError('STORE_ENGINE', 'lists are appended from columns');
    case 'constant':
      fillConstant(vector, type, column.value, to - from);
      return;
    case 'string':
      fillTexts(vector, to - from, (i) => column.values[from + i] ?? null);
      return;
    default:
      fillNumbers(vector, type, column.values.subarray(from, to));
  }
}

function fillConstant(vector: Vector, type: string, value: string | number | null, count: number): void {
  if (value === null) setValidity(vector, new Uint8Array(Math.ceil(count / 64) * 8));
  else if (typeof value === 'string') fillTexts(vector, count, () => value);
  else fillNumbers(vector, type, new Float64Array(count).fill(value));
}

function fillNumbers(vector: Vector, type: string, values: Float64Array): void {
  const encode = encoders[type];
  if (encode === undefined) throw storeError('STORE_ENGINE', `no way to write a column of type ${type}`);
  const bytes = encode(values);
  bindings.copy_data_to_vector(vector, 0, bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
  setValidity(vector, validityOf(values));
}

const encoders: Readonly<
  Record<string, (values: Float64Array) => Float64Array | Int32Array | Uint8Array | BigInt64Array>
> = {
  DOUBLE: (values) => values,
  BIGINT: int64Of,
  BOOLEAN: (values) => Uint8Array.from(values),
  TIMESTAMP: (values) => BigInt64Array.from(values, (ms) => (Number.isNaN(ms) ? 0n : BigInt(ms) * 1000n)),
};

/** Whole numbers below 2^53 as pairs of 32-bit words, the low one first. */
function int64Of(values: Float64Array): Int32Array {
  const words = new Int32Array(values.length * 2);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    words[2 * i] = value;
    words[2 * i + 1] = Math.floor(value / 4294967296);
  }
  return words;
}

/** One bit for each value, set where it is not NaN; undefined when all are. */
function validityOf(values: Float64Array): Uint8Array | undefined {
  let bits: Uint8Array | undefined;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isNaN(value)) continue;
    bits ??= new Uint8Array(Math.ceil(values.length / 64) * 8).fill(255);
    bits[i >> 3] = (bits[i >> 3] as number) & ~(1 << (i & 7));
  }
  return bits;
}

function setValidity(vector: Vector, bits: Uint8Array | undefined): void {
  if (bits === undefined) return;
  bindings.vector_ensure_validity_writable(vector);
  bindings.copy_data_to_vector_validity(vector, 0, bits.buffer as ArrayBuffer, bits.byteOffset, bits.byteLength);
}

function fillTexts(vector: Vector, count: number, valueAt: (index: number) => string | null): void {
  let bits: Uint8Array | undefined;
  for (let i = 0; i < count; i++) {
    const value = valueAt(i);
    if (value === null) {
      bits ??= new Uint8Array(Math.ceil(count / 64) * 8).fill(255);
      bits[i >> 3] = (bits[i >> 3] as number) & ~(1 << (i & 7));
    } else if (value.includes('\0')) bindings.vector_assign_string_element_len(vector, i, Buffer.from(value));
    else bindings.vector_assign_string_element(vector, i, value);
  }
  setValidity(vector, bits);
}

function fillNumberLists(vector: Vector, { columns, rows }: GatheredNumbers, from: number, to: number): void {
  const width = columns.length;
  const values = new Float64Array((to - from) * width);
  for (let c = 0; c < width; c++) {
    const source = (columns[c] as NumericColumn).values;
    for (let i = from, at = c; i < to; i++, at += width) values[at] = source[rows[i] as number] as number;
  }
  const child = sizedChild(vector, to - from, width);
  if (values.length > 0) fillNumbers(child, 'DOUBLE', values);
}

function fillTextLists(vector: Vector, { columns, rows }: GatheredTexts, from: number, to: number): void {
  const width = columns.length;
  const child = sizedChild(vector, to - from, width);
  if (width === 0) return;
  fillTexts(child, (to - from) * width, (k) => {
    const row = rows[from + Math.floor(k / width)] as number;
    return (columns[k % width] as StringColumn).values[row] ?? null;
  });
}

/** Makes lists of one width: each entry is an offset and a length, 64 bits each. */
function sizedChild(vector: Vector, count: number, width: number): Vector {
  const entries = new Int32Array(count * 4);
  for (let i = 0; i < count; i++) {
    entries[4 * i] = i * width;
    entries[4 * i + 2] = width;
  }
  bindings.list_vector_reserve(vector, count * width);
  bindings.list_vector_set_size(vector, count * width);
  bindings.copy_data_to_vector(vector, 0, entries.buffer, 0, entries.byteLength);
  return bindings.list_vector_get_child(vector);
}
