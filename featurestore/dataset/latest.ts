import type { DatasetSpec } from '../contract/index.js';
import type { GroupVersion } from '../groups/group-version.js';
import type { SqlDatabase } from '../sql/database.js';
import { internalSchema, type LogFilter, latestRows } from '../sql/statements.js';

/** The point in time a dataset is read at. */
export type ReadPoint = Pick<DatasetSpec, 'asOfMs' | 'knownAtMs'>;

/** Record ids of the latest records at one version and one point in time. */
export function latestIds(database: SqlDatabase, stored: GroupVersion, point: ReadPoint): Promise<ReadonlySet<string>> {
  return idsOf(database, filterOf(stored, point));
}

/** Record ids of the latest records at any version of the group. */
export function latestIdsOfAllVersions(
  database: SqlDatabase,
  stored: GroupVersion,
  point: ReadPoint,
): Promise<ReadonlySet<string>> {
  const { version: _any, ...filter } = filterOf(stored, point);
  return idsOf(database, filter);
}

async function idsOf(database: SqlDatabase, filter: LogFilter): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  await database.scan(latestRows(filter), [], ({ columns, rowCount }) => {
    for (let row = 0; row < rowCount; row++) ids.add(String(columns[1]?.values[row]));
  });
  return ids;
}

/** Hands every latest record's numbers (in the order of `slotsOf`) to `onRecord`. */
export async function scanLatestNumbers(
  database: SqlDatabase,
  stored: GroupVersion,
  point: ReadPoint,
  onRecord: (id: string, numbers: Float64Array) => void,
): Promise<void> {
  const sql = `SELECT record_id, numbers FROM ${internalSchema}.log
    WHERE group_id = ${stored.groupId} AND seq IN (SELECT seq FROM (${latestRows(filterOf(stored, point))}) latest)`;
  await database.scan(sql, [], ({ columns: [ids, lists], rowCount }) => {
    if (lists?.type !== 'numbers') return;
    for (let row = 0; row < rowCount; row++) {
      const numbers = lists.values[row];
      if (numbers) onRecord(String(ids?.values[row]), numbers);
    }
  });
}

function filterOf({ groupId, version }: GroupVersion, { asOfMs, knownAtMs }: ReadPoint): LogFilter {
  return {
    groupId,
    target: 'offline',
    version,
    ...(asOfMs === undefined ? {} : { asOfMs }),
    ...(knownAtMs === undefined ? {} : { knownAtMs }),
  };
}
