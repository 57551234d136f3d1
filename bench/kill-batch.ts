import type { FeatureTable } from '../featurestore/contract/index.js';

export const rowsPerBatch = 500;

/** A batch of group `kill` whose rows say which batch they are of. */
export function batchTable(batch: number): FeatureTable {
  const rows = Array.from({ length: rowsPerBatch }, (_, row) => row);
  const double = { type: 'double', unit: '1', description: '', role: 'feature' } as const;
  return {
    group: {
      name: 'kill',
      recordIdentifier: 'id',
      eventTime: 'time',
      settingsDigest: '0',
      definitions: [
        { ...double, name: 'id', type: 'string', role: 'identifier' },
        { ...double, name: 'time', type: 'timestamp', unit: 'ms', role: 'metadata' },
        { ...double, name: 'batch' },
        { ...double, name: 'row' },
      ],
    },
    columns: new Map([
      ['id', { type: 'string', values: rows.map((row) => `${batch}-${row}`) }],
      ['time', { type: 'timestamp', values: new Float64Array(rowsPerBatch) }],
      ['batch', { type: 'double', values: new Float64Array(rowsPerBatch).fill(batch) }],
      ['row', { type: 'double', values: Float64Array.from(rows) }],
    ]),
    rowCount: rowsPerBatch,
    provenance: [],
  };
}
