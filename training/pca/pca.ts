import { Matrix } from 'ml-matrix';
import { PCA } from 'ml-pca';
import type { RowMatrix } from '../bundle/index.js';
import { trainingError } from '../errors.js';

/** How many components to keep. */
export type PcaSize =
  /** The fewest whose shares of the variance add up to more than this, (0, 1]. */
  | { readonly varianceShare: number }
  /** Exactly this many. */
  | { readonly components: number };

export interface PcaFit {
  /** Mean of each column, shape (p); the components describe what is left after it is taken away. */
  readonly mean: readonly number[];
  /**
   * Every component of non-zero variance, shape (rank x p), rows of unit length by falling variance; the largest
   * loading of a row by magnitude (the first of equals) is positive.
   */
  readonly components: readonly (readonly number[])[];
  /** How many of the components `size` asks for. */
  readonly kept: number;
  /** Share of the total variance of every component, shape (min(n, p)), falling; 0 beyond the rank. */
  readonly explainedVarianceRatio: readonly number[];
  /** Variance (divisor n - 1) along every component, shape (min(n, p)). */
  readonly explainedVariance: readonly number[];
}

/**
 * Principal components by singular value decomposition of the centred matrix (`ml-pca`), for tall, wide and
 * rank-deficient matrices.
 * @param matrix shape (n x p), finite, n >= 2
 * @throws TrainingError TRAIN_PCA_INPUT (too few rows, a value that is not finite, no variance at all),
 *   TRAIN_PCA_SIZE (a share or number that cannot be kept)
 * @see Jolliffe & Cadima, Phil Trans R Soc A 2016;374:20150202, doi:10.1098/rsta.2015.0202
 */
export function fitPca(matrix: RowMatrix, size: PcaSize): PcaFit {
  assertUsable(matrix);
  const data = Matrix.from1DArray(matrix.n, matrix.p, matrix.rows);
  const mean = data.mean('column');
  const model = new PCA(data, { method: 'SVD', center: true });
  const all = Math.min(matrix.n, matrix.p);
  const order = byFallingVariance(model.getEigenvalues().slice(0, all));
  const variance = zeroBeyondRank(
    order.map(([value]) => value),
    matrix,
  );
  const total = variance.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) throw trainingError('TRAIN_PCA_INPUT', 'no column varies');
  const vectors = model.getEigenvectors();
  const rank = variance.filter((value) => value > 0).length;
  const components = order.slice(0, rank).map(([, column]) => withFixedSign(vectors.getColumn(column)));
  const ratio = variance.map((value) => value / total);
  return {
    mean,
    components,
    kept: keptCount(ratio, rank, size),
    explainedVarianceRatio: ratio,
    explainedVariance: variance,
  };
}

function assertUsable(matrix: RowMatrix): void {
  const { rows, n, p } = matrix;
  if (rows.length !== n * p) throw trainingError('TRAIN_LENGTHS_DIFFER', 'The matrix', n * p, rows.length);
  if (n < 2 || p < 1) throw trainingError('TRAIN_PCA_INPUT', `${n} rows x ${p} columns; at least 2 x 1 is needed`);
  const bad = rows.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const place = `row ${Math.floor(bad / p) + 1}, column ${(bad % p) + 1}`;
    throw trainingError('TRAIN_PCA_INPUT', `${place} is ${rows[bad]}; a finite number is needed`);
  }
}

/** Variances with the position of their eigenvector; equal ones stay in the order of the decomposition. */
function byFallingVariance(eigenvalues: readonly number[]): readonly (readonly [number, number])[] {
  return eigenvalues.map((value, column) => [value, column] as const).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
}

/** Singular values below max(n, p) * epsilon of the largest are rounding: LAPACK's and NumPy's rule for the rank. */
function zeroBeyondRank(variance: readonly number[], { n, p }: RowMatrix): readonly number[] {
  const limit = Math.sqrt(Math.max(variance[0] ?? 0, 0)) * Math.max(n, p) * Number.EPSILON;
  return variance.map((value) => (Math.sqrt(Math.max(value, 0)) > limit ? value : 0));
}

function withFixedSign(loadings: readonly number[]): readonly number[] {
  let peak = 0;
  for (const value of loadings) if (Math.abs(value) > Math.abs(peak)) peak = value;
  return peak < 0 ? loadings.map((value) => (value === 0 ? 0 : -value)) : loadings;
}

function keptCount(ratio: readonly number[], rank: number, size: PcaSize): number {
  if ('components' in size) {
    const { components } = size;
    if (Number.isInteger(components) && components >= 1 && components <= rank) return components;
    throw trainingError('TRAIN_PCA_SIZE', `${components} components`, `a whole number from 1 to the rank ${rank}`);
  }
  const { varianceShare } = size;
  if (!(varianceShare > 0 && varianceShare <= 1)) {
    throw trainingError('TRAIN_PCA_SIZE', `a variance share of ${varianceShare}`, 'a number above 0 and at most 1');
  }
  let sum = 0;
  for (let k = 0; k < rank; k++) {
    sum += ratio[k] as number;
    if (sum > varianceShare) return k + 1;
  }
  return rank;
}
