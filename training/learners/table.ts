import type { Sample } from '../sample.js';
import { loadNativeLibrary, type NativeLibrary } from '../xgboost/index.js';
import type { FittedModel } from './fitted-model.js';
import { fitByInnerLoop } from './inner-loop.js';
import type { FitContext } from './learner.js';
import { penalisedLearner } from './penalised-learner.js';
import type { ColumnChoice, PcaPlan } from './preparation.js';
import type { Task } from './task.js';

/** Names of the learners. */
export const learnerNames = ['ridge', 'elastic-net'] as const;
export type LearnerName = (typeof learnerNames)[number];

/** Which model is fitted, on which columns, to predict what. */
export interface LearnerSettings {
  readonly learner: LearnerName;
  readonly task: Task;
  readonly columns: ColumnChoice;
  readonly pca: PcaPlan;
}

type Fit = (sample: Sample, rows: readonly number[], settings: LearnerSettings, context: FitContext) => FittedModel;

/** Each learner with how it is fitted. */
const learners: Readonly<Record<LearnerName, Fit>> = {
  ridge: (sample, rows, settings, context) =>
    fitByInnerLoop(sample, rows, penalisedLearner({ ...settings, l1Shares: [0] }), context),
  'elastic-net': (sample, rows, settings, context) =>
    fitByInnerLoop(sample, rows, penalisedLearner({ ...settings, l1Shares: [0.9, 0.5] }), context),
};

/**
 * Fits a model on some patients of a sample: steps, settings chosen by an inner cross-validation, model and scale. The
 * other patients are not looked at. The same sample, rows, settings, seed and XGBoost give the same model.
 * @param rows    positions in the sample
 * @param seed    whole number; decides the inner folds and all draws
 * @param library loaded when a learner needs it, when left out
 * @throws TrainingError TRAIN_TOO_FEW_PATIENTS, and those of the steps and the learner
 */
export function fitLearner(
  sample: Sample,
  rows: readonly number[],
  settings: LearnerSettings,
  seed: number,
  library?: NativeLibrary,
): FittedModel {
  let native = library;
  const source = () => {
    native ??= loadNativeLibrary();
    return native;
  };
  return learners[settings.learner](sample, rows, settings, { task: settings.task, seed, library: source });
}
