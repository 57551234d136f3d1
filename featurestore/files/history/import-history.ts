import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { storeError } from '../../errors.js';
import { lockCatalogue, type Work } from '../../sql/session.js';
import { readGroupFile } from './group-file.js';
import { type GroupFile, groupFileName } from './layout.js';
import { readHistory } from './read-history.js';

/** An exported group whose files have been held against their digests. */
export interface CheckedGroup {
  readonly folder: string;
  readonly content: GroupFile;
}

/**
 * Looks at an export of one group or of several, before anything is written.
 * @throws StoreError STORE_BAD_ARCHIVE naming the file
 */
export async function checkExport(folder: string): Promise<readonly CheckedGroup[]> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw storeError('STORE_BAD_ARCHIVE', folder, 'there is no such folder');
  }
  const folders = existsSync(path.join(folder, groupFileName))
    ? [folder]
    : readdirSync(folder)
        .sort()
        .map((name) => path.join(folder, name))
        .filter((inner) => existsSync(path.join(inner, groupFileName)));
  if (folders.length === 0) {
    throw storeError('STORE_BAD_ARCHIVE', folder, `no folder in it has a file "${groupFileName}"`);
  }
  const groups: CheckedGroup[] = [];
  for (const inner of folders) groups.push({ folder: inner, content: await readGroupFile(inner) });
  return groups;
}

/**
 * Restores checked groups, all or none; to be called inside a transaction.
 * @param intoEmpty whether the store may hold no group at all, or only none of these
 * @throws StoreError STORE_NOT_EMPTY or STORE_BAD_ARCHIVE
 */
export async function importHistory(work: Work, groups: readonly CheckedGroup[], intoEmpty: boolean): Promise<void> {
  await lockCatalogue(work);
  const there = work.catalogue.names();
  const wanted = new Set(groups.map(({ content }) => content.group));
  const [inTheWay] = intoEmpty ? there : there.filter((name) => wanted.has(name));
  if (inTheWay !== undefined) {
    throw storeError(
      'STORE_NOT_EMPTY',
      intoEmpty ? `${there.length} groups, "${inTheWay}" first` : `group "${inTheWay}"`,
    );
  }
  for (const { folder, content } of groups) await readHistory(work, folder, content);
}
