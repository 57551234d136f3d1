import type { RowMatrix } from '../bundle/index.js';
import { fitElasticNet, type LinearFit, linearPredictor } from '../penalised/index.js';
import type { ModelPart } from './fitted-model.js';
import type { FitContext, Learner, TrainingRows } from './learner.js';
import { type ColumnChoice, isOrdered, type PcaPlan } from './preparation.js';
import { likelihoodOf, outcomeOf } from './task.js';

/** Penalty of a linear model. */
export interface Penalty {
  readonly lambda: number;
  /** 0 = ridge, 1 = lasso. */
  readonly l1Share: number;
  /**
   * How many times larger the coefficient of a category's place on its scale (stage, grade, ground glass, smoking) may be at
   * the same cost.
   */
  readonly emphasis: number;
}

/** What a penalised learner tries; every pair of `l1Shares` and `emphases` has its own path of penalties. */
export interface PenalisedOptions {
  readonly columns: ColumnChoice;
  readonly pca: PcaPlan;
  /** In order of preference; `[0]` is ridge. */
  readonly l1Shares: readonly number[];
  /** In order of preference; only 1 where inputs are components. */
  readonly emphases: readonly number[];
}

/** Penalties of a ridge regression on standardised columns, strong to weak. */
const ridge = [10, 5, 2.5, 1.2, 0.6, 0.3, 0.15, 0.08];
/** Those of an elastic net, where an absolute penalty above about 0.5 leaves no coefficient. */
const net = [0.5, 0.35, 0.25, 0.17, 0.12, 0.085, 0.06, 0.04];

/** Largest change of a linear predictor that is left when the search stops. */
const tolerance = 5e-4;

/**
 * Penalised regression: Cox for survival, logistic else (weighted for a horizon), on log1p of expression, medians for
 * missing values and standardised columns. Of penalties that are as good the strongest is taken.
 */
export function penalisedLearner({ columns, pca, l1Shares, emphases }: PenalisedOptions): Learner<Penalty> {
  const weights = pca.kind === 'none' ? emphases : [1];
  const trials = l1Shares.flatMap((l1Share) => weights.map((emphasis) => ({ l1Share, emphasis })));
  const isTrial = (trial: (typeof trials)[number], { l1Share, emphasis }: Penalty) =>
    trial.l1Share === l1Share && trial.emphasis === emphasis;
  return {
    preparation: { columns, pca, impute: 'median', logExpression: true, dropConstant: true },
    candidates: trials.flatMap((trial) => lambdasOf(trial.l1Share).map((lambda) => ({ ...trial, lambda }))),
    trialOf: (candidate) => trials.findIndex((trial) => isTrial(trial, candidate)),
    choice: 'simplest-as-good',
    higherIsWorse: true,
    margins: (training, candidates, inputs, context) => {
      return trials.flatMap((trial) => {
        const lambdas = candidates.flatMap((candidate) => (isTrial(trial, candidate) ? [candidate.lambda] : []));
        return path(training, trial, lambdas, context).map((fit) => linearPredictor(fit, inputs));
      });
    },
    refit: (training, candidate, context) => {
      const stronger = lambdasOf(candidate.l1Share).filter((lambda) => lambda >= candidate.lambda);
      return linearPart(path(training, candidate, stronger, context).at(-1) as LinearFit);
    },
    describe: ({ lambda, l1Share, emphasis }) => ({ lambda, l1Share, emphasis }),
  };
}

function lambdasOf(l1Share: number): readonly number[] {
  return l1Share === 0 ? ridge : net;
}

/** Fits along the penalties; the coefficients are those of the inputs as they are. */
function path(
  { sample, rows, inputs, names }: TrainingRows,
  { l1Share, emphasis }: Pick<Penalty, 'l1Share' | 'emphasis'>,
  lambdas: readonly number[],
  { task }: FitContext,
): readonly LinearFit[] {
  const likelihood = likelihoodOf(outcomeOf(sample, rows, task), task);
  const options = { l1Share, lambdas, tolerance };
  if (emphasis === 1 || names === null) return fitElasticNet(inputs, likelihood, options);
  // A column that is larger needs a smaller coefficient, which costs less.
  const factor = names.map((name) => (isOrdered(name) ? emphasis : 1));
  return fitElasticNet(timesColumns(inputs, factor), likelihood, options).map((fit) => ({
    ...fit,
    coefficients: fit.coefficients.map((b, j) => b * (factor[j] as number)),
  }));
}

function timesColumns({ rows, n, p }: RowMatrix, factor: readonly number[]): RowMatrix {
  return { rows: rows.map((value, k) => value * (factor[k % p] as number)), n, p };
}

function linearPart({ coefficients, intercept }: LinearFit): ModelPart {
  return { kind: 'linear', coefficients: [...coefficients], intercept };
}
