import { mkdir } from 'node:fs/promises';
import { systemReason } from '../system-reason.js';
import { PipelineError, pipelineErrors } from './errors.js';
import type { Job, JobResult, StageName, WorkerReply, WorkerTask } from './job.js';
import { openPool, type WorkerPool } from './pool.js';
import { type Outcome, type PlanProblem, type RunSummary, type Skipped, summarise } from './run-summary.js';

/** How far a stage is, in jobs: `done` of `total` ended, `failed` of them without a result. */
export interface Progress {
  readonly stage: StageName;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
}

/** How to run jobs, and who hears of them. */
export interface RunOptions {
  /** Worker threads, an integer >= 1. Results do not depend on it. */
  readonly workers: number;
  /** The compiled worker, `dist/pipelines/worker.js`. */
  readonly workerFile: string;
  /** Heap of a worker (MiB), beyond which its job fails; Node's own limit when absent. Pixel data are not on the heap. */
  readonly workerHeapMb?: number;
  /** Where artifacts are written, made when absent; without it they are not written. */
  readonly artifactDir?: string;
  /** Called whenever a job ends, in whatever order they do. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called with what became of a job the moment it ends, in whatever order they do. */
  readonly onEnded?: (outcome: Outcome) => void;
  /** Called with each result in the order of the jobs, one at a time. What it throws stops the run. */
  readonly onResult: (result: JobResult, job: Job) => Promise<void> | void;
  /** Called with what became of each job in the order of the jobs, after `onResult`. */
  readonly onOutcome?: (outcome: Outcome) => void;
  /** From the plan: failures known before the run, and patients passed by; they go into the summary. */
  readonly problems?: readonly PlanProblem[];
  readonly skipped?: readonly Skipped[];
}

const optionNames: ReadonlySet<string> = new Set([
  'workers',
  'workerFile',
  'workerHeapMb',
  'artifactDir',
  'onProgress',
  'onEnded',
  'onResult',
  'onOutcome',
  'problems',
  'skipped',
]);

/**
 * Runs jobs on a pool of worker threads. A job that fails, or whose worker dies, is a failure in the summary and does not stop
 * the others. Results are handed on in job order, so that nothing downstream depends on the number of workers.
 * @throws PipelineError for unusable options, or whatever `onResult` throws (the jobs still running are then given up)
 */
export async function runJobs(jobs: readonly Job[], options: RunOptions): Promise<RunSummary> {
  await checkOptions(options);
  const { problems = [], skipped = [] } = options;
  if (jobs.length === 0) return summarise([], problems, skipped);
  const pool = openPool<WorkerTask, WorkerReply>('runJob', {
    ...options,
    workers: Math.min(options.workers, jobs.length),
  });
  try {
    const outcomes: Outcome[] = [];
    for (const ended of startAll(pool, jobs, options)) {
      // A worker that dies outside any job cannot be blamed on one, and no other may come after it.
      const outcome = await Promise.race([ended, pool.broken]);
      outcomes.push(outcome);
      if (outcome.ok) await options.onResult(outcome.result, outcome.job);
      options.onOutcome?.(outcome);
    }
    return summarise(outcomes, problems, skipped);
  } finally {
    await pool.close();
  }
}

async function checkOptions(options: RunOptions): Promise<void> {
  const unknown = Object.keys(options).find((key) => !optionNames.has(key));
  if (unknown !== undefined) throw badOption(`unknown option "${unknown}"`);
  if (!Number.isInteger(options.workers) || options.workers < 1) {
    throw badOption(`workers must be a whole number of at least 1, not ${options.workers}`);
  }
  if (options.workerHeapMb !== undefined && !(options.workerHeapMb >= 16)) {
    throw badOption(`workerHeapMb must be at least 16, not ${options.workerHeapMb}`);
  }
  if (options.artifactDir === undefined) return;
  await mkdir(options.artifactDir, { recursive: true }).catch((error: unknown) => {
    const message = pipelineErrors.PIPELINE_ARTIFACT_FOLDER(systemReason(error));
    throw new PipelineError('PIPELINE_ARTIFACT_FOLDER', message, { cause: error });
  });
}

function badOption(what: string): PipelineError {
  return new PipelineError('PIPELINE_BAD_OPTION', pipelineErrors.PIPELINE_BAD_OPTION(what));
}

/** One promise per job, in job order; none of them rejects. */
function startAll(pool: WorkerPool<WorkerTask, WorkerReply>, jobs: readonly Job[], options: RunOptions) {
  const total = new Map<StageName, number>();
  for (const { stage } of jobs) total.set(stage, (total.get(stage) ?? 0) + 1);
  const counts = new Map<StageName, { done: number; failed: number }>();
  const count = ({ job: { stage }, ok }: Outcome) => {
    const before = counts.get(stage) ?? { done: 0, failed: 0 };
    const now = { done: before.done + 1, failed: before.failed + (ok ? 0 : 1) };
    counts.set(stage, now);
    options.onProgress?.({ stage, total: total.get(stage) ?? 0, ...now });
  };
  return jobs.map(async (job): Promise<Outcome> => {
    const { artifactDir } = options;
    const reply = await pool.run(artifactDir === undefined ? { job } : { job, artifactDir });
    const outcome: Outcome = { job, ...reply };
    count(outcome);
    options.onEnded?.(outcome);
    return outcome;
  });
}
