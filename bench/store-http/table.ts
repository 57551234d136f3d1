import type { Column, FeatureDefinition, FeatureGroup, FeatureTable } from '../../featurestore/contract/index.js';

/** Name of the group that the benchmark asks for. */
export const groupName = 'bench';

/** What the store holds for a row and a column: a number from 0 to 1 that the load generator can check. */
export function valueAt(row: number, column: number): number {
  return (Math.imul(row + 1, 2654435761) ^ Math.imul(column + 1, 40503)) / 2 ** 32 + 0.5;
}

/** The record id of a row. */
export function idOf(row: number): string {
  return `P${String(row).padStart(7, '0')}`;
}

function groupOf(features: number): FeatureGroup {
  const define = (name: string, more: Partial<FeatureDefinition> = {}): FeatureDefinition => ({
    name,
    type: 'double',
    unit: '1',
    description: '',
    role: 'feature',
    ...more,
  });
  return {
    name: groupName,
    recordIdentifier: 'id',
    eventTime: 'time',
    settingsDigest: '0',
    definitions: [
      define('id', { type: 'string', role: 'identifier' }),
      define('time', { type: 'timestamp', unit: 'ms', role: 'metadata' }),
      ...Array.from({ length: features }, (_, c) => define(`f${c}`)),
    ],
  };
}

/** Rows `from` (included) to `to` (not included) of the benchmark's group. */
export function tableOf(from: number, to: number, features: number): FeatureTable {
  const group = groupOf(features);
  const rowCount = to - from;
  const columns = new Map<string, Column>([
    ['id', { type: 'string', values: Array.from({ length: rowCount }, (_, row) => idOf(from + row)) }],
    ['time', { type: 'timestamp', values: new Float64Array(rowCount) }],
  ]);
  for (let c = 0; c < features; c++) {
    const values = new Float64Array(rowCount);
    for (let row = 0; row < rowCount; row++) values[row] = valueAt(from + row, c);
    columns.set(`f${c}`, { type: 'double', values });
  }
  return { group, columns, rowCount, provenance: [] };
}
