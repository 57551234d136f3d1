import type { FeatureTable, IngestResult, NumericColumn, StringColumn } from '../contract/index.js';
import type { GroupVersion } from '../groups/group-version.js';
import { readRows, type SqlColumn, type SqlDatabase } from '../sql/database.js';
import { internalSchema, logTable } from '../sql/statements.js';
import { type CurrentState, rowsToWrite, stateKey } from './changes.js';
import type { CheckedTable } from './check-table.js';
import { packRows } from './pack.js';
import { rowDigest } from './row-digest.js';

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
  const packed = packRows(checked.values, rowCount);
  const digests = packed.map(rowDigest);
  const rows = rowsToWrite(checked, digests, await currentState(database, stored, checked.ids));
  const result = { group: stored.group.name, version: stored.version };
  if (rows.length === 0) return { ...result, written: 0, unchanged: rowCount };
  const provenanceId = await provenanceIdOf(database, checked.table);
  const log: SqlColumn[] = [
    integers(rows, (_, index) => moment.firstSeq + index),
    integers(rows, () => stored.groupId),
    integers(rows, () => stored.version),
    texts(rows, (row) => checked.ids[row] ?? null),
    integers(rows, (row) => checked.eventTimes[row] as number),
    integers(rows, () => moment.writeTimeMs),
    integers(rows, () => moment.apiInvocationTimeMs),
    integers(rows, () => 0),
    texts(rows, (row) => digests[row] ?? null),
    integers(rows, () => provenanceId),
    { type: 'numbers', values: rows.map((row) => packed[row]?.numbers ?? null) },
    { type: 'texts', values: rows.map((row) => packed[row]?.texts ?? null) },
  ];
  await database.append(logTable, log, rows.length);
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
  const provenance = `${internalSchema}.provenance`;
  const [same] = await readRows(database, `SELECT provenance_id FROM ${provenance} WHERE content = $1`, [content]);
  if (same !== undefined) return Number(same[0]);
  const [last] = await readRows(database, `SELECT coalesce(max(provenance_id), 0) FROM ${provenance}`);
  const id = Number(last?.[0]) + 1;
  await database.run(`INSERT INTO ${provenance} VALUES ($1, $2)`, [id, content]);
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
