import { trainingError } from '../errors.js';
import { rocAuc } from '../evaluate/index.js';
import type { Sample } from '../sample.js';

/** A column that alone tells who died better than this is taken for the answer in disguise. */
export const alarmAuc = 0.95;

/** A column that alone tells who died. */
export interface Leak {
  readonly feature: string;
  readonly auc: number;
}

/**
 * Stops when a single column, by its values or by where it is missing, tells alone who died: AUC above 0.95 in either
 * direction. Columns that `allow` names pass.
 * @throws TrainingError TRAIN_LEAK_ALARM naming the column
 */
export function assertNoLeak(sample: Sample, allow: readonly string[] = []): void {
  const [leak] = leaksOf(sample, allow);
  if (leak !== undefined) throw trainingError('TRAIN_LEAK_ALARM', leak.feature, leak.auc);
}

/** What is said of a model that has columns which set off the alarm and were let pass by name. */
export function alarmWarning(sample: Sample): readonly string[] {
  const leaks = leaksOf(sample);
  if (leaks.length === 0) return [];
  const names = leaks.map(({ feature, auc }) => `${feature} (AUC ${auc.toFixed(3)})`);
  return [
    `Columns that alone tell who died are inputs because they were let pass by name: ${names.join(', ')}. The scores say nothing about prediction.`,
  ];
}

/** Every column that sets off the alarm, but those that `allow` names. */
export function leaksOf(sample: Sample, allow: readonly string[] = []): readonly Leak[] {
  const { rows, n, p } = sample.matrix;
  return sample.columns.flatMap(({ feature }, j) => {
    if (allow.includes(feature)) return [];
    const values = Float64Array.from({ length: n }, (_, i) => rows[i * p + j] as number);
    const known = sample.dead.flatMap((_, i) => (Number.isNaN(values[i]) ? [] : [i]));
    const absent = values.map((value) => (Number.isNaN(value) ? 1 : 0));
    const auc = Math.max(
      separation(
        known.map((i) => sample.dead[i] === true),
        Float64Array.from(known, (i) => values[i] as number),
      ),
      separation(sample.dead, absent),
    );
    return auc > alarmAuc ? [{ feature, auc }] : [];
  });
}

/** AUC in the better direction; 0.5 with fewer than 5 patients of a class, where it says nothing. */
function separation(dead: readonly boolean[], score: Float64Array): number {
  const deaths = dead.filter(Boolean).length;
  if (deaths < 5 || dead.length - deaths < 5) return 0.5;
  const auc = rocAuc(dead, score);
  return Math.max(auc, 1 - auc);
}
