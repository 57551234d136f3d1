import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { isPrivate } from '../../private-file.js';
import { systemReason } from '../../system-reason.js';
import { ServingError, servingErrors } from '../errors.js';
import { replaceFile, withFileLock } from '../files/durable-file.js';
import { type Caller, type GrantedScope, isGrantedScope } from './caller.js';

/** What a file of keys holds of a key: never the key, from which the hash is made. */
export interface ApiKey {
  readonly id: string;
  /** For people: who has it. */
  readonly name: string;
  /** SHA-256 of the secret in hex. The secret is 256 random bits, so that guessing is hopeless without a slow hash. */
  readonly sha256: string;
  readonly scopes: readonly GrantedScope[];
  /** ISO 8601, UTC. */
  readonly created: string;
  /** ISO 8601, UTC; null: never. */
  readonly expires: string | null;
}

/** What a new key is to be. */
export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly GrantedScope[];
  readonly expires?: Date;
}

const keyText = /^thk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;
const fieldNames = ['created', 'expires', 'id', 'name', 'scopes', 'sha256'].join();

/** Whether a text has the form of an API key. */
export function looksLikeApiKey(text: string): boolean {
  return text.startsWith('thk_');
}

/**
 * Makes a key and adds it to a file, which is made when it does not exist, for its owner alone.
 * @returns the key, which is nowhere else, and what the file holds of it
 * @throws ServingError SERVING_BAD_KEY_FILE
 */
export function createApiKey(
  file: string,
  { name, scopes, expires }: NewApiKey,
): Promise<{ readonly secret: string; readonly key: ApiKey }> {
  const id = randomBytes(6).toString('hex');
  const secret = `thk_${id}_${randomBytes(32).toString('base64url')}`;
  const key: ApiKey = {
    id,
    name,
    sha256: hashOf(secret).toString('hex'),
    scopes,
    created: new Date().toISOString(),
    expires: expires?.toISOString() ?? null,
  };
  return changeKeys(file, true, (keys) => [...keys, key]).then(() => ({ secret, key }));
}

/** Takes a key out of a file. @throws ServingError SERVING_UNKNOWN_KEY, SERVING_BAD_KEY_FILE */
export async function revokeApiKey(file: string, id: string): Promise<void> {
  await changeKeys(file, false, (keys) => {
    const rest = keys.filter((key) => key.id !== id);
    if (rest.length === keys.length) {
      throw new ServingError('SERVING_UNKNOWN_KEY', servingErrors.SERVING_UNKNOWN_KEY(basename(file), id));
    }
    return rest;
  });
}

/** Every key of a file. @throws ServingError SERVING_BAD_KEY_FILE when others may read it, or it is no file of keys */
export async function readApiKeys(file: string): Promise<readonly ApiKey[]> {
  let text: string;
  try {
    const { mode, uid } = await stat(file);
    if (!isPrivate({ mode, uid })) {
      throw badFile(file, `others may read it (mode ${(mode & 0o777).toString(8)}); run: chmod 600 on it`);
    }
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw error instanceof ServingError ? error : badFile(file, systemReason(error));
  }
  return parseKeys(file, text);
}

/** Who has a key. @throws ServingError SERVING_BAD_CREDENTIAL */
export function callerOfApiKey(keys: ReadonlyMap<string, ApiKey>, secret: string, nowMs: number): Caller {
  const key = keys.get(keyText.exec(secret)?.[1] ?? '');
  const known = key !== undefined && timingSafeEqual(hashOf(secret), Buffer.from(key.sha256, 'hex'));
  if (!known) throw refused('it is not one of those that this server knows');
  if (key.expires !== null && Date.parse(key.expires) <= nowMs) throw refused(`it was good until ${key.expires}`);
  return { name: `key:${key.id}`, scopes: key.scopes };
}

function refused(why: string): ServingError {
  return new ServingError('SERVING_BAD_CREDENTIAL', servingErrors.SERVING_BAD_CREDENTIAL('API key', why));
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function badFile(file: string, what: string): ServingError {
  return new ServingError('SERVING_BAD_KEY_FILE', servingErrors.SERVING_BAD_KEY_FILE(basename(file), what));
}

async function changeKeys(
  file: string,
  mayBeNew: boolean,
  change: (keys: readonly ApiKey[]) => readonly ApiKey[],
): Promise<void> {
  try {
    await withFileLock(
      file,
      async () => {
        const isNew = mayBeNew && (await stat(file).catch(() => undefined)) === undefined;
        const keys = change(isNew ? [] : await readApiKeys(file));
        await replaceFile(file, `${JSON.stringify({ formatVersion: 1, keys }, null, 1)}\n`, 0o600);
      },
      () => badFile(file, 'another process is changing it'),
    );
  } catch (error) {
    throw error instanceof ServingError ? error : badFile(file, systemReason(error));
  }
}

function parseKeys(file: string, text: string): readonly ApiKey[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw badFile(file, 'it is no JSON');
  }
  const { formatVersion, keys } = (document ?? {}) as { readonly formatVersion?: unknown; readonly keys?: unknown };
  if (formatVersion !== 1 || !Array.isArray(keys)) throw badFile(file, 'expected {"formatVersion": 1, "keys": […]}');
  for (const [i, key] of keys.entries()) {
    if (!isApiKey(key)) throw badFile(file, `entry ${i + 1} is no key as "thoracle serve key create" writes it`);
  }
  return keys as readonly ApiKey[];
}

function isApiKey(value: unknown): value is ApiKey {
  if (value === null || typeof value !== 'object' || Object.keys(value).sort().join() !== fieldNames) return false;
  const { id, name, sha256, scopes, created, expires } = value as Record<keyof ApiKey, unknown>;
  const isTime = (time: unknown) => typeof time === 'string' && Number.isFinite(Date.parse(time));
  return (
    typeof id === 'string' &&
    /^[0-9a-f]{12}$/.test(id) &&
    typeof name === 'string' &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    Array.isArray(scopes) &&
    scopes.length > 0 &&
    scopes.every(isGrantedScope) &&
    isTime(created) &&
    (expires === null || isTime(expires))
  );
}
