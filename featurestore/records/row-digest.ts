import { hash } from 'node:crypto';
import type { Column } from '../contract/index.js';

/** Length that marks a missing text; no text is that long. */
const missingText = 0xffff_ffff;

/**
 * SHA-256 (hex) of each row's values: float64 little-endian (every NaN the same bytes), text as its length and UTF-8 bytes.
 * @param columns in the order of the definitions
 */
export function rowDigests(columns: readonly Column[], rowCount: number): string[] {
  const writer = new ByteWriter();
  const digests = new Array<string>(rowCount);
  for (let row = 0; row < rowCount; row++) {
    writer.clear();
    for (const column of columns) {
      if (column.type === 'string') writer.text(column.values[row] ?? null);
      else writer.number(column.values[row] as number, column.type !== 'double');
    }
    digests[row] = hash('sha256', writer.bytes());
  }
  return digests;
}

/** Collects bytes in a buffer that grows. */
class ByteWriter {
  #buffer = Buffer.alloc(1024);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** @param whole an integer has no negative zero once it is stored */
  number(value: number, whole: boolean): void {
    this.#reserve(8);
    this.#buffer.writeDoubleLE(Number.isNaN(value) ? Number.NaN : whole ? value + 0 : value, this.#length);
    this.#length += 8;
  }

  text(value: string | null): void {
    const length = value === null ? 0 : Buffer.byteLength(value);
    this.#reserve(4 + length);
    this.#buffer.writeUInt32LE(value === null ? missingText : length, this.#length);
    if (value !== null) this.#buffer.write(value, this.#length + 4);
    this.#length += 4 + length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const grown = Buffer.alloc(Math.max(this.#length + more, this.#buffer.length * 2));
    this.#buffer.copy(grown);
    this.#buffer = grown;
  }
}
