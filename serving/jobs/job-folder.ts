import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemReason } from '../../system-reason.js';
import { ServingError, servingErrors } from '../errors.js';
import { replaceFile } from '../files/durable-file.js';
import type { Job } from './job.js';

const idBytes = 24;
const idForm = /^[A-Za-z0-9_-]{32}$/;
const ownerOnly = 0o600;
/** A folder that is being made is made in less. */
const makingMs = 60_000;

/** Jobs on disk: a folder each, with `status.json`, the body of the request until it was answered, and the body of the reply. For their owner alone. */
export class JobFolder {
  private constructor(private readonly root: string) {}

  /** @throws ServingError SERVING_JOBS_FOLDER when it cannot be made or written */
  static async open(root: string): Promise<JobFolder> {
    try {
      await mkdir(root, { recursive: true, mode: 0o700 });
      const folder = new JobFolder(root);
      await folder.sweepHalfMade();
      return folder;
    } catch (error) {
      const message = servingErrors.SERVING_JOBS_FOLDER(basename(root), systemReason(error));
      throw new ServingError('SERVING_JOBS_FOLDER', message, { cause: error });
    }
  }

  /** A name that nobody guesses. */
  newId(): string {
    return randomBytes(idBytes).toString('base64url');
  }

  /** Keeps a new job, whole or not at all. @throws ServingError SERVING_JOB_STORE */
  async add(job: Job, body: Uint8Array): Promise<void> {
    const fresh = join(this.root, `.${job.id}.new`);
    try {
      await mkdir(fresh, { mode: 0o700 });
      await writeWhole(join(fresh, 'body'), body);
      await writeWhole(join(fresh, 'status.json'), Buffer.from(JSON.stringify(job)));
      await rename(fresh, this.#at(job.id));
    } catch (error) {
      await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
      throw stored(error);
    }
  }

  /** @throws ServingError SERVING_JOB_STORE */
  async save(job: Job): Promise<void> {
    try {
      await replaceFile(this.#at(job.id, 'status.json'), JSON.stringify(job), ownerOnly);
    } catch (error) {
      throw stored(error);
    }
  }

  /** Keeps the reply's body, then says so, then forgets the request's. @throws ServingError SERVING_JOB_STORE */
  async finish(job: Job, result: Uint8Array): Promise<void> {
    try {
      await writeWhole(this.#at(job.id, 'result'), result);
    } catch (error) {
      throw stored(error);
    }
    await this.save(job);
    await this.forgetBody(job.id);
  }

  /** What was asked is not needed once it was answered. */
  async forgetBody(id: string): Promise<void> {
    await rm(this.#at(id, 'body'), { force: true });
  }

  /** @returns undefined when there is no such job, or what is there is none */
  async read(id: string): Promise<Job | undefined> {
    if (!idForm.test(id)) return undefined;
    try {
      const job = JSON.parse(await readFile(this.#at(id, 'status.json'), 'utf8')) as Job;
      return job.formatVersion === 1 && job.id === id ? job : undefined;
    } catch {
      return undefined;
    }
  }

  /** The body of the request. @throws a system error when it is not there */
  body(id: string): Promise<Buffer> {
    return readFile(this.#at(id, 'body'));
  }

  /** The body of the reply. @throws a system error when it is not there */
  result(id: string): Promise<Buffer> {
    return readFile(this.#at(id, 'result'));
  }

  /** Every job. */
  async list(): Promise<readonly Job[]> {
    const jobs = await Promise.all((await readdir(this.root)).map((name) => this.read(name)));
    return jobs.filter((job) => job !== undefined);
  }

  /** Bytes of all bodies and replies. */
  async bytes(): Promise<number> {
    let sum = 0;
    for (const id of await readdir(this.root)) {
      if (!idForm.test(id)) continue;
      for (const name of ['body', 'result']) sum += (await stat(this.#at(id, name)).catch(() => undefined))?.size ?? 0;
    }
    return sum;
  }

  /**
   * Lets one process of many have a job whose process is gone.
   * @returns false when another one was faster
   */
  async claim({ id, attempts, owner }: Job): Promise<boolean> {
    const claim = this.#at(id, `.taken-from-${owner.run}-${attempts}`);
    try {
      const handle = await open(claim, 'wx', ownerOnly);
      await handle.close();
      return true;
    } catch {
      // Whoever took it ended before saying so: the next one to look may have it.
      const taken = (await stat(claim).catch(() => undefined))?.mtimeMs ?? Date.now();
      if (Date.now() - taken > makingMs) await rm(claim, { force: true });
      return false;
    }
  }

  /** Forgets a job with all that it holds. */
  async remove(id: string): Promise<void> {
    if (idForm.test(id)) await rm(this.#at(id), { recursive: true, force: true });
  }

  #at(id: string, ...name: readonly string[]): string {
    return join(this.root, id, ...name);
  }

  /** Removes what a process left that ended while it kept a job. */
  async sweepHalfMade(): Promise<void> {
    for (const name of await readdir(this.root)) {
      if (!/^\..{32}\.new$/.test(name)) continue;
      const path = join(this.root, name);
      const made = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now();
      if (Date.now() - made > makingMs) await rm(path, { recursive: true, force: true });
    }
  }
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'w', ownerOnly);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function stored(error: unknown): ServingError {
  if (error instanceof ServingError) return error;
  return new ServingError('SERVING_JOB_STORE', servingErrors.SERVING_JOB_STORE(systemReason(error)), { cause: error });
}
