import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { StoreError, storeError } from '../../errors.js';
import { internalSchema } from '../statements.js';
import { DuckDbDatabase } from './engine.js';
import { oneSentence } from './messages.js';

export interface DuckDbFile {
  /** A path or `:memory:`. */
  readonly file: string;
  readonly readOnly: boolean;
  /** A query of a user that takes longer is stopped; milliseconds, default 60,000. */
  readonly queryLimitMs?: number | undefined;
}

/** Settings of every instance: no files but its own, no extensions that are not built in. */
const settings: Readonly<Record<string, string>> = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  enable_external_access: 'false',
};

/** DuckDB names a database after its file, without looking at case; these are taken. */
const reservedNames: ReadonlySet<string> = new Set([internalSchema, 'information_schema', 'system', 'temp']);

/**
 * Opens a DuckDB file (made when it does not exist) or a database in memory, cut off from files and extensions, with its settings locked.
 * @throws StoreError STORE_NO_FOLDER, STORE_NOT_WRITABLE, STORE_NO_FILE, STORE_NOT_A_STORE, STORE_LOCKED or STORE_NEWER_FORMAT
 */
export async function openDuckDb({ file, readOnly, queryLimitMs }: DuckDbFile): Promise<DuckDbDatabase> {
  const inMemory = file === ':memory:';
  if (!inMemory) checkFile(file, readOnly);
  const options = readOnly ? { ...settings, access_mode: 'READ_ONLY' } : settings;
  const instance = await openInstance(file, options);
  try {
    await lockSettings(instance, file);
    return await DuckDbDatabase.connect(instance, readOnly, queryLimitMs);
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function openInstance(file: string, options: Record<string, string>): Promise<DuckDBInstance> {
  try {
    // the cache is per process and by file: it is how a second opening in the same process is noticed,
    // which file locks do not tell (they belong to the process)
    return file === ':memory:'
      ? await DuckDBInstance.create(file, options)
      : await DuckDBInstance.fromCache(realPath(file), options);
  } catch (error) {
    throw openError(file, error);
  }
}

/** One name for a file, however links lead to it. */
function realPath(file: string): string {
  if (existsSync(file)) return realpathSync(file);
  return path.join(realpathSync(path.dirname(path.resolve(file))), path.basename(file));
}

async function lockSettings(instance: DuckDBInstance, file: string): Promise<void> {
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll("SELECT current_setting('lock_configuration')");
    if (reader.getRows()[0]?.[0] === true) throw storeError('STORE_LOCKED', file, 'this process already');
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    await connection.run('SET GLOBAL lock_configuration = true');
  } finally {
    connection.closeSync();
  }
}

/**
 * Looks at names and permissions only. The file itself is left to DuckDB: closing a second handle on it would drop the lock that
 * this process may hold (POSIX record locks).
 */
function checkFile(file: string, readOnly: boolean): void {
  const folder = path.dirname(path.resolve(file));
  if (!existsSync(folder)) throw storeError('STORE_NO_FOLDER', file, folder);
  if (!statSync(folder).isDirectory()) throw storeError('STORE_NOT_WRITABLE', file, `"${folder}" is not a folder`);
  const { name } = path.parse(file);
  if (reservedNames.has(name.toLowerCase())) {
    throw storeError('STORE_NOT_WRITABLE', file, `the name "${name}" is kept for the database itself`);
  }
  if (!existsSync(file)) {
    if (readOnly) throw storeError('STORE_NO_FILE', file);
    checkAccess(folder, constants.W_OK, file, `the folder "${folder}" is not writable`);
    return;
  }
  if (!statSync(file).isFile()) throw storeError('STORE_NOT_WRITABLE', file, 'it is not a file');
  checkAccess(file, constants.R_OK, file, 'it is not readable');
  if (readOnly) return;
  checkAccess(file, constants.W_OK, file, 'it is not writable');
  // DuckDB keeps what is not yet in the file beside it
  checkAccess(folder, constants.W_OK, file, `the folder "${folder}" is not writable`);
}

function checkAccess(target: string, mode: number, file: string, what: string): void {
  try {
    accessSync(target, mode);
  } catch {
    throw storeError('STORE_NOT_WRITABLE', file, what);
  }
}

function openError(file: string, error: unknown): StoreError {
  const text = oneSentence(error);
  const cause = { cause: error };
  if (/different configuration/.test(text)) {
    return new StoreError('STORE_LOCKED', storeError('STORE_LOCKED', file, 'this process already').message, cause);
  }
  if (/Could not set lock/.test(text)) {
    const process = /\(PID (\d+)\)/.exec(text)?.[1];
    const by = process === undefined ? 'another process' : `another process (${process})`;
    return new StoreError('STORE_LOCKED', storeError('STORE_LOCKED', file, by).message, cause);
  }
  const versions = /with version number (\d+), but we can only read versions? (?:between )?\d+(?: and (\d+))?/.exec(
    text,
  );
  const [found, newest] = [Number(versions?.[1]), Number(versions?.[2])];
  if (found > newest) {
    const { message } = storeError('STORE_NEWER_FORMAT', file, `${found} of DuckDB`, String(newest));
    return new StoreError('STORE_NEWER_FORMAT', message, cause);
  }
  const what = /not a valid DuckDB database/.test(text) ? 'it is not a DuckDB database' : text;
  return new StoreError('STORE_NOT_A_STORE', storeError('STORE_NOT_A_STORE', file, what).message, cause);
}
