import { constants, type Dirent } from 'node:fs';
import { access, lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { CohortError, cohortErrors } from '../errors.js';
import { byCodePoint, type NotUnderstood } from './cohort-index.js';

export interface FolderListing {
  /** Regular files, relative to the root with `/`, sorted by code point. */
  readonly files: readonly string[];
  /** What could not be listed: unreadable folders, dangling links, sockets and the like. */
  readonly notUnderstood: readonly NotUnderstood[];
}

interface Walk {
  readonly root: string;
  readonly realRoot: string;
  /** Real paths of everything reached through a link, so that a loop ends. */
  readonly linked: Set<string>;
  readonly files: string[];
  readonly notUnderstood: NotUnderstood[];
}

/** The short system code of a failed file operation, e.g. `EACCES`. */
export function systemReason(error: unknown): string {
  if (error instanceof Error) return (error as NodeJS.ErrnoException).code ?? error.message;
  return String(error);
}

/**
 * Lists every file under a folder. A link to something inside the folder is not followed, since that is listed at its
 * own place; a link to the outside is followed once, so link loops end.
 * @throws CohortError COHORT_ROOT_MISSING, COHORT_ROOT_NOT_A_FOLDER, COHORT_ROOT_UNREADABLE
 */
export async function walkFolder(root: string): Promise<FolderListing> {
  const realRoot = await openRoot(root);
  const walk: Walk = { root, realRoot, linked: new Set(), files: [], notUnderstood: [] };
  await visitFolder(walk, root);
  walk.files.sort(byCodePoint);
  return { files: walk.files, notUnderstood: walk.notUnderstood };
}

async function openRoot(root: string): Promise<string> {
  try {
    const found = await stat(root);
    if (!found.isDirectory()) {
      throw new CohortError('COHORT_ROOT_NOT_A_FOLDER', cohortErrors.COHORT_ROOT_NOT_A_FOLDER(root));
    }
    await access(root, constants.R_OK | constants.X_OK);
    return await realpath(root);
  } catch (error) {
    if (error instanceof CohortError) throw error;
    const reason = systemReason(error);
    if (reason === 'ENOENT') {
      throw new CohortError('COHORT_ROOT_MISSING', cohortErrors.COHORT_ROOT_MISSING(root), { cause: error });
    }
    const message = cohortErrors.COHORT_ROOT_UNREADABLE(root, reason);
    throw new CohortError('COHORT_ROOT_UNREADABLE', message, { cause: error });
  }
}

function shown(walk: Walk, path: string): string {
  return relative(walk.root, path).split(sep).join('/');
}

async function visitFolder(walk: Walk, folder: string): Promise<void> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const reason = `folder cannot be read (${systemReason(error)})`;
    walk.notUnderstood.push({ path: shown(walk, folder), reason, kind: 'broken' });
    return;
  }
  entries.sort((a, b) => byCodePoint(a.name, b.name));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile()) walk.files.push(shown(walk, path));
    else if (entry.isDirectory()) await visitFolder(walk, path);
    else if (entry.isSymbolicLink()) await followLink(walk, path);
    else await visitUntyped(walk, path);
  }
}

/** Some file systems do not tell the type in a listing; anything that is no file or folder is never opened. */
async function visitUntyped(walk: Walk, path: string): Promise<void> {
  const found = await lstat(path);
  if (found.isFile()) walk.files.push(shown(walk, path));
  else if (found.isDirectory()) await visitFolder(walk, path);
  else if (found.isSymbolicLink()) await followLink(walk, path);
  else walk.notUnderstood.push({ path: shown(walk, path), reason: 'neither a file nor a folder', kind: 'unknown' });
}

async function followLink(walk: Walk, path: string): Promise<void> {
  let target: string;
  try {
    target = await realpath(path);
  } catch (error) {
    const reason = `symbolic link that leads nowhere (${systemReason(error)})`;
    walk.notUnderstood.push({ path: shown(walk, path), reason, kind: 'broken' });
    return;
  }
  const inside = target === walk.realRoot || target.startsWith(walk.realRoot + sep);
  const contains = walk.realRoot.startsWith(target === sep ? sep : target + sep);
  if (inside || contains || walk.linked.has(target)) return;
  walk.linked.add(target);
  const found = await stat(target);
  if (found.isFile()) walk.files.push(shown(walk, path));
  else if (found.isDirectory()) await visitFolder(walk, path);
}
