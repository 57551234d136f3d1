import type { BundleManifest, Step } from '../../training/bundle/index.js';
import type { Booster } from './booster/booster.js';
import { PredictError, predictErrors } from './errors.js';

/** Raw columns that reach the booster, and those whose logarithm is taken on the way. */
export interface ColumnUse {
  /** Shape (columns): 1 where the column's value can change the answer. */
  readonly used: Uint8Array;
  /** Positions of columns that must be above -1. */
  readonly logged: readonly number[];
}

/**
 * Follows the raw columns through the steps, up to the projection that mixes them.
 * @throws PredictError PREDICT_BAD_BUNDLE when a step does not fit what it is given
 */
export function traceColumns(manifest: BundleManifest): ColumnUse {
  let alive: readonly number[] = manifest.columns.map((_, i) => i);
  let mixed: number | undefined;
  const logged: number[] = [];
  for (const [s, step] of manifest.steps.entries()) {
    const width: number = mixed ?? alive.length;
    checkStep(step, width, s);
    if (mixed !== undefined && (step.kind === 'log1p' || step.kind === 'select')) {
      throw badBundle(`step ${s + 1} (${step.kind}) comes after the principal components`);
    }
    if (step.kind === 'log1p') logged.push(...step.at.map((i) => alive[i] as number));
    if (step.kind === 'select') alive = step.at.map((i) => alive[i] as number);
    if (step.kind === 'pca') mixed = step.components.length;
  }
  const width = mixed ?? alive.length;
  if (width !== manifest.boosterInputs.length)
    throw badBundle(`its steps give ${width} of the booster's ${manifest.boosterInputs.length} inputs`);
  const used = new Uint8Array(manifest.columns.length);
  for (const i of alive) used[i] = 1;
  return { used, logged };
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

/** @throws PredictError when manifest and booster do not belong together or the task is not one this predictor answers */
export function checkBundle(manifest: BundleManifest, booster: Booster): void {
  if (manifest.formatVersion !== 1) throw badBundle(`format version ${String(manifest.formatVersion)}, expected 1`);
  if (manifest.task !== 'status') throw badBundle(`task "${String(manifest.task)}", expected "status"`);
  if (manifest.columns.length === 0) throw badBundle('it names no columns');
  if (manifest.ranges.length !== manifest.columns.length) {
    throw badBundle(`${manifest.ranges.length} ranges for ${manifest.columns.length} columns`);
  }
  if (!(manifest.threshold >= 0 && manifest.threshold <= 1)) throw badBundle(`threshold ${manifest.threshold}`);
  if (booster.objective === 'reg:squarederror') {
    const supported = ['reg:logistic', 'binary:logistic'];
    const reason = predictErrors.PREDICT_UNSUPPORTED_OBJECTIVE(booster.objective, supported);
    throw new PredictError('PREDICT_UNSUPPORTED_OBJECTIVE', reason);
  }
  if (booster.inputs !== manifest.boosterInputs.length) {
    const reason = predictErrors.PREDICT_BOOSTER_COLUMNS(booster.inputs, manifest.boosterInputs.length);
    throw new PredictError('PREDICT_BOOSTER_COLUMNS', reason);
  }
}

export function badBundle(what: string): PredictError {
  return new PredictError('PREDICT_BAD_BUNDLE', predictErrors.PREDICT_BAD_BUNDLE(what));
}
