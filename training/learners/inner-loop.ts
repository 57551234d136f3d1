import { applySteps } from '../bundle/index.js';
import { repeatedStratifiedFolds, type Split } from '../evaluate/index.js';
import { breslowBaseline, fitElasticNet } from '../penalised/index.js';
import { type Sample, takeRows } from '../sample.js';
import { type FittedModel, marginsOfInputs, type OutputScale } from './fitted-model.js';
import type { FitContext, Learner } from './learner.js';
import { prepare } from './preparation.js';
import { followUpOf, likelihoodOf, outcomeOf, type Task } from './task.js';

/** Inner folds, for every learner. */
export const innerFolds = 5;

/** The slope of a recalibration is never below this, so that a ranking remains. */
const leastSlope = 0.05;

/** What the inner cross-validation of some rows says of one candidate. */
export interface Recalibrated {
  readonly slope: number;
  readonly intercept: number;
  /** Recalibrated out-of-fold predictors, in the order of the rows. */
  readonly risk: Float64Array;
}

/** Folds of the rows, positions within them; the same for every learner with the same seed. */
export function innerSplits(sample: Sample, rows: readonly number[], seed: number): readonly Split[] {
  const dead = rows.map((i) => sample.dead[i] === true);
  const [splits = []] = repeatedStratifiedFolds(dead, { folds: innerFolds, repeats: 1, seed });
  return splits;
}

/**
 * Margins of each row by models that have not seen it, of each candidate; steps are fitted anew on each training part.
 * @returns one list per candidate, in the order of `rows`; higher = worse
 */
export function outOfFoldMargins<Candidate>(
  sample: Sample,
  rows: readonly number[],
  splits: readonly Split[],
  learner: Learner<Candidate>,
  candidates: readonly Candidate[],
  context: FitContext,
): readonly Float64Array[] {
  const margins = candidates.map(() => new Float64Array(rows.length).fill(Number.NaN));
  const sign = learner.higherIsWorse ? 1 : -1;
  for (const split of splits) {
    const inner = split.train.map((k) => rows[k] as number);
    const prepared = prepare(sample, inner, learner.preparation);
    const parts = learner.fit({ sample, rows: inner, inputs: prepared.inputs }, candidates, context);
    const raw = takeRows(
      sample.matrix,
      split.test.map((k) => rows[k] as number),
    );
    const inputs = applySteps(prepared.steps, raw.rows, raw.n, raw.p);
    for (const [c, part] of parts.entries()) {
      const found = marginsOfInputs(part, inputs, context.library);
      for (const [k, at] of split.test.entries()) (margins[c] as Float64Array)[at] = sign * (found[k] as number);
    }
  }
  return margins;
}

/** Slope and intercept that make out-of-fold margins fit what happened. */
export function recalibrate(sample: Sample, rows: readonly number[], margins: Float64Array, task: Task): Recalibrated {
  const likelihood = likelihoodOf(outcomeOf(sample, rows, task), task);
  const x = { rows: margins, n: margins.length, p: 1 };
  const [fit] = fitElasticNet(x, likelihood, { l1Share: 0, lambdas: [1e-6], nonNegative: true });
  const slope = Math.max(leastSlope, fit?.coefficients[0] ?? 0);
  const intercept = fit?.intercept ?? 0;
  return { slope, intercept, risk: margins.map((margin) => intercept + slope * margin) };
}

/** Mean log-likelihood per patient of recalibrated predictors in each inner fold; higher is better. */
export function scoreByFold(
  sample: Sample,
  rows: readonly number[],
  splits: readonly Split[],
  risk: Float64Array,
  task: Task,
): readonly number[] {
  return splits.map((split) => {
    const members = split.test.map((k) => rows[k] as number);
    const eta = Float64Array.from(split.test, (k) => risk[k] as number);
    const likelihood = likelihoodOf(outcomeOf(sample, members, task, rows), task);
    return likelihood.evaluate(eta, new Float64Array(eta.length), new Float64Array(eta.length)) / eta.length;
  });
}

/**
 * Chooses a candidate by cross-validation of the rows, fits it on all of them and gives its margins a meaning. Nothing
 * but these rows is looked at.
 * @param rows positions in the sample
 * @throws TrainingError TRAIN_TOO_FEW_PATIENTS, and those of the steps and the learner
 */
export function fitByInnerLoop<Candidate>(
  sample: Sample,
  rows: readonly number[],
  learner: Learner<Candidate>,
  context: FitContext,
): FittedModel {
  const { task } = context;
  const splits = innerSplits(sample, rows, context.seed);
  const margins = outOfFoldMargins(sample, rows, splits, learner, learner.candidates, context);
  const calibrated = margins.map((own) => recalibrate(sample, rows, own, task));
  const scores = calibrated.map(({ risk }) => scoreByFold(sample, rows, splits, risk, task));
  const chosen = learner.choice === 'best' ? bestOf(scores) : simplestAsGood(scores);
  const prepared = prepare(sample, rows, learner.preparation);
  const candidate = learner.candidates[chosen] as Candidate;
  const model = learner.refit({ sample, rows, inputs: prepared.inputs }, candidate, context);
  const output = scaleOf(sample, rows, calibrated[chosen] as Recalibrated, task, learner.higherIsWorse);
  return { steps: prepared.steps, model, output, chosen: learner.describe(candidate) };
}

/** The scale of a model whose out-of-fold predictors were recalibrated. */
export function scaleOf(
  sample: Sample,
  rows: readonly number[],
  { slope, intercept, risk }: Recalibrated,
  task: Task,
  higherIsWorse: boolean,
): OutputScale {
  const signed = higherIsWorse ? slope : -slope;
  if (task.kind !== 'survival') return { kind: 'probability', slope: signed, intercept };
  const { timeDays, event } = followUpOf(sample, rows);
  return { kind: 'hazard', slope: signed, intercept, baseline: breslowBaseline(timeDays, event, risk) };
}

/**
 * The first candidate whose score is within one standard error of the best one's (of the paired differences over the inner
 * folds): with few deaths the best score of all is mostly chance.
 * @param byFold score of each candidate (simplest first) in each inner fold, higher is better
 * @see Hastie et al., The Elements of Statistical Learning, 2009, section 7.10
 */
export function simplestAsGood(byFold: readonly (readonly number[])[]): number {
  const best = bestOf(byFold);
  return byFold.findIndex((scores) => {
    const less = scores.map((score, f) => (byFold[best]?.[f] as number) - score);
    const centre = mean(less);
    const squares = less.reduce((sum, x) => sum + (x - centre) ** 2, 0);
    return centre <= Math.sqrt(squares / (less.length - 1) / less.length);
  });
}

/** The first of the candidates with the highest mean score. */
export function bestOf(byFold: readonly (readonly number[])[]): number {
  const means = byFold.map(mean);
  return means.indexOf(Math.max(...means));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
