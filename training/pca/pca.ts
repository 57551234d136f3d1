import type { RowMatrix } from '../bundle/index.js';
import { cpuBackend, type MatrixBackend } from '../compute/index.js';
import { trainingError } from '../errors.js';
import { solveFully } from './full-solver.js';
import { solveByGram } from './gram-solver.js';
import type { Decomposition, PcaFit, PcaSize, PcaSolver } from './pca-fit.js';
import { solveRandomised } from './randomised-solver.js';

/** How a PCA is computed; what is left out is chosen by size. */
export interface PcaOptions {
  /** Default: `randomised` for a given number of components of a matrix that is large on both sides, else `gram`. */
  readonly solver?: PcaSolver;
  /** Who computes the large products; default plain TypeScript. The solver `full` does not use it. */
  readonly backend?: MatrixBackend;
  /** Of the randomised solver; default 0. */
  readonly seed?: number;
}

/** The smaller side from which the decomposition of all of it takes minutes, and the share of components that pays. */
const randomisedFrom = 1500;
const randomisedShare = 0.2;

/**
 * Principal components of the centred matrix, for tall, wide and rank-deficient matrices.
 * @param matrix shape (n x p), finite, n >= 2
 * @throws TrainingError TRAIN_PCA_INPUT (too few rows, a value that is not finite, no variance at all),
 *   TRAIN_PCA_SIZE (a share or number that cannot be kept, a share with the randomised solver), TRAIN_BACKEND_FAILED
 * @see Jolliffe & Cadima, Phil Trans R Soc A 2016;374:20150202, doi:10.1098/rsta.2015.0202
 */
export function fitPca(matrix: RowMatrix, size: PcaSize, options: PcaOptions = {}): PcaFit {
  assertUsable(matrix);
  assertSize(size);
  const { n, p } = matrix;
  const mean = columnMeans(matrix);
  const centred = centre(matrix, mean);
  const backend = options.backend ?? cpuBackend;
  const solver = options.solver ?? solverFor(n, p, size);
  const found = decompose(solver, centred, matrix, size, backend, options.seed ?? 0);
  if (!(found.total > 0)) throw trainingError('TRAIN_PCA_INPUT', 'no column varies');
  const variance = zeroBeyondRank(found.variance, matrix);
  const ratio = variance.map((value) => value / found.total);
  const rank = variance.filter((value) => value > 0).length;
  const kept = keptCount(ratio, rank, size);
  const vectors = found.vectors(kept);
  return {
    mean,
    components: Array.from({ length: kept }, (_, k) => withFixedSign(vectors.subarray(k * p, (k + 1) * p))),
    kept,
    rank,
    explainedVarianceRatio: ratio,
    explainedVariance: variance,
    solver,
    backend: solver === 'full' ? 'cpu' : backend.name,
  };
}

function solverFor(n: number, p: number, size: PcaSize): PcaSolver {
  const side = Math.min(n, p);
  const few = 'components' in size && size.components <= randomisedShare * side;
  return few && side >= randomisedFrom ? 'randomised' : 'gram';
}

function decompose(
  solver: PcaSolver,
  centred: Float64Array,
  { n, p }: RowMatrix,
  size: PcaSize,
  backend: MatrixBackend,
  seed: number,
): Decomposition {
  if (solver === 'full') return solveFully(centred, n, p);
  if (solver === 'gram') return solveByGram(centred, n, p, backend);
  if (!('components' in size)) {
    throw trainingError(
      'TRAIN_PCA_SIZE',
      `a variance share with the solver "randomised"`,
      'a number of components, or another solver',
    );
  }
  return solveRandomised(centred, n, p, Math.min(size.components, n, p), backend, seed);
}

function centre({ rows, n, p }: RowMatrix, mean: readonly number[]): Float64Array {
  const centred = new Float64Array(n * p);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < p; j++) centred[i * p + j] = (rows[i * p + j] as number) - (mean[j] as number);
  }
  return centred;
}

function columnMeans({ rows, n, p }: RowMatrix): readonly number[] {
  const sums = new Float64Array(p);
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) sums[j] = (sums[j] as number) + (rows[i * p + j] as number);
  return Array.from(sums, (sum) => sum / n);
}

function assertUsable(matrix: RowMatrix): void {
  const { rows, n, p } = matrix;
  if (rows.length !== n * p) throw trainingError('TRAIN_LENGTHS_DIFFER', 'The matrix', n * p, rows.length);
  if (n < 2 || p < 1) throw trainingError('TRAIN_PCA_INPUT', `${n} rows x ${p} columns; at least 2 x 1 is needed`);
  let bad = 0;
  while (bad < rows.length && Number.isFinite(rows[bad])) bad++;
  if (bad < rows.length) {
    const place = `row ${Math.floor(bad / p) + 1}, column ${(bad % p) + 1}`;
    throw trainingError('TRAIN_PCA_INPUT', `${place} is ${rows[bad]}; a finite number is needed`);
  }
}

function assertSize(size: PcaSize): void {
  if ('components' in size) {
    const { components } = size;
    if (Number.isInteger(components) && components >= 1) return;
    throw trainingError('TRAIN_PCA_SIZE', `${components} components`, 'a whole number from 1 to the rank');
  }
  const { varianceShare } = size;
  if (varianceShare > 0 && varianceShare <= 1) return;
  throw trainingError('TRAIN_PCA_SIZE', `a variance share of ${varianceShare}`, 'a number above 0 and at most 1');
}

/** Variances below max(n, p) * epsilon of the largest are rounding of the products: they become 0. */
function zeroBeyondRank(variance: Float64Array, { n, p }: RowMatrix): readonly number[] {
  const limit = (variance[0] ?? 0) * Math.max(n, p) * Number.EPSILON;
  return Array.from(variance, (value) => (value > limit ? value : 0));
}

function withFixedSign(loadings: Float64Array): readonly number[] {
  let peak = 0;
  for (let j = 0; j < loadings.length; j++) {
    const value = loadings[j] as number;
    if (Math.abs(value) > Math.abs(peak)) peak = value;
  }
  const fixed = new Array<number>(loadings.length);
  for (let j = 0; j < loadings.length; j++) {
    const value = loadings[j] as number;
    fixed[j] = value === 0 || peak > 0 ? value : -value;
  }
  return fixed;
}

function keptCount(ratio: readonly number[], rank: number, size: PcaSize): number {
  if ('components' in size) {
    const { components } = size;
    if (components <= rank) return components;
    throw trainingError('TRAIN_PCA_SIZE', `${components} components`, `a whole number from 1 to the rank ${rank}`);
  }
  let sum = 0;
  for (let k = 0; k < rank; k++) {
    sum += ratio[k] as number;
    if (sum > size.varianceShare) return k + 1;
  }
  return rank;
}
