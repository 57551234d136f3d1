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
export { harrellC } from './concordance.js';
export { kaplanMeier, type LogRankResult, logRank, type SurvivalCurve } from './kaplan-meier.js';
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
export { type DrawInteger, seededDraw, shuffled } from './random.js';
export { type RocCurve, rocAuc, rocCurve } from './roc.js';
export { plainSplit, repeatedStratifiedFolds, type Split, stratifiedSplit } from './splits.js';
