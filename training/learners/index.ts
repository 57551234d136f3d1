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
export { fitLearner, type LearnerSettings } from './table.js';
export { followUpOf, type Task } from './task.js';
