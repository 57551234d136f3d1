import { trainingError } from '../errors.js';
import type { Sample } from '../sample.js';
import { loadNativeLibrary, type NativeLibrary } from '../xgboost/index.js';
import {
  type AftDistribution,
  boostedLearner,
  defaultObjective,
  type ObjectiveName,
  objectiveFits,
  objectiveNames,
} from './boosted-learner.js';
import type { FittedModel, LibrarySource } from './fitted-model.js';
import { fitByInnerLoop } from './inner-loop.js';
import { fitLateFusion } from './late-fusion.js';
import type { FitContext } from './learner.js';
import { penalisedLearner } from './penalised-learner.js';
import type { ColumnChoice, PcaPlan } from './preparation.js';
import { fitReference } from './reference-learner.js';
import type { Task } from './task.js';

/** Names of the learners. */
export const learnerNames = [
  'ridge',
  'elastic-net',
  'late-fusion',
  'trees',
  'gblinear',
  'reference',
  'reference-without-pca',
] as const;
export type LearnerName = (typeof learnerNames)[number];

/** The columns of a model unless said otherwise. */
export const defaultColumns: ColumnChoice = 'all';

/** The model unless said otherwise: a ridge of one modality, late fusion of the ridges of several (docs/what-was-tried.md). */
export function defaultLearner(columns: readonly { readonly group: string }[]): LearnerName {
  return new Set(columns.map(({ group }) => group)).size > 1 ? 'late-fusion' : 'ridge';
}

/** Which model is fitted, on which columns, to predict what. */
export interface LearnerSettings {
  readonly learner: LearnerName;
  readonly task: Task;
  readonly columns: ColumnChoice;
  readonly pca: PcaPlan;
  /** Of `ridge` and `late-fusion`, see `Penalty`; all are tried. 2 when left out. */
  readonly emphases?: readonly number[];
  /** Of `elastic-net`; all are tried. 0.9 and 0.5 when left out. */
  readonly l1Shares?: readonly number[];
  /** Of boosters; that of the task when left out. */
  readonly objective?: ObjectiveName;
  /** Of `survival:aft`; drawn when left out. */
  readonly aftDistribution?: AftDistribution;
  /** How a booster's settings are searched: `halving` over 12 draws when left out. */
  readonly search?: 'random' | 'halving';
  readonly trials?: number;
}

type Fit = (sample: Sample, rows: readonly number[], settings: LearnerSettings, context: FitContext) => FittedModel;

/** Each learner with how it is fitted. */
const learners: Readonly<Record<LearnerName, Fit>> = {
  ridge: (sample, rows, settings, context) =>
    fitByInnerLoop(
      sample,
      rows,
      penalisedLearner({ ...settings, l1Shares: [0], emphases: settings.emphases ?? [2] }),
      context,
    ),
  'elastic-net': (sample, rows, settings, context) =>
    fitByInnerLoop(
      sample,
      rows,
      penalisedLearner({ ...settings, l1Shares: settings.l1Shares ?? [0.9, 0.5], emphases: [1] }),
      context,
    ),
  'late-fusion': (sample, rows, settings, context) =>
    fitLateFusion(
      sample,
      rows,
      penalisedLearner({ ...settings, l1Shares: [0], emphases: settings.emphases ?? [2] }),
      context,
    ),
  trees: (sample, rows, settings, context) =>
    fitByInnerLoop(sample, rows, boosted('gbtree', settings, context), context),
  gblinear: (sample, rows, settings, context) =>
    fitByInnerLoop(sample, rows, boosted('gblinear', settings, context), context),
  reference: (sample, rows, _settings, context) => fitReference(sample, rows, 'as-published', context),
  'reference-without-pca': (sample, rows, _settings, context) => fitReference(sample, rows, 'none', context),
};

function boosted(booster: 'gbtree' | 'gblinear', settings: LearnerSettings, { seed, task }: FitContext) {
  const { objective = defaultObjective(task), search = 'halving', trials = 12 } = settings;
  if (!objectiveFits(task, objective)) {
    const fitting = objectiveNames.filter((name) => objectiveFits(task, name));
    throw trainingError('TRAIN_BAD_OPTION', 'objective', objective, `one for ${task.kind}: ${fitting.join(' or ')}`);
  }
  return boostedLearner({ ...settings, booster, objective, search, trials, seed });
}

/**
 * Fits a model on some patients of a sample: steps, settings chosen by an inner cross-validation, model and scale. The
 * other patients are not looked at. The same sample, rows, settings, seed and XGBoost give the same model.
 * @param rows    positions in the sample
 * @param seed    whole number; decides the inner folds and all draws
 * @param library or what loads it when a learner needs it; found by itself when left out
 * @throws TrainingError TRAIN_TOO_FEW_PATIENTS, and those of the steps and the learner
 */
export function fitLearner(
  sample: Sample,
  rows: readonly number[],
  settings: LearnerSettings,
  seed: number,
  library?: NativeLibrary | LibrarySource,
): FittedModel {
  let native = typeof library === 'function' ? undefined : library;
  const source = () => {
    native ??= typeof library === 'function' ? library() : loadNativeLibrary();
    return native;
  };
  return learners[settings.learner](sample, rows, settings, { task: settings.task, seed, library: source });
}
