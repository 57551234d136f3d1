import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { ServingError, servingError, servingErrors } from '../errors.js';
import { isAlive } from '../files/process-alive.js';
import type { Slices } from '../http/slices.js';
import type { Job, JobRequest } from './job.js';
import type { JobFolder } from './job-folder.js';

/** Bounds of a server's jobs. */
export interface JobLimits {
  /** Jobs of this process that wait. */
  readonly mostWaiting: number;
  /** Bodies and replies of all jobs together. */
  readonly mostBytes: number;
  /** How long a job is kept from its end on. */
  readonly keptMs: number;
}

/** A reply, whole. */
export interface JobReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly model: string;
  readonly version: string;
  readonly code: string | null;
}

/** Asks the server what a job asks; the job goes on in `slices`. */
export type Answerer = (job: Job, body: Uint8Array, slices: Slices) => Promise<JobReply>;

/** Told when a job has ended: `done`, `failed`, `deleted`. */
export type JobListener = (outcome: string) => void;

export const retryAfterSeconds = 5;
const mostAttempts = 3;
/** A server that has too much to do now is asked again, so often. */
const mostTries = 60;
const againMs = 1000;
const sweepMs = 60_000;

/**
 * Answers jobs one after the other, oldest first. Any number of processes may share the folder: each answers those that it took, and those of
 * processes that are gone.
 */
export class JobQueue {
  readonly #waiting: string[] = [];
  readonly #run = randomBytes(9).toString('base64url');
  #current: { readonly id: string; readonly slices: Slices } | undefined;
  /** Jobs that are being written. */
  #adding = 0;
  #working: Promise<void> | undefined;
  #closed = false;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly folder: JobFolder,
    private readonly limits: JobLimits,
    private readonly answer: Answerer,
    private readonly ended: JobListener,
    /** Told of what a person has to look at. */
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Takes up what earlier processes left, and begins. */
  async start(): Promise<void> {
    await this.sweep();
    this.#timer = setInterval(() => void this.sweep().catch(() => undefined), sweepMs);
    this.#timer.unref();
  }

  /** Jobs that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Keeps a request to be answered. @throws ServingError SERVING_JOBS_FULL, SERVING_JOB_STORE */
  async add(request: JobRequest, body: Uint8Array, caller: string, base: string): Promise<Job> {
    const { mostWaiting, mostBytes } = this.limits;
    if (this.#closed || this.#waiting.length + this.#adding >= mostWaiting || this.#bytes + body.length > mostBytes) {
      throw servingError('SERVING_JOBS_FULL', retryAfterSeconds);
    }
    const job: Job = {
      formatVersion: 1,
      id: this.folder.newId(),
      status: 'queued',
      caller,
      base,
      request,
      created: now(),
      started: null,
      finished: null,
      attempts: 0,
      owner: this.#self(),
      rows: null,
      model: '',
      version: '',
      code: null,
      reply: null,
    };
    // Counted before it is written: others are taken meanwhile.
    this.#bytes += body.length;
    this.#adding++;
    try {
      await this.folder.add(job, body);
      this.#waiting.push(job.id);
    } catch (error) {
      this.#bytes -= body.length;
      throw error;
    } finally {
      this.#adding--;
    }
    this.#go();
    return job;
  }

  /** A job with the rows that were answered so far. @returns undefined when there is none */
  async find(id: string): Promise<{ readonly job: Job; readonly rowsDone: number } | undefined> {
    const job = await this.folder.read(id);
    if (job === undefined) return undefined;
    const current = this.#current?.id === id && job.status === 'running' ? this.#current : undefined;
    if (current === undefined) return { job, rowsDone: job.status === 'done' ? (job.rows ?? 0) : 0 };
    return { job: { ...job, rows: current.slices.rows ?? null }, rowsDone: current.slices.done };
  }

