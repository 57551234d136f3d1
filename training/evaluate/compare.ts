import { trainingError } from '../errors.js';
import { normalTwoSided, studentQuantile, studentTwoSided } from './distributions.js';
import { assertFiniteScores, assertLength, countTrue } from './input-checks.js';

/** A paired difference (first minus second) with its 95 % interval and two-sided p value. */
export interface PairedDifference {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
}

/**
 * Corrected resampled t test of two models scored on the same test parts of a repeated cross-validation: the variance of the
 * differences is multiplied by 1 / k + test / train instead of 1 / k, because the training parts overlap.
 * @param differences one per test part (first minus second)
 * @param testShare   patients of a test part by patients of its training part: 0.25 for 5 folds
 * @throws TrainingError TRAIN_LENGTHS_DIFFER for fewer than two parts
 * @see Nadeau & Bengio, Mach Learn 2003;52:239-281
 */
export function correctedResampledTest(differences: readonly number[], testShare: number): PairedDifference {
  const k = differences.length;
  if (k < 2) throw trainingError('TRAIN_LENGTHS_DIFFER', 'The list of differences', 2, k);
  const value = differences.reduce((sum, d) => sum + d, 0) / k;
  const variance = differences.reduce((sum, d) => sum + (d - value) ** 2, 0) / (k - 1);
  const deviation = Math.sqrt((1 / k + testShare) * variance);
  const half = studentQuantile(0.025, k - 1) * deviation;
  const pValue = deviation === 0 ? (value === 0 ? 1 : 0) : studentTwoSided(value / deviation, k - 1);
  return { value, low: value - half, high: value + half, pValue };
}

/**
 * DeLong's test of two areas under the ROC curve on the same patients, for models that saw none of them.
 * @param label shape (n), true = positive
 * @param first, second scores, shape (n), higher = more likely positive
 * @throws TrainingError TRAIN_ONE_CLASS with fewer than two of either class, TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE
 * @see DeLong et al., Biometrics 1988;44:837-845
 */
export function delongTest(label: readonly boolean[], first: Float64Array, second: Float64Array): PairedDifference {
  const positives = countTrue(label);
  if (positives < 2 || label.length - positives < 2) {
    throw trainingError('TRAIN_ONE_CLASS', "DeLong's test", positives, label.length);
  }
  const a = placements(label, first);
  const b = placements(label, second);
  const difference = (side: 'cases' | 'controls') => a[side].map((x, i) => x - (b[side][i] as number));
  const value = mean(difference('cases'));
  const variance = (['cases', 'controls'] as const).reduce((sum, side) => {
    const d = difference(side);
    const centre = mean(d);
    return sum + d.reduce((squares, x) => squares + (x - centre) ** 2, 0) / (d.length - 1) / d.length;
  }, 0);
  const deviation = Math.sqrt(variance);
  const pValue = deviation === 0 ? (value === 0 ? 1 : 0) : normalTwoSided(value / deviation);
  return { value, low: value - 1.959963984540054 * deviation, high: value + 1.959963984540054 * deviation, pValue };
}

/** Of each patient, the share of the other class on the right side of it. */
function placements(label: readonly boolean[], score: Float64Array) {
  assertLength('score', score, label.length);
  assertFiniteScores(score);
  const of = (wanted: boolean) => [...score].filter((_, i) => label[i] === wanted);
  const [cases, controls] = [of(true), of(false)];
  const above = (x: number, y: number) => (x > y ? 1 : x === y ? 0.5 : 0);
  return {
    cases: cases.map((x) => mean(controls.map((y) => above(x, y)))),
    controls: controls.map((y) => mean(cases.map((x) => above(x, y)))),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
