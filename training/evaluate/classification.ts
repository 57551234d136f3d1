import { trainingError } from '../errors.js';
import { assertFiniteScores, assertLength, countTrue, orderBy } from './input-checks.js';

/** Counts of a two-class decision; positive = died. */
export interface ConfusionMatrix {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/**
 * @param label       shape (n), true = died
 * @param probability shape (n), of death
 * @param threshold   at or above it a patient is called dead
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE
 */
export function confusionMatrix(
  label: readonly boolean[],
  probability: Float64Array,
  threshold: number,
): ConfusionMatrix {
  assertLength('probability', probability, label.length);
  assertFiniteScores(probability);
  const counts = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  for (let i = 0; i < label.length; i++) {
    const positive = (probability[i] as number) >= threshold;
    if (positive) counts[label[i] ? 'truePositives' : 'falsePositives']++;
    else counts[label[i] ? 'falseNegatives' : 'trueNegatives']++;
  }
  return counts;
}

/** Share of right decisions, [0, 1]. */
export function accuracy(m: ConfusionMatrix): number {
  return (m.truePositives + m.trueNegatives) / totalOf(m);
}

/** Of those called dead, the share that died; 0 when nobody was called dead (as in scikit-learn). */
export function precision(m: ConfusionMatrix): number {
  return ratio(m.truePositives, m.truePositives + m.falsePositives);
}

/** Of those who died, the share called dead; 0 when nobody died. */
export function recall(m: ConfusionMatrix): number {
  return ratio(m.truePositives, m.truePositives + m.falseNegatives);
}

/** F1 of both classes, each weighted by its number of patients, [0, 1]; an undefined F1 counts 0. */
export function f1Weighted(m: ConfusionMatrix): number {
  const errors = m.falsePositives + m.falseNegatives;
  const dead = ratio(2 * m.truePositives, 2 * m.truePositives + errors);
  const alive = ratio(2 * m.trueNegatives, 2 * m.trueNegatives + errors);
  const deaths = m.truePositives + m.falseNegatives;
  return (dead * deaths + alive * (totalOf(m) - deaths)) / totalOf(m);
}

/**
 * Mean squared difference of probability and outcome, [0, 1]; lower is better.
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE
 * @see Brier, Mon Weather Rev 1950;78:1-3
 */
export function brierScore(label: readonly boolean[], probability: Float64Array): number {
  assertLength('probability', probability, label.length);
  assertFiniteScores(probability);
  let sum = 0;
  for (let i = 0; i < label.length; i++) sum += ((probability[i] as number) - (label[i] ? 1 : 0)) ** 2;
  return sum / label.length;
}

/**
 * Average precision: the sum over distinct scores of precision times the gain in recall (no interpolation).
 * @param label shape (n), true = died
 * @param score shape (n), finite, higher = more likely positive
 * @returns value in (0, 1]; the share of positives = chance
 * @throws TrainingError TRAIN_ONE_CLASS when nobody died, TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE
 */
export function prAuc(label: readonly boolean[], score: Float64Array): number {
  assertLength('score', score, label.length);
  assertFiniteScores(score);
  const positives = countTrue(label);
  if (positives === 0) throw trainingError('TRAIN_ONE_CLASS', 'The precision-recall curve', 0, label.length);
  const order = orderBy(score, 'descending');
  let area = 0;
  let found = 0;
  for (let start = 0; start < order.length; ) {
    const before = found;
    let end = start;
    for (; end < order.length && score[order[end] as number] === score[order[start] as number]; end++) {
      if (label[order[end] as number]) found++;
    }
    area += ((found - before) / positives) * (found / end);
    start = end;
  }
  return area;
}

function totalOf(m: ConfusionMatrix): number {
  return m.truePositives + m.falsePositives + m.trueNegatives + m.falseNegatives;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
