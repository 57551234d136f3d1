import { fQuantile } from './f-quantile.js';

/** A correlation and its two-sided confidence interval. */
export interface Icc {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The three single-measurement coefficients of Shrout and Fleiss. */
export interface IccSet {
  /** One-way random: the perturbations of each patient are any perturbations. */
  readonly icc11: Icc;
  /** Two-way random, absolute agreement: every patient has the same perturbations, a sample of those possible. */
  readonly icc21: Icc;
  /** Two-way mixed, consistency: the same perturbations, and only these are of interest. */
  readonly icc31: Icc;
}

/**
 * Intraclass correlations of single measurements.
 * @param rows shape (patients, perturbations), finite; at least two of each
 * @param confidence of the interval, default 0.95
 * @returns null when all values are equal (no correlation is defined)
 * @throws TypeError for fewer rows or columns, or rows of different length
 * @see Shrout and Fleiss, Psychol Bull 1979;86:420-428; McGraw and Wong, Psychol Methods 1996;1:30-46 (intervals)
 */
export function intraclassCorrelations(rows: readonly (readonly number[])[], confidence = 0.95): IccSet | null {
  const n = rows.length;
  const k = rows[0]?.length ?? 0;
  if (n < 2 || k < 2 || rows.some((row) => row.length !== k)) {
    throw new TypeError(`Correlations need 2 or more rows of 2 or more values each, not ${n} of ${k}`);
  }
  const { between, columns, residual, within } = meanSquares(rows, n, k);
  if (between === 0 && within === 0) return null;
  const tail = 1 - (1 - confidence) / 2;
  return {
    icc11: oneRatio(between, within, n - 1, n * (k - 1), k, tail),
    icc21: absoluteAgreement(between, columns, residual, n, k, tail),
    icc31: oneRatio(between, residual, n - 1, (n - 1) * (k - 1), k, tail),
  };
}

/** Mean squares of a two-way layout with one value per cell. Sums of rounding size against the values count as 0. */
function meanSquares(rows: readonly (readonly number[])[], n: number, k: number) {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const rowMeans = rows.map(mean);
  const columnMeans = Array.from({ length: k }, (_, j) => mean(rows.map((row) => row[j] as number)));
  const grand = mean(rowMeans);
  const largest = Math.max(...rows.flat().map(Math.abs));
  const rounding = n * k * (largest * 1e-14) ** 2;
  const kept = (sum: number) => (sum <= rounding ? 0 : sum);
  const squares = (values: readonly number[]) => values.reduce((a, v) => a + (v - grand) ** 2, 0);
  let [residual, within] = [0, 0];
  rows.forEach((row, i) => {
    row.forEach((v, j) => {
      const own = v - (rowMeans[i] as number);
      within += own ** 2;
      residual += (own - (columnMeans[j] as number) + grand) ** 2;
    });
  });
  return {
    between: kept(k * squares(rowMeans)) / (n - 1),
    columns: kept(n * squares(columnMeans)) / (k - 1),
    residual: kept(residual) / ((n - 1) * (k - 1)),
    within: kept(within) / (n * (k - 1)),
  };
}

/** ICC(1,1) and ICC(3,1): both follow from one ratio of mean squares, F = between / error. */
function oneRatio(between: number, error: number, d1: number, d2: number, k: number, tail: number): Icc {
  if (error === 0) return between === 0 ? { value: 0, low: 0, high: 0 } : { value: 1, low: 1, high: 1 };
  const f = between / error;
  const icc = (ratio: number) => (ratio - 1) / (ratio + k - 1);
  return { value: icc(f), low: icc(f / fQuantile(tail, d1, d2)), high: icc(f * fQuantile(tail, d2, d1)) };
}

function absoluteAgreement(msr: number, msc: number, mse: number, n: number, k: number, tail: number): Icc {
  const spread = msr + (k - 1) * mse + (k * (msc - mse)) / n;
  if (mse === 0 && msc === 0) return { value: 1, low: 1, high: 1 };
  const value = spread === 0 ? 0 : (msr - mse) / spread;
  if (mse === 0) return { value, low: value, high: value };
  const fc = msc / mse;
  const other = n * (1 + (k - 1) * value) - k * value;
  const v =
    ((k - 1) * (n - 1) * (k * value * fc + other) ** 2) / ((n - 1) * k ** 2 * value ** 2 * fc ** 2 + other ** 2);
  const rest = k * msc + (k * n - k - n) * mse;
  const [f1, f2] = [fQuantile(tail, n - 1, v), fQuantile(tail, v, n - 1)];
  return {
    value,
    low: (n * (msr - f1 * mse)) / (f1 * rest + n * msr),
    high: (n * (f2 * msr - mse)) / (rest + n * f2 * msr),
  };
}
