import { trainingError } from '../errors.js';
import type { ConfusionMatrix } from './classification.js';
import { assertFiniteScores, assertLength, orderBy } from './input-checks.js';

/**
 * States of patients at a horizon with the weight each has (see `horizonWeights`): those whose state is not known weigh 0,
 * and those who are like them weigh more. With weights of 1 every score is the plain one.
 */
export interface WeightedStates {
  /** Shape (n), true = died by the horizon. */
  readonly died: readonly boolean[];
  /** Shape (n), 0 or more. */
  readonly weight: Float64Array;
}

/**
 * Weights of right and wrong decisions; what is computed from the counts of a confusion matrix is computed from them too.
 * @param probability shape (n), of death
 * @param threshold   at or above it a patient is called dead
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE
 */
export function weightedDecisions(
  states: WeightedStates,
  probability: Float64Array,
  threshold: number,
): ConfusionMatrix {
  check(states, probability);
  const { died, weight } = states;
  const sums = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  for (let i = 0; i < died.length; i++) {
    const positive = (probability[i] as number) >= threshold;
    const cell = positive
      ? died[i]
        ? 'truePositives'
        : 'falsePositives'
      : died[i]
        ? 'falseNegatives'
        : 'trueNegatives';
    sums[cell] += weight[i] as number;
  }
  return sums;
}

/**
 * Area under the weighted ROC curve, ties counting one half. With weights of a horizon it is the cumulative/dynamic AUC.
 * @throws TrainingError TRAIN_ONE_CLASS when a side has no weight, TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE
 * @see Uno et al., J Am Stat Assoc 2007;102:527-537
 */
export function weightedRocAuc(states: WeightedStates, score: Float64Array): number {
  let [cases, controls, area] = [0, 0, 0];
  walkDown(states, score, (died, alive) => {
    area += alive * (cases + died / 2);
    cases += died;
    controls += alive;
  });
  if (cases === 0 || controls === 0) throw trainingError('TRAIN_ONE_CLASS', 'A weighted AUC', cases, cases + controls);
  return area / (cases * controls);
}

/**
 * Weighted average precision, with no interpolation.
 * @throws TrainingError TRAIN_ONE_CLASS when nobody who died has a weight, TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE
 */
export function weightedPrAuc(states: WeightedStates, score: Float64Array): number {
  let [found, called, area] = [0, 0, 0];
  walkDown(states, score, (died, alive) => {
    found += died;
    called += died + alive;
    if (called > 0) area += died * (found / called);
  });
  if (found === 0) throw trainingError('TRAIN_ONE_CLASS', 'A weighted precision-recall curve', 0, called);
  return area / found;
}

/**
 * Brier score at a horizon: weighted squared differences by the number of patients (as Graf et al. and scikit-survival; the
 * weights sum to about that number).
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE
 * @see Graf et al., Stat Med 1999;18:2529-2545
 */
export function weightedBrier(states: WeightedStates, probability: Float64Array): number {
  check(states, probability);
  const { died, weight } = states;
  let sum = 0;
  for (let i = 0; i < died.length; i++) {
    sum += (weight[i] as number) * ((probability[i] as number) - (died[i] ? 1 : 0)) ** 2;
  }
  return sum / died.length;
}

/**
 * Weighted mean of the negative logarithm of the probability given to what happened, kept 2^-52 away from 0 and 1.
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE
 */
export function weightedLogLoss(states: WeightedStates, probability: Float64Array): number {
  check(states, probability);
  const { died, weight } = states;
  let [sum, total] = [0, 0];
  for (let i = 0; i < died.length; i++) {
    const p = Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probability[i] as number));
    sum -= (weight[i] as number) * (died[i] ? Math.log(p) : Math.log1p(-p));
    total += weight[i] as number;
  }
  return sum / total;
}

/** Runs of equal scores from the highest down: the weight of those who died and of those alive in each. */
function walkDown(states: WeightedStates, score: Float64Array, visit: (died: number, alive: number) => void): void {
  check(states, score);
  const order = orderBy(score, 'descending');
  for (let start = 0; start < order.length; ) {
    const first = score[order[start] as number];
    let [died, alive, end] = [0, 0, start];
    for (; end < order.length && score[order[end] as number] === first; end++) {
      const i = order[end] as number;
      if (states.died[i]) died += states.weight[i] as number;
      else alive += states.weight[i] as number;
    }
    visit(died, alive);
    start = end;
  }
}

function check({ died, weight }: WeightedStates, score: Float64Array): void {
  assertLength('score', score, died.length);
  assertLength('weight', weight, died.length);
  assertFiniteScores(score);
}
