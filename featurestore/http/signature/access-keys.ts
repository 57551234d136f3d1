import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { isPrivate } from '../../../private-file.js';
import { storeError } from '../../errors.js';

/** What a key may do: `read` is refused whatever changes the store. */
export type Access = 'read' | 'write';

/** A pair that signs requests. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** When there is one, each request must carry it. */
  readonly sessionToken?: string;
  readonly access: Access;
}

/** Where keys come from besides a file. */
export const accessKeyVariables = ['THORACLE_ACCESS_KEY_ID', 'THORACLE_SECRET_ACCESS_KEY'] as const;

const settings: Readonly<Record<string, keyof AccessKey>> = {
  aws_access_key_id: 'accessKeyId',
  aws_secret_access_key: 'secretAccessKey',
  aws_session_token: 'sessionToken',
  thoracle_access: 'access',
};

/**
 * Reads keys from a file in the format of the cloud's command line (`~/.aws/credentials`), so that client and server can share it:
 * sections `[name]` with `aws_access_key_id`, `aws_secret_access_key`, optionally `aws_session_token` and our `thoracle_access = read`.
 * @throws StoreError STORE_BAD_KEYS when others may read the file, or it cannot be used, naming the line
 */
export async function readAccessKeys(file: string): Promise<readonly AccessKey[]> {
  const text = await readPrivateFile(file);
  const bad = (what: string) => storeError('STORE_BAD_KEYS', file, what);
  const sections: { readonly name: string; readonly values: Map<keyof AccessKey, string> }[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const section = /^\[(.+)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      sections.push({ name: section.trim(), values: new Map() });
      continue;
    }
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(line) ?? [];
    const setting = settings[name.trim()];
    const values = sections.at(-1)?.values;
    if (setting === undefined || values === undefined || value.trim() === '' || values.has(setting)) {
      throw bad(`line ${index + 1} is not one of [name], ${Object.keys(settings).join(', ')}, once for each key`);
    }
    values.set(setting, value.trim());
  }
  return uniqueKeys(
    sections.map(({ name, values }) => keyOf(name, values, bad)),
    bad,
  );
}

/** The one key that the environment variables of {@link accessKeyVariables} hold, if any. @throws StoreError STORE_BAD_KEYS when one is missing */
export function accessKeysOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): readonly AccessKey[] {
  const [idName, secretName] = accessKeyVariables;
  const [accessKeyId, secretAccessKey] = [environment[idName], environment[secretName]];
  if (accessKeyId === undefined && secretAccessKey === undefined) return [];
  if (!accessKeyId || !secretAccessKey) {
    throw storeError('STORE_BAD_KEYS', 'environment', `${idName} and ${secretName} go together`);
  }
  return [{ accessKeyId, secretAccessKey, access: 'write' }];
}

/**
 * Makes a new random key and writes it to a file that only its owner can read.
 * @throws StoreError STORE_BAD_KEYS when the file exists or cannot be written
 */
export async function createAccessKeyFile(file: string, access: Access): Promise<AccessKey> {
  const accessKeyId = `TH${randomBytes(9).toString('hex').toUpperCase()}`;
  const key: AccessKey = { accessKeyId, secretAccessKey: randomBytes(30).toString('base64url'), access };
  const text =
    `[default]\naws_access_key_id = ${key.accessKeyId}\naws_secret_access_key = ${key.secretAccessKey}\n` +
    `thoracle_access = ${access}\n`;
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw storeError('STORE_BAD_KEYS', file, systemReason(error));
  }
  return key;
}

async function readPrivateFile(file: string): Promise<string> {
  try {
    const { mode, uid } = await stat(file);
    if (!isPrivate({ mode, uid })) {
      const found = (mode & 0o777).toString(8);
      throw storeError('STORE_BAD_KEYS', file, `others may read it (mode ${found}); run: chmod 600 on it`);
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'syscall' in error) {
      throw storeError('STORE_BAD_KEYS', file, systemReason(error));
    }
    throw error;
  }
}

function systemReason(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EEXIST') return 'it exists; choose another name';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not use it';
  return `it cannot be used (${code ?? String(error)})`;
}

type Bad = (what: string) => Error;

function keyOf(name: string, values: ReadonlyMap<keyof AccessKey, string>, bad: Bad): AccessKey {
  const demanded = (setting: string): string => {
    const value = values.get(settings[setting] ?? 'access');
    if (value === undefined) throw bad(`section [${name}] has no ${setting}`);
    return value;
  };
  const access = values.get('access') ?? 'write';
  if (access !== 'read' && access !== 'write') {
    throw bad(`section [${name}] has the thoracle_access "${access}", expected read or write`);
  }
  const sessionToken = values.get('sessionToken');
  return {
    accessKeyId: demanded('aws_access_key_id'),
    secretAccessKey: demanded('aws_secret_access_key'),
    ...(sessionToken === undefined ? {} : { sessionToken }),
    access,
  };
}

function uniqueKeys(keys: readonly AccessKey[], bad: Bad): readonly AccessKey[] {
  if (keys.length === 0) throw bad('it holds no key');
  const ids = new Set<string>();
  for (const { accessKeyId } of keys) {
    if (ids.has(accessKeyId)) throw bad(`the access key id ${accessKeyId} is there twice`);
    ids.add(accessKeyId);
  }
  return keys;
}
