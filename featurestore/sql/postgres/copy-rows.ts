import type { NumericColumn, StringColumn } from '../../contract/index.js';
import type { AppendColumn } from '../database.js';

/** The types of the columns of the store's tables, as PostgreSQL names them. */
export type CopyType = 'bigint' | 'boolean' | 'double precision' | 'text' | 'double precision[]' | 'text[]';

const float8Oid = 701;
const textOid = 25;
/** Bytes gathered before they are handed on. */
const pieceBytes = 1 << 20;

/** Bytes of COPY's binary format (PostgreSQL's documentation, "COPY", section "Binary Format"): big-endian, lengths before values. */
class CopyBuffer {
  #bytes = Buffer.allocUnsafe(pieceBytes * 2);
  #at = 0;

  get length(): number {
    return this.#at;
  }

  take(): Buffer {
    const piece = Buffer.from(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
    return piece;
  }

  #room(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + count));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }

  int16(value: number): void {
    this.#room(2);
    this.#at = this.#bytes.writeInt16BE(value, this.#at);
  }

  int32(value: number): void {
    this.#room(4);
    this.#at = this.#bytes.writeInt32BE(value, this.#at);
  }

  bytes(value: Buffer): void {
    this.#room(value.length);
    value.copy(this.#bytes, this.#at);
    this.#at += value.length;
  }

  scalar(type: CopyType, value: string | number): void {
    if (typeof value === 'string') {
      this.text(value);
      return;
    }
    this.#room(12);
    if (type === 'boolean') {
      this.int32(1);
      this.#bytes[this.#at++] = value;
    } else if (type === 'bigint') {
      this.int32(8);
      this.int32(Math.floor(value / 4294967296));
      this.int32(value | 0);
    } else this.double(value);
  }

  double(value: number): void {
    this.int32(8);
    this.#room(8);
    this.#at = this.#bytes.writeDoubleBE(value, this.#at);
  }

  text(value: string): void {
    const room = value.length * 3;
    this.#room(4 + room);
    const count = this.#bytes.write(value, this.#at + 4);
    this.#bytes.writeInt32BE(count, this.#at);
    this.#at += 4 + count;
  }

  /** An array of one dimension, its length patched in afterwards. */
  array(oid: number, count: number, write: (index: number) => void): void {
    this.int32(0);
    const start = this.#at;
    this.int32(count === 0 ? 0 : 1);
    this.int32(1);
    this.int32(oid);
    if (count > 0) {
      this.int32(count);
      this.int32(1);
      for (let i = 0; i < count; i++) write(i);
    }
    this.#bytes.writeInt32BE(this.#at - start, start - 4);
  }
}

/** The rows of columns as COPY's binary format, in pieces. Missing is NULL, inside a list too. */
export function* copyRows(
  columns: readonly AppendColumn[],
  types: readonly CopyType[],
  rowCount: number,
): Generator<Buffer> {
  const buffer = new CopyBuffer();
  buffer.bytes(Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'));
  buffer.int32(0);
  buffer.int32(0);
  for (let row = 0; row < rowCount; row++) {
    buffer.int16(columns.length);
    for (let c = 0; c < columns.length; c++) {
      writeCell(buffer, columns[c] as AppendColumn, types[c] as CopyType, row);
    }
    if (buffer.length >= pieceBytes) yield buffer.take();
  }
  buffer.int16(-1);
  yield buffer.take();
}

function writeCell(buffer: CopyBuffer, column: AppendColumn, type: CopyType, row: number): void {
  if (column.type === 'gathered-numbers') {
    const at = column.rows[row] as number;
    const { columns } = column;
    buffer.array(float8Oid, columns.length, (i) => {
      const value = (columns[i] as NumericColumn).values[at] as number;
      if (Number.isNaN(value)) buffer.int32(-1);
      else buffer.double(value);
    });
  } else if (column.type === 'gathered-texts') {
    const at = column.rows[row] as number;
    const { columns } = column;
    buffer.array(textOid, columns.length, (i) => {
      const value = (columns[i] as StringColumn).values[at] ?? null;
      if (value === null) buffer.int32(-1);
      else buffer.text(value);
    });
  } else {
    const value = column.type === 'constant' ? column.value : (column.values[row] ?? null);
    if (value === null || Number.isNaN(value)) buffer.int32(-1);
    else if (typeof value === 'object') throw new TypeError('lists are appended from columns');
    else buffer.scalar(type, value);
  }
}
