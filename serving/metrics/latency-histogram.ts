import type { MetricValueWithName } from 'prom-client';

/** Upper bounds in seconds, from 20 us (one step of one row) to 10 s. */
export const boundSeconds = [
  0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
] as const;

const boundMs = Float64Array.from(boundSeconds, (seconds) => seconds * 1000);

/** Durations of one kind: counts between the bounds, and their sum. */
export class LatencyCounts {
  /** Not cumulative; the last one is above all bounds. */
  readonly counts = new Float64Array(boundMs.length + 1);
  sumMs = 0;

  /** Adds one duration in milliseconds; no allocation, since it happens several times for each request. */
  observe(ms: number): void {
    let i = 0;
    while (i < boundMs.length && ms > (boundMs[i] as number)) i++;
    (this.counts[i] as number)++;
    this.sumMs += ms;
  }
}

/** What the client library asks of a metric when it writes a page. */
export interface MetricFamily {
  readonly name: string;
  /** Its current values, in the library's shape. */
  get(): Promise<{
    readonly name: string;
    readonly help: string;
    readonly type: 'histogram';
    readonly aggregator: 'sum';
    readonly values: readonly MetricValueWithName<string>[];
  }>;
}

/** A family of histograms in the form that the client library writes, and sums over processes. */
export function histogramFamily(
  name: string,
  help: string,
  members: () => Iterable<readonly [Readonly<Record<string, string>>, LatencyCounts]>,
): MetricFamily {
  return {
    name,
    get: async () => ({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: [...members()].flatMap(([labels, counts]) => valuesOf(name, labels, counts)),
    }),
  };
}

function valuesOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  { counts, sumMs }: LatencyCounts,
): MetricValueWithName<string>[] {
  const values: MetricValueWithName<string>[] = [];
  let below = 0;
  for (const [i, count] of counts.entries()) {
    below += count;
    const le = i < boundSeconds.length ? String(boundSeconds[i]) : '+Inf';
    values.push({ metricName: `${name}_bucket`, labels: { le, ...labels }, value: below });
  }
  values.push({ metricName: `${name}_sum`, labels: { ...labels }, value: sumMs / 1000 });
  values.push({ metricName: `${name}_count`, labels: { ...labels }, value: below });
  return values;
}
