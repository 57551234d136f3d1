import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAlive } from './process-alive.js';

/**
 * Replaces a file as a whole: whoever reads it sees the old text or the new one, also after a crash of the machine.
 * @param mode bits of a new file's permissions
 */
export async function replaceFile(file: string, text: string, mode = 0o666): Promise<void> {
  const fresh = join(dirname(file), `.${basename(file)}.${process.pid}.new`);
  const handle = await open(fresh, 'w', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const retryMs = 20;

/**
 * Runs a change of a file while no other process changes it: the holder's process number is in `FILE.lock`. A lock whose process is gone is
 * taken over.
 * @param busy makes the error when the lock is still held after `patienceMs`
 */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  busy: () => Error,
  patienceMs = 5000,
): Promise<T> {
  const lock = `${file}.lock`;
  await mkdir(dirname(file), { recursive: true });
  const giveUp = Date.now() + patienceMs;
  while (!(await tryLock(lock))) {
    if (Date.now() > giveUp) throw busy();
    await new Promise((done) => setTimeout(done, retryMs));
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/**
 * Keeps other processes from using a file until the returned function is called or this process ends, however it ends.
 * @returns undefined when another process holds it
 */
export async function holdFile(file: string): Promise<(() => Promise<void>) | undefined> {
  const lock = `${file}.lock`;
  // The second try follows the removal of a lock whose process is gone.
  if (!(await tryLock(lock)) && !(await tryLock(lock))) return undefined;
  return () => rm(lock, { force: true });
}

async function tryLock(lock: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
  // Empty: its maker is about to write its number.
  if (Number.isInteger(holder) && holder > 0 && !isAlive(holder)) await rm(lock, { force: true });
  return false;
}
