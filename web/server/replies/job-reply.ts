/** A stage of the pipelines. */
export type JobStage = 'genomic' | 'clinical' | 'imaging';

/** Body of `POST /studio/api/jobs`. */
export interface JobRequest {
  readonly stages: readonly JobStage[];
  readonly genes: 'metagenes' | 'all';
  /** Of a retry: only these subjects (patients, or files that hold many). Default: all of the cohort. */
  readonly subjects?: readonly string[];
}

/** How a job, or a part of it, stands. */
export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

/** One patient, or one file that holds many, in one stage. */
export interface JobItem {
  readonly stage: JobStage;
  readonly subject: string;
  readonly state: 'waiting' | 'done' | 'failed' | 'skipped';
  /** Why it failed or was passed by. */
  readonly reason: string | null;
  /** Its own time, null until it has ended. */
  readonly seconds: number | null;
}

/** A run of the pipelines that was started from the pages. */
export interface JobReply {
  readonly id: string;
  readonly request: JobRequest;
  readonly state: JobState;
  /** One sentence when the whole job failed. */
  readonly failure: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly items: readonly JobItem[];
  readonly log: readonly string[];
}

/** Data of one server-sent event of `GET /studio/api/jobs/{id}/events`: what is new since the one before. */
export interface JobEvent {
  readonly state: JobState;
  readonly failure: string | null;
  readonly endedAtMs: number | null;
  /** Items that changed; the first event holds all. */
  readonly items: readonly JobItem[];
  /** New lines. */
  readonly log: readonly string[];
}

/** Reply of `GET /studio/api/jobs`: newest first. */
export interface JobListReply {
  readonly jobs: readonly Omit<JobReply, 'items' | 'log'>[];
  /** Why no job can be started here; null when one can. */
  readonly notHere: string | null;
  /** Runs that the store remembers, of the command line too. */
  readonly recorded: readonly RecordedRun[];
}

/** A run of the pipelines as the store remembers it. */
export interface RecordedRun {
  readonly runId: string;
  readonly name: string;
  readonly status: string;
  readonly failure: string | null;
  readonly startedAtMs: number;
  readonly durationSeconds: number;
  /** Counts by stage: `imagingDone`, `imagingFailed`, … */
  readonly counts: Readonly<Record<string, number>>;
  /** Patients whose imaging failed, with the reason. */
  readonly failed: readonly { readonly patient: string; readonly reason: string }[];
}
