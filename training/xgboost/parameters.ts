/** Training parameters this binding passes on, in XGBoost's own meaning; what is left out is XGBoost's default. */
export interface BoosterParameters {
  readonly objective: 'binary:logistic' | 'reg:logistic' | 'reg:squarederror';
  /** Learning rate, (0, 1]. */
  readonly eta?: number;
  readonly maxDepth?: number;
  readonly minChildWeight?: number;
  /** Minimum loss reduction of a split. */
  readonly gamma?: number;
  /** Share of the rows drawn per tree, (0, 1]. */
  readonly subsample?: number;
  /** Share of the columns drawn per tree, (0, 1]. */
  readonly columnSampleByTree?: number;
  /** L2 penalty on leaf weights. */
  readonly lambda?: number;
  /** L1 penalty on leaf weights. */
  readonly alpha?: number;
  /** Prediction before the first tree, on the scale of the answer (a probability for logistic objectives). */
  readonly baseScore?: number;
  readonly treeMethod?: 'exact' | 'approx' | 'hist';
  readonly evalMetric?: 'auc' | 'aucpr' | 'logloss' | 'error' | 'rmse';
}

const names: Readonly<Record<keyof BoosterParameters, string>> = {
  objective: 'objective',
  eta: 'eta',
  maxDepth: 'max_depth',
  minChildWeight: 'min_child_weight',
  gamma: 'gamma',
  subsample: 'subsample',
  columnSampleByTree: 'colsample_bytree',
  lambda: 'lambda',
  alpha: 'alpha',
  baseScore: 'base_score',
  treeMethod: 'tree_method',
  evalMetric: 'eval_metric',
};

/**
 * Parameters under the library's names, in a fixed order, with one thread: sums over rows then have one order, so the
 * same input gives the same bytes.
 * @param seed integer, of the draws of rows and columns
 */
export function nativeParameters(parameters: BoosterParameters, seed: number): readonly (readonly [string, string])[] {
  const given = (Object.keys(names) as (keyof BoosterParameters)[]).flatMap((key) => {
    const value = parameters[key];
    return value === undefined ? [] : [[names[key], String(value)] as const];
  });
  return [...given, ['seed', String(seed)], ['nthread', '1'], ['verbosity', '0']];
}
