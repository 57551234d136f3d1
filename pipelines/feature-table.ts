import { createHash } from 'node:crypto';
import type {
  Column,
  FeatureDefinition,
  FeatureGroup,
  FeatureTable,
  Provenance,
  StringColumn,
} from '../featurestore/contract/index.js';

/** A value on its way into a column; missing is null or NaN, never 0 or ''. */
export type Cell = string | number | null;

/** The record id and event time that every group starts with. */
export const caseIdDefinition: FeatureDefinition = {
  name: 'case_id',
  type: 'string',
  unit: '1',
  description: 'Patient id of the data set',
  role: 'identifier',
};
export const eventTimeDefinition: FeatureDefinition = {
  name: 'event_time',
  type: 'timestamp',
  unit: 'ms',
  description: 'When the facts of this record were true; 1970-01-01 when the source carries no date',
  role: 'metadata',
};

/** One patient's row: the id, the event time (ms since 1970 UTC) and the values by definition name. */
export interface TableRow {
  readonly caseId: string;
  readonly eventTimeMs: number;
  readonly values: Readonly<Record<string, Cell>>;
}

/** A group whose first two definitions are the case id and the event time. */
export function featureGroup(name: string, definitions: readonly FeatureDefinition[], settings: unknown): FeatureGroup {
  return {
    name,
    recordIdentifier: caseIdDefinition.name,
    eventTime: eventTimeDefinition.name,
    definitions: [caseIdDefinition, eventTimeDefinition, ...definitions],
    settingsDigest: sha256Hex(canonicalJson(settings)),
  };
}

/**
 * Builds a table from rows, ordered by case id (code point order).
 * @throws TypeError when a row has a value the group does not define or of the wrong type (a bug of the stage, not of the input)
 */
export function featureTable(
  group: FeatureGroup,
  rows: readonly TableRow[],
  provenance: readonly Provenance[],
): FeatureTable {
  const sorted = [...rows].sort((a, b) => (a.caseId < b.caseId ? -1 : a.caseId > b.caseId ? 1 : 0));
  const known = new Set(group.definitions.map((d) => d.name));
  for (const row of sorted) {
    for (const name of Object.keys(row.values)) {
      if (!known.has(name)) throw new TypeError(`Group "${group.name}" does not define "${name}"`);
    }
  }
  const columns = new Map(group.definitions.map((d) => [d.name, column(d, sorted)] as const));
  return { group, columns, rowCount: sorted.length, provenance };
}

function column(definition: FeatureDefinition, rows: readonly TableRow[]): Column {
  const cells = rows.map((row) => cellOf(definition.name, row));
  if (definition.type === 'string') return stringColumn(definition, cells);
  const values = Float64Array.from(cells, (cell) => {
    if (cell === null) return Number.NaN;
    if (typeof cell === 'number') return cell;
    throw new TypeError(`"${definition.name}" is numeric but got the text "${cell}"`);
  });
  return { type: definition.type, values };
}

function cellOf(name: string, row: TableRow): Cell {
  if (name === caseIdDefinition.name) return row.caseId;
  if (name === eventTimeDefinition.name) return row.eventTimeMs;
  return row.values[name] ?? null;
}

function stringColumn(definition: FeatureDefinition, cells: readonly Cell[]): StringColumn {
  const values = cells.map((cell) => {
    if (cell === null || typeof cell === 'string') return cell;
    throw new TypeError(`"${definition.name}" is text but got the number ${cell}`);
  });
  return { type: 'string', values };
}

/** JSON with object keys in code point order, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
