import { type MatrixBackend, transpose } from '../compute/index.js';
import type { Decomposition } from './pca-fit.js';

/**
 * The eigenvectors of the smaller product: of X'X / (n - 1) with at most as many columns as rows, else of X X' / (n - 1),
 * whose eigenvectors v give the components as X'v. Components below about 1e-14 of the largest variance cannot be told
 * from rounding.
 * @param x centred, row-major, shape (n x p)
 */
export function solveByGram(x: Float64Array, n: number, p: number, backend: MatrixBackend): Decomposition {
  const wide = n <= p;
  const transposed = transpose(x, n, p);
  const products = wide ? backend.gram(x, n, p) : backend.gram(transposed, p, n);
  for (let i = 0; i < products.length; i++) products[i] = (products[i] as number) / (n - 1);
  const { values, vectors } = backend.symmetricEigen(products, wide ? n : p);
  return {
    variance: values,
    total: values.reduce((sum, value) => sum + Math.max(0, value), 0),
    vectors(count) {
      const side = wide ? n : p;
      const leading = vectors.subarray(0, count * side);
      return wide ? unitRows(backend.rowDotProducts(leading, count, transposed, p, n), count, p) : leading;
    },
  };
}

/** Divides each row by its length, in place. */
export function unitRows(rows: Float64Array, count: number, p: number): Float64Array {
  for (let k = 0; k < count; k++) {
    let squares = 0;
    for (let j = k * p; j < (k + 1) * p; j++) squares += (rows[j] as number) ** 2;
    const length = Math.sqrt(squares);
    for (let j = k * p; j < (k + 1) * p; j++) rows[j] = (rows[j] as number) / length;
  }
  return rows;
}
