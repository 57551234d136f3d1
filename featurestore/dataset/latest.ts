import type { DatasetSpec } from '../contract/index.js';
import type { GroupVersion } from '../groups/group-version.js';
import type { SqlDatabase } from '../sql/database.js';
import type { Dialect } from '../sql/dialect.js';
import { internalSchema, isLatest, type LogFilter } from '../sql/statements.js';

/** The lines of a group that a dataset is made of. */
export interface GroupLines {
  readonly stored: GroupVersion;
  readonly upToSeq: number;
  readonly point: Pick<DatasetSpec, 'asOfMs' | 'knownAtMs'>;
}

/** Where the lines are. */
export interface LinesSource {
  readonly database: SqlDatabase;
  readonly dialect: Dialect;
}

/** Numbers of each record by its id, in the order of the slots that were asked for. */
export type LatestNumbers = ReadonlyMap<string, Float64Array>;

/** The latest records at one version. @param slots places in the list of numbers; each list of the result is as long */
export async function latestNumbers(
  { database, dialect }: LinesSource,
  lines: GroupLines,
  slots: Int32Array,
): Promise<LatestNumbers> {
  const found = new Map<string, Float64Array>();
  const [first = 0] = slots;
  const inOrder = first >= 0 && slots.every((slot, index) => slot === first + index);
  const pick = (list: Float64Array): Float64Array => {
    if (!inOrder) return Float64Array.from(slots, (slot) => list[slot] as number);
    return list.length === slots.length ? list : list.subarray(first, first + slots.length);
  };
  const where = isLatest(filterOf(lines), dialect);
  await database.stream(`SELECT record_id, numbers FROM ${internalSchema}.log WHERE ${where}`, (chunk) => {
    const [ids, lists] = chunk.columns;
    if (lists?.type !== 'numbers') return;
    for (let row = 0; row < chunk.rowCount; row++) {
      const list = lists.values[row];
      if (list) found.set(String(ids?.values[row]), pick(list));
    }
  });
  return found;
}

/** Record ids of the latest records at any version of the group. */
export async function latestIdsOfAllVersions(
  { database, dialect }: LinesSource,
  lines: GroupLines,
): Promise<ReadonlySet<string>> {
  const { version: _any, ...filter } = filterOf(lines);
  const ids = new Set<string>();
  const sql = `SELECT record_id FROM ${internalSchema}.log WHERE ${isLatest(filter, dialect)}`;
  await database.stream(sql, ({ columns, rowCount }) => {
    for (let row = 0; row < rowCount; row++) ids.add(String(columns[0]?.values[row]));
  });
  return ids;
}

function filterOf({ stored: { groupId, version }, upToSeq, point }: GroupLines): LogFilter {
  const { asOfMs, knownAtMs } = point;
  return {
    groupId,
    target: 'offline',
    version,
    upToSeq,
    ...(asOfMs === undefined ? {} : { asOfMs }),
    ...(knownAtMs === undefined ? {} : { knownAtMs }),
  };
}
