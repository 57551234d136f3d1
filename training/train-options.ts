import type { StoredGroup } from '../featurestore/contract/index.js';
import { type BackendChoice, backendChoices } from './compute/index.js';
import { trainingError } from './errors.js';
import {
  type AftDistribution,
  aftDistributions,
  type LearnerName,
  learnerNames,
  type ObjectiveName,
  objectiveNames,
  type PcaPlan,
} from './learners/index.js';
import { type Modality, modalityNames } from './modalities.js';
import { type RecipeName, recipeNames } from './recipes.js';

/** Learners that a model can be made of; the template's are for comparison in an evaluation. */
const trainedLearners = learnerNames.filter((name) => !name.startsWith('reference'));

/** What `train` fits: `default` (what `evaluate` scores by default), a learner by name, or a fixed chain of PCA and XGBoost. */
export const trainedRecipes = ['default', ...trainedLearners, ...recipeNames] as readonly TrainedRecipe[];
export type TrainedRecipe = 'default' | Exclude<LearnerName, 'reference' | 'reference-without-pca'> | RecipeName;

/** What to train, on which columns, with which seed. */
export interface TrainOptions {
  /** `reference`: the template's chain, its leaky columns included. */
  readonly recipe: TrainedRecipe;
  /** `status` when left out; `components` and `reference` know nothing else. */
  readonly task?: 'status' | 'survival';
  /** With `status`: death by so many days from surgery, weighted for censoring. With `survival`: where probabilities are scored. */
  readonly horizonDays?: number;
  /** None when left out. */
  readonly pca?: PcaPlan;
  /** Who computes principal components; chosen by size when left out. */
  readonly pcaBackend?: BackendChoice;
  /** Of `trees` and `gblinear`; that of the task when left out. */
  readonly objective?: ObjectiveName;
  /** Of `survival:aft`; chosen in the inner folds when left out. */
  readonly aftDistribution?: AftDistribution;
  /** How the settings of `trees` and `gblinear` are searched in the inner folds, see `LearnerSettings`. */
  readonly search?: 'random' | 'halving';
  readonly trials?: number;
  /** Columns that the leakage alarm lets pass. */
  readonly allow?: readonly string[];
  /** Worker threads for the cross-validation; 1 when left out. No number depends on it. */
  readonly workers?: number;
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

const oneOf = (names: readonly string[]): Check => ({
  expected: names.join(' or '),
  test: (v) => names.some((name) => name === v),
});
const optional = ({ expected, test }: Check): Check => ({ expected, test: (v) => v === undefined || test(v) });
const whole = (low: number, high: number): Check => ({
  expected: `a whole number from ${low} to ${high}`,
  test: (v) => Number.isInteger(v) && (v as number) >= low && (v as number) <= high,
});

const checks: Readonly<Record<keyof TrainOptions, Check>> = {
  recipe: oneOf(trainedRecipes),
  task: optional(oneOf(['status', 'survival'])),
  horizonDays: optional({
    expected: 'a number of days above 0',
    test: (v) => typeof v === 'number' && v > 0 && v < 1e6,
  }),
  pca: optional({
    expected: 'components before the model: none, joint or per-modality',
    test: (v) => ['none', 'joint', 'per-modality'].includes(String((v as PcaPlan).kind)),
  }),
  pcaBackend: optional(oneOf(backendChoices)),
  objective: optional(oneOf(objectiveNames)),
  aftDistribution: optional(oneOf(aftDistributions)),
  search: optional(oneOf(['random', 'halving'])),
  trials: optional(whole(1, 1000)),
  allow: optional({ expected: 'a list of columns', test: Array.isArray }),
  workers: optional(whole(1, 256)),
  seed: whole(0, 0x7fffffff),
  modalities: {
    expected: `a list of ${modalityNames.join(', ')}`,
    test: (v) => Array.isArray(v) && v.length > 0 && v.every((name) => modalityNames.includes(name)),
  },
  groups: { expected: 'a list of groups', test: Array.isArray },
  onProgress: { expected: 'a function', test: (v) => v === undefined || typeof v === 'function' },
};

/** Options that only learners have: the fixed chains would not heed them. */
const ofLearners = ['horizonDays', 'pca', 'objective', 'aftDistribution', 'search', 'trials'] as const;

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
  if (!isChain(options.recipe)) return;
  const fixed = `nothing: the recipe ${options.recipe} has it fixed`;
  for (const key of ofLearners) {
    const value = options[key];
    if (value !== undefined) throw trainingError('TRAIN_BAD_OPTION', key, JSON.stringify(value), fixed);
  }
  if (options.task === 'survival')
    throw trainingError('TRAIN_BAD_OPTION', 'task', '"survival"', `status with ${options.recipe}`);
}

/** Whether a recipe is a fixed chain of PCA and XGBoost. */
export function isChain(recipe: TrainedRecipe): recipe is RecipeName {
  return recipeNames.some((name) => name === recipe);
}
