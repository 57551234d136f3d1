import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BackupSummary } from '../contract/index.js';
import { storeError } from '../errors.js';
import { exportHistory, summaryOf } from '../files/history/export-history.js';
import { fileDigest } from '../files/history/file-digest.js';
import { readJson } from '../files/history/group-file.js';
import { type CheckedGroup, checkExport } from '../files/history/import-history.js';
import { type GroupFile, groupFileName } from '../files/history/layout.js';
import type { Work } from '../sql/session.js';

const backupFileName = 'backup.json';
const format = 'thoracle-backup';
const formatVersion = 1;

interface BackedUpGroup {
  readonly name: string;
  readonly rows: number;
  /** SHA-256 (hex) of the group's definition file, which holds those of its other files. */
  readonly sha256: string;
}

/** Writes everything that the store holds into a folder that is new. */
export async function writeBackup(work: Work, folder: string): Promise<BackupSummary> {
  const written = await exportHistory(work, work.catalogue.names(), folder, 'none');
  const groups = await digestsOf(written, folder);
  const digest = digestOf(groups);
  const content = { format, formatVersion, madeAt: new Date(work.nowMs).toISOString(), digest, groups };
  writeFileSync(path.join(folder, backupFileName), `${JSON.stringify(content, null, 1)}\n`, { flag: 'wx' });
  return { ...summaryOf(written), digest };
}

/**
 * Holds every file of a backup against its digest.
 * @param expectedDigest what the backup's digest must be, if it is known from elsewhere
 * @throws StoreError STORE_BAD_ARCHIVE naming the file
 */
export async function checkBackup(
  folder: string,
  expectedDigest?: string,
): Promise<{ readonly groups: readonly CheckedGroup[]; readonly summary: BackupSummary }> {
  const file = path.join(folder, backupFileName);
  const content = readJson(file);
  const bad = (what: string): Error => storeError('STORE_BAD_ARCHIVE', file, what);
  if (content.format !== format) throw bad('it is not the table of contents of a backup');
  if (content.formatVersion !== formatVersion) {
    throw bad(`its format is ${JSON.stringify(content.formatVersion)}, this program reads ${formatVersion}`);
  }
  if (!Array.isArray(content.groups)) throw bad('it has no "groups"');
  const listed = content.groups as readonly BackedUpGroup[];
  const digest = digestOf(listed);
  if (digest !== content.digest) throw bad(`it was changed: its digest is ${digest}, expected ${content.digest}`);
  if (expectedDigest !== undefined && digest !== expectedDigest) {
    throw bad(`its digest is ${digest}, expected ${expectedDigest}`);
  }
  const groups: CheckedGroup[] = [];
  for (const { name, sha256 } of listed) {
    const inner = path.join(folder, name);
    const definitions = path.join(inner, groupFileName);
    readJson(definitions);
    const found = await fileDigest(definitions);
    if (found !== sha256) {
      const what = `the file was changed: its SHA-256 is ${found}, expected ${sha256}`;
      throw storeError('STORE_BAD_ARCHIVE', definitions, what);
    }
    groups.push(...(await checkExport(inner)));
  }
  return { groups, summary: { ...summaryOf(groups.map((group) => group.content)), digest } };
}

async function digestsOf(written: readonly GroupFile[], folder: string): Promise<readonly BackedUpGroup[]> {
  const groups: BackedUpGroup[] = [];
  for (const { group, rows } of written) {
    groups.push({ name: group, rows, sha256: await fileDigest(path.join(folder, group, groupFileName)) });
  }
  return groups;
}

function digestOf(groups: readonly BackedUpGroup[]): string {
  const text = JSON.stringify(groups.map(({ name, rows, sha256 }) => [name, rows, sha256]));
  return createHash('sha256').update(text).digest('hex');
}
