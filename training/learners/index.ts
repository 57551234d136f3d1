export {
  type AftDistribution,
  aftDistributions,
  type ObjectiveName,
  objectiveNames,
} from './boosted-learner.js';
export {
  deathBy,
  type FittedModel,
  type LibrarySource,
  type ModelPart,
  marginsOf,
  type OutputScale,
  probabilitiesOf,
  risksOf,
} from './fitted-model.js';
export type { ColumnChoice, PcaPlan } from './preparation.js';
export {
  defaultColumns,
  defaultLearner,
  fitLearner,
  type LearnerName,
  type LearnerSettings,
  learnerNames,
} from './table.js';
export { followUpOf, outcomeOf, type Task } from './task.js';
