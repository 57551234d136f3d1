import type { BundleManifest, Member, Step } from '../../training/bundle/index.js';
import { type PredictError, predictError } from './errors.js';

/** Raw columns that reach a model, and those whose logarithm is taken on the way. */
export interface ColumnUse {
  /** Shape (columns): 1 where the column's value can change the answer. */
  readonly used: Uint8Array;
  /** Positions of columns that must be above -1. */
  readonly logged: readonly number[];
}

/** What happens to the raw columns in all members of a bundle whose steps were checked. */
export function traceColumns({ columns, members }: BundleManifest): ColumnUse {
  const used = new Uint8Array(columns.length);
  const logged = new Set<number>();
  for (const { steps } of members) {
    /** Raw columns behind each input; all of them once components mix them. */
    let alive: readonly (readonly number[])[] = columns.map((_, i) => [i]);
    for (const step of steps) {
      if (step.kind === 'log1p') for (const i of step.at) logged.add(alive[i]?.[0] as number);
      if (step.kind === 'select') alive = step.at.map((i) => alive[i] as readonly number[]);
      if (step.kind === 'pca') {
        const mixed = [...new Set(alive.flat())];
        alive = step.components.map(() => mixed);
      }
    }
    for (const column of alive.flat()) used[column] = 1;
  }
  return { used, logged: [...logged].sort((a, b) => a - b) };
}

/**
 * Follows the number of inputs through a member's steps.
 * @throws PredictError PREDICT_BAD_BUNDLE when a step does not fit what it is given
 */
export function checkSteps({ columns }: BundleManifest, { steps, inputs }: Member): void {
  let width = columns.length;
  let mixed = false;
  for (const [s, step] of steps.entries()) {
    checkStep(step, width, s);
    if (mixed && step.kind === 'log1p') throw badBundle(`step ${s + 1} (log1p) comes after the principal components`);
    if (step.kind === 'select') width = step.at.length;
    if (step.kind === 'pca') {
      width = step.components.length;
      mixed = true;
    }
  }
  if (width !== inputs.length) throw badBundle(`its steps give ${width} of the model's ${inputs.length} inputs`);
}

function checkStep(step: Step, width: number, s: number): void {
  const wrong = (what: string): PredictError =>
    badBundle(`step ${s + 1} (${step.kind}) ${what}, given ${width} inputs`);
  switch (step.kind) {
    case 'log1p':
    case 'select':
      if (step.at.some((i) => !Number.isInteger(i) || i < 0 || i >= width))
        throw wrong('names an input that is not there');
      return;
    case 'impute':
      if (step.values.length !== width) throw wrong(`has ${step.values.length} values`);
      return;
    case 'scale':
      if (step.mean.length !== width || step.scale.length !== width) throw wrong(`has ${step.mean.length} means`);
      return;
    case 'pca':
      if (step.inputs !== width || step.components.some((row) => row.length !== width)) {
        throw wrong(`takes ${step.inputs} inputs`);
      }
      return;
  }
}

/** @throws PredictError PREDICT_BAD_BUNDLE when the manifest contradicts itself */
export function checkManifest(manifest: BundleManifest): void {
  const { formatVersion, task, columns, ranges, threshold, answer, riskGroups } = manifest;
  if (formatVersion !== 2) throw badBundle(`format version ${String(formatVersion)}, expected 2`);
  if (columns.length === 0) throw badBundle('it names no columns');
  if (ranges.length !== columns.length) throw badBundle(`${ranges.length} ranges for ${columns.length} columns`);
  const overTime = task.kind === 'survival';
  if (overTime === (answer.kind === 'probability'))
    throw badBundle(`its task is ${task.kind}, its answer ${answer.kind}`);
  if (!overTime && !(threshold !== null && threshold >= 0 && threshold <= 1)) throw badBundle(`threshold ${threshold}`);
  if (riskGroups !== null && riskGroups.names.length !== riskGroups.cuts.length + 1) {
    throw badBundle(`${riskGroups.names.length} risk groups for ${riskGroups.cuts.length} cuts`);
  }
}

export function badBundle(what: string): PredictError {
  return predictError('PREDICT_BAD_BUNDLE', [what]);
}
