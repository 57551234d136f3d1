import { randomUUID } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { StoreError, storeError } from '../errors.js';

/**
 * Fills a folder that is not there yet, or is empty: whole or not at all.
 * @param run writes into the folder that `fresh` gives it; every call of `fresh` empties it
 * @throws StoreError STORE_BAD_EXPORT
 */
export async function fillNewFolder<T>(folder: string, run: (fresh: () => string) => Promise<T>): Promise<T> {
  checkPlace(folder);
  const temporary = `${path.resolve(folder)}.${randomUUID()}.part`;
  const fresh = (): string => {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    return temporary;
  };
  try {
    const result = await run(fresh);
    if (existsSync(folder)) rmdirSync(folder);
    renameSync(temporary, folder);
    return result;
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (error instanceof StoreError && error.code !== 'STORE_ENGINE') throw error;
    const what = error instanceof Error ? error.message : String(error);
    throw new StoreError('STORE_BAD_EXPORT', storeError('STORE_BAD_EXPORT', folder, what).message, { cause: error });
  }
}

function checkPlace(folder: string): void {
  const parent = path.dirname(path.resolve(folder));
  if (!existsSync(parent)) throw storeError('STORE_BAD_EXPORT', folder, `the folder "${parent}" does not exist`);
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw storeError('STORE_BAD_EXPORT', folder, 'it is not a folder');
    if (readdirSync(folder).length > 0) throw storeError('STORE_BAD_EXPORT', folder, 'the folder is not empty');
  }
  try {
    accessSync(parent, constants.W_OK);
  } catch {
    throw storeError('STORE_BAD_EXPORT', folder, `the folder "${parent}" is not writable`);
  }
}
