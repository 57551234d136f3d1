import { quantile } from './describe.js';

/** Share that an empty bin counts as. */
const leastShare = 0.0001;

/**
 * Population stability index of numbers over bins with equal shares of the baseline, open at both ends; bins whose edges coincide are one.
 * Infinities are values like others.
 * @param baseline ascending, not empty
 * @param current ascending, not empty
 */
export function numericStabilityIndex(baseline: Float64Array, current: Float64Array, bins: number): number {
  const edges = new Set<number>();
  for (let i = 1; i < bins; i++) edges.add(edgeAt(baseline, i / bins));
  const sorted = [...edges].sort((a, b) => a - b);
  return stabilityIndex(binCounts(baseline, sorted), binCounts(current, sorted));
}

/** The quantile; between an infinity and another value there is no middle, and the lower one of the two is the edge. */
function edgeAt(sorted: Float64Array, p: number): number {
  const low = sorted[Math.floor((sorted.length - 1) * p)] as number;
  const high = sorted[Math.ceil((sorted.length - 1) * p)] as number;
  return Number.isFinite(low) && Number.isFinite(high) ? quantile(sorted, p) : low;
}

/** Population stability index over the values that either side has. */
export function textStabilityIndex(baseline: readonly string[], current: readonly string[]): number {
  const values = [...new Set([...baseline, ...current])].sort();
  const countsOf = (texts: readonly string[]): number[] => {
    const counts = new Map<string, number>();
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
    return values.map((value) => counts.get(value) ?? 0);
  };
  return stabilityIndex(countsOf(baseline), countsOf(current));
}

/** Values up to and including the first edge, and so on; those above the last. */
function binCounts(sorted: Float64Array, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < edges.length && value > (edges[bin] as number)) bin++;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function stabilityIndex(baseline: readonly number[], current: readonly number[]): number {
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const [all, allNow] = [total(baseline), total(current)];
  return baseline.reduce((sum, count, bin) => {
    const before = Math.max(count / all, leastShare);
    const now = Math.max((current[bin] ?? 0) / allNow, leastShare);
    return sum + (now - before) * Math.log(now / before);
  }, 0);
}
