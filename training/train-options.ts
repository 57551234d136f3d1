import type { StoredGroup } from '../featurestore/contract/index.js';
import { trainingError } from './errors.js';
import { type Modality, modalityNames } from './modalities.js';
import { type RecipeName, recipeNames } from './recipes.js';

/** What to train, on which columns, with which seed. */
export interface TrainOptions {
  /** `default`, or `reference`: the template's chain, its leaky columns included. */
  readonly recipe: RecipeName;
  /** Whole number from 0 to 2^31 - 1; decides folds, split, resamples and the booster's draws. */
  readonly seed: number;
  /** In the order of the dataset's groups. */
  readonly modalities: readonly Modality[];
  /** The groups the dataset was made from (and the one of the outcome), for the lineage. */
  readonly groups: readonly Pick<StoredGroup, 'name' | 'version' | 'settingsDigest'>[];
  /** Called after every model that was fitted. */
  readonly onProgress?: (done: number, total: number) => void;
}

type Check = { readonly expected: string; readonly test: (value: unknown) => boolean };

const checks: Readonly<Record<keyof TrainOptions, Check>> = {
  recipe: { expected: recipeNames.join(' or '), test: (v) => recipeNames.some((name) => name === v) },
  seed: {
    expected: 'a whole number from 0 to 2147483647',
    test: (v) => Number.isInteger(v) && (v as number) >= 0 && (v as number) <= 0x7fffffff,
  },
  modalities: {
    expected: `a list of ${modalityNames.join(', ')}`,
    test: (v) => Array.isArray(v) && v.length > 0 && v.every((name) => modalityNames.includes(name)),
  },
  groups: { expected: 'a list of groups', test: Array.isArray },
  onProgress: { expected: 'a function', test: (v) => v === undefined || typeof v === 'function' },
};

/**
 * Checks options that may come from outside the type system.
 * @throws TrainingError TRAIN_UNKNOWN_OPTION, TRAIN_BAD_OPTION
 */
export function checkTrainOptions(options: TrainOptions): void {
  const known = Object.keys(checks);
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw trainingError('TRAIN_UNKNOWN_OPTION', key, known);
  }
  for (const [key, { expected, test }] of Object.entries(checks)) {
    const value: unknown = options[key as keyof TrainOptions];
    if (!test(value)) throw trainingError('TRAIN_BAD_OPTION', key, JSON.stringify(value) ?? 'missing', expected);
  }
}
