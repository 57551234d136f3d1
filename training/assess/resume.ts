import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { systemReason } from '../../system-reason.js';
import { trainingError } from '../errors.js';
import type { FoldAnswer, FoldJob } from './fold-runner.js';

/** Folds that are done, kept in a file as they finish. */
export interface DoneFolds {
  get(job: FoldJob): FoldAnswer | undefined;
  add(job: FoldJob, answer: FoldAnswer): void;
}

const keyOf = ({ model, repeat, fold }: FoldJob) => `${model}/${repeat}/${fold}`;

/**
 * Opens a file of done folds, or begins one. Its first line says what it belongs to; each further line is one fold. A last
 * line that was cut off is done again.
 * @param digest of the dataset, the options and the versions that decide the numbers
 * @throws TrainingError TRAIN_RESUME_OTHER when the file belongs to another evaluation, TRAIN_RESUME_FILE when it is none or
 *   cannot be read or written
 */
export function openDoneFolds(file: string, digest: string): DoneFolds {
  const done = new Map<string, FoldAnswer>();
  const header = `${JSON.stringify({ thoracleEvaluation: 1, digest })}\n`;
  try {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const lines = text.split('\n');
    if (text !== '') assertHeader(file, lines[0] ?? '', digest);
    // What follows the last line end was cut off.
    const whole = lines.slice(1, -1);
    for (const [k, line] of whole.entries()) {
      const { job, answer } = parseLine(file, k + 2, line);
      done.set(keyOf(job), answer);
    }
    writeFileSync(file, text === '' ? header : `${[lines[0], ...whole].join('\n')}\n`);
  } catch (error) {
    throw asOurs(file, error);
  }
  return {
    get: (job) => done.get(keyOf(job)),
    add: (job, answer) => {
      try {
        appendFileSync(file, `${JSON.stringify(lineOf(job, answer))}\n`);
      } catch (error) {
        throw asOurs(file, error);
      }
    },
  };
}

function assertHeader(file: string, line: string, digest: string): void {
  const found = parsed(file, 1, line);
  if (found.thoracleEvaluation !== 1) throw trainingError('TRAIN_RESUME_FILE', file, 'it holds no evaluation');
  if (found.digest !== digest) throw trainingError('TRAIN_RESUME_OTHER', file);
}

function lineOf({ model, repeat, fold }: FoldJob, { test, risk, probability }: FoldAnswer) {
  // JSON has no NaN: it becomes null.
  return { model, repeat, fold, test, risk: [...risk], probability: [...probability] };
}

function parseLine(file: string, number: number, line: string) {
  const { model, repeat, fold, test, risk, probability } = parsed(file, number, line);
  const whole = [model, repeat, fold].every((value) => Number.isInteger(value));
  if (!whole || !Array.isArray(test) || !Array.isArray(risk) || !Array.isArray(probability)) {
    throw trainingError('TRAIN_RESUME_FILE', file, `line ${number} is no fold`);
  }
  const numbers = (values: readonly unknown[]) =>
    Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN));
  const job = { model, repeat, fold } as FoldJob;
  return { job, answer: { test: test as readonly number[], risk: numbers(risk), probability: numbers(probability) } };
}

function parsed(file: string, number: number, line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Said below.
  }
  throw trainingError('TRAIN_RESUME_FILE', file, `line ${number} is no JSON`);
}

function asOurs(file: string, error: unknown): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error;
  return trainingError('TRAIN_RESUME_FILE', file, systemReason(error));
}
