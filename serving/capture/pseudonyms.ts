import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { systemReason } from '../../system-reason.js';
import { ServingError, servingErrors } from '../errors.js';

const keyBytes = 32;

/** What an identifier is of; the same text as another kind has another pseudonym. */
export type IdentifierKind = 'request' | 'case';

/** Turns identifiers into names that only the holder of the key can link to them. */
export type Pseudonym = (kind: IdentifierKind, id: string) => string;

/**
 * HMAC-SHA-256 under a key, in hex: whoever has not the key cannot try out ids.
 * @see RFC 2104
 */
export function pseudonyms(key: Uint8Array): Pseudonym {
  return (kind, id) => createHmac('sha256', key).update(`${kind}\0${id}`).digest('hex');
}

/**
 * The key of a file, which is made, readable by its owner only, when it is not there; without a file a key for this run, after which nobody can link anything.
 * @throws ServingError SERVING_CAPTURE when it holds no key, others may read it, or the system refuses
 */
export async function captureKey(file: string | undefined): Promise<Uint8Array> {
  if (file === undefined) return randomBytes(keyBytes);
  const unusable = (what: string) =>
    new ServingError('SERVING_CAPTURE', servingErrors.SERVING_CAPTURE(`the key in "${basename(file)}": ${what}`));
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeNewKey(file);
    const handle = await open(file, 'r');
    try {
      if (((await handle.stat()).mode & 0o077) !== 0) throw unusable('others may read it; take their rights away');
      const text = (await readFile(handle, 'utf8')).trim();
      if (!/^[0-9a-f]{64}$/.test(text)) throw unusable(`expected ${2 * keyBytes} hexadecimal digits`);
      return Buffer.from(text, 'hex');
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw error instanceof ServingError ? error : unusable(systemReason(error));
  }
}

/** Nothing where there is a file. */
async function writeNewKey(file: string): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(`${randomBytes(keyBytes).toString('hex')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
