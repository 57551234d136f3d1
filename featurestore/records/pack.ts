import type { Column, FeatureDefinition, FeatureGroup, StoreValue } from '../contract/index.js';

/** Where a feature's value lies in a row of the log: in its list of numbers or in its list of texts, counted from 0. */
export interface Slot {
  readonly list: 'numbers' | 'texts';
  readonly index: number;
}

/**
 * A row's values as the log holds them. Numbers are float64 (integers and timestamps too, which it holds exactly), missing is NaN;
 * missing text is null.
 */
export interface PackedRow {
  readonly numbers: Float64Array;
  readonly texts: readonly (string | null)[];
}

/** The slots of a group's features in the order of its definitions; record id and event time have columns of their own. */
export function slotsOf(group: FeatureGroup): ReadonlyMap<string, Slot> {
  const slots = new Map<string, Slot>();
  const next = { numbers: 0, texts: 0 };
  for (const { name, type } of group.definitions) {
    if (name === group.recordIdentifier || name === group.eventTime) continue;
    const list = type === 'string' ? 'texts' : 'numbers';
    slots.set(name, { list, index: next[list]++ });
  }
  return slots;
}

/**
 * Rows from columns.
 * @param columns in the order of the definitions, without record id and event time
 */
export function packRows(columns: readonly Column[], rowCount: number): PackedRow[] {
  const numeric = columns.filter((column) => column.type !== 'string');
  const textual = columns.filter((column) => column.type === 'string');
  const width = numeric.length;
  const all = new Float64Array(rowCount * width);
  for (const [c, { type, values }] of numeric.entries()) {
    // adding 0 takes the sign off a negative zero, which a whole number does not have
    const add = type === 'double' ? -0 : 0;
    for (let row = 0; row < rowCount; row++) all[row * width + c] = (values[row] as number) + add;
  }
  return Array.from({ length: rowCount }, (_, row) => ({
    numbers: all.subarray(row * width, (row + 1) * width),
    texts: textual.map((column) => column.values[row] ?? null),
  }));
}

/** A value as it leaves the store: missing is null, a timestamp is ISO 8601. */
export function storeValue(type: FeatureDefinition['type'], value: string | number | null): StoreValue {
  if (typeof value !== 'number') return value;
  if (Number.isNaN(value)) return null;
  return type === 'timestamp' ? isoTime(value) : value;
}

/** Milliseconds since 1970 UTC as ISO 8601. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
