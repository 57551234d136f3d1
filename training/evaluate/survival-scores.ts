import { trainingError } from '../errors.js';
import { type CensoringCurve, horizonWeights, lastAtOrBefore, uncensoredAt } from './censoring.js';
import { assertFiniteScores, assertLength, assertSurvivalTimes, orderBy } from './input-checks.js';
import { kaplanMeier } from './kaplan-meier.js';

/** Right-censored follow-up of n patients. */
export interface FollowUp {
  /** Days from surgery, finite and >= 0. */
  readonly timeDays: Float64Array;
  /** true = died, false = censored. */
  readonly event: readonly boolean[];
}

/** Risks this close are a tie (as in scikit-survival). */
export const riskTolerance = 1e-8;

/**
 * Uno's concordance: Harrell's pairs, each weighted by 1 / G(time of the death)^2, so that it does not depend on the
 * censoring.
 * @param censoring G, from the same patients or from those trained on
 * @param risk      shape (n), higher = worse
 * @param tauDays   deaths at or after it are not looked at; none when left out
 * @returns value in [0, 1]; 0.5 = chance
 * @throws TrainingError TRAIN_NO_COMPARABLE_PAIR, TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SURVIVAL_TIME, TRAIN_BAD_SCORE
 * @see Uno et al., Stat Med 2011;30:1105-1117
 */
export function unoC(
  { timeDays, event }: FollowUp,
  risk: Float64Array,
  censoring: CensoringCurve,
  tauDays = Number.POSITIVE_INFINITY,
): number {
  assertLength('event', event, timeDays.length);
  assertLength('risk', risk, timeDays.length);
  assertSurvivalTimes(timeDays);
  assertFiniteScores(risk);
  let comparable = 0;
  let concordant = 0;
  for (let i = 0; i < timeDays.length; i++) {
    const time = timeDays[i] as number;
    const uncensored = event[i] && time < tauDays ? uncensoredAt(censoring, time) : 0;
    if (uncensored <= 0) continue;
    const weight = 1 / uncensored ** 2;
    for (let j = 0; j < timeDays.length; j++) {
      const other = timeDays[j] as number;
      if (other < time || (other === time && event[j])) continue;
      comparable += weight;
      concordant += weight * concordance((risk[i] as number) - (risk[j] as number));
    }
  }
  if (comparable === 0) throw trainingError('TRAIN_NO_COMPARABLE_PAIR', timeDays.length);
  return concordant / comparable;
}

/** 1 when the patient who died first had the higher risk, 1/2 for a tie, else 0. */
export function concordance(lead: number): number {
  if (Math.abs(lead) <= riskTolerance) return 0.5;
  return lead > 0 ? 1 : 0;
}

/**
 * Cumulative/dynamic AUC at each time: how well the risk tells those who died by then (weighted by 1 / G) from those alive
 * after it; `mean` weighs the times by the drop of the Kaplan-Meier curve between them.
 * @param times ascending, within the follow-up: at each somebody has died and somebody is under observation
 * @throws TrainingError TRAIN_ONE_CLASS when a time has nobody on one side, and those of `unoC`
 * @see Uno et al., J Am Stat Assoc 2007;102:527-537; Lambert & Chevret, Stat Methods Med Res 2016;25:2088-2102
 */
export function dynamicAuc(
  followUp: FollowUp,
  risk: Float64Array,
  censoring: CensoringCurve,
  times: readonly number[],
): { readonly auc: readonly number[]; readonly mean: number } {
  const { timeDays, event } = followUp;
  assertLength('risk', risk, timeDays.length);
  assertFiniteScores(risk);
  const order = orderBy(risk, 'descending');
  const auc = times.map((time) => {
    const weights = horizonWeights(censoring, timeDays, event, time);
    return weightedAuc(
      order,
      risk,
      (i) => ((timeDays[i] as number) <= time ? (weights[i] as number) : 0),
      (i) => ((timeDays[i] as number) > time ? 1 : 0),
    );
  });
  const curve = kaplanMeier(timeDays, event);
  let before = 1;
  let sum = 0;
  for (const [k, time] of times.entries()) {
    const at = lastAtOrBefore(curve.timeDays, time);
    const survival = at < 0 ? 1 : (curve.survival[at] as number);
    sum += (auc[k] as number) * (before - survival);
    before = survival;
  }
  return { auc, mean: times.length === 1 ? (auc[0] as number) : sum / (1 - before) };
}

/** Area under a weighted ROC curve, ties counting one half. */
function weightedAuc(
  descending: Int32Array,
  risk: Float64Array,
  caseWeight: (i: number) => number,
  controlWeight: (i: number) => number,
): number {
  let cases = 0;
  let controls = 0;
  let area = 0;
  for (let start = 0; start < descending.length; ) {
    const first = risk[descending[start] as number] as number;
    let newCases = 0;
    let newControls = 0;
    let end = start;
    for (; end < descending.length; end++) {
      const i = descending[end] as number;
      if (first - (risk[i] as number) > riskTolerance) break;
      newCases += caseWeight(i);
      newControls += controlWeight(i);
    }
    area += newControls * (cases + newCases / 2);
    cases += newCases;
    controls += newControls;
    start = end;
  }
  if (cases === 0 || controls === 0) throw trainingError('TRAIN_ONE_CLASS', 'A time-dependent AUC', cases, controls);
  return area / (cases * controls);
}

/**
 * Brier score of survival at each time with inverse probability of censoring weights.
 * @param survival row-major, shape (n x times), predicted probability of being alive after each time
 * @returns shape (times), lower is better
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE
 * @see Graf et al., Stat Med 1999;18:2529-2545
 */
export function survivalBrier(
  { timeDays, event }: FollowUp,
  survival: Float64Array,
  censoring: CensoringCurve,
  times: readonly number[],
): readonly number[] {
  const n = timeDays.length;
  assertLength('survival', survival, n * times.length);
  assertFiniteScores(survival);
  return times.map((time, k) => {
    const weights = horizonWeights(censoring, timeDays, event, time);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const alive = survival[i * times.length + k] as number;
      const off = (timeDays[i] as number) > time ? 1 - alive : alive;
      sum += (weights[i] as number) * off * off;
    }
    return sum / n;
  });
}

/** Mean over time (trapezoid rule) of a curve of scores. @throws TrainingError TRAIN_LENGTHS_DIFFER for fewer than two times */
export function integratedScore(times: readonly number[], scores: readonly number[]): number {
  assertLength('scores', scores, times.length);
  if (times.length < 2)
    throw trainingError('TRAIN_LENGTHS_DIFFER', 'The times of an integrated score', 2, times.length);
  let area = 0;
  for (let k = 1; k < times.length; k++) {
    const width = (times[k] as number) - (times[k - 1] as number);
    area += (width * ((scores[k] as number) + (scores[k - 1] as number))) / 2;
  }
  return area / ((times.at(-1) as number) - (times[0] as number));
}
