import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Piscina } from 'piscina';
import { packageRoot } from '../../package-facts.js';
import { TrainingError, trainingError, trainingErrors } from '../errors.js';
import { type FoldAnswer, type FoldJob, type FoldSetting, foldRunner } from './fold-runner.js';
import type { DoneFolds } from './resume.js';
import type { ScoredRepeat } from './score.js';
import type { WorkerReply } from './worker.js';

/** How the folds are run; no answer depends on it. */
export interface RunOptions {
  readonly workers: number;
  readonly done?: DoneFolds;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Runs every fold of every model, on worker threads when there is more than one.
 * @returns per model, its repeats
 * @throws TrainingError of the fits; TRAIN_WORKER when the workers cannot be started or one dies
 */
export async function runFolds(
  setting: FoldSetting,
  { workers, done, onProgress }: RunOptions,
): Promise<readonly (readonly ScoredRepeat[])[]> {
  const jobs = setting.models.flatMap((_, model) =>
    Array.from({ length: setting.repeats * setting.folds }, (__, k) => {
      return { model, repeat: Math.floor(k / setting.folds), fold: k % setting.folds };
    }),
  );
  const answers = jobs.map((job) => done?.get(job));
  const open = jobs.flatMap((_, k) => (answers[k] === undefined ? [k] : []));
  let count = jobs.length - open.length;
  if (count > 0) onProgress?.(count, jobs.length);
  const runner = openRunner(setting, Math.min(workers, open.length));
  const next = async (): Promise<void> => {
    for (let k = open.shift(); k !== undefined; k = open.shift()) {
      const job = jobs[k] as FoldJob;
      const answer = await runner.run(job);
      answers[k] = answer;
      done?.add(job, answer);
      onProgress?.(++count, jobs.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, workers) }, next));
  } finally {
    await runner.close();
  }
  return setting.models.map(({ rows }, model) =>
    Array.from({ length: setting.repeats }, (_, repeat) => {
      const own = answers.filter((_answer, k) => jobs[k]?.model === model && jobs[k]?.repeat === repeat);
      return assembled(own as readonly FoldAnswer[], rows.length);
    }),
  );
}

interface Runner {
  run(job: FoldJob): Promise<FoldAnswer>;
  close(): Promise<void>;
}

function openRunner(setting: FoldSetting, workers: number): Runner {
  if (workers <= 1) {
    const run = foldRunner(setting);
    return {
      run: async (job) => {
        // Lets a progress bar move.
        await setImmediate();
        return run(job);
      },
      close: async () => undefined,
    };
  }
  const filename = join(packageRoot(), 'dist', 'training', 'assess', 'worker.js');
  if (!existsSync(filename))
    throw trainingError('TRAIN_WORKER', 'the compiled worker is not there; run `npm run setup`');
  const pool = new Piscina<FoldJob, WorkerReply>({
    filename,
    name: 'runFold',
    workerData: setting,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1,
  });
  return {
    run: async (job) => {
      const reply = await pool.run(job).catch((error: unknown): WorkerReply => {
        return { ok: false, code: '', message: error instanceof Error ? error.message : String(error) };
      });
      if (reply.ok) return reply.answer;
      const { code, message } = reply;
      if (code in trainingErrors) throw new TrainingError(code as keyof typeof trainingErrors, message);
      throw trainingError('TRAIN_WORKER', message);
    },
    close: () => pool.destroy(),
  };
}

function assembled(folds: readonly FoldAnswer[], n: number): ScoredRepeat {
  const fold = new Int32Array(n);
  const risk = new Float64Array(n);
  const width = (folds[0]?.probability.length ?? 0) / (folds[0]?.test.length ?? 1);
  const probability = new Float64Array(n * width);
  for (const [f, answer] of folds.entries()) {
    for (const [k, i] of answer.test.entries()) {
      fold[i] = f;
      risk[i] = answer.risk[k] as number;
      probability.set(answer.probability.subarray(k * width, (k + 1) * width), i * width);
    }
  }
  return { fold, risk, probability };
}
