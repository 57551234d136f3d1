export { type Booster, createBooster } from './booster/booster.js';
export { createPredictor } from './create-predictor.js';
export {
  PredictError,
  type PredictErrorCode,
  type PredictPlace,
  predictErrors,
  quoted,
} from './errors.js';
export type { Contributions, InputRecord, Prediction, Predictor, SurvivalCurve } from './predictor.js';
export { emptyRecord, kindOf, recordsToRows } from './records.js';