  /** Forgets a job; one that runs is broken off. */
  async remove(id: string): Promise<void> {
    if (this.#current?.id === id) this.#current.slices.abandoned = true;
    this.#forget(id);
    await this.folder.remove(id);
    this.ended('deleted');
    this.#bytes = await this.folder.bytes();
  }

  /** Removes what was kept for its time, takes up jobs of processes that are gone. */
  async sweep(): Promise<void> {
    for (const job of await this.folder.list()) {
      if (job.finished !== null) {
        if (Date.parse(job.finished) + this.limits.keptMs <= Date.now()) await this.folder.remove(job.id);
        else await this.folder.forgetBody(job.id);
      } else if (this.#isOrphan(job) && (await this.folder.claim(job))) {
        await this.folder.save({ ...job, status: 'queued', owner: this.#self() });
        this.#waiting.push(job.id);
      }
    }
    this.#bytes = await this.folder.bytes();
    this.#go();
  }

  /** Takes no more; the job that runs is finished, the others stay for the next process. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#working;
  }

  #self(): Job['owner'] {
    return { pid: process.pid, run: this.#run };
  }

  #isOrphan({ owner }: Job): boolean {
    if (owner.run === this.#run) return false;
    return owner.pid === process.pid || !isAlive(owner.pid);
  }

  #forget(id: string): void {
    const at = this.#waiting.indexOf(id);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  #go(): void {
    if (this.#closed) return;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#waiting.length > 0) this.#go();
    });
  }

  async #work(): Promise<void> {
    for (let id = this.#waiting[0]; id !== undefined && !this.#closed; id = this.#waiting[0]) {
      const job = await this.folder.read(id);
      if (job !== undefined) await this.#one(job).catch((error: unknown) => this.#fail(job, error));
      this.#forget(id);
    }
  }

  async #one(queued: Job): Promise<void> {
    if (queued.attempts >= mostAttempts) {
      await this.#finish(queued, failure('SERVING_JOB_LOST', servingErrors.SERVING_JOB_LOST(queued.attempts)));
      return;
    }
    const job: Job = { ...queued, status: 'running', started: now(), attempts: queued.attempts + 1 };
    const slices: Slices = { rows: undefined, done: 0, abandoned: false };
    this.#current = { id: job.id, slices };
    try {
      await this.folder.save(job);
      const body = await this.folder.body(job.id);
      let reply = await this.answer(job, body, slices);
      for (let tries = 1; isBusy(reply) && tries < mostTries && !slices.abandoned; tries++) {
        if (this.#closed) return await this.folder.save({ ...job, attempts: queued.attempts, status: 'queued' });
        await setTimeout(againMs);
        Object.assign(slices, { rows: undefined, done: 0 });
        reply = await this.answer(job, body, slices);
      }
      if (!slices.abandoned) await this.#finish({ ...job, rows: slices.rows ?? null }, reply);
    } finally {
      this.#current = undefined;
    }
  }

  /** Something is wrong with the server or its folder. */
  async #fail(job: Job, error: unknown): Promise<void> {
    // It was removed meanwhile.
    if ((await this.folder.read(job.id)) === undefined) return;
    this.failed(error);
    await this.#finish(job, failure('SERVING_INTERNAL', servingErrors.SERVING_INTERNAL())).catch(this.failed);
  }

  async #finish(job: Job, { status, headers, body, model, version, code }: JobReply): Promise<void> {
    const outcome = status < 400 ? 'done' : 'failed';
    const ended: Job = { ...job, status: outcome, finished: now(), model, version, code, reply: { status, headers } };
    try {
      await this.folder.finish(ended, body);
    } catch (error) {
      // The reply does not fit on the disk; that it failed may.
      const code = error instanceof ServingError ? error.code : 'SERVING_JOB_STORE';
      const note = Buffer.from(JSON.stringify({ error: { code, message: (error as Error).message } }));
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      await this.folder.finish({ ...ended, status: 'failed', code, reply: { status: 507, headers } }, note);
    }
    this.#bytes += body.length;
    this.ended(outcome);
  }
}

/** Load and rate limits, and a server that is not ready: another time the answer may be another one. */
function isBusy({ status, code }: JobReply): boolean {
  return (status === 503 || status === 429) && code !== null;
}

function failure(code: string, message: string): JobReply {
  return {
    status: 500,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: Buffer.from(JSON.stringify({ error: { code, message } })),
    model: '',
    version: '',
    code,
  };
}

function now(): string {
  return new Date().toISOString();
}
