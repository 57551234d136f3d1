import { workerData } from 'node:worker_threads';
import { TrainingError } from '../errors.js';
import { type FoldAnswer, type FoldJob, type FoldSetting, foldRunner } from './fold-runner.js';

let runner: ((job: FoldJob) => FoldAnswer) | undefined;

/** An answer, or why there is none: an error's class and code do not survive the way between threads. */
export type WorkerReply =
  | { readonly ok: true; readonly answer: FoldAnswer }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Answers one fold; what the worker pool calls. The setting is the worker's data. Never throws. */
export function runFold(job: FoldJob): WorkerReply {
  try {
    runner ??= foldRunner(workerData as FoldSetting);
    return { ok: true, answer: runner(job) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, code: error instanceof TrainingError ? error.code : '', message };
  }
}
