import type { Column, DatasetSpec, FeatureDefinition } from '../contract/index.js';
import type { GroupVersion } from '../groups/group-version.js';
import type { SqlDatabase } from '../sql/database.js';
import { internalSchema, type LogFilter, latestRows, valueExpressions, valuesTable } from '../sql/statements.js';

/** The point in time a dataset is read at. */
export type ReadPoint = Pick<DatasetSpec, 'asOfMs' | 'knownAtMs'>;

/** Record id by `seq` of the latest record of each patient, at one version and one point in time. */
export async function latestSeqs(
  database: SqlDatabase,
  stored: GroupVersion,
  point: ReadPoint,
): Promise<ReadonlyMap<number, string>> {
  const seqs = new Map<number, string>();
  await database.scan(latestRows(filterOf(stored, point)), [], ({ columns, rowCount }) => {
    for (let row = 0; row < rowCount; row++) {
      seqs.set(Number(columns[0]?.values[row]), String(columns[1]?.values[row]));
    }
  });
  return seqs;
}

/** Reads some columns of the latest records; `onRow` gets the columns of a chunk and the row in it. */
export async function scanValues(
  database: SqlDatabase,
  stored: GroupVersion,
  definitions: readonly FeatureDefinition[],
  point: ReadPoint,
  onRow: (seq: number, columns: readonly Column[], row: number) => void,
): Promise<void> {
  const expressions = ['v.seq', ...valueExpressions(stored, definitions)];
  const sql = `SELECT ${expressions.join(', ')} FROM ${internalSchema}.${valuesTable(stored).table} v
    WHERE v.seq IN (SELECT seq FROM (${latestRows(filterOf(stored, point))}) latest)`;
  await database.scan(sql, [], (chunk) => {
    const [seqs, ...columns] = chunk.columns;
    for (let row = 0; row < chunk.rowCount; row++) onRow(Number(seqs?.values[row]), columns, row);
  });
}

function filterOf({ groupId, version }: GroupVersion, { asOfMs, knownAtMs }: ReadPoint): LogFilter {
  return {
    groupId,
    version,
    ...(asOfMs === undefined ? {} : { asOfMs }),
    ...(knownAtMs === undefined ? {} : { knownAtMs }),
  };
}
