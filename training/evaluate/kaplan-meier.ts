import { trainingError } from '../errors.js';
import { assertLength, assertSurvivalTimes, orderBy } from './input-checks.js';

/** A survival curve: one entry per distinct observed time, ascending. Before the first time survival is 1. */
export interface SurvivalCurve {
  /** Distinct times of death or censoring, days; a time with `events` 0 is a censoring mark. */
  readonly timeDays: number[];
  /** Probability of being alive just after each time, in [0, 1], never rising. */
  readonly survival: number[];
  /** Patients under observation just before each time. */
  readonly atRisk: number[];
  /** Deaths at each time. */
  readonly events: number[];
}

/**
 * Product-limit estimate of survival from right-censored data.
 * @param timeDays shape (n), days from surgery, finite and >= 0; filter unknown times out first
 * @param event    shape (n), true = died, false = censored
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SURVIVAL_TIME
 * @see Kaplan & Meier, J Am Stat Assoc 1958;53:457-481
 */
export function kaplanMeier(timeDays: Float64Array, event: readonly boolean[]): SurvivalCurve {
  assertLength('event', event, timeDays.length);
  assertSurvivalTimes(timeDays);
  const curve: SurvivalCurve = { timeDays: [], survival: [], atRisk: [], events: [] };
  const order = orderBy(timeDays, 'ascending');
  let alive = 1;
  for (let start = 0; start < order.length; ) {
    const time = timeDays[order[start] as number] as number;
    const atRisk = order.length - start;
    let deaths = 0;
    let end = start;
    for (; end < order.length && timeDays[order[end] as number] === time; end++) {
      if (event[order[end] as number]) deaths++;
    }
    alive *= 1 - deaths / atRisk;
    curve.timeDays.push(time);
    curve.survival.push(alive);
    curve.atRisk.push(atRisk);
    curve.events.push(deaths);
    start = end;
  }
  return curve;
}

/** A log-rank test of two groups, 1 degree of freedom. */
export interface LogRankResult {
  /** Chi-squared statistic with one degree of freedom. */
  readonly chiSquare: number;
  /** Chance of a statistic at least this large when both groups survive alike. */
  readonly pValue: number;
}

/**
 * Log-rank test of two groups (hypergeometric variance, no continuity correction).
 * @param timeDays    shape (n), days from surgery, finite and >= 0
 * @param event       shape (n), true = died, false = censored
 * @param secondGroup shape (n), true = member of the second group
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SURVIVAL_TIME, TRAIN_LOG_RANK_UNDEFINED (an empty group, no death)
 * @see Mantel, Cancer Chemother Rep 1966;50:163-170
 */
export function logRank(
  timeDays: Float64Array,
  event: readonly boolean[],
  secondGroup: readonly boolean[],
): LogRankResult {
  assertLength('event', event, timeDays.length);
  assertLength('secondGroup', secondGroup, timeDays.length);
  assertSurvivalTimes(timeDays);
  const order = orderBy(timeDays, 'ascending');
  let atRisk = order.length;
  let atRiskSecond = secondGroup.filter(Boolean).length;
  if (atRiskSecond === 0 || atRiskSecond === atRisk) {
    throw trainingError('TRAIN_LOG_RANK_UNDEFINED', `all ${atRisk} patients are in one group`);
  }
  let excess = 0;
  let variance = 0;
  for (let start = 0; start < order.length; ) {
    const tied = tiedAt(order, start, timeDays, event, secondGroup);
    if (tied.deaths > 0) {
      const share = atRiskSecond / atRisk;
      excess += tied.deathsSecond - tied.deaths * share;
      if (atRisk > 1) variance += (tied.deaths * share * (1 - share) * (atRisk - tied.deaths)) / (atRisk - 1);
    }
    atRisk -= tied.end - start;
    atRiskSecond -= tied.second;
    start = tied.end;
  }
  if (variance === 0) throw trainingError('TRAIN_LOG_RANK_UNDEFINED', 'no death while both groups were at risk');
  const chiSquare = (excess * excess) / variance;
  return { chiSquare, pValue: chiSquareTail(chiSquare) };
}

interface TiedTime {
  readonly end: number;
  readonly second: number;
  readonly deaths: number;
  readonly deathsSecond: number;
}

function tiedAt(
  order: Int32Array,
  start: number,
  timeDays: Float64Array,
  event: readonly boolean[],
  secondGroup: readonly boolean[],
): TiedTime {
  const time = timeDays[order[start] as number];
  let second = 0;
  let deaths = 0;
  let deathsSecond = 0;
  let end = start;
  for (; end < order.length && timeDays[order[end] as number] === time; end++) {
    const i = order[end] as number;
    if (secondGroup[i]) second++;
    if (!event[i]) continue;
    deaths++;
    if (secondGroup[i]) deathsSecond++;
  }
  return { end, second, deaths, deathsSecond };
}

/**
 * Upper tail of the chi-squared distribution with one degree of freedom: erfc(sqrt(x / 2)), by the power series
 * below 1.5 and the continued fraction above.
 * @see Abramowitz & Stegun, Handbook of Mathematical Functions, 7.1.6 and 7.1.14
 */
function chiSquareTail(chiSquare: number): number {
  const z = Math.sqrt(chiSquare / 2);
  const density = Math.exp(-z * z) / Math.sqrt(Math.PI);
  if (z < 1.5) {
    let term = z;
    let sum = z;
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= (2 * z * z) / (2 * k + 1);
      sum += term;
    }
    return 1 - 2 * density * sum;
  }
  let fraction = z;
  for (let k = 120; k >= 1; k--) fraction = z + k / 2 / fraction;
  return density / fraction;
}
