import { trainingError } from '../errors.js';
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
  if (rows.length !== n * p) throw trainingError('TRAIN_LENGTHS_DIFFER', 'The matrix', n * p, rows.length);
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
    if (!(column >= 0 && column < matrix.p)) throw trainingError('TRAIN_STEP_SHAPE', 'log1p', column + 1, matrix.p);
    for (let i = 0; i < matrix.n; i++) {
      const value = rows[i * matrix.p + column] as number;
      if (value <= -1) {
        throw trainingError('TRAIN_LOG_OF_NEGATIVE', names?.[column] ?? `input ${column + 1}`, `row ${i + 1}`, value);
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
  if (widest > matrix.p) throw trainingError('TRAIN_STEP_SHAPE', 'select', widest, matrix.p);
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
  for (let c = 0; c < p; c++) {
    const loadings = step.components[c] as readonly number[];
    for (let i = 0; i < matrix.n; i++) {
      let sum = 0;
      const start = i * matrix.p;
      for (let j = 0; j < matrix.p; j++) sum += (matrix.rows[start + j] as number) * (loadings[j] as number);
      rows[i * p + c] = sum;
    }
  }
  return { rows, n: matrix.n, p };
}

function assertWidth(kind: Step['kind'], fitted: number, matrix: RowMatrix): void {
  if (fitted !== matrix.p) throw trainingError('TRAIN_STEP_SHAPE', kind, fitted, matrix.p);
}
