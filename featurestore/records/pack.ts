import type { Column, FeatureDefinition, FeatureGroup, PackedRow, StoreValue, ValueSlot } from '../contract/index.js';

export type { PackedRow } from '../contract/index.js';

/** The slots of a group's features in the order of its definitions; record id and event time have columns of their own. */
export function slotsOf(group: FeatureGroup): ReadonlyMap<string, ValueSlot> {
  const slots = new Map<string, ValueSlot>();
  const next = { numbers: 0, texts: 0 };
  for (const { name, type } of group.definitions) {
    if (name === group.recordIdentifier || name === group.eventTime) continue;
    const list = type === 'string' ? 'texts' : 'numbers';
    slots.set(name, { list, index: next[list]++ });
  }
  return slots;
}

/** Columns in the form the log wants them: a negative zero is kept for float64 only, a whole number does not have one. */
export function withoutSignedZeros(columns: readonly Column[]): Column[] {
  return columns.map((column) => {
    if (column.type !== 'integer' && column.type !== 'timestamp') return column;
    if (!column.values.some((value) => Object.is(value, -0))) return column;
    return { type: column.type, values: column.values.map((value) => value + 0) };
  });
}

/** Whether row `row` of columns (in the order of the slots) says what the log holds. Every NaN is the same missing value. */
export function isSameRow(columns: readonly Column[], row: number, stored: PackedRow): boolean {
  const next = { numbers: 0, texts: 0 };
  for (const column of columns) {
    if (column.type === 'string') {
      if ((column.values[row] ?? null) !== (stored.texts[next.texts++] ?? null)) return false;
    } else if (!Object.is(column.values[row], stored.numbers[next.numbers++])) return false;
  }
  return true;
}

/** Whether two rows of the same columns say the same. */
export function areSameRows(columns: readonly Column[], a: number, b: number): boolean {
  return columns.every(({ values }) => Object.is(values[a] ?? null, values[b] ?? null));
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
