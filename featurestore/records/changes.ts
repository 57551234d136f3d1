import { storeError } from '../errors.js';
import type { CheckedTable } from './check-table.js';

/** What the store holds for a record id at an event time: the digest of the latest write, undefined when that is a tombstone. */
export type CurrentState = ReadonlyMap<string, string | undefined>;

export function stateKey(id: string, eventTimeMs: number): string {
  return `${eventTimeMs} ${id}`;
}

/**
 * The rows of a table that say something new, in their order: those whose content differs from what was written last for the same
 * record id and event time. A row given twice with the same values counts once.
 * @throws StoreError STORE_DUPLICATE_ROW when two rows of the table contradict each other
 */
export function rowsToWrite(checked: CheckedTable, digests: readonly string[], current: CurrentState): number[] {
  const { ids, eventTimes, table } = checked;
  const firstRow = new Map<string, number>();
  const rows: number[] = [];
  for (const [row, id] of ids.entries()) {
    const eventTime = eventTimes[row] as number;
    const key = stateKey(id, eventTime);
    const first = firstRow.get(key);
    if (first !== undefined) {
      if (digests[first] === digests[row]) continue;
      const time = new Date(eventTime).toISOString();
      throw storeError('STORE_DUPLICATE_ROW', table.group.name, row + 1, first + 1, id, time);
    }
    firstRow.set(key, row);
    if (current.get(key) !== digests[row]) rows.push(row);
  }
  return rows;
}
