import { trainingError } from '../errors.js';

/** @throws TrainingError TRAIN_LENGTHS_DIFFER */
export function assertLength(what: string, values: { readonly length: number }, expected: number): void {
  if (values.length !== expected) throw trainingError('TRAIN_LENGTHS_DIFFER', what, expected, values.length);
}

/** @throws TrainingError TRAIN_BAD_SCORE naming the first value that is not finite */
export function assertFiniteScores(score: Float64Array): void {
  for (let i = 0; i < score.length; i++) {
    const value = score[i] as number;
    if (!Number.isFinite(value)) throw trainingError('TRAIN_BAD_SCORE', i, value);
  }
}

/** @throws TrainingError TRAIN_BAD_SURVIVAL_TIME naming the first time that is not finite or below 0 */
export function assertSurvivalTimes(timeDays: Float64Array): void {
  for (let i = 0; i < timeDays.length; i++) {
    const value = timeDays[i] as number;
    if (!Number.isFinite(value) || value < 0) throw trainingError('TRAIN_BAD_SURVIVAL_TIME', i, value);
  }
}

/** Positions 0 to n - 1 ordered by value; equal values stay in the order of their positions. */
export function orderBy(values: Float64Array, direction: 'ascending' | 'descending'): Int32Array {
  const order = new Int32Array(values.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  return direction === 'ascending'
    ? order.sort((a, b) => (values[a] as number) - (values[b] as number) || a - b)
    : order.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
}

export function countTrue(flags: readonly boolean[]): number {
  let count = 0;
  for (const flag of flags) if (flag) count++;
  return count;
}
