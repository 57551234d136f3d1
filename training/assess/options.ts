import { trainingError } from '../errors.js';
import {
  type AftDistribution,
  type LearnerName,
  learnerNames,
  type ObjectiveName,
  type PcaPlan,
} from '../learners/index.js';
import type { Modality } from '../modalities.js';

/** The learners by name, and `default`: a ridge of one modality, late fusion of the ridges of several. */
export const assessedRecipes = ['default', ...learnerNames] as const;
export type AssessedRecipe = 'default' | LearnerName;

/** What is scored, on whom, how often. */
export interface AssessOptions {
  readonly task: 'status' | 'survival';
  readonly modalities: readonly Modality[];
  readonly repeats: number;
  readonly folds: number;
  /** Whole number; decides folds, resamples and draws. */
  readonly seed: number;
  /** `default` when left out. `reference` takes the leaky columns of the dataset, as the published template does. */
  readonly recipe?: AssessedRecipe;
  /**
   * Days from surgery. With `status`: what is predicted is death by then. With `survival`: the time at which
   * probabilities are scored; the middle of the times of death when left out.
   */
  readonly horizonDays?: number;
  /** Only patients under observation after so many days from surgery; days are still counted from surgery. */
  readonly landmarkDays?: number;
  /** Follow-up ends here for everybody: who was seen later was alive and censored then. */
  readonly censorAtDays?: number;
  readonly pca?: PcaPlan;
  /** Of boosters, see `LearnerSettings`. */
  readonly objective?: ObjectiveName;
  readonly aftDistribution?: AftDistribution;
  readonly search?: 'random' | 'halving';
  readonly trials?: number;
  /** Columns that are no features and enter all the same, and columns that the leakage alarm lets pass. */
  readonly allow?: readonly string[];
  /** Only patients whose id starts so. */
  readonly patients?: string;
  /** Worker threads; 1 (in this thread) when left out. No number depends on it. */
  readonly workers?: number;
  /** File that keeps what is done; an evaluation that was interrupted goes on from it. */
  readonly resumeFile?: string;
  /** Called after every fold of every model. */
  readonly onProgress?: (done: number, total: number) => void;
}

type Check = { readonly expected: string; readonly test: (value: unknown) => boolean };

const whole = (low: number, high: number): Check => ({
  expected: `a whole number from ${low} to ${high}`,
  test: (v) => Number.isInteger(v) && (v as number) >= low && (v as number) <= high,
});
const days: Check = {
  expected: 'a number of days above 0',
  test: (v) => typeof v === 'number' && Number.isFinite(v) && v > 0,
};
const oneOf = (names: readonly string[]): Check => ({
  expected: names.join(', '),
  test: (v) => typeof v === 'string' && names.includes(v),
});

const checks: Readonly<Partial<Record<keyof AssessOptions, Check>>> = {
  task: oneOf(['status', 'survival']),
  repeats: whole(1, 100),
  folds: whole(2, 20),
  seed: whole(0, 0x7fffffff),
  recipe: oneOf(assessedRecipes),
  horizonDays: days,
  landmarkDays: days,
  censorAtDays: days,
  trials: whole(1, 1000),
  workers: whole(1, 256),
};

/**
 * Checks options that may come from outside the type system.
 * @throws TrainingError TRAIN_BAD_OPTION naming the option, what was found and what was expected
 */
export function checkAssessOptions(options: AssessOptions): void {
  for (const [key, { expected, test }] of Object.entries(checks)) {
    const value: unknown = options[key as keyof AssessOptions];
    if (value === undefined || test(value)) continue;
    throw trainingError('TRAIN_BAD_OPTION', key, JSON.stringify(value) ?? 'missing', expected);
  }
  const { landmarkDays = 0, horizonDays, censorAtDays = Number.POSITIVE_INFINITY } = options;
  if (landmarkDays >= censorAtDays) {
    throw trainingError(
      'TRAIN_BAD_OPTION',
      'censorAtDays',
      String(censorAtDays),
      `more than the landmark, ${landmarkDays}`,
    );
  }
  if (horizonDays === undefined) return;
  if (horizonDays <= landmarkDays) {
    throw trainingError(
      'TRAIN_BAD_OPTION',
      'horizonDays',
      String(horizonDays),
      `more than the landmark, ${landmarkDays}`,
    );
  }
  if (horizonDays >= censorAtDays) {
    throw trainingError(
      'TRAIN_BAD_OPTION',
      'horizonDays',
      String(horizonDays),
      `less than the end of follow-up, ${censorAtDays}`,
    );
  }
}
