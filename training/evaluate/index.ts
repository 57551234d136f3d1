export {
  type Calibration,
  type CalibrationCurve,
  calibrationCurve,
  calibrationOf,
  type WeightedOutcomes,
} from './calibration.js';
export { type CensoringCurve, censoringCurve, horizonWeights, uncensoredAt } from './censoring.js';
export {
  accuracy,
  brierScore,
  type ConfusionMatrix,
  confusionMatrix,
  f1Weighted,
  prAuc,
  precision,
  recall,
} from './classification.js';
export { correctedResampledTest, delongTest, type PairedDifference } from './compare.js';
export { harrellC } from './concordance.js';
export { type DecisionCurve, decisionCurve, logLoss } from './decision-curve.js';
export { chiSquareTail, studentQuantile, studentTwoSided } from './distributions.js';
export { orderBy } from './input-checks.js';
export { kaplanMeier, type LogRankResult, logRank, logRankOfGroups, type SurvivalCurve } from './kaplan-meier.js';
export {
  type BootstrapOptions,
  crossValidationWidening,
  type Estimates,
  estimateMetrics,
  type MetricName,
  majorityBaseline,
  metrics,
  type ScoredSample,
} from './metrics.js';
export { type PrCurve, prCurve } from './pr-curve.js';
export { type DrawInteger, seededDraw, shuffled } from './random.js';
export { type RocCurve, rocAuc, rocCurve } from './roc.js';
export { plainSplit, repeatedStratifiedFolds, type Split, stratifiedSplit } from './splits.js';
export { medianTime, type SurvivalBand, survivalBand } from './survival-band.js';
export { dynamicAuc, type FollowUp, integratedScore, survivalBrier, unoC } from './survival-scores.js';
export {
  type WeightedStates,
  weightedBrier,
  weightedDecisions,
  weightedLogLoss,
  weightedPrAuc,
  weightedRocAuc,
} from './weighted-scores.js';
