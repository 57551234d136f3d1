import { TrainingError } from '../errors.js';
import { lengthsDiffer, logOfNegative, stepShape } from '../step-errors.js';
import type { Step } from './bundle.js';

/** A row-major matrix; missing is NaN. */
export interface RowMatrix {
  /** Shape (n x p). */
  readonly rows: Float64Array;
  readonly n: number;
  readonly p: number;
}

/**
 * Applies fitted steps to raw rows. Pure, without Node built-ins: training, serving and a browser run the same code.
 * @param rows  row-major, shape (n x p), NaN = missing; left alone
 * @param names of the p inputs, for messages
 * @returns the rows after the last step (the booster's inputs)
 * @throws TrainingError TRAIN_STEP_SHAPE when a step was fitted on another number of columns,
 *   TRAIN_LOG_OF_NEGATIVE when log(1 + x) is asked of x <= -1
 */
export function applySteps(
  steps: readonly Step[],
  rows: Float64Array,
  n: number,
  p: number,
  names?: readonly string[],
): RowMatrix {
  if (rows.length !== n * p)
    throw new TrainingError('TRAIN_LENGTHS_DIFFER', lengthsDiffer('The matrix', n * p, rows.length));
  let matrix: RowMatrix = { rows, n, p };
  for (const step of steps) matrix = applyStep(step, matrix, names);
  return matrix;
}

function applyStep(step: Step, matrix: RowMatrix, names: readonly string[] | undefined): RowMatrix {
  switch (step.kind) {
    case 'log1p':
      return log1p(step.at, matrix, names);
    case 'impute':
      return impute(step.values, matrix);
    case 'select':
      return select(step.at, matrix);
    case 'scale':
      return scale(step.mean, step.scale, matrix);
    case 'pca':
      return project(step, matrix);
  }
}

function log1p(at: readonly number[], matrix: RowMatrix, names: readonly string[] | undefined): RowMatrix {
  const rows = matrix.rows.slice();
  for (const column of at) {
    if (!(column >= 0 && column < matrix.p)) throw badShape('log1p', column + 1, matrix.p);
    for (let i = 0; i < matrix.n; i++) {
      const value = rows[i * matrix.p + column] as number;
      if (value <= -1) {
        const name = names?.[column] ?? `input ${column + 1}`;
        throw new TrainingError('TRAIN_LOG_OF_NEGATIVE', logOfNegative(name, `row ${i + 1}`, value));
      }
      rows[i * matrix.p + column] = Math.log1p(value);
    }
  }
  return { ...matrix, rows };
}

function impute(values: readonly number[], matrix: RowMatrix): RowMatrix {
  assertWidth('impute', values.length, matrix);
  const rows = matrix.rows.slice();
  for (let k = 0; k < rows.length; k++) if (Number.isNaN(rows[k])) rows[k] = values[k % matrix.p] as number;
  return { ...matrix, rows };
}

function select(at: readonly number[], matrix: RowMatrix): RowMatrix {
  const widest = at.reduce((most, column) => Math.max(most, column + 1), 0);
  if (widest > matrix.p) throw badShape('select', widest, matrix.p);
  const rows = new Float64Array(matrix.n * at.length);
  for (let i = 0; i < matrix.n; i++) {
    for (let j = 0; j < at.length; j++)
      rows[i * at.length + j] = matrix.rows[i * matrix.p + (at[j] as number)] as number;
  }
  return { rows, n: matrix.n, p: at.length };
}

function scale(mean: readonly number[], divisor: readonly number[], matrix: RowMatrix): RowMatrix {
  assertWidth('scale', mean.length, matrix);
  const rows = matrix.rows.slice();
  for (let k = 0; k < rows.length; k++) {
    const column = k % matrix.p;
    rows[k] = ((rows[k] as number) - (mean[column] as number)) / (divisor[column] as number);
  }
  return { ...matrix, rows };
}

function project(step: Extract<Step, { kind: 'pca' }>, matrix: RowMatrix): RowMatrix {
  assertWidth('pca', step.inputs, matrix);
  const p = step.components.length;
  const rows = new Float64Array(matrix.n * p);
  for (let c = 0; c < p; c += 4) projectOnFour(step.components, c, matrix, rows);
  return { rows, n: matrix.n, p };
}

/** Scores of components c to c + 3, as far as they are there: four sums that do not wait for one another, each with its terms in the order of the columns. */
function projectOnFour(
  components: readonly (readonly number[])[],
  c: number,
  { rows, n, p }: RowMatrix,
  scores: Float64Array,
): void {
  const l0 = components[c] as readonly number[];
  const [l1, l2, l3] = [components[c + 1] ?? l0, components[c + 2] ?? l0, components[c + 3] ?? l0];
  const k = components.length;
  for (let i = 0; i < n; i++) {
    const start = i * p;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let j = 0; j < p; j++) {
      const x = rows[start + j] as number;
      s0 += x * (l0[j] as number);
      s1 += x * (l1[j] as number);
      s2 += x * (l2[j] as number);
      s3 += x * (l3[j] as number);
    }
    const at = i * k + c;
    scores[at] = s0;
    if (c + 1 < k) scores[at + 1] = s1;
    if (c + 2 < k) scores[at + 2] = s2;
    if (c + 3 < k) scores[at + 3] = s3;
  }
}

function assertWidth(kind: Step['kind'], fitted: number, matrix: RowMatrix): void {
  if (fitted !== matrix.p) throw badShape(kind, fitted, matrix.p);
}

function badShape(kind: Step['kind'], fitted: number, found: number): TrainingError {
  return new TrainingError('TRAIN_STEP_SHAPE', stepShape(kind, fitted, found));
}
