import { trainingError } from '../errors.js';

/** Objectives of XGBoost. */
export type BoosterObjective =
  | 'binary:logistic'
  | 'binary:logitraw'
  | 'binary:hinge'
  | 'reg:logistic'
  | 'reg:squarederror'
  | 'reg:squaredlogerror'
  | 'reg:pseudohubererror'
  | 'reg:absoluteerror'
  | 'reg:quantileerror'
  | 'reg:gamma'
  | 'reg:tweedie'
  | 'count:poisson'
  | 'multi:softmax'
  | 'multi:softprob'
  | 'rank:ndcg'
  | 'rank:map'
  | 'rank:pairwise'
  | 'survival:cox'
  | 'survival:aft';

/** Metrics of XGBoost; those with `@` take a number: `error@0.4`, `ndcg@10`, `tweedie-nloglik@1.5`. */
export type BoosterMetric =
  | 'auc'
  | 'aucpr'
  | 'logloss'
  | 'error'
  | `error@${number}`
  | 'merror'
  | 'mlogloss'
  | 'rmse'
  | 'rmsle'
  | 'mae'
  | 'mape'
  | 'mphe'
  | 'quantile'
  | 'pre'
  | 'ndcg'
  | 'map'
  | `${'pre' | 'ndcg' | 'map'}@${number}`
  | 'poisson-nloglik'
  | 'gamma-nloglik'
  | 'gamma-deviance'
  | `tweedie-nloglik@${number}`
  | 'cox-nloglik'
  | 'aft-nloglik'
  | 'interval-regression-accuracy';

/**
 * Training parameters, in XGBoost's own meaning and under its names in camel case; what is left out is XGBoost's default.
 * @see https://xgboost.readthedocs.io/en/stable/parameter.html
 */
export interface BoosterParameters {
  readonly objective: BoosterObjective;
  readonly booster?: 'gbtree' | 'gblinear' | 'dart';
  /** `cuda` (or one of several: `cuda:1`) needs a library built for it. */
  readonly device?: 'cpu' | 'cuda' | `cuda:${number}`;
  /** Learning rate, (0, 1]. */
  readonly eta?: number;
  readonly maxDepth?: number;
  readonly maxLeaves?: number;
  readonly maxBin?: number;
  readonly growPolicy?: 'depthwise' | 'lossguide';
  readonly minChildWeight?: number;
  /** Minimum loss reduction of a split. */
  readonly gamma?: number;
  /** Largest weight of a leaf; 0 = no limit. */
  readonly maxDeltaStep?: number;
  /** Share of the rows drawn per tree, (0, 1]. */
  readonly subsample?: number;
  readonly samplingMethod?: 'uniform' | 'gradient_based';
  /** Share of the columns drawn per tree, per level, per split, (0, 1]. */
  readonly columnSampleByTree?: number;
  readonly columnSampleByLevel?: number;
  readonly columnSampleByNode?: number;
  /** L2 penalty on leaf weights (on coefficients with `gblinear`). */
  readonly lambda?: number;
  /** L1 penalty on leaf weights (on coefficients with `gblinear`). */
  readonly alpha?: number;
  /** Weight of the positive class. */
  readonly scalePositiveWeight?: number;
  /** Prediction before the first tree, on the scale of the answer (a probability for logistic objectives). */
  readonly baseScore?: number;
  readonly treeMethod?: 'auto' | 'exact' | 'approx' | 'hist';
  readonly numParallelTree?: number;
  /** Per input: 1 = the answer may only rise with it, -1 = only fall, 0 = free. */
  readonly monotoneConstraints?: readonly (-1 | 0 | 1)[];
  /** Sets of inputs that may occur in one branch together. */
  readonly interactionConstraints?: readonly (readonly number[])[];
  readonly refreshLeaf?: boolean;
  readonly processType?: 'default' | 'update';
  readonly updater?: string;
  readonly maxCatToOnehot?: number;
  readonly maxCatThreshold?: number;
  readonly maxCachedHistNode?: number;
  /** `dart`: how trees are dropped. */
  readonly sampleType?: 'uniform' | 'weighted';
  readonly normalizeType?: 'tree' | 'forest';
  readonly rateDrop?: number;
  readonly oneDrop?: boolean;
  readonly skipDrop?: number;
  /** `gblinear`: how coefficients are chosen. */
  readonly featureSelector?: 'cyclic' | 'shuffle' | 'random' | 'greedy' | 'thrifty';
  readonly topK?: number;
  /** `survival:aft`: the distribution of the logarithm of time, and its scale. */
  readonly aftLossDistribution?: 'normal' | 'logistic' | 'extreme';
  readonly aftLossDistributionScale?: number;
  readonly evalMetric?: BoosterMetric;
  readonly disableDefaultEvalMetric?: boolean;
  /** Draws of a round depend on its number. */
  readonly seedPerIteration?: boolean;
  /** Of `multi:softmax` and `multi:softprob`. */
  readonly numClass?: number;
  /** Several outputs: a tree for each, or trees with a value for each at a leaf. */
  readonly multiStrategy?: 'one_output_per_tree' | 'multi_output_tree';
  /** `reg:tweedie`, (1, 2). */
  readonly tweedieVariancePower?: number;
  /** `reg:pseudohubererror`. */
  readonly huberSlope?: number;
  /** `reg:quantileerror`: one quantile or several, (0, 1). */
  readonly quantileAlpha?: number | readonly number[];
  /** `rank:…`: how pairs are made. */
  readonly lambdarankPairMethod?: 'mean' | 'topk';
  readonly lambdarankNumPairPerSample?: number;
  readonly lambdarankNormalization?: boolean;
  readonly lambdarankScoreNormalization?: boolean;
  readonly lambdarankUnbiased?: boolean;
  readonly lambdarankBiasNorm?: number;
  readonly ndcgExpGain?: boolean;
}

