import type { GroupVersion } from '../groups/group-version.js';
import type { RecordKeys, RowChunk, SqlDatabase } from '../sql/database.js';
import { internalSchema } from '../sql/statements.js';
import type { KnownLine } from './changes.js';

/** How often each record was deleted for good; records that never were are not in it. */
export async function epochsOf(database: SqlDatabase, groupId: number): Promise<ReadonlyMap<string, number>> {
  const epochs = new Map<string, number>();
  await database.scan(
    `SELECT record_id, max(epoch) FROM ${internalSchema}.log WHERE group_id = ${groupId} AND is_hard GROUP BY record_id`,
    [],
    ({ columns: [ids, counts], rowCount }) => {
      for (let i = 0; i < rowCount; i++) epochs.set(String(ids?.values[i]), Number(counts?.values[i]));
    },
  );
  return epochs;
}

/**
 * What was written last, at this version or as a deletion, for each record id and event time; lines from before a record's hard
 * deletion do not count.
 * @returns by position among the keys
 */
export async function knownLines(
  database: SqlDatabase,
  { groupId, version }: GroupVersion,
  keys: RecordKeys,
  epochs: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<number, KnownLine>> {
  const lines = new Map<number, KnownLine>();
  if (keys.ids.length === 0) return lines;
  const from = await database.keys(keys);
  const log = `${internalSchema}.log`;
  // the lists are fetched by seq: carrying them through DISTINCT would copy every one
  const sql = `SELECT k.row_number, l.is_deleted, l.epoch, l.is_online, l.is_offline, l.expires_at, l.event_time, l.numbers, l.texts
    FROM (SELECT DISTINCT ON (k.row_number) k.row_number, l.seq FROM ${from} k
      JOIN ${log} l ON l.record_id = k.record_id AND l.event_time = k.event_time
      WHERE l.group_id = ${groupId} AND (l.version = ${version} OR l.is_deleted)
      ORDER BY k.row_number, l.seq DESC) k
    JOIN ${log} l ON l.seq = k.seq WHERE l.group_id = ${groupId}`;
  await database.scan(sql, [], (chunk) => {
    for (let i = 0; i < chunk.rowCount; i++) {
      const row = numberAt(chunk, 0, i);
      if (numberAt(chunk, 2, i) >= (epochs.get(keys.ids[row] as string) ?? 0)) lines.set(row, lineAt(chunk, i));
    }
  });
  return lines;
}

function lineAt(chunk: RowChunk, i: number): KnownLine {
  const [, , , , , , , numbers, texts] = chunk.columns;
  const packed = {
    numbers: (numbers?.type === 'numbers' ? numbers.values[i] : null) ?? new Float64Array(),
    texts: (texts?.type === 'texts' ? texts.values[i] : null) ?? [],
  };
  return {
    values: numberAt(chunk, 1, i) === 1 ? undefined : packed,
    terms: {
      online: numberAt(chunk, 3, i) === 1,
      offline: numberAt(chunk, 4, i) === 1,
      ttlMs: numberAt(chunk, 5, i) - numberAt(chunk, 6, i),
    },
  };
}

function numberAt({ columns }: RowChunk, column: number, row: number): number {
  return Number(columns[column]?.values[row]);
}
