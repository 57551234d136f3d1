import { censoringCurve, horizonWeights } from '../evaluate/index.js';
import type { CalibrationGroup } from './charts/calibration-chart.js';
import type { ReportData } from './report-data.js';

/** Patients with a known state, what was predicted for them and what they count. */
export interface Judged {
  readonly dead: readonly boolean[];
  readonly probability: Float64Array;
  readonly weight: Float64Array;
  /** `died`, or `died within 730 days`. */
  readonly what: string;
}

/**
 * With a horizon, patients who were censored before it are left out and the others weigh for them (inverse probability of
 * censoring); without one everybody counts once.
 */
export function judgedOf({ scored, horizonDays }: ReportData): Judged {
  if (horizonDays === undefined) {
    return {
      dead: scored.map((p) => p.dead),
      probability: Float64Array.from(scored, (p) => p.probability),
      weight: new Float64Array(scored.length).fill(1),
      what: 'died',
    };
  }
  const followed = scored.filter((p) => Number.isFinite(p.timeDays));
  const time = Float64Array.from(followed, (p) => p.timeDays);
  const event = followed.map((p) => p.dead);
  const weights = horizonWeights(censoringCurve(time, event), time, event, horizonDays);
  const known = followed.flatMap((_, i) => ((weights[i] as number) > 0 ? [i] : []));
  return {
    dead: known.map((i) => event[i] === true && (time[i] as number) <= horizonDays),
    probability: Float64Array.from(known, (i) => followed[i]?.probability as number),
    weight: Float64Array.from(known, (i) => weights[i] as number),
    what: `died within ${horizonDays} days`,
  };
}

/**
 * Groups of equal size by predicted probability, one per 20 patients, from 2 to 10; Wilson's interval with the effective
 * number of patients, (sum of weights)^2 / sum of squared weights.
 * @see Wilson, J Am Stat Assoc 1927;22:209-212
 */
export function calibrationGroups({ dead, probability, weight }: Judged): readonly CalibrationGroup[] {
  const order = [...probability.keys()].sort(
    (a, b) => (probability[a] as number) - (probability[b] as number) || a - b,
  );
  const number = Math.max(2, Math.min(10, Math.floor(order.length / 20)));
  return Array.from({ length: number }, (_, g) => {
    const rows = order.slice(Math.round((g * order.length) / number), Math.round(((g + 1) * order.length) / number));
    const sum = (of: (i: number) => number) => rows.reduce((total, i) => total + of(i), 0);
    const w = (i: number): number => weight[i] as number;
    const total = sum(w);
    const effective = total ** 2 / sum((i) => w(i) ** 2);
    const observed = sum((i) => (dead[i] ? w(i) : 0)) / total;
    return {
      patients: rows.length,
      predicted: sum((i) => w(i) * (probability[i] as number)) / total,
      observed,
      ...wilson(observed, effective),
    };
  }).filter((group) => group.patients > 0);
}

function wilson(share: number, n: number): { readonly low: number; readonly high: number } {
  const z = 1.959963984540054;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
