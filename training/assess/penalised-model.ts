import { applySteps, type RowMatrix } from '../bundle/index.js';
import { repeatedStratifiedFolds } from '../evaluate/index.js';
import {
  binomialLikelihood,
  breslowBaseline,
  coxLikelihood,
  fitElasticNet,
  linearPredictor,
} from '../penalised/index.js';
import { fitSteps, type StepPlan } from '../prepare/index.js';
import { type Sample, takeRows } from '../sample.js';
import type { AssessTask } from './task.js';

/** What a fitted model says of the patients it never saw. */
export interface FoldAnswer {
  /** Higher = worse. */
  readonly risk: Float64Array;
  /** Probability of death: by the end of follow-up (`status`) or by each time (`survival`, row-major n x times). */
  readonly probability: Float64Array;
}

/** Penalties that the inner cross-validation chooses from: ridge, strong to weak. */
const lambdas = [10, 5, 2.5, 1.2, 0.6, 0.3, 0.15, 0.08] as const;
const innerFolds = 5;

/**
 * Ridge regression (Cox for `survival`, logistic for `status`) on log1p of expression, medians for missing values and
 * standardised columns. Penalty and calibration come from an inner cross-validation of the training rows: the test rows
 * are only predicted.
 */
export function fitPenalised(
  sample: Sample,
  train: readonly number[],
  test: readonly number[],
  task: AssessTask,
  seed: number,
): FoldAnswer {
  const dead = train.map((i) => sample.dead[i] === true);
  const [splits = []] = repeatedStratifiedFolds(dead, { folds: innerFolds, repeats: 1, seed });
  const outOfFold = lambdas.map(() => new Float64Array(train.length));
  for (const split of splits) {
    const rows = split.train.map((k) => train[k] as number);
    const predicted = path(
      sample,
      rows,
      split.test.map((k) => train[k] as number),
      task,
    );
    for (const [l, eta] of predicted.entries()) {
      for (const [k, at] of split.test.entries()) (outOfFold[l] as Float64Array)[at] = eta[k] as number;
    }
  }
  const scores = outOfFold.map((eta) => calibrated(sample, train, eta, task));
  const byFold = scores.map(({ at }) =>
    splits.map((split) => logLikelihoodOf(sample, train, split.test, at, task) / split.test.length),
  );
  const best = strongestAsGood(byFold);
  const { slope, intercept } = scores[best] as Recalibration;
  const eta = path(sample, train, test, task)[best] as Float64Array;
  const risk = eta.map((value) => intercept + slope * value);
  if (task.kind === 'status') return { risk, probability: risk.map((value) => 1 / (1 + Math.exp(-value))) };
  const honest = (outOfFold[best] as Float64Array).map((value) => slope * value);
  return { risk, probability: deathBy(sample, train, honest, risk, task.timesDays) };
}

/** Probability of death by each time from a baseline hazard, row-major (n x times). */
export function deathBy(
  sample: Sample,
  train: readonly number[],
  trainEta: Float64Array,
  risk: Float64Array,
  timesDays: readonly number[],
): Float64Array {
  const { timeDays, cumulative } = breslowBaseline(...outcomeOf(sample, train), trainEta);
  const hazard = timesDays.map((time) => cumulative[timeDays.filter((t) => t <= time).length - 1] ?? 0);
  return Float64Array.from({ length: risk.length * hazard.length }, (_, k) => {
    const i = Math.floor(k / hazard.length);
    return 1 - Math.exp(-(hazard[k % hazard.length] as number) * Math.exp(risk[i] as number));
  });
}

function outcomeOf(sample: Sample, rows: readonly number[]): readonly [Float64Array, readonly boolean[]] {
  return [Float64Array.from(rows, (i) => sample.timeDays[i] as number), rows.map((i) => sample.dead[i] === true)];
}

function likelihoodOf(sample: Sample, rows: readonly number[], task: AssessTask) {
  const [timeDays, event] = outcomeOf(sample, rows);
  return task.kind === 'survival' ? coxLikelihood(timeDays, event) : binomialLikelihood(event);
}

/** Linear predictors of the test rows by every penalty, all fitted on the training rows alone. */
function path(
  sample: Sample,
  train: readonly number[],
  test: readonly number[],
  task: AssessTask,
): readonly Float64Array[] {
  const names = sample.columns.map(({ feature }) => feature);
  const plan: readonly StepPlan[] = [
    { kind: 'log1p', at: sample.columns.flatMap(({ group }, j) => (group === 'genomic' ? [j] : [])) },
    { kind: 'impute', with: 'median' },
    { kind: 'select' },
    { kind: 'scale' },
  ];
  const fitted = fitSteps(plan, takeRows(sample.matrix, train), names);
  const raw = takeRows(sample.matrix, test);
  const inputs: RowMatrix = applySteps(fitted.steps, raw.rows, raw.n, raw.p, names);
  const fits = fitElasticNet(fitted.output, likelihoodOf(sample, train, task), {
    l1Share: 0,
    lambdas,
    tolerance: 1e-4,
  });
  return fits.map((fit) => linearPredictor(fit, inputs));
}

interface Recalibration {
  readonly slope: number;
  readonly intercept: number;
  /** The recalibrated predictors, shape (rows). */
  readonly at: Float64Array;
}

/** Slope (never below 0.05, so that a ranking remains) and intercept that make out-of-fold predictors fit what happened. */
function calibrated(sample: Sample, rows: readonly number[], eta: Float64Array, task: AssessTask): Recalibration {
  const likelihood = likelihoodOf(sample, rows, task);
  const x = { rows: eta, n: eta.length, p: 1 };
  const [fit] = fitElasticNet(x, likelihood, { l1Share: 0, lambdas: [1e-6], nonNegative: true });
  const slope = Math.max(0.05, fit?.coefficients[0] ?? 0);
  const intercept = fit?.intercept ?? 0;
  return { slope, intercept, at: eta.map((value) => intercept + slope * value) };
}

function logLikelihoodOf(
  sample: Sample,
  train: readonly number[],
  members: readonly number[],
  eta: Float64Array,
  task: AssessTask,
): number {
  const rows = members.map((k) => train[k] as number);
  const own = Float64Array.from(members, (k) => eta[k] as number);
  return likelihoodOf(sample, rows, task).evaluate(own, new Float64Array(own.length), new Float64Array(own.length));
}

/**
 * The strongest penalty whose score is within one standard error of the best one's (of the paired differences over the inner
 * folds): with so few deaths the best score of all is mostly chance.
 * @param byFold score of each penalty (strongest first) in each inner fold, higher is better
 * @see Hastie et al., The Elements of Statistical Learning, 2009, section 7.10
 */
export function strongestAsGood(byFold: readonly (readonly number[])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const means = byFold.map(mean);
  const best = means.indexOf(Math.max(...means));
  return byFold.findIndex((scores) => {
    const less = scores.map((score, f) => (byFold[best]?.[f] as number) - score);
    const centre = mean(less);
    const squares = less.reduce((sum, x) => sum + (x - centre) ** 2, 0);
    return centre <= Math.sqrt(squares / (less.length - 1) / less.length);
  });
}
