import { recipes } from '../recipes.js';
import type { Sample } from '../sample.js';
import { Booster, DMatrix } from '../xgboost/index.js';
import type { FittedModel } from './fitted-model.js';
import type { FitContext } from './learner.js';
import { prepare } from './preparation.js';

/**
 * The published template's chain on one-hot columns: missing = 0, scaling, PCA to 95 % of the variance (or as asked for), ten
 * rounds of `reg:logistic` on dead or alive, whatever the task. Nothing is tuned, nothing recalibrated.
 */
export function fitReference(
  sample: Sample,
  rows: readonly number[],
  pca: 'as-published' | 'none',
  { seed, library }: FitContext,
): FittedModel {
  const { steps, inputs } = prepare(sample, rows, {
    columns: 'one-hot',
    pca: pca === 'none' ? { kind: 'none' } : { kind: 'joint', size: { varianceShare: 0.95 } },
    impute: 'zero',
    logExpression: false,
    dropConstant: false,
  });
  const native = library();
  const label = Float32Array.from(rows, (i) => (sample.dead[i] ? 1 : 0));
  using train = new DMatrix(native, { values: Float32Array.from(inputs.rows), n: inputs.n, p: inputs.p }, { label });
  const { booster, rounds } = recipes.reference;
  using fitted = Booster.train(native, { parameters: booster(0.5), rounds, seed, train });
  return {
    steps,
    model: { kind: 'booster', json: fitted.save() },
    output: { kind: 'probability', slope: 1, intercept: 0 },
    chosen: { rounds },
    innerScore: null,
  };
}
