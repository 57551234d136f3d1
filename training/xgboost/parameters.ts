/** Objectives of XGBoost that this project uses. */
export type BoosterObjective =
  | 'binary:logistic'
  | 'reg:logistic'
  | 'reg:squarederror'
  | 'survival:cox'
  | 'survival:aft';

/**
 * Training parameters, in XGBoost's own meaning and under its names in camel case; what is left out is XGBoost's default.
 * @see https://xgboost.readthedocs.io/en/stable/parameter.html
 */
export interface BoosterParameters {
  readonly objective: BoosterObjective;
  readonly booster?: 'gbtree' | 'gblinear' | 'dart';
  /** `cuda` needs a library built for it (2.0 and later). */
  readonly device?: 'cpu' | 'cuda';
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
  readonly evalMetric?:
    | 'auc'
    | 'aucpr'
    | 'logloss'
    | 'error'
    | 'rmse'
    | 'mae'
    | 'cox-nloglik'
    | 'aft-nloglik'
    | 'interval-regression-accuracy';
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
};

/** Versions before 2.0 know no `device`; there a GPU is a tree method. */
const deviceSince = 2;

/**
 * Parameters under the library's names, in a fixed order, with one thread: sums over rows then have one order, so the
 * same input gives the same bytes.
 * @param seed    integer, of the draws of rows and columns
 * @param version of the library, `major.minor.patch`; the newest when left out
 */
export function nativeParameters(
  parameters: BoosterParameters,
  seed: number,
  version = '3.0.0',
): readonly (readonly [string, string])[] {
  const old = Number.parseInt(version, 10) < deviceSince;
  const given = (Object.keys(names) as (keyof BoosterParameters)[]).flatMap((key) => {
    const value = parameters[key];
    if (value === undefined) return [];
    if (key === 'device' && old) return value === 'cuda' ? [['tree_method', 'gpu_hist'] as const] : [];
    return [[names[key], nativeText(value)] as const];
  });
  return [...given, ['seed', String(seed)], ['nthread', '1'], ['verbosity', '0']];
}

function nativeText(value: NonNullable<BoosterParameters[keyof BoosterParameters]>): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return value.some(Array.isArray) ? JSON.stringify(value) : `(${value.join(',')})`;
}
