import { trainingError } from '../errors.js';
import { chiSquareTail } from './distributions.js';
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
  return { chiSquare, pValue: chiSquareTail(chiSquare, 1) };
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
 * Log-rank test of any number of groups (hypergeometric covariance).
 * @param group shape (n), 0 to groups - 1, every group with a member
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SURVIVAL_TIME, TRAIN_LOG_RANK_UNDEFINED
 * @see Kalbfleisch & Prentice, The Statistical Analysis of Failure Time Data, 2002, section 1.5
 */
export function logRankOfGroups(
  timeDays: Float64Array,
  event: readonly boolean[],
  group: ArrayLike<number>,
  groups: number,
): LogRankResult {
  assertLength('event', event, timeDays.length);
  assertLength('group', group, timeDays.length);
  assertSurvivalTimes(timeDays);
  const atRisk = new Float64Array(groups);
  for (let i = 0; i < timeDays.length; i++) atRisk[group[i] as number] = (atRisk[group[i] as number] as number) + 1;
  const empty = atRisk.indexOf(0);
  if (empty >= 0) throw trainingError('TRAIN_LOG_RANK_UNDEFINED', `group ${empty + 1} of ${groups} has no patient`);
  const free = groups - 1;
  const excess = new Float64Array(free);
  const covariance = new Float64Array(free * free);
  const order = orderBy(timeDays, 'ascending');
  for (let start = 0; start < order.length; ) {
    const time = timeDays[order[start] as number];
    const died = new Float64Array(groups);
    const gone = new Float64Array(groups);
    let end = start;
    for (; end < order.length && timeDays[order[end] as number] === time; end++) {
      const i = order[end] as number;
      const g = group[i] as number;
      gone[g] = (gone[g] as number) + 1;
      if (event[i]) died[g] = (died[g] as number) + 1;
    }
    addTime(excess, covariance, atRisk, died);
    for (let g = 0; g < groups; g++) atRisk[g] = (atRisk[g] as number) - (gone[g] as number);
    start = end;
  }
  const solved = solveSymmetric(covariance, excess);
  if (solved === null) throw trainingError('TRAIN_LOG_RANK_UNDEFINED', 'too few deaths while the groups were at risk');
  const chiSquare = solved.reduce((sum, x, g) => sum + x * (excess[g] as number), 0);
  return { chiSquare, pValue: chiSquareTail(chiSquare, free) };
}

/** Adds one time of death to observed less expected deaths and their covariance (all groups but the last). */
function addTime(excess: Float64Array, covariance: Float64Array, atRisk: Float64Array, died: Float64Array): void {
  const n = atRisk.reduce((a, b) => a + b, 0);
  const d = died.reduce((a, b) => a + b, 0);
  if (d === 0) return;
  const free = excess.length;
  const factor = n > 1 ? (d * (n - d)) / (n - 1) : 0;
  for (let g = 0; g < free; g++) {
    const share = (atRisk[g] as number) / n;
    excess[g] = (excess[g] as number) + (died[g] as number) - d * share;
    for (let h = 0; h < free; h++) {
      const other = (atRisk[h] as number) / n;
      const at = g * free + h;
      covariance[at] = (covariance[at] as number) + factor * share * ((g === h ? 1 : 0) - other);
    }
  }
}

/** Solves A x = b by elimination with pivots; null when A is singular. */
function solveSymmetric(a: Float64Array, b: Float64Array): Float64Array | null {
  const n = b.length;
  const m = a.slice();
  const x = b.slice();
  for (let k = 0; k < n; k++) {
    const pivot = m[k * n + k] as number;
    if (!(pivot > 1e-12)) return null;
    for (let i = k + 1; i < n; i++) {
      const factor = (m[i * n + k] as number) / pivot;
      for (let j = k; j < n; j++) m[i * n + j] = (m[i * n + j] as number) - factor * (m[k * n + j] as number);
      x[i] = (x[i] as number) - factor * (x[k] as number);
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    let sum = x[k] as number;
    for (let j = k + 1; j < n; j++) sum -= (m[k * n + j] as number) * (x[j] as number);
    x[k] = sum / (m[k * n + k] as number);
  }
  return x;
}
