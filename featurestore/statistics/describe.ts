import type { FeatureStatistics, FeatureType, NumericSummary } from '../contract/index.js';
import { compareCodePoints } from '../dataset/code-points.js';

/** How finely a feature is described. */
export interface Fineness {
  readonly bins: number;
  readonly top: number;
  readonly quantiles: readonly number[];
}

/** @param values missing is null */
export function describeTexts(
  feature: string,
  values: readonly (string | null)[],
  { top }: Fineness,
): FeatureStatistics {
  const counts = new Map<string, number>();
  let count = 0;
  for (const value of values) {
    if (value === null) continue;
    count++;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const ranked = [...counts].sort(([a, n], [b, m]) => m - n || compareCodePoints(a, b));
  return {
    feature,
    type: 'string',
    count,
    missing: values.length - count,
    infinite: 0,
    distinct: counts.size,
    top: ranked.slice(0, top).map(([value, n]) => ({ value, count: n })),
  };
}

/** @param values missing is NaN */
export function describeNumbers(
  feature: string,
  type: FeatureType,
  values: Float64Array,
  fineness: Fineness,
): FeatureStatistics {
  const present = sortedPresent(values);
  const finite = present.filter(Number.isFinite);
  const runs = runsOf(present);
  const ranked = runs.sort((a, b) => b.count - a.count || a.value - b.value);
  return {
    feature,
    type,
    count: present.length,
    missing: values.length - present.length,
    infinite: present.length - finite.length,
    distinct: runs.length,
    top: ranked.slice(0, fineness.top),
    numeric: summarise(finite, fineness),
  };
}

/** The values that are there, ascending. */
export function sortedPresent(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value)).sort();
}

function runsOf(sorted: Float64Array): { value: number; count: number }[] {
  const runs: { value: number; count: number }[] = [];
  for (const value of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && last.value === value) last.count++;
    else runs.push({ value: value + 0, count: 1 });
  }
  return runs;
}

function summarise(sorted: Float64Array, { bins, quantiles }: Fineness): NumericSummary {
  const n = sorted.length;
  if (n === 0)
    return { mean: null, sd: null, min: null, max: null, quantiles: [], histogram: { edges: [], counts: [] } };
  const mean = sumOf(sorted, (value) => value) / n;
  const sd = n < 2 ? null : Math.sqrt(sumOf(sorted, (value) => (value - mean) ** 2) / (n - 1));
  return {
    mean,
    sd,
    min: sorted[0] as number,
    max: sorted[n - 1] as number,
    quantiles: quantiles.map((p) => ({ p, value: quantile(sorted, p) })),
    histogram: histogram(sorted, bins),
  };
}

/** Sum with the error of each addition carried along (Neumaier 1974). */
function sumOf(values: Float64Array, term: (value: number) => number): number {
  let [sum, error] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = term(values[i] as number);
    const next = sum + value;
    error += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + error;
}

/** Quantile by linear interpolation between order statistics (Hyndman & Fan, Am Stat 1996;50:361-365, type 7). @param sorted not empty */
export function quantile(sorted: Float64Array, p: number): number {
  const place = (sorted.length - 1) * p;
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  const share = place - below;
  // two numbers of opposite sign may be further apart than a number can say
  return Number.isFinite(high - low) ? low + (high - low) * share : low * (1 - share) + high * share;
}

/** Of one value alone: half a unit on either side of it. */
function histogram(sorted: Float64Array, bins: number): NumericSummary['histogram'] {
  let [low, high] = [sorted[0] as number, sorted[sorted.length - 1] as number];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const width = (high - low) / bins;
  const edgeAt = (i: number): number =>
    Number.isFinite(width) ? low + i * width : low * (1 - i / bins) + high * (i / bins);
  const edges = Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : edgeAt(i)));
  const counts = new Array<number>(bins).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < bins - 1 && value >= (edges[bin + 1] as number)) bin++;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { edges, counts };
}
