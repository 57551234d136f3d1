import type { FeatureDefinition, ValueSlot } from '../contract/index.js';
import type { GroupVersion } from '../groups/group-version.js';
import { slotsOf } from '../records/pack.js';
import type { OnChunk, RowChunk, SqlColumn } from '../sql/database.js';
import type { Work } from '../sql/session.js';
import { internalSchema, latestRows } from '../sql/statements.js';

/**
 * The latest records of a group in the columns of its newest version, as the group's view has them, ordered by record id.
 * Read from the log itself: the view would be planned column by column.
 */
export async function scanLatestRecords(
  { database, dialect, catalogue, nowMs }: Work,
  versions: readonly [GroupVersion, ...GroupVersion[]],
  onChunk: OnChunk,
): Promise<void> {
  const newest = versions.at(-1) ?? versions[0];
  const slots = new Map(versions.map(({ version, group }) => [version, slotsOf(group)] as const));
  const { groupId } = newest;
  const filter = catalogue.settings(newest.group.name).online
    ? ({ groupId, target: 'online', nowMs } as const)
    : ({ groupId, target: 'offline' } as const);
  const sql = `SELECT record_id, event_time, version, numbers, texts FROM ${internalSchema}.log
    WHERE group_id = ${groupId} AND seq IN (SELECT seq FROM (${latestRows(filter)}) latest)
    ORDER BY ${dialect.codePointOrder('record_id')}`;
  await database.stream(sql, (chunk) =>
    onChunk({
      columns: newest.group.definitions.map((d) => unpack(chunk, newest, d, slots)),
      rowCount: chunk.rowCount,
    }),
  );
}

function unpack(
  { columns, rowCount }: RowChunk,
  { group }: GroupVersion,
  { name, type }: FeatureDefinition,
  slots: ReadonlyMap<number, ReadonlyMap<string, ValueSlot>>,
): SqlColumn {
  const [ids, eventTimes, versions, numbers, texts] = columns;
  if (name === group.recordIdentifier && ids !== undefined) return ids;
  const indexAt = new Map([...slots].map(([version, named]) => [version, named.get(name)?.index ?? -1] as const));
  const index = (row: number): number => indexAt.get(Number(versions?.values[row])) ?? -1;
  if (type === 'string') {
    const lists = texts?.type === 'texts' ? texts.values : [];
    return { type, values: Array.from({ length: rowCount }, (_, row) => lists[row]?.[index(row)] ?? null) };
  }
  const lists = numbers?.type === 'numbers' ? numbers.values : [];
  const isEventTime = name === group.eventTime;
  const values = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    values[row] = isEventTime ? Number(eventTimes?.values[row]) : (lists[row]?.[index(row)] ?? Number.NaN);
  }
  return { type, values };
}
