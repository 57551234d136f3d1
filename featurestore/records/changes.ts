import type { ConflictPolicy } from '../contract/index.js';
import { storeError } from '../errors.js';
import type { CheckedTable } from './check-table.js';
import { areSameRows, isSameRow, type PackedRow } from './pack.js';

/** What was written last for a record id and event time. */
export interface KnownLine {
  /** Undefined for a deletion. */
  readonly values: PackedRow | undefined;
  /** Where it counts, and until when. */
  readonly terms: LineTerms;
}

/** Where a line counts, and until when; milliseconds since 1970 UTC, NaN when it does not expire. */
export interface LineTerms {
  readonly online: boolean;
  readonly offline: boolean;
  readonly ttlMs: number;
}

/** Which rows of a batch are to be written, and what became of the others. */
export interface BatchChanges {
  readonly rows: Int32Array;
  readonly unchanged: number;
  readonly replaced: number;
  readonly kept: number;
}

/**
 * The rows of a table without those that are there twice with the same values.
 * @throws StoreError STORE_DUPLICATE_ROW when two rows of the table contradict each other
 */
export function distinctRows({ ids, eventTimes, values, table, firstRow: offset }: CheckedTable): Int32Array {
  const firstRow = new Map<string, number>();
  const seen = new Map<string, Map<number, number>>();
  const rows = new Int32Array(ids.length);
  let count = 0;
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row] as string;
    const eventTime = eventTimes[row] as number;
    let first = firstRow.get(id);
    if (first === undefined) firstRow.set(id, row);
    else if (eventTimes[first] !== eventTime) {
      const others = seen.get(id) ?? new Map<number, number>();
      seen.set(id, others);
      first = others.get(eventTime);
      if (first === undefined) others.set(eventTime, row);
    }
    if (first === undefined) rows[count++] = row;
    else if (!areSameRows(values, first, row)) {
      const time = new Date(eventTime).toISOString();
      throw storeError('STORE_DUPLICATE_ROW', table.group.name, row + offset, first + offset, id, time);
    }
  }
  return rows.subarray(0, count);
}

/**
 * The rows of a batch that say something new, in their order.
 * @param known by row of the table
 * @throws StoreError STORE_CONFLICT when the policy is `error` and a row differs from what is there
 */
export function batchChanges(
  checked: CheckedTable,
  batch: Int32Array,
  known: ReadonlyMap<number, KnownLine>,
  terms: LineTerms,
  policy: ConflictPolicy,
): BatchChanges {
  const rows = new Int32Array(batch.length);
  const counts = { written: 0, unchanged: 0, replaced: 0, kept: 0 };
  for (const row of batch) {
    const line = known.get(row);
    if (line?.values === undefined) {
      rows[counts.written++] = row;
      continue;
    }
    const isSame = isSameRow(checked.values, row, line.values);
    if (isSame && covers(line.terms, terms)) {
      counts.unchanged++;
      continue;
    }
    if (!isSame && policy === 'error') throw conflict(checked, row, line.values);
    if (!isSame && policy === 'keep') {
      counts.kept++;
      continue;
    }
    if (!isSame) counts.replaced++;
    rows[counts.written++] = row;
  }
  return { ...counts, rows: rows.subarray(0, counts.written) };
}

/** Whether a line is at least where new terms want it, and as long. */
function covers(there: LineTerms, wanted: LineTerms): boolean {
  const isThere = (there.online || !wanted.online) && (there.offline || !wanted.offline);
  return isThere && Object.is(there.ttlMs, wanted.ttlMs);
}

function conflict({ table, ids, eventTimes, values, firstRow }: CheckedTable, row: number, there: PackedRow): Error {
  const { group } = table;
  const named = group.definitions.filter((d) => d.name !== group.recordIdentifier && d.name !== group.eventTime);
  const next = { numbers: 0, texts: 0 };
  const differing = named.flatMap(({ name, type }, index) => {
    const stored = type === 'string' ? (there.texts[next.texts++] ?? null) : there.numbers[next.numbers++];
    const given = values[index]?.values[row] ?? null;
    return Object.is(stored, given) ? [] : [{ name, stored, given }];
  });
  const [first] = differing;
  const what = `"${first?.name}" is ${JSON.stringify(first?.stored)} there and ${JSON.stringify(first?.given)} here`;
  const rest = differing.length > 1 ? ` (and ${differing.length - 1} more features differ)` : '';
  const time = new Date(eventTimes[row] as number).toISOString();
  return storeError('STORE_CONFLICT', group.name, row + firstRow, String(ids[row]), time, what + rest);
}
