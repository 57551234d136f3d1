import { mkdir, mkdtemp, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CohortError, cohortErrors } from '../errors.js';

function systemCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

async function refuseNonEmpty(out: string): Promise<void> {
  try {
    if (!(await stat(out)).isDirectory()) {
      throw new CohortError('COHORT_OUT_NOT_A_FOLDER', cohortErrors.COHORT_OUT_NOT_A_FOLDER(out));
    }
    if ((await readdir(out)).length > 0) {
      throw new CohortError('COHORT_OUT_NOT_EMPTY', cohortErrors.COHORT_OUT_NOT_EMPTY(out));
    }
  } catch (error) {
    if (error instanceof CohortError || systemCode(error) !== 'ENOENT') throw error;
  }
}

/** Moves the finished folder to its place; an empty folder there gives way, anything else refuses. */
async function publish(partial: string, out: string): Promise<void> {
  try {
    await rmdir(out);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  await rename(partial, out);
}

/**
 * Makes a folder whole or not at all: `write` fills a temporary sibling, which takes the name `out` at the end and is
 * removed when anything fails.
 * @param out a new or empty folder; missing parents are made
 * @throws CohortError COHORT_OUT_NOT_EMPTY, COHORT_OUT_NOT_A_FOLDER, COHORT_OUT_UNWRITABLE; whatever `write` throws
 */
export async function writeWholeFolder<T>(out: string, write: (folder: string) => Promise<T>): Promise<T> {
  const target = resolve(out);
  let partial: string | undefined;
  try {
    await refuseNonEmpty(target);
    await mkdir(dirname(target), { recursive: true });
    partial = await mkdtemp(join(dirname(target), `.${basename(target)}.partial-`));
    // A temporary folder is its owner's alone; one inside it gets the permissions that any new folder gets.
    const whole = join(partial, 'whole');
    await mkdir(whole);
    const result = await write(whole);
    await publish(whole, target);
    await rm(partial, { recursive: true, force: true });
    return result;
  } catch (error) {
    if (partial !== undefined) await rm(partial, { recursive: true, force: true });
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    const message = cohortErrors.COHORT_OUT_UNWRITABLE(target, systemCode(error));
    throw new CohortError('COHORT_OUT_UNWRITABLE', message, { cause: error });
  }
}
