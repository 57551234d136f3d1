import type { Column, FeatureDefinition, FeatureGroup, FeatureTable } from '../contract/index.js';
import type { NaiveRow } from './naive-log.js';

/** A definition with what does not matter filled in. */
export function definition(
  name: string,
  type: FeatureDefinition['type'] = 'double',
  role: FeatureDefinition['role'] = 'feature',
  unit = '1',
): FeatureDefinition {
  return { name, type, unit, description: '', role };
}

/** A group whose keys are `case_id` and `event_time`. */
export function groupOf(name: string, definitions: readonly FeatureDefinition[], settingsDigest = 's1'): FeatureGroup {
  return {
    name,
    recordIdentifier: 'case_id',
    eventTime: 'event_time',
    settingsDigest,
    definitions: [
      definition('case_id', 'string', 'identifier'),
      definition('event_time', 'timestamp', 'metadata', 'ms'),
      ...definitions,
    ],
  };
}

/** A row by feature name; `case_id` and `event_time` (ms since 1970 UTC) included. */
export type Row = Readonly<Record<string, string | number | null>>;

/** A table of rows; a feature that a row lacks is missing. */
export function tableOf(group: FeatureGroup, rows: readonly Row[]): FeatureTable {
  const columns = new Map<string, Column>();
  for (const { name, type } of group.definitions) {
    if (type === 'string') columns.set(name, { type, values: rows.map((row) => (row[name] as string | null) ?? null) });
    else columns.set(name, { type, values: Float64Array.from(rows, (row) => (row[name] ?? Number.NaN) as number) });
  }
  return { group, columns, rowCount: rows.length, provenance: [] };
}

/** The group of the naive log: a number that is a feature, a text, and an outcome that every patient has. */
export const plainGroup = groupOf('plain', [
  definition('number'),
  definition('text', 'string', 'metadata'),
  definition('days', 'integer', 'outcome', 'd'),
  definition('died', 'integer', 'outcome'),
]);

export function plainTable(rows: readonly NaiveRow[]): FeatureTable {
  return tableOf(
    plainGroup,
    rows.map(({ id, eventTimeMs, number, text }) => ({
      case_id: id,
      event_time: eventTimeMs,
      number,
      text,
      days: 100,
      died: 1,
    })),
  );
}
