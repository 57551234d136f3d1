import { hash } from 'node:crypto';
import { endianness } from 'node:os';
import type { PackedRow } from './pack.js';

/** The one NaN whose bytes are hashed; others are missing values too. */
const missing = Number.NaN;

/**
 * SHA-256 (hex) of a row's values: the numbers as float64 little-endian (every NaN the same bytes), then the texts as JSON.
 * The counts of both are given by the group, so no two rows of a group share their bytes.
 */
export function rowDigest(row: PackedRow): string {
  const numbers = row.numbers.map((value) => (Number.isNaN(value) ? missing : value));
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  if (endianness() === 'BE') bytes.swap64();
  return hash('sha256', Buffer.concat([bytes, Buffer.from(JSON.stringify(row.texts))]));
}
