import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { CohortError, cohortErrors } from '../errors.js';

const keyBytes = 32;

/**
 * The secret of pseudonyms, from a file of its own; a file that does not exist is made, readable by its owner alone.
 * @throws CohortError COHORT_KEY_TOO_SHORT; a system error when it cannot be read or made
 */
export async function readOrMakeKey(file: string): Promise<{ readonly secret: Buffer; readonly made: boolean }> {
  try {
    const handle = await open(file, 'wx', 0o600);
    const secret = Buffer.from(`${randomBytes(keyBytes).toString('hex')}\n`, 'latin1');
    await handle.writeFile(secret);
    await handle.close();
    return { secret, made: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const secret = await readFile(file);
  if (secret.toString('latin1').trim().length < keyBytes) {
    throw new CohortError('COHORT_KEY_TOO_SHORT', cohortErrors.COHORT_KEY_TOO_SHORT(file, keyBytes));
  }
  return { secret, made: false };
}

/** A key for one run only. */
export function randomKey(): Buffer {
  return randomBytes(keyBytes);
}

/**
 * Reads patient ids chosen by a person: a CSV file with the columns `original` and `new`.
 * @throws CohortError COHORT_BAD_ID_FILE; its message names lines, never ids
 */
export async function readPatientIds(file: string): Promise<ReadonlyMap<string, string>> {
  const refuse = (what: string): never => {
    throw new CohortError('COHORT_BAD_ID_FILE', cohortErrors.COHORT_BAD_ID_FILE(file, what));
  };
  const text = await readFile(file, 'utf8');
  let rows: readonly (readonly string[])[] = [];
  try {
    rows = parse(text, { bom: true, trim: true, skip_empty_lines: true }) as string[][];
  } catch {
    refuse('it is no CSV table');
  }
  if (rows[0]?.join(',') !== 'original,new') refuse('its first line is not "original,new"');
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  for (const [i, [original = '', chosen = '']] of rows.slice(1).entries()) {
    const line = `row ${i + 2}`;
    if (ids.has(original)) refuse(`${line} repeats an original id`);
    if (taken.has(chosen)) refuse(`${line} repeats a new id`);
    if (!/^[\x21-\x5b\x5d-\x7e]([\x20-\x5b\x5d-\x7e]{0,62}[\x21-\x5b\x5d-\x7e])?$/.test(chosen)) {
      refuse(`the new id of ${line} is not 1 to 64 ASCII characters without backslash`);
    }
    ids.set(original, chosen);
    taken.add(chosen);
  }
  return ids;
}