/** Each parameter with its name in the library. Their order is that in which they are set. */
const names: Readonly<Record<keyof BoosterParameters, string>> = {
  objective: 'objective',
  booster: 'booster',
  device: 'device',
  eta: 'eta',
  maxDepth: 'max_depth',
  maxLeaves: 'max_leaves',
  maxBin: 'max_bin',
  growPolicy: 'grow_policy',
  minChildWeight: 'min_child_weight',
  gamma: 'gamma',
  maxDeltaStep: 'max_delta_step',
  subsample: 'subsample',
  samplingMethod: 'sampling_method',
  columnSampleByTree: 'colsample_bytree',
  columnSampleByLevel: 'colsample_bylevel',
  columnSampleByNode: 'colsample_bynode',
  lambda: 'lambda',
  alpha: 'alpha',
  scalePositiveWeight: 'scale_pos_weight',
  baseScore: 'base_score',
  treeMethod: 'tree_method',
  numParallelTree: 'num_parallel_tree',
  monotoneConstraints: 'monotone_constraints',
  interactionConstraints: 'interaction_constraints',
  refreshLeaf: 'refresh_leaf',
  processType: 'process_type',
  updater: 'updater',
  maxCatToOnehot: 'max_cat_to_onehot',
  maxCatThreshold: 'max_cat_threshold',
  maxCachedHistNode: 'max_cached_hist_node',
  sampleType: 'sample_type',
  normalizeType: 'normalize_type',
  rateDrop: 'rate_drop',
  oneDrop: 'one_drop',
  skipDrop: 'skip_drop',
  featureSelector: 'feature_selector',
  topK: 'top_k',
  aftLossDistribution: 'aft_loss_distribution',
  aftLossDistributionScale: 'aft_loss_distribution_scale',
  evalMetric: 'eval_metric',
  disableDefaultEvalMetric: 'disable_default_eval_metric',
  seedPerIteration: 'seed_per_iteration',
  numClass: 'num_class',
  multiStrategy: 'multi_strategy',
  tweedieVariancePower: 'tweedie_variance_power',
  huberSlope: 'huber_slope',
  quantileAlpha: 'quantile_alpha',
  lambdarankPairMethod: 'lambdarank_pair_method',
  lambdarankNumPairPerSample: 'lambdarank_num_pair_per_sample',
  lambdarankNormalization: 'lambdarank_normalization',
  lambdarankScoreNormalization: 'lambdarank_score_normalization',
  lambdarankUnbiased: 'lambdarank_unbiased',
  lambdarankBiasNorm: 'lambdarank_bias_norm',
  ndcgExpGain: 'ndcg_exp_gain',
};

/** Major version from which the library knows a parameter; an older one would pass over it in silence. */
const since: Readonly<Partial<Record<keyof BoosterParameters, number>>> = {
  maxCachedHistNode: 2,
  multiStrategy: 2,
  quantileAlpha: 2,
  lambdarankPairMethod: 2,
  lambdarankNumPairPerSample: 2,
  lambdarankNormalization: 2,
  lambdarankScoreNormalization: 3,
  lambdarankUnbiased: 2,
  lambdarankBiasNorm: 2,
  ndcgExpGain: 2,
};

/** Versions before 2.0 know no `device`; there a GPU is a tree method. */
const deviceSince = 2;

/**
 * Parameters under the library's names, in a fixed order, with one thread: sums over rows then have one order, so the
 * same input gives the same bytes.
 * @param seed    integer, of the draws of rows and columns
 * @param version of the library, `major.minor.patch`; the newest when left out
 * @throws TrainingError TRAIN_BAD_OPTION for a name that is none, or that this version does not know
 */
export function nativeParameters(
  parameters: BoosterParameters,
  seed: number,
  version = '3.0.0',
): readonly (readonly [string, string])[] {
  const major = Number.parseInt(version, 10);
  for (const key of Object.keys(parameters)) assertKnown(key, major, version);
  const given = (Object.keys(names) as (keyof BoosterParameters)[]).flatMap((key) => {
    const value = parameters[key];
    if (value === undefined) return [];
    if (key === 'device' && major < deviceSince) return oldDevice(String(value));
    return [[names[key], nativeText(value)] as const];
  });
  return [...given, ['seed', String(seed)], ['nthread', '1'], ['verbosity', '0']];
}

/** The library passes over names that it does not know; here they are refused. */
function assertKnown(key: string, major: number, version: string): void {
  const from = since[key as keyof BoosterParameters];
  if (Object.hasOwn(names, key) && (from === undefined || major >= from)) return;
  const expected = from === undefined ? 'a parameter of XGBoost' : `XGBoost ${from}.0 or later`;
  throw trainingError('TRAIN_BAD_OPTION', key, from === undefined ? 'unknown' : `not known to ${version}`, expected);
}

function oldDevice(device: string): readonly (readonly [string, string])[] {
  if (device === 'cpu') return [];
  const ordinal = device.split(':')[1];
  return [['tree_method', 'gpu_hist'], ...(ordinal === undefined ? [] : [['gpu_id', ordinal] as const])];
}

function nativeText(value: NonNullable<BoosterParameters[keyof BoosterParameters]>): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return value.some(Array.isArray) ? JSON.stringify(value) : `(${value.join(',')})`;
}
