import { applySteps, type RowMatrix, type Step } from '../bundle/index.js';
import type { BackendChoice } from '../compute/index.js';
import { trainingError } from '../errors.js';
import { fitPcaWith, type PcaFit } from '../pca/index.js';

/** A step before it is fitted: what to do, without the numbers that come from the training rows. */
export type StepPlan =
  | { readonly kind: 'log1p'; readonly at: readonly number[] }
  /** `median` of the training rows (0 for a column without a value, which `select` then drops), or 0 for all. */
  | { readonly kind: 'impute'; readonly with: 'median' | 'zero' }
  /** Drops columns with one value only, or none, in the training rows. */
  | { readonly kind: 'select' }
  /** Training mean and population standard deviation; a constant column is divided by 1. */
  | { readonly kind: 'scale' }
  | { readonly kind: 'pca'; readonly varianceShare: number };

/** A plan with its numbers. */
export interface FittedSteps {
  readonly steps: readonly Step[];
  /** The training rows after the last step. */
  readonly output: RowMatrix;
  /** Positions (raw) of the columns that `select` kept; all when there is no `select`. */
  readonly usedColumns: readonly number[];
  /** Positions (raw) of the columns that were constant or empty in the training rows and were dropped. */
  readonly unusableColumns: readonly number[];
  /** The rows that entered the PCA and its full fit; undefined without a PCA. */
  readonly pca: { readonly input: RowMatrix; readonly fit: PcaFit } | undefined;
}

/**
 * Fits the steps of a plan one after the other, each on the rows as the steps before it leave them.
 * Only these rows are seen: what is not in them cannot influence a step.
 * @param raw   training rows, shape (n x p), NaN = missing
 * @param names of the p columns, for messages
 * @param pcaBackend who computes a PCA
 * @throws TrainingError TRAIN_NO_USABLE_COLUMN, TRAIN_LOG_OF_NEGATIVE, TRAIN_NOT_FINITE, TRAIN_TOO_SPREAD,
 *   TRAIN_PCA_INPUT
 */
export function fitSteps(
  plan: readonly StepPlan[],
  raw: RowMatrix,
  names: readonly string[],
  pcaBackend: BackendChoice = 'auto',
): FittedSteps {
  assertNotInfinite(raw, names);
  const everyColumn = names.map((_, j) => j);
  const steps: Step[] = [];
  let output = raw;
  let usedColumns: readonly number[] = everyColumn;
  let pca: FittedSteps['pca'];
  for (const planned of plan) {
    let step: Step;
    if (planned.kind === 'pca') {
      pca = { input: output, fit: fitPcaWith(pcaBackend, output, { varianceShare: planned.varianceShare }) };
      step = pcaStep(pca.fit, output.p);
    } else {
      step = fitStep(planned, output);
    }
    if (step.kind === 'scale') assertScale(step.scale, (k) => names[usedColumns[k] as number] ?? '');
    if (step.kind === 'select') usedColumns = step.at;
    output = applySteps([step], output.rows, output.n, output.p, names);
    steps.push(step);
  }
  const used = new Set(usedColumns);
  return { steps, output, usedColumns, unusableColumns: everyColumn.filter((j) => !used.has(j)), pca };
}

function fitStep(planned: Exclude<StepPlan, { kind: 'pca' }>, input: RowMatrix): Step {
  switch (planned.kind) {
    case 'log1p':
      return planned;
    case 'impute':
      return { kind: 'impute', values: columns(input, planned.with === 'zero' ? () => 0 : median) };
    case 'select':
      return selectVarying(input);
    case 'scale':
      return fitScale(input);
  }
}

function pcaStep(fit: PcaFit, inputs: number): Step {
  return {
    kind: 'pca',
    inputs,
    components: fit.components.slice(0, fit.kept),
    explainedVarianceRatio: fit.explainedVarianceRatio.slice(0, fit.kept),
  };
}

/** Infinity is neither missing nor a number to compute with; it is named instead of spreading as NaN. */
function assertNotInfinite(raw: RowMatrix, names: readonly string[]): void {
  const bad = raw.rows.findIndex((value) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY);
  if (bad >= 0) throw trainingError('TRAIN_NOT_FINITE', names[bad % raw.p] ?? '', raw.rows[bad] as number);
}

function assertScale(scale: readonly number[], nameOf: (column: number) => string): void {
  const bad = scale.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw trainingError('TRAIN_TOO_SPREAD', nameOf(bad));
}

function selectVarying(input: RowMatrix): Step {
  const kept = columns(input, (values) => (values.some((value) => value !== values[0]) ? 1 : 0));
  const at = kept.flatMap((flag, j) => (flag === 1 ? [j] : []));
  if (at.length === 0) throw trainingError('TRAIN_NO_USABLE_COLUMN', input.p);
  return { kind: 'select', at };
}

function fitScale(input: RowMatrix): Step {
  const mean = columns(input, meanOf);
  const scale = columns(input, (values) => {
    if (values.every((value) => value === values[0])) return 1;
    const centre = meanOf(values);
    let squares = 0;
    for (const value of values) squares += (value - centre) ** 2;
    // Squares of differences so small that they vanish: the column is constant for all that float64 can tell.
    return Math.sqrt(squares / values.length) || 1;
  });
  return { kind: 'scale', mean, scale };
}

/** One number per column from the column's values. */
function columns(matrix: RowMatrix, measure: (values: Float64Array) => number): readonly number[] {
  const values = new Float64Array(matrix.n);
  return Array.from({ length: matrix.p }, (_, j) => {
    for (let i = 0; i < matrix.n; i++) values[i] = matrix.rows[i * matrix.p + j] as number;
    return measure(values);
  });
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Median of the values that are there; 0 when none is. */
function median(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  if (known.length === 0) return 0;
  const middle = known.length >> 1;
  const upper = known[middle] as number;
  return known.length % 2 === 1 ? upper : ((known[middle - 1] as number) + upper) / 2;
}
