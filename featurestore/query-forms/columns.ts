import type { QueryResult, StoreValue } from '../contract/index.js';

/** Numbers: missing is NaN. */
export interface NumberValues {
  readonly name: string;
  readonly type: 'number';
  readonly values: Float64Array;
}

/** Anything else: missing is null. Timestamps are ISO 8601 text in UTC. */
export interface OtherValues {
  readonly name: string;
  readonly type: 'text' | 'boolean';
  readonly values: readonly StoreValue[];
}

export type QueryColumn = NumberValues | OtherValues;

/**
 * A result column by column. A column that holds nothing but numbers is a typed array, one of nothing but truth values is boolean, all others are
 * text (an integer beyond 2^53 makes its column text, so that none is rounded). A column without any value is a number column when its SQL type is
 * numeric. A name that comes again gets `_1`, `_2`.
 */
export function queryColumns({ columns, rows }: QueryResult): readonly QueryColumn[] {
  const names = distinctNames(columns.map((column) => column.name));
  return columns.map(({ type }, c) => {
    const name = names[c] as string;
    const cells = rows.map((row) => row[c] ?? null);
    const kinds = new Set(cells.filter((cell) => cell !== null).map((cell) => typeof cell));
    if (kinds.size === 0 ? numericType.test(type) : kinds.size === 1 && kinds.has('number')) {
      return {
        name,
        type: 'number',
        values: Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell))),
      };
    }
    if (kinds.size === 1 && kinds.has('boolean')) return { name, type: 'boolean', values: cells };
    return { name, type: 'text', values: cells.map((cell) => (cell === null ? null : textOf(cell))) };
  });
}

const numericType = /int|double|float|real|decimal|numeric/i;

/** The shortest text that reads back as the same number, the sign of a zero included. */
export function textOf(value: string | number | boolean): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Names of which none comes twice: a later one becomes `name_1`, `name_2`. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const given = new Set(names);
  const taken = new Set<string>();
  return names.map((name) => {
    let key = name;
    for (let n = 1; taken.has(key) || (key !== name && given.has(key)); n++) key = `${name}_${n}`;
    taken.add(key);
    return key;
  });
}
