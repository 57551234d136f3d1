import type { HistoryRow, TargetStore } from '../contract/index.js';
import type { GroupVersion } from '../groups/group-version.js';
import type { RowChunk, SqlDatabase, SqlReader } from '../sql/database.js';
import type { Work } from '../sql/session.js';
import { internalSchema, latestRows, newestFirst } from '../sql/statements.js';
import { isoTime, type PackedRow } from './pack.js';
import { layoutOf, packedRecord, unpacked } from './packed-record.js';

/** One line of the log. */
export interface LogRow {
  readonly id: string;
  readonly version: number;
  readonly eventTimeMs: number;
  readonly writeTimeMs: number;
  readonly apiInvocationTimeMs: number;
  readonly isDeleted: boolean;
  readonly isHard: boolean;
  readonly epoch: number;
  /** NaN when it does not expire. */
  readonly expiresAtMs: number;
  /** Undefined for a tombstone. */
  readonly values: PackedRow | undefined;
}

/** What `logRow` reads, in this order. */
const logColumns = `l.record_id, l.version, l.event_time, l.write_time, l.api_invocation_time, l.is_deleted, l.is_hard, l.epoch,
  l.expires_at, l.numbers, l.texts`;

/** Every line of the history about a record, in the order of writing. */
export function logOf(database: SqlDatabase, groupId: number, id: string): Promise<LogRow[]> {
  return readLog(database, `WHERE group_id = ${groupId} AND record_id = $1 AND is_offline ORDER BY seq`, [id]);
}

/** The line of a record that counts; a tombstone or an expired line does too. */
export async function latestLogRow(
  database: Pick<SqlReader, 'scan'>,
  groupId: number,
  id: string,
  target: TargetStore = 'online',
): Promise<LogRow | undefined> {
  const where = `WHERE group_id = ${groupId} AND record_id = $1 AND ${target === 'online' ? 'is_online' : 'is_offline'}`;
  const [latest] = await readLog(database, `${where} ORDER BY ${newestFirst} LIMIT 1`, [id]);
  return latest;
}

/** The latest records among some ids that are neither deleted nor expired, in no particular order. */
export async function latestLogRows(
  { database, nowMs }: Work,
  groupId: number,
  ids: readonly string[],
): Promise<LogRow[]> {
  if (ids.length === 0) return [];
  const keys = await database.keys({ ids, eventTimes: new Float64Array(ids.length) });
  const log = `${internalSchema}.log`;
  const rows = await readLog(
    database,
    `JOIN (SELECT DISTINCT ON (l.record_id) l.seq FROM ${keys} k JOIN ${log} l ON l.record_id = k.record_id
      WHERE l.group_id = ${groupId} AND l.is_online
      ORDER BY l.record_id, l.epoch DESC, l.is_hard, l.event_time DESC, l.seq DESC) latest ON latest.seq = l.seq
      WHERE l.group_id = ${groupId}`,
    [],
  );
  return rows.filter((row) => isAlive(row, nowMs));
}

/** Lines taken in one statement at most; DuckDB looks up to 2,048 of them up in its index before it would rather scan. */
const mostLookedUp = 200;
/** Up to so many lines, statements that are prepared beat one that is not. */
const fewLines = 4;

/** The values of lines of a group by their `seq`, as far as the versions that wrote them have such. */
export async function valuesAt(
  reader: SqlReader,
  groupId: number,
  seqs: readonly number[],
  versions: readonly GroupVersion[],
): Promise<ReadonlyMap<number, PackedRow>> {
  const found = new Map<number, PackedRow>();
  // a column that is not read saves a look into its segment for every line
  const hasTexts = versions.some(({ group }) =>
    group.definitions.some((d) => d.type === 'string' && d.name !== group.recordIdentifier),
  );
  const take = ({ columns: [seq, numbers, texts], rowCount }: RowChunk): void => {
    for (let row = 0; row < rowCount; row++) {
      found.set(Number(seq?.values[row]), {
        numbers: (numbers?.type === 'numbers' ? numbers.values[row] : null) ?? new Float64Array(),
        texts: (texts?.type === 'texts' ? texts.values[row] : null) ?? [],
      });
    }
  };
  const from = `SELECT l.seq, l.numbers${hasTexts ? ', l.texts' : ''} FROM ${internalSchema}.log l`;
  if (seqs.length <= fewLines) {
    const sql = `${from} WHERE l.seq = $1 AND l.group_id = $2`;
    for (const seq of seqs) await reader.scanPrepared(sql, [seq, groupId], take);
    return found;
  }
  for (let start = 0; start < seqs.length; start += mostLookedUp) {
    const some = seqs.slice(start, start + mostLookedUp).join(', ');
    await reader.scan(`${from} WHERE l.seq IN (${some}) AND l.group_id = ${groupId}`, [], take);
  }
  return found;
}

/** Whether a line that counts is a record: neither deleted nor expired. */
export function isAlive<Line extends Pick<LogRow, 'isDeleted' | 'expiresAtMs'>>(
  row: Line | undefined,
  nowMs: number,
): row is Line {
  return row !== undefined && !row.isDeleted && !(row.expiresAtMs <= nowMs);
}

async function readLog(
  database: Pick<SqlReader, 'scan'>,
  rest: string,
  parameters: readonly string[],
): Promise<LogRow[]> {
  const rows: LogRow[] = [];
  await database.scan(`SELECT ${logColumns} FROM ${internalSchema}.log l ${rest}`, parameters, (chunk) => {
    for (let row = 0; row < chunk.rowCount; row++) rows.push(logRow(chunk, row));
  });
  return rows;
}

function logRow({ columns }: RowChunk, row: number): LogRow {
  const number = (column: number): number => Number(columns[column]?.values[row]);
  const numbers = columns[9]?.type === 'numbers' ? columns[9].values[row] : null;
  const texts = columns[10]?.type === 'texts' ? columns[10].values[row] : null;
  return {
    id: String(columns[0]?.values[row]),
    version: number(1),
    eventTimeMs: number(2),
    writeTimeMs: number(3),
    apiInvocationTimeMs: number(4),
    isDeleted: number(5) === 1,
    isHard: number(6) === 1,
    epoch: number(7),
    expiresAtMs: number(8),
    values: numbers && texts ? { numbers, texts } : undefined,
  };
}

/** A line of the history. */
export function historyRow(stored: GroupVersion, row: LogRow): HistoryRow {
  return {
    ...unpacked(packedRecord(stored, row, layoutOf(stored.group))),
    writeTime: isoTime(row.writeTimeMs),
    apiInvocationTime: isoTime(row.apiInvocationTimeMs),
    isDeleted: row.isDeleted,
    ...(row.isDeleted ? { deletion: row.isHard ? 'hard' : 'soft' } : {}),
  };
}

/** Number of records of a group, at one version if given, whose latest state is neither deleted nor expired. */
export async function countRecords(
  { database, catalogue, nowMs }: Work,
  { groupId, group }: GroupVersion,
  version?: number,
): Promise<number> {
  const target = catalogue.settings(group.name).online ? 'online' : 'offline';
  const filter = {
    groupId,
    target,
    ...(version === undefined ? {} : { version }),
    ...(target === 'online' ? { nowMs } : {}),
  } as const;
  let count = 0;
  await database.scan(`SELECT count(*) FROM (${latestRows(filter)}) latest`, [], ({ columns }) => {
    count = Number(columns[0]?.values[0]);
  });
  return count;
}
