import type { FeatureStore, HistoryRow, StoreValue } from '../../../featurestore/index.js';
import { quoted } from '../cohort/patient-groups.js';
import type { HistoryLine, HistoryReply, RecordsReply } from '../replies/store-reply.js';

const mostIds = 100;
const mostChanges = 10;

/** Ids of a group's records, deleted ones included, that hold a text; the first hundred. */
export async function recordsOf(store: FeatureStore, group: string, search: string | undefined): Promise<RecordsReply> {
  const { recordIdentifier } = await store.definition(group);
  const id = quoted(recordIdentifier);
  const from = `FROM (SELECT DISTINCT ${id} AS id FROM ${quoted(`${group}_history`)}) ids`;
  const where = search === undefined ? '' : ' WHERE strpos(lower(id), $1) > 0';
  const parameters = search === undefined ? [] : [search.toLowerCase()];
  const { rows } = await store.query(`SELECT id ${from}${where} ORDER BY id LIMIT ${mostIds}`, parameters);
  const counted = await store.query(`SELECT count(*) ${from}${where}`, parameters);
  return { total: Number(counted.rows[0]?.[0] ?? 0), ids: rows.map(([value]) => String(value)) };
}

/** As of which times a record is wanted (milliseconds since 1970 UTC), and which of its values. */
export interface RecordMoment {
  /** Only rows about this time or earlier. */
  readonly asOfMs: number | undefined;
  /** Only rows written by then. */
  readonly knownAtMs: number | undefined;
  readonly from: number;
  readonly count: number;
  readonly search: string | undefined;
}

/** Every line about a record, and its state as of a moment. */
export async function historyOf(
  store: FeatureStore,
  group: string,
  id: string,
  moment: RecordMoment,
): Promise<HistoryReply> {
  const rows = await store.history(group, id);
  const row = stateAt(rows, moment, Date.now());
  return {
    id,
    lines: rows.map((line, i) => lineOf(line, rows[i - 1])),
    record: row === undefined ? null : await recordReply(store, group, row, moment),
  };
}

/**
 * The line that counts at a moment: of the lines written by then and about no later time, the one of the latest event time, then of the
 * latest write. A hard deletion makes all before it forgotten, a soft one is a line that says there is no record.
 * @param rows oldest write first
 * @param nowMs when nothing else is said, a record that has expired by now is none
 */
export function stateAt(
  rows: readonly HistoryRow[],
  { asOfMs, knownAtMs }: Pick<RecordMoment, 'asOfMs' | 'knownAtMs'>,
  nowMs: number,
): HistoryRow | undefined {
  const known = rows.filter(({ writeTime }) => knownAtMs === undefined || Date.parse(writeTime) <= knownAtMs);
  const forgotten = known.findLastIndex(({ deletion }) => deletion === 'hard');
  const fitting = known
    .slice(forgotten + 1)
    .filter(({ eventTime }) => asOfMs === undefined || Date.parse(eventTime) <= asOfMs);
  let last: HistoryRow | undefined;
  for (const row of fitting)
    if (last === undefined || Date.parse(row.eventTime) >= Date.parse(last.eventTime)) last = row;
  if (last === undefined || last.isDeleted) return undefined;
  const { expiresAt } = last;
  return expiresAt !== undefined && Date.parse(expiresAt) <= (asOfMs ?? knownAtMs ?? nowMs) ? undefined : last;
}

function lineOf(row: HistoryRow, before: HistoryRow | undefined): HistoryLine {
  const changed =
    row.isDeleted || before === undefined || before.isDeleted
      ? null
      : Object.entries(row.values).flatMap(([feature, after]): HistoryLine['changed'][number][] => {
          const was = before.values[feature] ?? null;
          return Object.is(was, after) ? [] : [{ feature, before: was, after }];
        });
  return {
    version: row.version,
    eventTime: row.eventTime,
    writeTime: row.writeTime,
    did: row.isDeleted ? `deleted (${row.deletion ?? 'soft'})` : 'written',
    expiresAt: row.expiresAt ?? null,
    changedCount: changed?.length ?? null,
    changed: changed?.slice(0, mostChanges) ?? [],
  };
}

async function recordReply(
  store: FeatureStore,
  group: string,
  row: HistoryRow,
  { from, count, search }: RecordMoment,
): Promise<HistoryReply['record']> {
  const { definitions } = await store.definition(group, row.version);
  const wanted = search?.toLowerCase() ?? '';
  const fitting = definitions.filter(({ name }) => name.toLowerCase().includes(wanted));
  const value = (name: string): StoreValue => row.values[name] ?? null;
  return {
    version: row.version,
    eventTime: row.eventTime,
    writeTime: row.writeTime,
    total: fitting.length,
    from,
    values: fitting.slice(from, from + count).map(({ name, unit }) => ({ feature: name, unit, value: value(name) })),
  };
}
