import { orderBy } from '../evaluate/input-checks.js';
import type { Likelihood } from './likelihood.js';

/** How deaths at the same time are counted. */
export type Ties = 'breslow' | 'efron';

/** Patients in order of time, in runs of equal time. */
export interface RiskSets {
  /** Positions by descending time. */
  readonly descending: Int32Array;
  /** Where each run of equal times starts in `descending`, and its end. */
  readonly starts: readonly number[];
  readonly event: Uint8Array;
}

/** @param timeDays shape (n), finite @param event shape (n), true = died */
export function riskSets(timeDays: Float64Array, event: readonly boolean[]): RiskSets {
  const descending = orderBy(timeDays, 'descending');
  const starts: number[] = [];
  for (let k = 0; k < descending.length; k++) {
    const previous = k === 0 ? undefined : timeDays[descending[k - 1] as number];
    if (timeDays[descending[k] as number] !== previous) starts.push(k);
  }
  starts.push(descending.length);
  return { descending, starts, event: Uint8Array.from(event, Number) };
}

/**
 * Cox's partial log-likelihood.
 * @see Breslow, Biometrics 1974;30:89-99; Efron, J Am Stat Assoc 1977;72:557-565
 */
export function coxLikelihood(timeDays: Float64Array, event: readonly boolean[], ties: Ties = 'efron'): Likelihood {
  const sets = riskSets(timeDays, event);
  const n = timeDays.length;
  const hazard = new Float64Array(n);
  return {
    n,
    intercept: false,
    evaluate: (eta, gradient, curvature) => {
      const shift = largest(eta);
      for (let i = 0; i < n; i++) hazard[i] = Math.exp((eta[i] as number) - shift);
      const runs = sumRuns(sets, hazard, eta, ties);
      spread(sets, hazard, runs, gradient, curvature);
      return runs.logLikelihood - shift * runs.deaths;
    },
  };
}

function largest(values: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** Per run of equal times: what a patient at risk adds to the expected deaths, and how much less one who died then does. */
interface Runs {
  readonly atRisk: Float64Array;
  readonly tiedLess: Float64Array;
  readonly logLikelihood: number;
  readonly deaths: number;
}

function sumRuns({ descending, starts, event }: RiskSets, hazard: Float64Array, eta: Float64Array, ties: Ties): Runs {
  const count = starts.length - 1;
  const atRisk = new Float64Array(count);
  const tiedLess = new Float64Array(count);
  let total = 0;
  let logLikelihood = 0;
  let allDeaths = 0;
  for (let run = 0; run < count; run++) {
    let deaths = 0;
    let died = 0;
    for (let k = starts[run] as number; k < (starts[run + 1] as number); k++) {
      const i = descending[k] as number;
      total += hazard[i] as number;
      if (event[i] === 0) continue;
      deaths++;
      died += hazard[i] as number;
      logLikelihood += eta[i] as number;
    }
    allDeaths += deaths;
    for (let l = 0; l < deaths; l++) {
      const less = ties === 'efron' ? l / deaths : 0;
      const denominator = total - less * died;
      logLikelihood -= Math.log(denominator);
      atRisk[run] = (atRisk[run] as number) + 1 / denominator;
      tiedLess[run] = (tiedLess[run] as number) + less / denominator;
    }
  }
  return { atRisk, tiedLess, logLikelihood, deaths: allDeaths };
}

/** Expected deaths of each patient: the sum over the deaths up to the patient's own time, so runs are walked backwards. */
function spread(
  { descending, starts, event }: RiskSets,
  hazard: Float64Array,
  { atRisk, tiedLess }: Runs,
  gradient: Float64Array,
  curvature: Float64Array,
): void {
  let expected = 0;
  for (let run = starts.length - 2; run >= 0; run--) {
    expected += atRisk[run] as number;
    for (let k = starts[run] as number; k < (starts[run + 1] as number); k++) {
      const i = descending[k] as number;
      const own = event[i] === 1 ? expected - (tiedLess[run] as number) : expected;
      const deaths = (hazard[i] as number) * own;
      gradient[i] = (event[i] as number) - deaths;
      curvature[i] = deaths;
    }
  }
}

/** Cumulative baseline hazard: one entry per distinct time of death, ascending; 0 before the first. */
export interface BaselineHazard {
  readonly timeDays: readonly number[];
  readonly cumulative: readonly number[];
}

/**
 * Breslow's estimate of the cumulative baseline hazard: survival of a patient is exp(-H(t) exp(eta)).
 * @param eta linear predictor, shape (n)
 * @see Breslow, J R Stat Soc B 1972;34:216-217
 */
export function breslowBaseline(timeDays: Float64Array, event: readonly boolean[], eta: Float64Array): BaselineHazard {
  const sets = riskSets(timeDays, event);
  const steps: [number, number][] = [];
  let total = 0;
  for (let run = 0; run < sets.starts.length - 1; run++) {
    let deaths = 0;
    const start = sets.starts[run] as number;
    for (let k = start; k < (sets.starts[run + 1] as number); k++) {
      const i = sets.descending[k] as number;
      total += Math.exp(eta[i] as number);
      if (sets.event[i] === 1) deaths++;
    }
    if (deaths > 0) steps.push([timeDays[sets.descending[start] as number] as number, deaths / total]);
  }
  let sum = 0;
  const ascending = steps.reverse().map(([time, step]) => {
    sum += step;
    return [time, sum] as const;
  });
  return { timeDays: ascending.map(([time]) => time), cumulative: ascending.map(([, hazard]) => hazard) };
}
