/** Mean and central moments (divided by n) of a list of values. */
export interface Moments {
  readonly mean: number;
  /** Central moments of order 2, 3 and 4. */
  readonly m2: number;
  readonly m3: number;
  readonly m4: number;
}

/** Mean and central moments of a list. */
export function momentsOf(values: Float64Array): Moments {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] as number;
  // The rounded mean of equal values may lie a hair beside them, which skewness and kurtosis would take for a spread.
  const mean = allEqual(values) ? (values[0] as number) : sum / n;
  let m2 = 0;
  let m3 = 0;
  let m4 = 0;
  for (let i = 0; i < n; i++) {
    const d = (values[i] as number) - mean;
    m2 += d * d;
    m3 += d * d * d;
    m4 += d * d * d * d;
  }
  return { mean, m2: m2 / n, m3: m3 / n, m4: m4 / n };
}

function allEqual(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

/** Percentile of ascending values with linear interpolation between ranks (rank = q/100 * (n - 1)). */
export function percentile(sorted: Float64Array, q: number): number {
  const rank = (q / 100) * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (rank - below);
}

/** Mean distance of the values from … to - 1 from a value. */
export function meanAbsoluteDeviation(sorted: Float64Array, from: number, to: number, mean: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.abs((sorted[i] as number) - mean);
  return sum / (to - from);
}

/**
 * Mean distance from the mean among the values between the 10th and the 90th percentile, both included.
 * NaN for two different values: neither lies between the percentiles, so the feature is not defined.
 * @param sorted ascending
 */
export function robustMeanAbsoluteDeviation(sorted: Float64Array): number {
  const low = percentile(sorted, 10);
  const high = percentile(sorted, 90);
  let from = 0;
  let to = sorted.length;
  while ((sorted[from] as number) < low) from++;
  while ((sorted[to - 1] as number) > high) to--;
  // Interpolation in floating point may put both percentiles of equal values a hair beside them.
  if (to <= from) return sorted[0] === sorted[sorted.length - 1] ? 0 : Number.NaN;
  let sum = 0;
  for (let i = from; i < to; i++) sum += sorted[i] as number;
  return meanAbsoluteDeviation(sorted, from, to, sum / (to - from));
}
