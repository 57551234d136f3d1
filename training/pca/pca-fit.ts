import type { RowMatrix } from '../bundle/index.js';
import type { BackendName } from '../compute/index.js';
import { trainingError } from '../errors.js';

/** How many components to keep. */
export type PcaSize =
  /** The fewest whose shares of the variance add up to more than this, (0, 1]. */
  | { readonly varianceShare: number }
  /** Exactly this many. */
  | { readonly components: number };

/**
 * How the components are found. `full`: singular value decomposition of the data by `ml-pca`. `gram`: eigenvectors of
 * the covariance of the columns, or of the products of the rows where there are fewer of them. `randomised`: a given
 * number of leading components from a few products with the data.
 */
export type PcaSolver = 'full' | 'gram' | 'randomised';

/** A fitted projection. */
export interface PcaFit {
  /** Mean of each column, shape (p); the components describe what is left after it is taken away. */
  readonly mean: readonly number[];
  /**
   * The components that were asked for and no more, shape (kept x p), rows of unit length by falling variance; the
   * largest loading of a row by magnitude (the first of equals) is positive.
   */
  readonly components: readonly (readonly number[])[];
  readonly kept: number;
  /** Number of components of non-zero variance; of the randomised solver, of those it has looked for. */
  readonly rank: number;
  /**
   * Share of the total variance of every component, shape (min(n, p)), falling, 0 beyond the rank; of the randomised
   * solver, shape (kept).
   */
  readonly explainedVarianceRatio: readonly number[];
  /** Variance (divisor n - 1) along every component, as long as the shares. */
  readonly explainedVariance: readonly number[];
  readonly solver: PcaSolver;
  readonly backend: BackendName;
}

/** What a solver finds: variances by falling size and the vectors that belong to the first of them. */
export interface Decomposition {
  /** Falling, shape (r). */
  readonly variance: Float64Array;
  /** Sum of the variances of all components, found or not. */
  readonly total: number;
  /** Row-major, shape (count x p), unit rows of any sign. */
  vectors(count: number): Float64Array;
}

/** Scores of rows: (x - mean) on every component; row-major, shape (n x kept). */
export function projectOnComponents(fit: PcaFit, matrix: RowMatrix): Float64Array {
  assertColumns(fit, matrix.p);
  const { n, p, rows } = matrix;
  const scores = new Float64Array(n * fit.kept);
  for (let i = 0; i < n; i++) {
    for (const [k, component] of fit.components.entries()) {
      let sum = 0;
      for (let j = 0; j < p; j++) {
        sum += ((rows[i * p + j] as number) - (fit.mean[j] as number)) * (component[j] as number);
      }
      scores[i * fit.kept + k] = sum;
    }
  }
  return scores;
}

/** Rows from their scores: mean + sum of score x component; row-major, shape (n x p). The inverse where nothing was dropped. */
export function rowsFromScores(fit: PcaFit, scores: Float64Array): Float64Array {
  const p = fit.mean.length;
  const n = scores.length / fit.kept;
  if (!Number.isInteger(n)) throw trainingError('TRAIN_LENGTHS_DIFFER', 'A row of scores', fit.kept, scores.length);
  const rows = new Float64Array(n * p);
  for (let i = 0; i < n; i++) {
    rows.set(fit.mean, i * p);
    for (const [k, component] of fit.components.entries()) {
      const score = scores[i * fit.kept + k] as number;
      for (let j = 0; j < p; j++) rows[i * p + j] = (rows[i * p + j] as number) + score * (component[j] as number);
    }
  }
  return rows;
}

function assertColumns(fit: PcaFit, p: number): void {
  if (fit.mean.length !== p) throw trainingError('TRAIN_STEP_SHAPE', 'pca', fit.mean.length, p);
}
