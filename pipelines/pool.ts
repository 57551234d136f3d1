import { existsSync } from 'node:fs';
import { Piscina } from 'piscina';
import { PipelineError, pipelineErrors } from './errors.js';
import type { JobError } from './job.js';

/** Worker threads that run one function of a worker file. */
export interface WorkerPool<Task, Reply> {
  /** What the function answers; a worker that dies during a task is an answer too. Never rejects. */
  run(task: Task): Promise<Reply | { readonly ok: false; readonly error: JobError }>;
  /** Rejects when a worker dies outside any task; never resolves. */
  readonly broken: Promise<never>;
  close(): Promise<void>;
}

/** How many workers, of which file. */
export interface PoolOptions {
  readonly workers: number;
  /** The compiled worker, `dist/pipelines/worker.js`. */
  readonly workerFile: string;
  /** Heap of a worker (MiB); Node's own limit when absent. */
  readonly workerHeapMb?: number;
}

/**
 * Starts worker threads.
 * @param name the exported function of the worker file that takes a task and answers
 * @throws PipelineError PIPELINE_WORKER_FILE when the file is not there
 */
export function openPool<Task, Reply>(
  name: string,
  { workers, workerFile, workerHeapMb }: PoolOptions,
): WorkerPool<Task, Reply> {
  if (!existsSync(workerFile)) throw new PipelineError('PIPELINE_WORKER_FILE', pipelineErrors.PIPELINE_WORKER_FILE());
  const pool = new Piscina<Task, Reply>({
    filename: workerFile,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1,
    // Between two jobs a worker must not sleep on a lock: what a job left to its event loop has to finish.
    atomics: 'disabled',
    ...(workerHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: workerHeapMb } }),
  });
  const broken = new Promise<never>((_, reject) => pool.on('error', (error: unknown) => reject(workerCrash(error))));
  broken.catch(() => undefined);
  return {
    broken,
    run: async (task) => {
      try {
        return await pool.run(task, { name });
      } catch (error) {
        const { code, message } = workerCrash(error);
        return { ok: false, error: { code, message } };
      }
    },
    close: () => pool.destroy(),
  };
}

function workerCrash(error: unknown): PipelineError {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new PipelineError('PIPELINE_OUT_OF_MEMORY', pipelineErrors.PIPELINE_OUT_OF_MEMORY(), { cause: error });
  }
  const how = error instanceof Error ? error.message : String(error);
  return new PipelineError('PIPELINE_WORKER_CRASHED', pipelineErrors.PIPELINE_WORKER_CRASHED(how), { cause: error });
}
