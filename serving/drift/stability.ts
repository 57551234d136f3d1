import type { ReferenceCounts } from '../../training/bundle/index.js';
import { missingClass } from './class-counts.js';

/** Share that an empty class counts as, so that the logarithm has a value. */
const leastShare = 0.0001;

/**
 * Population stability index, sum (a - e) ln(a / e) over classes, of shares now (a) and in the training (e); a share of 0 counts as 0.0001. By custom below 0.1 little has changed, and
 * above 0.2 or 0.25 much.
 * @param before counts of the training, one of them above 0
 * @param now    counts, one of them above 0; may be longer
 * @see Siddiqi, Credit Risk Scorecards, Wiley 2006
 */
export function stabilityIndex(before: readonly number[], now: ArrayLike<number>): number {
  let [all, allNow] = [0, 0];
  for (let k = 0; k < before.length; k++) {
    all += before[k] as number;
    allNow += now[k] as number;
  }
  return before.reduce((sum, count, k) => {
    const expected = Math.max(count / all, leastShare);
    const actual = Math.max((now[k] as number) / allNow, leastShare);
    return sum + (actual - expected) * Math.log(actual / expected);
  }, 0);
}

/** 95 % quantiles of the chi-squared distribution with 1 to 9 degrees of freedom (SciPy). */
const chiSquared95 = [
  3.841458820694124, 5.991464547107979, 7.814727903251179, 9.487729036781154, 11.070497693516351, 12.591587243743977,
  14.067140449340169, 15.50731305586545, 16.918977604620448,
] as const;

/**
 * The index that chance alone exceeds in 1 of 20 windows: with the same distribution it is about chi-squared(classes - 1) x (1/n + 1/m).
 * @param now values that are counted at present, above 0
 * @see Yurdakul & Naranjo, Statistical properties of the population stability index, J Risk Model Validation 2020
 */
export function stabilityByChance(before: readonly number[], now: number): number {
  const used = before.filter((count) => count > 0).length;
  const all = before.reduce((sum, count) => sum + count, 0);
  return used < 2 ? 0 : (chiSquared95[used - 2] as number) * (1 / all + 1 / now);
}

/** How a column, or the predicted risks, differs from the training. */
export interface DriftNumbers {
  /** Population stability index of the values that are there; null with a reason. */
  readonly psi: number | null;
  /** The index that chance alone would exceed in 1 of 20 windows of this size. */
  readonly chance95: number | null;
  /** The index is 0.2 or more, and more than chance explains. */
  readonly drifted: boolean | null;
  /** Share of rows without a value; null with a reason. */
  readonly missingShare: number | null;
  readonly missingShareTraining: number;
  readonly missingShareDifference: number | null;
  /** Values, and rows without one, that these numbers rest on. */
  readonly values: number;
  readonly missing: number;
  readonly trainingValues: number;
  /** Why a number is not given. */
  readonly reason?: string;
}

/** An index from which on a column is said to have changed. */
export const driftedFrom = 0.2;

/**
 * @param counts by class, the last those that are missing
 * @param least  rows below which no number is given
 */
export function driftNumbers(before: ReferenceCounts, counts: ArrayLike<number>, least: number): DriftNumbers {
  const missing = counts[missingClass] as number;
  let values = 0;
  for (let k = 0; k < before.counts.length; k++) values += counts[k] as number;
  const trainingValues = before.counts.reduce((sum, count) => sum + count, 0);
  const trained = trainingValues + before.missing;
  const missingShareTraining = trained === 0 ? 0 : before.missing / trained;
  const rows = values + missing;
  const missingShare = rows < least ? null : missing / rows;
  const counted = { values, missing, trainingValues };
  const shares = {
    missingShare,
    missingShareTraining,
    missingShareDifference: missingShare === null ? null : missingShare - missingShareTraining,
  };
  const reason = reasonAgainst(values, rows, trainingValues, least);
  if (reason !== undefined) return { psi: null, chance95: null, drifted: null, ...shares, ...counted, reason };
  const psi = stabilityIndex(before.counts, counts);
  const chance95 = stabilityByChance(before.counts, values);
  return { psi, chance95, drifted: psi >= driftedFrom && psi > chance95, ...shares, ...counted };
}

function reasonAgainst(values: number, rows: number, trainingValues: number, least: number): string | undefined {
  if (rows < least) return `${rows} rows so far; numbers are given from ${least} on`;
  if (trainingValues === 0) return 'the training had no values of it';
  if (values < least) return `${values} values so far; an index is given from ${least} on`;
  return undefined;
}
