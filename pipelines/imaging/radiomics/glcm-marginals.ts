import { EPSILON } from './epsilon.js';
import type { CoOccurrence } from './glcm-matrix.js';

/** A co-occurrence matrix with the distributions and entropies that several features share. */
export interface Glcm extends CoOccurrence {
  /** Row and column sums; shape (n). */
  readonly px: Float64Array;
  readonly py: Float64Array;
  /** Mean level of rows and of columns. */
  readonly ux: number;
  readonly uy: number;
  /** Distribution of i + j, index = the sum itself; shape (2 Ng + 1). */
  readonly sum: Float64Array;
  /** Distribution of |i - j|, index = the difference; shape (Ng). */
  readonly difference: Float64Array;
  /** Entropy of p in bit. */
  readonly jointEntropy: number;
}

/** Works out the marginals of a matrix. */
export function withMarginals(matrix: CoOccurrence): Glcm {
  const { n, p, levels, highest } = matrix;
  const px = new Float64Array(n);
  const py = new Float64Array(n);
  const sum = new Float64Array(2 * highest + 1);
  const difference = new Float64Array(highest);
  let jointEntropy = 0;
  for (let i = 0; i < n; i++) {
    const a = levels[i] as number;
    for (let j = 0; j < n; j++) {
      const v = p[i * n + j] as number;
      if (v === 0) continue;
      const b = levels[j] as number;
      px[i] = (px[i] as number) + v;
      py[j] = (py[j] as number) + v;
      sum[a + b] = (sum[a + b] as number) + v;
      const d = Math.abs(a - b);
      difference[d] = (difference[d] as number) + v;
      jointEntropy -= v * Math.log2(v + EPSILON);
    }
  }
  const mean = (q: Float64Array) => q.reduce((total, v, i) => total + v * (levels[i] as number), 0);
  return { ...matrix, px, py, ux: mean(px), uy: mean(py), sum, difference, jointEntropy };
}

/** Sum over k of q(k) f(k), leaving out empty k. */
export function expectation(q: Float64Array, f: (k: number) => number): number {
  let total = 0;
  for (let k = 0; k < q.length; k++) {
    const v = q[k] as number;
    if (v !== 0) total += v * f(k);
  }
  return total;
}

/** Entropy in bit. */
export function entropy(q: Float64Array): number {
  let total = 0;
  for (let k = 0; k < q.length; k++) {
    const v = q[k] as number;
    if (v !== 0) total -= v * Math.log2(v + EPSILON);
  }
  return total;
}

/** Sum over i, j of p(i,j) f(level i, level j), leaving out empty cells. */
export function jointExpectation(m: Glcm, f: (i: number, j: number) => number): number {
  let total = 0;
  for (let i = 0, cell = 0; i < m.n; i++) {
    const a = m.levels[i] as number;
    for (let j = 0; j < m.n; j++, cell++) {
      const v = m.p[cell] as number;
      if (v !== 0) total += v * f(a, m.levels[j] as number);
    }
  }
  return total;
}

/** -sum p(i,j) log2(px(i) py(j)): the first cross entropy of the information correlations. */
export function crossEntropy(m: Glcm): number {
  let total = 0;
  for (let i = 0, cell = 0; i < m.n; i++) {
    for (let j = 0; j < m.n; j++, cell++) {
      const v = m.p[cell] as number;
      if (v !== 0) total -= v * Math.log2((m.px[i] as number) * (m.py[j] as number) + EPSILON);
    }
  }
  return total;
}

/** -sum px(i) py(j) log2(px(i) py(j)): entropy if rows and columns were independent. */
export function independentEntropy(m: Glcm): number {
  let total = 0;
  for (let i = 0; i < m.n; i++) {
    for (let j = 0; j < m.n; j++) {
      const v = (m.px[i] as number) * (m.py[j] as number);
      if (v !== 0) total -= v * Math.log2(v + EPSILON);
    }
  }
  return total;
}
