import { Matrix } from 'ml-matrix';
import { PCA } from 'ml-pca';
import type { Decomposition } from './pca-fit.js';

/**
 * Singular value decomposition of the data by `ml-pca`: small variances keep their digits, where products of the data
 * would square them away. Slow beyond a few hundred rows or columns.
 * @param x centred, row-major, shape (n x p)
 */
export function solveFully(x: Float64Array, n: number, p: number): Decomposition {
  const model = new PCA(Matrix.from1DArray(n, p, x), { method: 'SVD', center: false });
  const order = model
    .getEigenvalues()
    .map((value, column) => [value, column] as const)
    .sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  const loadings = model.getEigenvectors();
  const variance = Float64Array.from(order.slice(0, Math.min(n, p)), ([value]) => value);
  return {
    variance,
    total: variance.reduce((sum, value) => sum + value, 0),
    vectors: (count) => Float64Array.from(order.slice(0, count).flatMap(([, k]) => loadings.getColumn(k))),
  };
}
