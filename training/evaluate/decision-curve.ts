import { assertFiniteScores, assertLength } from './input-checks.js';

/** Net benefit of treating those at or above each threshold, of treating all; treating none is 0. */
export interface DecisionCurve {
  readonly threshold: readonly number[];
  readonly model: readonly number[];
  readonly treatAll: readonly number[];
}

/**
 * Decision curve: true positives less false positives weighted by the odds of the threshold, per patient.
 * @param dead        shape (n), true = died
 * @param probability shape (n), of death
 * @param thresholds  each in (0, 1)
 * @param weight      shape (n), 1 when left out (inverse probability of censoring)
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE
 * @see Vickers & Elkin, Med Decis Making 2006;26:565-574
 */
export function decisionCurve(
  dead: readonly boolean[],
  probability: Float64Array,
  thresholds: readonly number[],
  weight: Float64Array = new Float64Array(dead.length).fill(1),
): DecisionCurve {
  assertLength('probability', probability, dead.length);
  assertLength('weight', weight, dead.length);
  assertFiniteScores(probability);
  let total = 0;
  for (const w of weight) total += w;
  const benefit = (threshold: number, treated: (i: number) => boolean) => {
    let [right, wrong] = [0, 0];
    for (let i = 0; i < dead.length; i++) {
      if (!treated(i)) continue;
      if (dead[i]) right += weight[i] as number;
      else wrong += weight[i] as number;
    }
    return (right - (wrong * threshold) / (1 - threshold)) / total;
  };
  return {
    threshold: thresholds,
    model: thresholds.map((threshold) => benefit(threshold, (i) => (probability[i] as number) >= threshold)),
    treatAll: thresholds.map((threshold) => benefit(threshold, () => true)),
  };
}

/**
 * Mean negative logarithm of the probability given to what happened; lower is better. Probabilities are kept 2^-52 away from
 * 0 and 1, as scikit-learn does.
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE
 */
export function logLoss(dead: readonly boolean[], probability: Float64Array): number {
  assertLength('probability', probability, dead.length);
  assertFiniteScores(probability);
  const bounded = (p: number) => Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, p));
  let sum = 0;
  for (let i = 0; i < dead.length; i++) {
    const p = bounded(probability[i] as number);
    sum -= dead[i] ? Math.log(p) : Math.log1p(-p);
  }
  return sum / dead.length;
}
