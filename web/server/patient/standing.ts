/** Where one value stands among others. */
export interface Place {
  readonly percentile: number | null;
  readonly median: number | null;
  readonly count: number;
}

/**
 * Percentile rank of a value among all (its own included): percent of the values below it, equal ones counted half
 * ("mean" rank). Median: linear interpolation (Hyndman & Fan 1996, type 7).
 * @param values NaN = missing, left out
 * @param own NaN = the patient has none
 */
export function placeOf(values: Float64Array, own: number): Place {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const count = sorted.length;
  if (count === 0) return { percentile: null, median: null, count };
  const [low, high] = [sorted[Math.floor((count - 1) / 2)] as number, sorted[Math.ceil((count - 1) / 2)] as number];
  const median = (low + high) / 2;
  if (Number.isNaN(own)) return { percentile: null, median, count };
  let below = 0;
  let equal = 0;
  for (const value of sorted) {
    if (value < own) below++;
    else if (value === own) equal++;
  }
  return { percentile: (100 * (below + equal / 2)) / count, median, count };
}

/** A bar of a histogram: [low, high), the last one closed. */
export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Bins of equal width between least and greatest finite value: as many as Sturges' rule says. */
export function binsOf(values: Float64Array): readonly Bin[] {
  const finite = values.filter(Number.isFinite).sort();
  const [low, high] = [finite[0], finite.at(-1)];
  if (low === undefined || high === undefined) return [];
  if (low === high) return [{ low, high, count: finite.length }];
  const n = Math.ceil(Math.log2(finite.length)) + 1;
  const counts = new Array<number>(n).fill(0);
  for (const value of finite) {
    const bin = Math.min(n - 1, Math.floor((n * (value - low)) / (high - low)));
    counts[bin] = (counts[bin] as number) + 1;
  }
  const edge = (i: number) => (i === n ? high : low + ((high - low) * i) / n);
  return counts.map((count, i) => ({ low: edge(i), high: edge(i + 1), count }));
}
