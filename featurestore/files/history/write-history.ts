import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { storeError } from '../../errors.js';
import type { GroupVersion } from '../../groups/group-version.js';
import { readRows } from '../../sql/database.js';
import { quoteName, quoteText } from '../../sql/dialect.js';
import type { DuckDbDatabase } from '../../sql/duckdb/engine.js';
import type { Work } from '../../sql/session.js';
import { internalSchema } from '../../sql/statements.js';
import { columnList, withParquet } from '../parquet-database.js';
import { fileDigest } from './file-digest.js';
import {
  dayOf,
  dayText,
  type FileFacts,
  featureColumns,
  type GroupFile,
  groupFileName,
  type HistoryPartition,
  historyFormat,
  historyFormatVersion,
  type LineNames,
  lineNames,
} from './layout.js';
import { fileColumns, scanLines } from './lines.js';
import { writeQuarantine } from './quarantine-file.js';

/** Values gathered before they are written. */
const batchValues = 8_000_000;

/** Lines of a group to be written together: a condition and the days (since 1970) they are of. */
interface LineBatch {
  readonly condition: string;
  readonly days: readonly number[];
}

/** The last line of each group by the group's id: an export is of one moment, whatever is written meanwhile. */
export async function lastLines({ database }: Work): Promise<ReadonlyMap<number, number>> {
  const rows = await readRows(database, `SELECT group_id, max(seq) FROM ${internalSchema}.log GROUP BY group_id`);
  return new Map(rows.map(([groupId, seq]) => [Number(groupId), Number(seq)] as const));
}

/**
 * Writes the whole history of a group, up to a line, into a folder that is new: Parquet files and the definitions beside them.
 * @throws StoreError STORE_BAD_EXPORT
 */
export async function writeHistory(
  work: Work,
  name: string,
  lastSeq: number,
  folder: string,
  partition: HistoryPartition,
): Promise<GroupFile> {
  const versions = work.catalogue.versions(name);
  const names = lineNames(versions);
  mkdirSync(folder);
  const files = await withParquet((parquet) =>
    writeLines({ work, parquet, versions, names, lastSeq, folder, partition }),
  );
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  await checkCount(work, versions, lastSeq, rows, folder);
  const quarantine = await writeQuarantine(work, versions[0].groupId, folder);
  const { updatedAtMs, ...settings } = work.catalogue.settings(name);
  const content: GroupFile = {
    format: historyFormat,
    formatVersion: historyFormatVersion,
    group: name,
    partition,
    columns: names,
    settings,
    settingsUpdatedAtMs: updatedAtMs,
    versions: versions.map(({ version, createdAtMs, group }) => ({ version, createdAtMs, group })),
    rows,
    files,
    ...(quarantine === undefined ? {} : { quarantine }),
  };
  writeFileSync(path.join(folder, groupFileName), `${JSON.stringify(content, null, 1)}\n`, { flag: 'wx' });
  return content;
}

interface Target {
  readonly work: Work;
  readonly parquet: DuckDbDatabase;
  readonly versions: readonly [GroupVersion, ...GroupVersion[]];
  readonly names: LineNames;
  readonly lastSeq: number;
  readonly folder: string;
  readonly partition: HistoryPartition;
}

async function writeLines(target: Target): Promise<readonly FileFacts[]> {
  const { work, parquet, versions, names, folder, partition } = target;
  const features = featureColumns(versions);
  const columns = fileColumns(names, features);
  const batchRows = Math.max(1, Math.floor(batchValues / columns.length));
  const files: FileFacts[] = [];
  const parts = new Map<string, number>();
  for (const batch of await batchesOf(target, batchRows)) {
    await parquet.run(`CREATE OR REPLACE TABLE lines (${columnList(columns)})`);
    await scanLines(work, versions, features, batch.condition, (chunk) =>
      parquet.append({ schema: 'main', table: 'lines' }, chunk.columns, chunk.rowCount),
    );
    const places = partition === 'none' ? [{ place: '', where: '' }] : batch.days.map((day) => dayPlace(names, day));
    for (const { place, where } of places) {
      const part = parts.get(place) ?? 0;
      parts.set(place, part + 1);
      const file = path.posix.join(place, `part-${String(part).padStart(5, '0')}.parquet`);
      mkdirSync(path.join(folder, place), { recursive: true });
      files.push(await copyTo(parquet, where, folder, file));
    }
  }
  return files;
}

