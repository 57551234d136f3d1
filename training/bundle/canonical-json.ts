import { createHash } from 'node:crypto';
import { trainingError } from '../errors.js';

/**
 * JSON with object keys in code point order, so that equal values have equal text.
 * @param indent spaces per level; 0 = one line
 * @throws TrainingError TRAIN_NOT_JSON for NaN and infinities, which JSON would silently turn into null
 */
export function canonicalJson(value: unknown, indent = 0): string {
  const ordered = (key: string, item: unknown): unknown => {
    if (typeof item === 'number' && !Number.isFinite(item)) throw trainingError('TRAIN_NOT_JSON', `"${key}"`, item);
    if (item === null || typeof item !== 'object' || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return JSON.stringify(value, ordered, indent);
}

/** SHA-256 as lower-case hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
