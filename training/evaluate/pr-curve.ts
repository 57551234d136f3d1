import { trainingError } from '../errors.js';
import { assertFiniteScores, assertLength, countTrue, orderBy } from './input-checks.js';

/** Points of a precision-recall curve by falling threshold; arrays of equal length. */
export interface PrCurve {
  readonly recall: number[];
  readonly precision: number[];
  /** Score at or above which the point calls a patient positive; descending. */
  readonly threshold: number[];
}

/**
 * Precision and recall with one point per distinct score. `prAuc` is the sum of its precisions times the gains in recall.
 * @param label shape (n), true = positive (died)
 * @param score shape (n), finite, higher = more likely positive
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE, TRAIN_ONE_CLASS when nobody is positive
 * @see Davis & Goadrich, ICML 2006, doi:10.1145/1143844.1143874
 */
export function prCurve(label: readonly boolean[], score: Float64Array): PrCurve {
  assertLength('score', score, label.length);
  assertFiniteScores(score);
  const positives = countTrue(label);
  if (positives === 0) throw trainingError('TRAIN_ONE_CLASS', 'A precision-recall curve', positives, label.length);
  const curve: PrCurve = { recall: [], precision: [], threshold: [] };
  const order = orderBy(score, 'descending');
  let found = 0;
  for (let k = 0; k < order.length; k++) {
    const i = order[k] as number;
    if (label[i]) found++;
    const next = order[k + 1];
    if (next !== undefined && score[next] === score[i]) continue;
    curve.recall.push(found / positives);
    curve.precision.push(found / (k + 1));
    curve.threshold.push(score[i] as number);
  }
  return curve;
}
