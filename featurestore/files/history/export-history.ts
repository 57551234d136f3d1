import path from 'node:path';
import type { HistoryExportOptions, HistoryFiles } from '../../contract/index.js';
import { storeError } from '../../errors.js';
import type { Work } from '../../sql/session.js';
import type { GroupFile, HistoryPartition } from './layout.js';
import { lastLines, writeHistory } from './write-history.js';

/** @throws StoreError STORE_BAD_OPTIONS */
export function checkExportOptions(options: HistoryExportOptions): void {
  for (const key of Object.keys(options)) {
    if (key !== 'groups' && key !== 'partition') throw storeError('STORE_BAD_OPTIONS', `unknown option "${key}"`);
  }
  const { groups, partition = 'event-day' } = options;
  if (partition !== 'event-day' && partition !== 'none') {
    throw storeError('STORE_BAD_OPTIONS', `partition is ${JSON.stringify(partition)}, expected event-day or none`);
  }
  if (groups?.length === 0) throw storeError('STORE_BAD_OPTIONS', 'groups is empty');
}

/**
 * Writes the histories of groups into a folder, one folder each, as they were at one moment.
 * @throws StoreError STORE_UNKNOWN_GROUP or STORE_BAD_EXPORT
 */
export async function exportHistory(
  work: Work,
  names: readonly string[],
  folder: string,
  partition: HistoryPartition,
): Promise<readonly GroupFile[]> {
  const last = await lastLines(work);
  const written: GroupFile[] = [];
  for (const name of [...new Set(names)].sort((a, b) => (a < b ? -1 : 1))) {
    const [{ groupId }] = work.catalogue.versions(name);
    written.push(await writeHistory(work, name, last.get(groupId) ?? 0, path.join(folder, name), partition));
  }
  return written;
}

/** Counts of what was written or read. */
export function summaryOf(groups: readonly GroupFile[]): HistoryFiles {
  return {
    groups: groups.map(({ group, rows, files }) => ({ name: group, rows, files: files.length })),
    rows: groups.reduce((sum, { rows }) => sum + rows, 0),
  };
}
