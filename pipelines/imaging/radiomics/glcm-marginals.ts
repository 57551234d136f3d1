import { EPSILON } from './epsilon.js';
import type { CoOccurrence } from './glcm-matrix.js';
import type { CorrelationWork } from './maximal-correlation.js';

/** A co-occurrence matrix with the distributions and entropies that several features share. */
export interface Glcm extends CoOccurrence {
  /** How many cells of `p` are not empty. Their rows, columns and values, row by row, are the first entries of the lists. */
  readonly cellCount: number;
  readonly cellRow: Uint16Array;
  readonly cellColumn: Uint16Array;
  readonly cellValue: Float64Array;
  /** Row and column sums; shape (n). */
  readonly px: Float64Array;
  readonly py: Float64Array;
  /** Mean level of rows and of columns. */
  readonly ux: number;
  readonly uy: number;
  /** Distribution of i + j, index = the sum itself; shape (2 Ng + 1). Below `sumFrom` it is empty. */
  readonly sum: Float64Array;
  readonly sumFrom: number;
  /** Distribution of |i - j|, index = the difference; shape (largest - smallest level + 1). */
  readonly difference: Float64Array;
  /** Entropy of p in bit. */
  readonly jointEntropy: number;
  /** Room for {@link maximalCorrelation}, the same for all matrices of a region. */
  readonly work: CorrelationWork;
}

/** Room for the marginals of matrices over the same levels, one after another. */
export class MarginalBuffers {
  readonly px: Float64Array;
  readonly py: Float64Array;
  readonly sum: Float64Array;
  readonly difference: Float64Array;
  readonly work: CorrelationWork = {};
  cellRow = new Uint16Array(0);
  cellColumn = new Uint16Array(0);
  cellValue = new Float64Array(0);

  /** @param levels ascending, shape (n) */
  constructor(levels: Float64Array) {
    const n = levels.length;
    const [low, high] = [levels[0] ?? 0, levels[n - 1] ?? 0];
    this.px = new Float64Array(n);
    this.py = new Float64Array(n);
    this.sum = new Float64Array(2 * high + 1);
    this.difference = new Float64Array(high - low + 1);
  }

  /** Empties everything and makes room for the cells of a matrix that are not empty. @returns how many there are */
  prepare(p: Float64Array): number {
    this.px.fill(0);
    this.py.fill(0);
    this.sum.fill(0);
    this.difference.fill(0);
    let count = 0;
    for (let c = 0; c < p.length; c++) if (p[c] !== 0) count++;
    if (count > this.cellValue.length) {
      const room = Math.min(p.length, 2 * count);
      this.cellRow = new Uint16Array(room);
      this.cellColumn = new Uint16Array(room);
      this.cellValue = new Float64Array(room);
    }
    return count;
  }
}

/** Works out the marginals of a matrix. @param buffers filled anew; those of a matrix over the same levels may be used again */
export function withMarginals(matrix: CoOccurrence, buffers = new MarginalBuffers(matrix.levels)): Glcm {
  const { n, p, levels } = matrix;
  const cellCount = buffers.prepare(p);
  const { px, py, sum, difference, cellRow, cellColumn, cellValue, work } = buffers;
  let jointEntropy = 0;
  for (let i = 0, at = 0, k = 0; i < n; i++) {
    const a = levels[i] as number;
    for (let j = 0; j < n; j++, at++) {
      const v = p[at] as number;
      if (v === 0) continue;
      const b = levels[j] as number;
      cellRow[k] = i;
      cellColumn[k] = j;
      cellValue[k++] = v;
      px[i] = (px[i] as number) + v;
      py[j] = (py[j] as number) + v;
      sum[a + b] = (sum[a + b] as number) + v;
      const d = Math.abs(a - b);
      difference[d] = (difference[d] as number) + v;
      jointEntropy -= v * Math.log2(v + EPSILON);
    }
  }
  return {
    n,
    levels,
    highest: matrix.highest,
    p,
    cellCount,
    cellRow,
    cellColumn,
    cellValue,
    px,
    py,
    ux: meanLevel(px, levels),
    uy: meanLevel(py, levels),
    sum,
    sumFrom: 2 * (levels[0] ?? 0),
    difference,
    jointEntropy,
    work,
  };
}

function meanLevel(shares: Float64Array, levels: Float64Array): number {
  let mean = 0;
  for (let i = 0; i < shares.length; i++) mean += (shares[i] as number) * (levels[i] as number);
  return mean;
}

/** Sum over k of q(k) f(k), leaving out empty k. @param first index below which all is empty */
export function expectation(q: Float64Array, f: (k: number) => number, first = 0): number {
  let total = 0;
  for (let k = first; k < q.length; k++) {
    const v = q[k] as number;
    if (v !== 0) total += v * f(k);
  }
  return total;
}

/** Entropy in bit. @param first index below which all is empty */
export function entropy(q: Float64Array, first = 0): number {
  let total = 0;
  for (let k = first; k < q.length; k++) {
    const v = q[k] as number;
    if (v !== 0) total -= v * Math.log2(v + EPSILON);
  }
  return total;
}

/** Sum over i, j of p(i,j) f(level i, level j), leaving out empty cells. */
export function jointExpectation(m: Glcm, f: (i: number, j: number) => number): number {
  const { levels, cellCount, cellRow, cellColumn, cellValue } = m;
  let total = 0;
  for (let k = 0; k < cellCount; k++) {
    const i = levels[cellRow[k] as number] as number;
    total += (cellValue[k] as number) * f(i, levels[cellColumn[k] as number] as number);
  }
  return total;
}

/** -sum p(i,j) log2(px(i) py(j)): the first cross entropy of the information correlations. */
export function crossEntropy(m: Glcm): number {
  const { px, py, cellCount, cellRow, cellColumn, cellValue } = m;
  let total = 0;
  for (let k = 0; k < cellCount; k++) {
    const independent = (px[cellRow[k] as number] as number) * (py[cellColumn[k] as number] as number);
    total -= (cellValue[k] as number) * Math.log2(independent + EPSILON);
  }
  return total;
}

/** -sum px(i) py(j) log2(px(i) py(j)): entropy if rows and columns were independent. */
export function independentEntropy({ n, px, py }: Glcm): number {
  let total = 0;
  for (let i = 0; i < n; i++) {
    const row = px[i] as number;
    if (row === 0) continue;
    for (let j = 0; j < n; j++) {
      const v = row * (py[j] as number);
      if (v !== 0) total -= v * Math.log2(v + EPSILON);
    }
  }
  return total;
}
