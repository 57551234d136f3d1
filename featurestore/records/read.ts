import type { Column, FeatureRecord, HistoryRow, StoreValue } from '../contract/index.js';
import type { GroupVersion } from '../groups/group-version.js';
import type { RowChunk, SqlDatabase } from '../sql/database.js';
import { internalSchema, latestRows, valueDefinitions, valuesTable } from '../sql/statements.js';

/** Milliseconds since 1970 UTC as ISO 8601. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** A value of a column as it leaves the store: missing is null, a timestamp is ISO 8601. */
export function storeValue(column: Column, row: number): StoreValue {
  const value = column.values[row] ?? null;
  if (typeof value !== 'number') return value;
  if (Number.isNaN(value)) return null;
  return column.type === 'timestamp' ? isoTime(value) : value;
}

/** One line of the log. */
export interface LogRow {
  readonly seq: number;
  readonly version: number;
  readonly eventTimeMs: number;
  readonly writeTimeMs: number;
  readonly apiInvocationTimeMs: number;
  readonly isDeleted: boolean;
}

/** Every line of the log about a record, in the order of writing. */
export async function logOf(database: SqlDatabase, groupId: number, id: string): Promise<LogRow[]> {
  const rows: LogRow[] = [];
  await database.scan(
    `SELECT seq, version, event_time, write_time, api_invocation_time, is_deleted FROM ${internalSchema}.log
      WHERE group_id = ${groupId} AND record_id = $1 ORDER BY seq`,
    [id],
    (chunk) => {
      const at = (column: number, row: number) => Number(chunk.columns[column]?.values[row]);
      for (let row = 0; row < chunk.rowCount; row++) {
        rows.push({
          seq: at(0, row),
          version: at(1, row),
          eventTimeMs: at(2, row),
          writeTimeMs: at(3, row),
          apiInvocationTimeMs: at(4, row),
          isDeleted: at(5, row) === 1,
        });
      }
    },
  );
  return rows;
}

/** Latest by event time, then by order of writing; a tombstone counts. */
export function latestOf(rows: readonly LogRow[]): LogRow | undefined {
  let latest: LogRow | undefined;
  for (const row of rows) {
    if (latest === undefined || row.eventTimeMs >= latest.eventTimeMs) latest = row;
  }
  return latest;
}

/** The record as it was written by one line of the log; a tombstone has no values. */
export async function recordAt(
  database: SqlDatabase,
  stored: GroupVersion,
  id: string,
  row: LogRow,
): Promise<FeatureRecord> {
  const values = row.isDeleted ? {} : await valuesAt(database, stored, id, row);
  return { group: stored.group.name, version: row.version, id, eventTime: isoTime(row.eventTimeMs), values };
}

async function valuesAt(
  database: SqlDatabase,
  stored: GroupVersion,
  id: string,
  row: LogRow,
): Promise<Record<string, StoreValue>> {
  const { group } = stored;
  const found = new Map<string, StoreValue>([
    [group.recordIdentifier, id],
    [group.eventTime, isoTime(row.eventTimeMs)],
  ]);
  const sql = `SELECT * FROM ${internalSchema}.${valuesTable(stored).table} WHERE seq = ${row.seq}`;
  await database.scan(sql, [], (chunk: RowChunk) => {
    for (const [index, definition] of valueDefinitions(group).entries()) {
      const column = chunk.columns[index + 1];
      if (column !== undefined) found.set(definition.name, storeValue(column, 0));
    }
  });
  return Object.fromEntries(group.definitions.map((d) => [d.name, found.get(d.name) ?? null]));
}

/** A line of the history. */
export async function historyRow(
  database: SqlDatabase,
  stored: GroupVersion,
  id: string,
  row: LogRow,
): Promise<HistoryRow> {
  return {
    ...(await recordAt(database, stored, id, row)),
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
