import { fitElasticNet, type LinearFit, linearPredictor } from '../penalised/index.js';
import type { ModelPart } from './fitted-model.js';
import type { FitContext, Learner, TrainingRows } from './learner.js';
import type { ColumnChoice, PcaPlan } from './preparation.js';
import { likelihoodOf, outcomeOf } from './task.js';

/** Penalty of a linear model: how strong, and how much of it is on absolute values. */
export interface Penalty {
  readonly lambda: number;
  /** 0 = ridge, 1 = lasso. */
  readonly l1Share: number;
}

/** Penalties of a ridge regression on standardised columns, strong to weak. */
const ridge = [10, 5, 2.5, 1.2, 0.6, 0.3, 0.15, 0.08];
/** Those of an elastic net, where an absolute penalty above about 0.5 leaves no coefficient. */
const net = [0.5, 0.35, 0.25, 0.17, 0.12, 0.085, 0.06, 0.04];

/** Largest change of a linear predictor that is left when the search stops. */
const tolerance = 1e-4;

/**
 * Penalised regression: Cox for survival, logistic else (weighted for a horizon), on log1p of expression, medians for
 * missing values and standardised columns. Of penalties that are as good the strongest is taken.
 * @param options.l1Shares each with its own path of penalties, in order of preference; `[0]` is ridge
 */
export function penalisedLearner(options: {
  readonly columns: ColumnChoice;
  readonly pca: PcaPlan;
  readonly l1Shares: readonly number[];
}): Learner<Penalty> {
  const { columns, pca, l1Shares } = options;
  return {
    preparation: { columns, pca, impute: 'median', logExpression: true, dropConstant: true },
    candidates: l1Shares.flatMap((l1Share) => lambdasOf(l1Share).map((lambda) => ({ lambda, l1Share }))),
    choice: 'simplest-as-good',
    higherIsWorse: true,
    margins: (training, candidates, inputs, context) => {
      return l1Shares.flatMap((l1Share) => {
        const lambdas = candidates.flatMap((c) => (c.l1Share === l1Share ? [c.lambda] : []));
        return path(training, l1Share, lambdas, context).map((fit) => linearPredictor(fit, inputs));
      });
    },
    refit: (training, { lambda, l1Share }, context) => {
      const stronger = lambdasOf(l1Share).filter((other) => other >= lambda);
      return linearPart(path(training, l1Share, stronger, context).at(-1) as LinearFit);
    },
    describe: ({ lambda, l1Share }) => ({ lambda, l1Share }),
  };
}

function lambdasOf(l1Share: number): readonly number[] {
  return l1Share === 0 ? ridge : net;
}

function path(
  { sample, rows, inputs }: TrainingRows,
  l1Share: number,
  lambdas: readonly number[],
  { task }: FitContext,
): readonly LinearFit[] {
  return fitElasticNet(inputs, likelihoodOf(outcomeOf(sample, rows, task), task), { l1Share, lambdas, tolerance });
}

function linearPart({ coefficients, intercept }: LinearFit): ModelPart {
  return { kind: 'linear', coefficients: [...coefficients], intercept };
}
