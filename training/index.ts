export {
  type AssessCurves,
  type AssessedRecipe,
  type AssessJson,
  type AssessOptions,
  assess,
  assessedRecipes,
} from './assess/index.js';
export * from './bundle/folder.js';
export * from './bundle/index.js';
export { cardMarkdown, type ModelCard, modelCard, tripodItems } from './card/index.js';
export * from './compute/index.js';
export { assessSpecFor, datasetSpecFor, outcomeColumns } from './dataset-spec.js';
export { TrainingError, trainingErrors } from './errors.js';
export * from './evaluate/index.js';
export * from './experiments/index.js';
export * from './explain/index.js';
export * from './import/index.js';
export {
  type AftDistribution,
  aftDistributions,
  type ColumnChoice,
  deathBy,
  type FittedModel as FittedLearner,
  fitLearner,
  type LearnerName,
  type LearnerSettings,
  type LibrarySource,
  learnerNames,
  type ModelPart,
  marginsOf,
  type ObjectiveName,
  type OutputScale,
  objectiveNames,
  type PcaPlan,
  probabilitiesOf,
  risksOf,
  type Task,
} from './learners/index.js';
export { type Modality, modalityNames, parseModalities } from './modalities.js';
export * from './pca/index.js';
export { type FittedSteps, fitSteps, type StepPlan } from './prepare/index.js';
export { type RecipeName, recipeNames } from './recipes.js';
export type * from './report/report-data.js';
export { train } from './train.js';
export type { TrainJson, TrainResult } from './train-json.js';
export { type TrainedRecipe, type TrainOptions, trainedRecipes } from './train-options.js';
export { Booster, type BoosterParameters, DMatrix, loadNativeLibrary, type NativeLibrary } from './xgboost/index.js';
