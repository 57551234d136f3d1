/** A request that is answered later, as it is kept. Its body is beside it; who sent it with which credential is not. */
export interface JobRequest {
  readonly url: string;
  /** Those that the answer depends on: types of body and answer, and what the cloud's client says of the model. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How far a job is. */
export type JobStatus = 'queued' | 'running' | 'done' | 'failed';

/** A job, as `status.json` holds it. */
export interface Job {
  readonly formatVersion: 1;
  readonly id: string;
  readonly status: JobStatus;
  /** Who made it: nobody else but an administrator is told of it. Empty where nobody is asked. */
  readonly caller: string;
  /** Where it is asked about: `/jobs`, or below an endpoint. */
  readonly base: string;
  readonly request: JobRequest;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly started: string | null;
  readonly finished: string | null;
  /** How often it was begun. */
  readonly attempts: number;
  /** The process that has it, and which run of that process number. */
  readonly owner: { readonly pid: number; readonly run: string };
  /** Rows of the request; null until they were read. */
  readonly rows: number | null;
  readonly model: string;
  readonly version: string;
  /** Code of the error; null when there is none. */
  readonly code: string | null;
  /** The reply without its body; null until it is there. */
  readonly reply: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | null;
}

/** What a client is told of a job. */
export function publicJob(job: Job, rowsDone: number, keptMs: number): object {
  const { id, status, created, started, finished, rows, model, version, code, base } = job;
  const ended = status === 'done' || status === 'failed';
  return {
    id,
    status,
    created,
    started,
    finished,
    expires: finished === null ? null : new Date(Date.parse(finished) + keptMs).toISOString(),
    rows,
    rowsDone,
    model: model === '' ? null : model,
    version: version === '' ? null : version,
    code,
    ...(ended ? { result: `${base}/${id}/result` } : {}),
  };
}
