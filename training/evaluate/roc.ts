import { trainingError } from '../errors.js';
import { assertFiniteScores, assertLength, countTrue, orderBy } from './input-checks.js';

/** Points of a ROC curve from (0, 0) to (1, 1); arrays of equal length. */
export interface RocCurve {
  readonly falsePositiveRate: number[];
  readonly truePositiveRate: number[];
  /** Score at or above which the point calls a patient positive; descending, first Infinity. */
  readonly threshold: number[];
}

/**
 * Receiver operating characteristic with one point per distinct score (no point left out).
 * @param label shape (n), true = positive (died)
 * @param score shape (n), finite, higher = more likely positive
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE, TRAIN_ONE_CLASS
 * @see Fawcett, Pattern Recognit Lett 2006;27:861-874
 */
export function rocCurve(label: readonly boolean[], score: Float64Array): RocCurve {
  const positives = assertTwoClasses('A ROC curve', label, score);
  const negatives = label.length - positives;
  const curve: RocCurve = { falsePositiveRate: [0], truePositiveRate: [0], threshold: [Number.POSITIVE_INFINITY] };
  let truePositives = 0;
  let falsePositives = 0;
  const order = orderBy(score, 'descending');
  for (let k = 0; k < order.length; k++) {
    const i = order[k] as number;
    if (label[i]) truePositives++;
    else falsePositives++;
    const next = order[k + 1];
    if (next !== undefined && score[next] === score[i]) continue;
    curve.falsePositiveRate.push(falsePositives / negatives);
    curve.truePositiveRate.push(truePositives / positives);
    curve.threshold.push(score[i] as number);
  }
  return curve;
}

/**
 * Area under the ROC curve: the chance that a positive scores above a negative, ties counting one half
 * (Mann-Whitney U from midranks).
 * @param label shape (n), true = positive (died)
 * @param score shape (n), finite, higher = more likely positive
 * @returns value in [0, 1]; 0.5 = chance
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE, TRAIN_ONE_CLASS
 * @see Hanley & McNeil, Radiology 1982;143:29-36
 */
export function rocAuc(label: readonly boolean[], score: Float64Array): number {
  const positives = assertTwoClasses('The area under the ROC curve', label, score);
  const negatives = label.length - positives;
  const order = orderBy(score, 'ascending');
  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && score[order[end] as number] === score[order[start] as number]) end++;
    const midrank = (start + 1 + end) / 2;
    for (let k = start; k < end; k++) if (label[order[k] as number]) rankSum += midrank;
    start = end;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function assertTwoClasses(what: string, label: readonly boolean[], score: Float64Array): number {
  assertLength('score', score, label.length);
  assertFiniteScores(score);
  const positives = countTrue(label);
  if (positives === 0 || positives === label.length) {
    throw trainingError('TRAIN_ONE_CLASS', what, positives, label.length);
  }
  return positives;
}
