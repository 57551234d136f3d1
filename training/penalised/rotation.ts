import type { RowMatrix } from '../bundle/index.js';
import { cpuBackend, symmetricEigen, transpose } from '../compute/index.js';

/** A matrix in the coordinates of its principal axes. */
export interface RotatedMatrix {
  /** Shape (n x rank), columns orthogonal, by falling length. */
  readonly scores: RowMatrix;
  /** Coefficients of the original columns from those of the scores. */
  coefficientsOf(rotated: Float64Array): Float64Array;
}

/** Squared lengths below this share of the largest are rounding. */
const negligible = 1e-13;

/**
 * Turns a matrix (not centred) into its principal axes. A ridge penalty does not change under a rotation, and between
 * orthogonal columns a coordinate hardly disturbs the others, so descent takes few rounds; with more columns than rows there
 * are fewer coordinates besides.
 * @param x shape (n x p), finite
 */
export function rotate({ rows, n, p }: RowMatrix): RotatedMatrix {
  const wide = n < p;
  const side = wide ? n : p;
  const products = wide ? cpuBackend.gram(rows, n, p) : cpuBackend.gram(transpose(rows, n, p), p, n);
  const { values, vectors } = symmetricEigen(products, side);
  const limit = negligible * (values[0] ?? 0);
  const rank = Math.max(1, values.filter((value) => value > limit).length);
  const scores = new Float64Array(n * rank);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < rank; k++) {
      scores[i * rank + k] = wide
        ? (vectors[k * side + i] as number) * Math.sqrt(Math.max(0, values[k] as number))
        : dot(rows, i * p, vectors, k * side, p);
    }
  }
  return {
    scores: { rows: scores, n, p: rank },
    coefficientsOf: (rotated) => {
      if (!wide) return combine(vectors, rotated, rank, p);
      // The axes are X'u / length: the sum over the axes is taken before X' is applied.
      const scaled = rotated.map((b, k) => ((values[k] as number) > limit ? b / Math.sqrt(values[k] as number) : 0));
      return combine(rows, combine(vectors, scaled, rank, n), n, p);
    },
  };
}

function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, length: number): number {
  let sum = 0;
  for (let j = 0; j < length; j++) sum += (a[aStart + j] as number) * (b[bStart + j] as number);
  return sum;
}

/** Sum of weight x row over the first rows of a row-major matrix; shape (width). */
function combine(rows: Float64Array, weight: Float64Array, count: number, width: number): Float64Array {
  const sum = new Float64Array(width);
  for (let k = 0; k < count; k++) {
    const w = weight[k] as number;
    for (let j = 0; j < width; j++) sum[j] = (sum[j] as number) + w * (rows[k * width + j] as number);
  }
  return sum;
}
