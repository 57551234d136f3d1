import type { Cell } from './csv-text.js';

/** Which column, and which way. */
export interface Order {
  readonly key: string;
  readonly direction: 'ascending' | 'descending';
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** A new list in order; missing values stand last either way, equal ones keep their places. */
export function sortRows<T>(rows: readonly T[], value: (row: T) => Cell, direction: Order['direction']): readonly T[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return rows.toSorted((a, b) => compare(value(a), value(b), sign));
}

function compare(a: Cell, b: Cell, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  return sign * collator.compare(String(a), String(b));
}
