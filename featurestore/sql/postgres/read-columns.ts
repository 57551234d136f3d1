import type { SqlColumn } from '../database.js';

const oids = { bool: 16, int8: 20, int4: 23, text: 25, float8: 701, varchar: 1043, name: 19, numeric: 1700 } as const;
const arrayOids = { textArray: 1009, float8Array: 1022, varcharArray: 1015 } as const;

/**
 * Parsers of PostgreSQL's text format for what the store's own statements return. Text and not binary: the driver decodes every value
 * as UTF-8 before a parser sees it. Float64 loses nothing: the server prints the shortest text that reads back the same.
 */
export function textParser(oid: number): (text: string) => unknown {
  switch (oid) {
    case oids.bool:
      return (text) => (text === 't' ? 1 : 0);
    case oids.int8:
    case oids.int4:
    case oids.float8:
      return Number;
    case arrayOids.float8Array:
      return doubles;
    case arrayOids.textArray:
    case arrayOids.varcharArray:
      return texts;
    default:
      return (text) => text;
  }
}

function doubles(text: string): Float64Array {
  if (text === '{}') return new Float64Array();
  return Float64Array.from(text.slice(1, -1).split(','), (item) => (item === 'NULL' ? Number.NaN : Number(item)));
}

/** Items are bare, or quoted with backslashes before quotes and backslashes; NULL without quotes is missing. */
function texts(text: string): (string | null)[] {
  const items = text.slice(1, -1).matchAll(/"((?:[^"\\]|\\[\s\S])*)"|([^,"]+)/g);
  return Array.from(items, ([, quoted, bare]) => {
    if (quoted !== undefined) return quoted.replace(/\\([\s\S])/g, '$1');
    return bare === 'NULL' || bare === undefined ? null : bare;
  });
}

/** A column of parsed rows as the store's own column; NULL becomes NaN or null. */
export function columnOfRows(rows: readonly (readonly unknown[])[], index: number, oid: number): SqlColumn {
  const value = (row: readonly unknown[]): unknown => row[index];
  if (oid === arrayOids.float8Array) {
    return { type: 'numbers', values: rows.map((row) => value(row) as Float64Array | null) };
  }
  if (oid === arrayOids.textArray || oid === arrayOids.varcharArray) {
    return { type: 'texts', values: rows.map((row) => value(row) as (string | null)[] | null) };
  }
  const type = oid === oids.float8 ? 'double' : 'integer';
  if ([oids.bool, oids.int8, oids.int4, oids.float8].some((known) => known === oid)) {
    return { type, values: Float64Array.from(rows, (row) => (value(row) ?? Number.NaN) as number) };
  }
  return { type: 'string', values: rows.map((row) => (value(row) ?? null) as string | null) };
}
