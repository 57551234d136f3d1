import { randomUUID } from 'node:crypto';
import { StudioError, studioErrors } from '../errors.js';
import type { JobEvent, JobItem, JobReply, JobRequest } from '../replies/job-reply.js';

/** What a running job tells the board. */
export interface JobWatcher {
  /** What there is to do, and what is known to fail or to be passed by; called once, first. */
  planned(items: readonly JobItem[]): void;
  /** One of the planned has ended. */
  ended(item: JobItem): void;
  /** A line for the person who watches. */
  note(line: string): void;
  /** True once the person gave the job up; the runner then throws as soon as it can. */
  readonly cancelled: boolean;
}

/** Runs the pipelines over the cohort into the store. What it throws is the failure of the whole job. */
export type JobRunner = (request: JobRequest, watcher: JobWatcher) => Promise<void>;

/** Jobs that are remembered; the store remembers their runs for longer. */
const mostJobs = 50;
const mostLines = 2000;

/** Jobs of this process: one runs at a time, since they write to one store. */
export class JobBoard {
  readonly #jobs = new Map<string, BoardJob>();

  constructor(
    private readonly run: JobRunner,
    /** One sentence for what a runner threw. */
    private readonly explain: (error: unknown) => string,
    private readonly now: () => number = Date.now,
  ) {}

  /** Newest first. */
  list(): readonly JobReply[] {
    return [...this.#jobs.values()].reverse().map((job) => job.reply());
  }

  /** @throws StudioError STUDIO_NO_JOB */
  get(id: string): JobReply {
    return this.#job(id).reply();
  }

  /** Starts a job. @throws StudioError STUDIO_JOB_RUNS when one is running */
  start(request: JobRequest): JobReply {
    const running = [...this.#jobs.values()].find(({ endedAtMs }) => endedAtMs === null);
    if (running !== undefined) throw new StudioError('STUDIO_JOB_RUNS', studioErrors.STUDIO_JOB_RUNS());
    const job = new BoardJob(randomUUID(), request, this.now());
    this.#jobs.set(job.id, job);
    for (const id of [...this.#jobs.keys()].slice(0, -mostJobs)) this.#jobs.delete(id);
    this.run(request, job).then(
      () => job.end(job.cancelled ? 'cancelled' : 'done', null, this.now()),
      (error: unknown) =>
        job.cancelled ? job.end('cancelled', null, this.now()) : job.end('failed', this.explain(error), this.now()),
    );
    return job.reply();
  }

  /** Gives a running job up: what it has written stays. @throws StudioError STUDIO_NO_JOB */
  cancel(id: string): JobReply {
    const job = this.#job(id);
    if (job.endedAtMs === null) job.cancel();
    return job.reply();
  }

  /** All that is known, then what is new, until the job has ended or `signal` is aborted. @throws StudioError STUDIO_NO_JOB */
  watch(id: string, signal: AbortSignal): AsyncGenerator<JobEvent> {
    return this.#job(id).events(signal);
  }

  #job(id: string): BoardJob {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new StudioError('STUDIO_NO_JOB', studioErrors.STUDIO_NO_JOB());
    return job;
  }
}

class BoardJob implements JobWatcher {
  readonly #items = new Map<string, JobItem>();
  readonly #log: string[] = [];
  /** Those who wait for something new. */
  readonly #waiting = new Set<() => void>();
  /** Changed items, in order; a reader remembers how far it has read. */
  readonly #changes: JobItem[] = [];
  #state: JobReply['state'] = 'running';
  #failure: string | null = null;
  #cancelled = false;
  endedAtMs: number | null = null;

  constructor(
    readonly id: string,
    private readonly request: JobRequest,
    private readonly startedAtMs: number,
  ) {}

  get cancelled(): boolean {
    return this.#cancelled;
  }

  planned(items: readonly JobItem[]): void {
    for (const item of items) this.#put(item);
    this.#wake();
  }

  ended(item: JobItem): void {
    this.#put(item);
    this.#wake();
  }

  note(line: string): void {
    if (this.#log.length === mostLines) this.#log.push('… more lines are not kept');
    if (this.#log.length < mostLines) this.#log.push(line);
    this.#wake();
  }

  cancel(): void {
    this.#cancelled = true;
    this.note('Giving up as asked: what is being measured ends first.');
  }

  end(state: JobReply['state'], failure: string | null, atMs: number): void {
    this.#state = state;
    this.#failure = failure;
    this.endedAtMs = atMs;
    this.#wake();
  }

  reply(): JobReply {
    return {
      id: this.id,
      request: this.request,
      state: this.#state,
      failure: this.#failure,
      startedAtMs: this.startedAtMs,
      endedAtMs: this.endedAtMs,
      items: [...this.#items.values()],
      log: [...this.#log],
    };
  }

  async *events(signal: AbortSignal): AsyncGenerator<JobEvent> {
    let [items, lines] = [0, 0];
    while (!signal.aborted) {
      const isLast = this.endedAtMs !== null;
      const event: JobEvent = {
        state: this.#state,
        failure: this.#failure,
        endedAtMs: this.endedAtMs,
        items: this.#changes.slice(items),
        log: this.#log.slice(lines),
      };
      [items, lines] = [this.#changes.length, this.#log.length];
      yield event;
      if (isLast) return;
      // More may have happened while the reader was slow.
      const isNews = this.#changes.length > items || this.#log.length > lines || this.endedAtMs !== null;
      if (!isNews) await this.#news(signal);
    }
  }

  #put(item: JobItem): void {
    this.#items.set(`${item.stage} ${item.subject}`, item);
    this.#changes.push(item);
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
