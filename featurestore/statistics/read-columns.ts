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
  const { database } = work;
  const where = conditionOf(work, request);
  const [count] = await readRows(database, `SELECT count(*) FROM ${internalSchema}.log WHERE ${where}`);
  const rows = Number(count?.[0]);
  const width = Math.max(1, Math.floor(blockValues / Math.max(1, rows)));
  for (let from = 0; from < request.definitions.length; from += width) {
    await scanBlock(work, request, where, rows, request.definitions.slice(from, from + width), onColumn);
  }
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
  const list = (wanted: boolean, name: string): string => (wanted ? name : `NULL AS ${name}`);
  const lists = [
    list(
      targets.some(({ column }) => column.type !== 'string'),
      'numbers',
    ),
    list(
      targets.some(({ column }) => column.type === 'string'),
      'texts',
    ),
  ];
  let start = 0;
  await database.scan(`SELECT version, ${lists.join(', ')} FROM ${internalSchema}.log WHERE ${where}`, [], (chunk) => {
    for (const { indexAt, column } of targets) fillFrom(chunk, indexAt, column, start);
    start += chunk.rowCount;
  });
  for (const [t, { column }] of targets.entries()) onColumn(definitions[t] as FeatureDefinition, column);
}

type Filled = NumericColumn | { readonly type: 'string'; readonly values: (string | null)[] };

function emptyColumn(type: FeatureDefinition['type'], rowCount: number): Filled {
  if (type === 'string') return { type, values: new Array<string | null>(rowCount).fill(null) };
  return { type, values: new Float64Array(rowCount).fill(Number.NaN) };
}

function fillFrom(chunk: RowChunk, indexAt: ReadonlyMap<number, number>, column: Filled, start: number): void {
  const [versions, numbers, texts] = chunk.columns;
  const index = (row: number): number => indexAt.get(Number(versions?.values[row])) ?? -1;
  if (column.type === 'string') {
    const lists = texts?.type === 'texts' ? texts.values : [];
    for (let row = 0; row < chunk.rowCount; row++) column.values[start + row] = lists[row]?.[index(row)] ?? null;
    return;
  }
  const lists = numbers?.type === 'numbers' ? numbers.values : [];
  for (let row = 0; row < chunk.rowCount; row++) column.values[start + row] = lists[row]?.[index(row)] ?? Number.NaN;
}
