import { storeValue } from '../records/pack.js';
import type { SqlColumn } from '../sql/database.js';

/** One line of names or of values, with its line feed. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.join(',')}\n`;
}

/** A row of columns as a line: numbers in the shortest form that reads back the same, missing as the empty field. */
export function csvRow(columns: readonly SqlColumn[], row: number): string {
  return csvLine(
    columns.map((column) => {
      if (column.type === 'numbers' || column.type === 'texts') throw new TypeError('a view has no lists');
      const value = storeValue(column.type, column.values[row] ?? null);
      if (value === null) return '';
      if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
      return value === '' ? '""' : csvText(String(value));
    }),
  );
}

/** Quoted where RFC 4180 asks for it. */
export function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
