import type { Column, FeatureTable, IngestResult, NumericColumn, StringColumn } from '../contract/index.js';
import type { GroupVersion } from '../groups/group-version.js';
import type { SqlDatabase } from '../sql/database.js';
import { internalSchema, logTable, valuesTable } from '../sql/statements.js';
import { type CurrentState, rowsToWrite, stateKey } from './changes.js';
import type { CheckedTable } from './check-table.js';
import { rowDigests } from './row-digest.js';

/** When a write happens: the next free `seq`, and the times of the log in milliseconds since 1970 UTC. */
export interface WriteMoment {
  readonly firstSeq: number;
  readonly writeTimeMs: number;
  readonly apiInvocationTimeMs: number;
}

/** Appends the rows of a checked table that say something new; to be called inside a transaction. */
export async function appendRows(
  database: SqlDatabase,
  stored: GroupVersion,
  checked: CheckedTable,
  moment: WriteMoment,
): Promise<IngestResult> {
  const { rowCount } = checked.table;
  const digests = rowDigests(checked.values, rowCount);
  const rows = rowsToWrite(checked, digests, await currentState(database, stored, checked.ids));
  const result = { group: stored.group.name, version: stored.version };
  if (rows.length === 0) return { ...result, written: 0, unchanged: rowCount };
  const provenanceId = await provenanceIdOf(database, checked.table);
  const seq = integers(rows, (_, index) => moment.firstSeq + index);
  const log: Column[] = [
    seq,
    integers(rows, () => stored.groupId),
    integers(rows, () => stored.version),
    texts(rows, (row) => checked.ids[row] ?? null),
    integers(rows, (row) => checked.eventTimes[row] as number),
    integers(rows, () => moment.writeTimeMs),
    integers(rows, () => moment.apiInvocationTimeMs),
    integers(rows, () => 0),
    texts(rows, (row) => digests[row] ?? null),
    integers(rows, () => provenanceId),
  ];
  await database.append(logTable, log, rows.length);
  const all = rows.length === rowCount;
  const values = all ? checked.values : checked.values.map((column) => pick(column, rows));
  await database.append(valuesTable(stored), [seq, ...values], rows.length);
  return { ...result, written: rows.length, unchanged: rowCount - rows.length };
}

/** What was written last for each record id and event time. */
async function currentState(
  database: SqlDatabase,
  stored: GroupVersion,
  ids: readonly string[],
): Promise<CurrentState> {
  const state = new Map<string, string | undefined>();
  if (ids.length === 0) return state;
  const single = ids.length === 1 ? ids[0] : undefined;
  const only = single === undefined ? '' : 'AND record_id = $1';
  await database.scan(
    `SELECT DISTINCT ON (record_id, event_time) record_id, event_time, digest, is_deleted FROM ${internalSchema}.log
      WHERE group_id = ${stored.groupId} AND (version = ${stored.version} OR is_deleted) ${only}
      ORDER BY record_id, event_time, seq DESC`,
    single === undefined ? [] : [single],
    ({ columns, rowCount }) => {
      const [id, eventTime, digest, deleted] = columns.map((column) => column.values);
      for (let row = 0; row < rowCount; row++) {
        const key = stateKey(String(id?.[row]), Number(eventTime?.[row]));
        state.set(key, deleted?.[row] === 1 ? undefined : String(digest?.[row]));
      }
    },
  );
  return state;
}

async function provenanceIdOf(database: SqlDatabase, table: FeatureTable): Promise<number> {
  const content = JSON.stringify(table.provenance);
  let id = 1;
  let found = false;
  await database.scan(
    `SELECT coalesce(max(CASE WHEN content = $1 THEN provenance_id END), 0), coalesce(max(provenance_id), 0)
      FROM ${internalSchema}.provenance`,
    [content],
    ({ columns }) => {
      const same = Number(columns[0]?.values[0]);
      found = same > 0;
      id = found ? same : Number(columns[1]?.values[0]) + 1;
    },
  );
  if (!found) await database.run(`INSERT INTO ${internalSchema}.provenance VALUES ($1, $2)`, [id, content]);
  return id;
}

function integers(rows: readonly number[], value: (row: number, index: number) => number): NumericColumn {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = value(rows[i] as number, i);
  return { type: 'integer', values };
}

function texts(rows: readonly number[], value: (row: number) => string | null): StringColumn {
  return { type: 'string', values: rows.map(value) };
}

function pick(column: Column, rows: readonly number[]): Column {
  if (column.type === 'string') return texts(rows, (row) => column.values[row] ?? null);
  return { type: column.type, values: Float64Array.from(rows, (row) => column.values[row] as number) };
}
