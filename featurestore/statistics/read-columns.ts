import type { Column, FeatureDefinition, NumericColumn, TimeWindow } from '../contract/index.js';
import { storeError } from '../errors.js';
import { slotsOf } from '../records/pack.js';
import { type RowChunk, readRows } from '../sql/database.js';
import type { Work } from '../sql/session.js';
import { internalSchema, isLatest } from '../sql/statements.js';

/** Values held at once. */
const blockValues = 16_000_000;

/** Which records are read: the latest line of each within the window, as known then. */
export interface ColumnsRequest {
  readonly group: string;
  readonly definitions: readonly FeatureDefinition[];
  readonly version?: number | undefined;
  readonly window?: TimeWindow | undefined;
  readonly knownAtMs?: number | undefined;
}

/** Hands over the columns of the records one after the other, reading so many at a time that memory stays bounded. */
export async function scanColumns(
  work: Work,
  request: ColumnsRequest,
  onColumn: (definition: FeatureDefinition, column: Column) => void,
): Promise<void> {
  const where = conditionOf(work, request);
  const rows = await countOf(work, where);
  const width = columnsAtOnce(rows);
  for (let from = 0; from < request.definitions.length; from += width) {
    await scanBlock(work, request, where, rows, request.definitions.slice(from, from + width), onColumn);
  }
}

/** How many columns of so many rows are held at once. */
export function columnsAtOnce(rows: number): number {
  return Math.max(1, Math.floor(blockValues / Math.max(1, rows)));
}

/** Number of the records that `scanColumns` reads. */
export function countRows(work: Work, request: ColumnsRequest): Promise<number> {
  return countOf(work, conditionOf(work, request));
}

async function countOf({ database }: Work, where: string): Promise<number> {
  const [count] = await readRows(database, `SELECT count(*) FROM ${internalSchema}.log WHERE ${where}`);
  return Number(count?.[0]);
}

function conditionOf({ catalogue, dialect }: Work, { group, version, window, knownAtMs }: ColumnsRequest): string {
  const { groupId } = catalogue.version(group, version);
  if (window !== undefined && !(window.fromMs < window.beforeMs)) {
    throw storeError('STORE_BAD_STATISTICS', `the window from ${window.fromMs} to ${window.beforeMs} is empty`);
  }
  const filter = {
    groupId,
    target: catalogue.settings(group).offline ? ('offline' as const) : ('online' as const),
    ...(version === undefined ? {} : { version }),
    ...(window === undefined ? {} : { fromMs: window.fromMs, asOfMs: window.beforeMs - 1 }),
    ...(knownAtMs === undefined ? {} : { knownAtMs }),
  };
  return isLatest(filter, dialect);
}

async function scanBlock(
  { database, catalogue }: Work,
  { group }: ColumnsRequest,
  where: string,
  rowCount: number,
  definitions: readonly FeatureDefinition[],
  onColumn: (definition: FeatureDefinition, column: Column) => void,
): Promise<void> {
  const slots = new Map(catalogue.versions(group).map((v) => [v.version, slotsOf(v.group)] as const));
  const targets = definitions.map(({ name, type }) => ({
    indexAt: new Map([...slots].map(([version, named]) => [version, named.get(name)?.index ?? -1] as const)),
    column: emptyColumn(type, rowCount),
  }));
  const [numbers, texts] = [false, true].map((isText) =>
    sliceOf(
      isText ? 'texts' : 'numbers',
      targets
        .filter(({ column }) => (column.type === 'string') === isText)
        .flatMap(({ indexAt }) => [...indexAt.values()]),
    ),
  ) as [Slice, Slice];
  let start = 0;
  const sql = `SELECT version, ${numbers.sql}, ${texts.sql} FROM ${internalSchema}.log WHERE ${where}`;
  await database.stream(sql, (chunk) => {
    for (const { indexAt, column } of targets) {
      fillFrom(chunk, indexAt, column, start, column.type === 'string' ? texts.first : numbers.first);
    }
    start += chunk.rowCount;
  });
  for (const [t, { column }] of targets.entries()) onColumn(definitions[t] as FeatureDefinition, column);
}

/** The part of a list that is read: an expression, and the place of its first item in the whole list. */
interface Slice {
  readonly sql: string;
  readonly first: number;
}

/** From the least to the greatest place that is wanted; -1 is none. */
function sliceOf(list: 'numbers' | 'texts', places: readonly number[]): Slice {
  const wanted = places.filter((place) => place >= 0);
  if (wanted.length === 0) return { sql: `NULL AS ${list}`, first: 0 };
  const first = wanted.reduce((least, place) => Math.min(least, place));
  const last = wanted.reduce((greatest, place) => Math.max(greatest, place));
  return { sql: `${list}[${first + 1}:${last + 1}] AS ${list}`, first };
}

type Filled = NumericColumn | { readonly type: 'string'; readonly values: (string | null)[] };

function emptyColumn(type: FeatureDefinition['type'], rowCount: number): Filled {
  if (type === 'string') return { type, values: new Array<string | null>(rowCount).fill(null) };
  return { type, values: new Float64Array(rowCount).fill(Number.NaN) };
}

function fillFrom(
  chunk: RowChunk,
  indexAt: ReadonlyMap<number, number>,
  column: Filled,
  start: number,
  first: number,
): void {
  const [versions, numbers, texts] = chunk.columns;
  const index = (row: number): number => (indexAt.get(Number(versions?.values[row])) ?? -1) - first;
  if (column.type === 'string') {
    const lists = texts?.type === 'texts' ? texts.values : [];
    for (let row = 0; row < chunk.rowCount; row++) column.values[start + row] = lists[row]?.[index(row)] ?? null;
    return;
  }
  const lists = numbers?.type === 'numbers' ? numbers.values : [];
  for (let row = 0; row < chunk.rowCount; row++) column.values[start + row] = lists[row]?.[index(row)] ?? Number.NaN;
}
