import type { Column, FeatureDefinition, FeatureTable, NumericColumn, StringColumn } from '../contract/index.js';
import { storeError } from '../errors.js';
import type { Dialect } from '../sql/dialect.js';
import { withoutSignedZeros } from './pack.js';

/** A table whose every column was found to be what its group says. */
export interface CheckedTable {
  readonly table: FeatureTable;
  /** Number of its first row in messages. */
  readonly firstRow: number;
  readonly ids: readonly string[];
  /** Milliseconds since 1970 UTC, whole and finite. */
  readonly eventTimes: Float64Array;
  /** In the order of `valueDefinitions`: record id and event time left out. */
  readonly values: readonly Column[];
}

/** Dates that ECMAScript and DuckDB both hold. */
const greatestTimeMs = 8.64e15;

/**
 * Checks columns against definitions and every value against its type. Rows are counted from `firstRow`.
 * @param dialect of the engine that is to hold the texts
 * @throws StoreError STORE_BAD_TABLE naming the column, STORE_BAD_ROW naming the row
 */
export function checkTable(table: FeatureTable, { takesNul }: Pick<Dialect, 'takesNul'>, firstRow = 1): CheckedTable {
  const { group, columns, rowCount } = table;
  const place: Place = { group: group.name, firstRow, takesNul };
  const bad = (what: string) => storeError('STORE_BAD_TABLE', group.name, what);
  if (!Number.isSafeInteger(rowCount) || rowCount < 0) throw bad(`its row count is ${rowCount}`);
  const defined = new Set(group.definitions.map((d) => d.name));
  for (const name of columns.keys()) {
    if (!defined.has(name)) throw bad(`column "${name}" is not a feature of the group`);
  }
  const checked = group.definitions.map((definition) => {
    const column = columns.get(definition.name);
    if (column === undefined) throw bad(`column "${definition.name}" is missing`);
    if (column.type !== definition.type) {
      throw bad(`column "${definition.name}" is of type ${column.type}, expected ${definition.type}`);
    }
    if (column.values.length !== rowCount) {
      throw bad(`column "${definition.name}" has ${column.values.length} values, expected ${rowCount}`);
    }
    checkValues(place, definition, column);
    return column;
  });
  const of = (name: string) => checked[group.definitions.findIndex((d) => d.name === name)];
  const values = checked.filter((_, i) => {
    const name = group.definitions[i]?.name;
    return name !== group.recordIdentifier && name !== group.eventTime;
  });
  return {
    table,
    firstRow,
    ids: recordIds(place, of(group.recordIdentifier) as StringColumn),
    eventTimes: eventTimes(place, of(group.eventTime) as NumericColumn),
    values: withoutSignedZeros(values),
  };
}

/** What a message about a row needs. */
interface Place {
  readonly group: string;
  readonly firstRow: number;
  readonly takesNul: boolean;
}

function badRow({ group, firstRow }: Place, index: number, what: string): Error {
  return storeError('STORE_BAD_ROW', group, index + firstRow, what);
}

function checkValues(place: Place, { name, type }: FeatureDefinition, column: Column): void {
  if (column.type === 'string') checkTexts(place, name, column);
  else if (!(column.values instanceof Float64Array)) {
    throw storeError('STORE_BAD_TABLE', place.group, `column "${name}" is not held in a Float64Array`);
  } else if (type !== 'double') checkWholeNumbers(place, name, column);
}

function checkTexts(place: Place, name: string, column: StringColumn): void {
  for (const [index, value] of column.values.entries()) {
    if (value === null) continue;
    const bad = (what: string) => badRow(place, index, `has in "${name}" ${what}`);
    if (typeof value !== 'string') throw bad('a value that is not text');
    if (/\p{Surrogate}/u.test(value)) throw bad('a text that is not valid Unicode (half a surrogate pair)');
    if (!place.takesNul && value.includes('\0')) {
      throw bad('a text with the character NUL, which PostgreSQL cannot hold');
    }
  }
}

function checkWholeNumbers(place: Place, name: string, column: NumericColumn): void {
  const isTime = column.type === 'timestamp';
  const greatest = isTime ? greatestTimeMs : Number.MAX_SAFE_INTEGER;
  const wanted = isTime ? 'whole milliseconds from the year -271821 to 275760' : 'a whole number below 2^53';
  for (let i = 0; i < column.values.length; i++) {
    const value = column.values[i] as number;
    if (Number.isNaN(value) || (Number.isInteger(value) && Math.abs(value) <= greatest)) continue;
    throw badRow(place, i, `has in "${name}" the value ${value}, expected ${wanted}`);
  }
}

function recordIds(place: Place, column: StringColumn): readonly string[] {
  return column.values.map((value, index) => {
    if (value === null || value === '') throw badRow(place, index, 'has no record id');
    return value;
  });
}

function eventTimes(place: Place, column: NumericColumn): Float64Array {
  const missing = column.values.findIndex((value) => Number.isNaN(value));
  if (missing >= 0) throw badRow(place, missing, 'has no event time');
  return column.values;
}
