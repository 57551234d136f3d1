import type { QueryResult, StoreValue } from '../contract/index.js';
import { csvLine, csvText } from '../files/csv.js';
import { distinctNames, textOf } from './columns.js';

/** RFC 4180 with line feeds; missing is the empty field, an empty text is quoted, numbers read back the same. */
export function queryCsv({ columns, rows }: QueryResult): string {
  const head = csvLine(distinctNames(columns.map(({ name }) => name)).map(csvText));
  return head + rows.map((row) => csvLine(row.map(cellText))).join('');
}

/** A list of objects. JSON has no infinities: they are the texts `Infinity` and `-Infinity`, since null would read as missing. */
export function queryJson({ columns, rows }: QueryResult): string {
  const names = distinctNames(columns.map(({ name }) => name));
  const plain = (value: StoreValue): StoreValue =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  // not Object.fromEntries: a column may be called __proto__
  const fields = (row: readonly StoreValue[]): string =>
    names.map((name, c) => `${JSON.stringify(name)}:${JSON.stringify(plain(row[c] ?? null))}`).join(',');
  return `[${rows.map((row) => `{${fields(row)}}`).join(',\n')}]\n`;
}

function cellText(value: StoreValue): string {
  if (value === null) return '';
  return value === '' ? '""' : csvText(textOf(value));
}
