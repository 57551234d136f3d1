import { type MatrixBackend, transpose } from '../compute/index.js';
import { seededDraw } from '../evaluate/random.js';
import { unitRows } from './gram-solver.js';
import type { Decomposition } from './pca-fit.js';

/** Directions beyond those asked for, and rounds of power iteration: scikit-learn's choices for few components. */
const oversampling = 10;
const powerIterations = 7;

/**
 * The leading components from products with a random normal matrix: the range of X is sampled, sharpened by power
 * iterations, and the small matrix in that range is decomposed.
 * @param x centred, row-major, shape (n x p)
 * @param components how many are wanted
 * @see Halko, Martinsson & Tropp, SIAM Review 2011;53:217-288, doi:10.1137/090771806, algorithms 4.4 and 5.1
 */
export function solveRandomised(
  x: Float64Array,
  n: number,
  p: number,
  components: number,
  backend: MatrixBackend,
  seed: number,
): Decomposition {
  const directions = Math.min(components + oversampling, n, p);
  const transposed = transpose(x, n, p);
  const sample = normalNumbers(directions * p, seed);
  let range = orthonormalRows(backend.rowDotProducts(sample, directions, x, n, p), directions, n);
  for (let round = 0; round < powerIterations; round++) {
    const back = orthonormalRows(backend.rowDotProducts(range, directions, transposed, p, n), directions, p);
    range = orthonormalRows(backend.rowDotProducts(back, directions, x, n, p), directions, n);
  }
  const small = backend.rowDotProducts(range, directions, transposed, p, n);
  const { values, vectors } = backend.symmetricEigen(backend.gram(small, directions, p), directions);
  const smallColumns = transpose(small, directions, p);
  let total = 0;
  for (let i = 0; i < x.length; i++) total += (x[i] as number) ** 2;
  return {
    variance: values.map((value) => value / (n - 1)).subarray(0, components),
    total: total / (n - 1),
    vectors: (count) =>
      unitRows(
        backend.rowDotProducts(vectors.subarray(0, count * directions), count, smallColumns, p, directions),
        count,
        p,
      ),
  };
}

/** Standard normal numbers by Box and Muller's transform. */
function normalNumbers(count: number, seed: number): Float64Array {
  const draw = seededDraw(seed, 'randomised PCA');
  const steps = 2 ** 30;
  const uniform = () => (draw(steps) + 1) / steps;
  return Float64Array.from({ length: count }, () => {
    return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  });
}

/** Gram and Schmidt, each row cleaned twice, in place; a row that depends on those before it becomes 0. */
function orthonormalRows(rows: Float64Array, count: number, length: number): Float64Array {
  for (let k = 0; k < count; k++) {
    const row = rows.subarray(k * length, (k + 1) * length);
    const before = norm(row);
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < k; other++) removeAlong(row, rows, other * length);
    }
    const left = norm(row);
    const scale = left > 1e-12 * before ? 1 / left : 0;
    for (let j = 0; j < length; j++) row[j] = (row[j] as number) * scale;
  }
  return rows;
}

function removeAlong(row: Float64Array, rows: Float64Array, at: number): void {
  let dot = 0;
  for (let j = 0; j < row.length; j++) dot += (row[j] as number) * (rows[at + j] as number);
  for (let j = 0; j < row.length; j++) row[j] = (row[j] as number) - dot * (rows[at + j] as number);
}

function norm(row: Float64Array): number {
  let squares = 0;
  for (let j = 0; j < row.length; j++) squares += (row[j] as number) ** 2;
  return Math.sqrt(squares);
}