function dayPlace({ eventDay, eventTime }: LineNames, day: number): { readonly place: string; readonly where: string } {
  const micros = (at: number): string => `make_timestamp(${at * 86_400_000}000)`;
  const column = quoteName(eventTime);
  return {
    place: `${eventDay}=${dayText(day)}`,
    where: `WHERE ${column} >= ${micros(day)} AND ${column} < ${micros(day + 1)}`,
  };
}

async function copyTo(parquet: DuckDbDatabase, where: string, folder: string, file: string): Promise<FileFacts> {
  const whole = path.join(folder, file);
  const [count] = await readRows(parquet, `SELECT count(*) FROM lines ${where}`);
  await parquet.run(`COPY (SELECT * FROM lines ${where}) TO ${quoteText(whole)} (FORMAT parquet)`);
  return { path: file, rows: Number(count?.[0]), sha256: await fileDigest(whole) };
}

/** Days together as long as they are few lines; a day of many lines, or all days, in pieces by the order of writing. */
async function batchesOf({ work, versions, lastSeq, partition }: Target, batchRows: number): Promise<LineBatch[]> {
  const [{ groupId }] = versions;
  if (partition === 'none') return piecesOf(work, `l.group_id = ${groupId} AND l.seq <= ${lastSeq}`, batchRows, []);
  const counts = await dayCounts(work, groupId, lastSeq);
  const batches: LineBatch[] = [];
  let days: number[] = [];
  let rows = 0;
  const between = (from: number, to: number): string =>
    `l.seq <= ${lastSeq} AND l.event_time >= ${from * 86_400_000} AND l.event_time < ${(to + 1) * 86_400_000}`;
  const flush = async (): Promise<void> => {
    const [from, to] = [days[0], days.at(-1)];
    if (from === undefined || to === undefined) return;
    const condition = between(from, to);
    if (rows <= batchRows) batches.push({ condition, days });
    else batches.push(...(await piecesOf(work, `l.group_id = ${groupId} AND ${condition}`, batchRows, days)));
    days = [];
    rows = 0;
  };
  for (const [day, count] of counts) {
    if (rows + count > batchRows) await flush();
    days.push(day);
    rows += count;
  }
  await flush();
  return batches;
}

/** Lines that meet a condition in pieces of so many, by the order of writing. */
async function piecesOf(
  { database }: Work,
  condition: string,
  batchRows: number,
  days: readonly number[],
): Promise<LineBatch[]> {
  const ends: number[] = [];
  let [count, last] = [0, 0];
  await database.stream(`SELECT seq FROM ${internalSchema}.log l WHERE ${condition} ORDER BY seq`, (chunk) => {
    for (let row = 0; row < chunk.rowCount; row++) {
      last = Number(chunk.columns[0]?.values[row]);
      if (++count % batchRows === 0) ends.push(last);
    }
  });
  if (count % batchRows !== 0) ends.push(last);
  return ends.map((end, index) => {
    const after = index === 0 ? '' : ` AND l.seq > ${ends[index - 1]}`;
    return { condition: `${condition} AND l.seq <= ${end}${after}`, days };
  });
}

/** Lines by day (since 1970), the earliest first. */
async function dayCounts({ database }: Work, groupId: number, lastSeq: number): Promise<readonly [number, number][]> {
  const counts = new Map<number, number>();
  await database.scan(
    `SELECT event_time, count(*) FROM ${internalSchema}.log
      WHERE group_id = ${groupId} AND seq <= ${lastSeq} GROUP BY event_time`,
    [],
    ({ columns: [times, rows], rowCount }) => {
      for (let row = 0; row < rowCount; row++) {
        const day = dayOf(Number(times?.values[row]));
        counts.set(day, (counts.get(day) ?? 0) + Number(rows?.values[row]));
      }
    },
  );
  return [...counts].sort(([a], [b]) => a - b);
}

/** A group that another process deleted meanwhile would be written in part. */
async function checkCount(
  { database }: Work,
  [{ groupId }]: readonly [GroupVersion, ...GroupVersion[]],
  lastSeq: number,
  written: number,
  folder: string,
): Promise<void> {
  const [count] = await readRows(
    database,
    `SELECT count(*) FROM ${internalSchema}.log WHERE group_id = ${groupId} AND seq <= ${lastSeq}`,
  );
  if (Number(count?.[0]) === written) return;
  const what = `${written} lines were read where ${count?.[0]} are; was the group deleted meanwhile?`;
  throw storeError('STORE_BAD_EXPORT', folder, what);
}
