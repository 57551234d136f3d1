import type { FeatureRecord, HistoryRow, StoreValue } from '../contract/index.js';
import type { GroupVersion } from '../groups/group-version.js';
import type { RowChunk, SqlDatabase } from '../sql/database.js';
import { internalSchema, latestRows } from '../sql/statements.js';
import { isoTime, type PackedRow, slotsOf, storeValue } from './pack.js';

/** One line of the log. */
export interface LogRow {
  readonly version: number;
  readonly eventTimeMs: number;
  readonly writeTimeMs: number;
  readonly apiInvocationTimeMs: number;
  readonly isDeleted: boolean;
  /** Undefined for a tombstone. */
  readonly values: PackedRow | undefined;
}

/** Every line of the log about a record, in the order of writing. */
export function logOf(database: SqlDatabase, groupId: number, id: string): Promise<LogRow[]> {
  return readLog(database, groupId, id, 'ORDER BY seq');
}

/** The line with the greatest event time, then the latest write; a tombstone counts. */
export async function latestLogRow(database: SqlDatabase, groupId: number, id: string): Promise<LogRow | undefined> {
  const [latest] = await readLog(database, groupId, id, 'ORDER BY event_time DESC, seq DESC LIMIT 1');
  return latest;
}

async function readLog(database: SqlDatabase, groupId: number, id: string, order: string): Promise<LogRow[]> {
  const rows: LogRow[] = [];
  await database.scan(
    `SELECT version, event_time, write_time, api_invocation_time, is_deleted, numbers, texts
      FROM ${internalSchema}.log WHERE group_id = ${groupId} AND record_id = $1 ${order}`,
    [id],
    (chunk) => {
      for (let row = 0; row < chunk.rowCount; row++) rows.push(logRow(chunk, row));
    },
  );
  return rows;
}

function logRow({ columns }: RowChunk, row: number): LogRow {
  const number = (column: number): number => Number(columns[column]?.values[row]);
  const numbers = columns[5]?.type === 'numbers' ? columns[5].values[row] : null;
  const texts = columns[6]?.type === 'texts' ? columns[6].values[row] : null;
  return {
    version: number(0),
    eventTimeMs: number(1),
    writeTimeMs: number(2),
    apiInvocationTimeMs: number(3),
    isDeleted: number(4) === 1,
    values: numbers && texts ? { numbers, texts } : undefined,
  };
}

/** The record as one line of the log has it; a tombstone has no values. */
export function recordOf({ group }: GroupVersion, id: string, row: LogRow): FeatureRecord {
  const eventTime = isoTime(row.eventTimeMs);
  const slots = slotsOf(group);
  const { values } = row;
  const named = group.definitions.map(({ name, type }): readonly [string, StoreValue] => {
    if (name === group.recordIdentifier) return [name, id];
    if (name === group.eventTime) return [name, eventTime];
    const slot = slots.get(name);
    return [name, slot === undefined ? null : storeValue(type, values?.[slot.list][slot.index] ?? null)];
  });
  return { group: group.name, version: row.version, id, eventTime, values: values ? Object.fromEntries(named) : {} };
}

/** A line of the history. */
export function historyRow(stored: GroupVersion, id: string, row: LogRow): HistoryRow {
  return {
    ...recordOf(stored, id, row),
    writeTime: isoTime(row.writeTimeMs),
    apiInvocationTime: isoTime(row.apiInvocationTimeMs),
    isDeleted: row.isDeleted,
  };
}

/** Number of records of one version whose latest state is not deleted. */
export async function countRecords(database: SqlDatabase, { groupId, version }: GroupVersion): Promise<number> {
  let count = 0;
  await database.scan(`SELECT count(*) FROM (${latestRows({ groupId, version })}) latest`, [], ({ columns }) => {
    count = Number(columns[0]?.values[0]);
  });
  return count;
}
