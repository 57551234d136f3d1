import { TrainingError } from '../errors.js';
import { lengthsDiffer } from '../step-errors.js';
import { applySteps, type RowMatrix } from './apply.js';
import type { Step } from './bundle.js';

/**
 * How much of |sum| of a component's terms is taken for cancellation: a score this small beside the terms that it is the sum
 * of says little about which of them made it.
 */
const cancellation = 0.1;

/**
 * Takes contributions to a model's margin from the booster's inputs back to the raw columns, through the steps that
 * `applySteps` went forward; each row's contributions keep their sum. A column's own steps (logarithm, filling in, scaling)
 * hand over what they get. A component shares its contribution by the terms of its score, loading x scaled value (the rescale
 * rule for a chain of models); the nearer the terms come to cancelling out, the more by the squared loading, so that no
 * share grows without bound. Pure, without Node built-ins: training, serving and a browser run the same code.
 * @param rows          raw, row-major, shape (n x p), NaN = missing
 * @param contributions shape (n x inputs of the booster), without the expected margin
 * @returns shape (n x p); 0 for columns that the steps drop
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, and those of `applySteps`
 * @see Chen, Lundberg & Lee, Nat Commun 2022;13:4512, doi:10.1038/s41467-022-31384-3
 */
export function attributeSteps(
  steps: readonly Step[],
  rows: Float64Array,
  n: number,
  p: number,
  contributions: Float64Array,
): Float64Array {
  const before: RowMatrix[] = [];
  let matrix: RowMatrix = { rows, n, p };
  for (const step of steps) {
    before.push(matrix);
    matrix = applySteps([step], matrix.rows, matrix.n, matrix.p);
  }
  if (contributions.length !== n * matrix.p) {
    const what = lengthsDiffer('The contributions', n * matrix.p, contributions.length);
    throw new TrainingError('TRAIN_LENGTHS_DIFFER', what);
  }
  let shares = contributions;
  for (let s = steps.length - 1; s >= 0; s--) shares = stepBack(steps[s] as Step, before[s] as RowMatrix, shares);
  return shares;
}

function stepBack(step: Step, input: RowMatrix, contributions: Float64Array): Float64Array {
  switch (step.kind) {
    case 'log1p':
    case 'impute':
    case 'scale':
      return contributions;
    case 'select':
      return scatter(step.at, input, contributions);
    case 'pca':
      return shareByTerms(step.components, input, contributions);
  }
}

function scatter(at: readonly number[], input: RowMatrix, contributions: Float64Array): Float64Array {
  const out = new Float64Array(input.n * input.p);
  for (let i = 0; i < input.n; i++) {
    for (let j = 0; j < at.length; j++) {
      const to = i * input.p + (at[j] as number);
      out[to] = (out[to] as number) + (contributions[i * at.length + j] as number);
    }
  }
  return out;
}

function shareByTerms(
  components: readonly (readonly number[])[],
  input: RowMatrix,
  contributions: Float64Array,
): Float64Array {
  const { n, p } = input;
  const out = new Float64Array(n * p);
  for (const [k, loadings] of components.entries()) {
    const squares = loadings.reduce((sum, loading) => sum + loading * loading, 0);
    if (squares === 0) continue;
    for (let i = 0; i < n; i++) {
      const given = contributions[i * components.length + k] as number;
      if (given !== 0) addShares(loadings, squares, input.rows, i * p, given, out);
    }
  }
  return out;
}

/** Adds the shares of one component's contribution to one row. @param at where the row begins, in `rows` as in `out` */
function addShares(
  loadings: readonly number[],
  squares: number,
  rows: Float64Array,
  at: number,
  given: number,
  out: Float64Array,
): void {
  let sum = 0;
  let size = 0;
  for (let j = 0; j < loadings.length; j++) {
    const term = (loadings[j] as number) * (rows[at + j] as number);
    sum += term;
    size += Math.abs(term);
  }
  const damping = size === 0 ? 1 : (cancellation * size) ** 2;
  const whole = given / (sum * sum + damping);
  for (let j = 0; j < loadings.length; j++) {
    const loading = loadings[j] as number;
    const term = loading * (rows[at + j] as number);
    out[at + j] = (out[at + j] as number) + whole * (term * sum + (damping * loading * loading) / squares);
  }
}
