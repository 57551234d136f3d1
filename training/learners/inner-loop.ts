import { applySteps } from '../bundle/index.js';
import { repeatedStratifiedFolds, type Split } from '../evaluate/index.js';
import { breslowBaseline, fitElasticNet } from '../penalised/index.js';
import { type Sample, takeRows } from '../sample.js';
import type { FittedModel, OutputScale } from './fitted-model.js';
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

/** A candidate that was tried on every inner fold. */
export interface Tried<Candidate> {
  readonly candidate: Candidate;
  /** Margin of each row by a model that has not seen it, in the order of the rows; higher = worse. */
  readonly margins: Float64Array;
}

/**
 * Tries the candidates of a learner on the inner folds; steps are fitted anew on each training part.
 * @returns those that were not given up on the way, in their order
 */
export function tryCandidates<Candidate>(
  sample: Sample,
  rows: readonly number[],
  splits: readonly Split[],
  learner: Learner<Candidate>,
  context: FitContext,
): readonly Tried<Candidate>[] {
  const sign = learner.higherIsWorse ? 1 : -1;
  let alive = learner.candidates.map((candidate) => ({
    candidate,
    margins: new Float64Array(rows.length).fill(Number.NaN),
  }));
  for (const [f, split] of splits.entries()) {
    const inner = split.train.map((k) => rows[k] as number);
    const prepared = prepare(sample, inner, learner.preparation);
    const raw = takeRows(
      sample.matrix,
      split.test.map((k) => rows[k] as number),
    );
    const inputs = applySteps(prepared.steps, raw.rows, raw.n, raw.p);
    const training = { ...prepared, sample, rows: inner };
    const candidates = alive.map(({ candidate }) => candidate);
    for (const [c, found] of learner.margins(training, candidates, inputs, context).entries()) {
      const own = alive[c]?.margins as Float64Array;
      for (const [k, at] of split.test.entries()) own[at] = sign * (found[k] as number);
    }
    if (learner.halving !== true || f === splits.length - 1) continue;
    alive = betterHalf(sample, rows, splits.slice(0, f + 1), alive, trialOf(learner), context.task);
  }
  return alive;
}

/** The candidates of the better half of the trials (never fewer than two), by the best candidate of each so far. */
function betterHalf<Candidate, T extends Tried<Candidate>>(
  sample: Sample,
  rows: readonly number[],
  splits: readonly Split[],
  alive: T[],
  trial: (candidate: Candidate) => number,
  task: Task,
): T[] {
  const seen = splits.flatMap(({ test }) => test);
  const seenRows = seen.map((k) => rows[k] as number);
  const best = new Map<number, number>();
  for (const { candidate, margins } of alive) {
    const own = Float64Array.from(seen, (k) => margins[k] as number);
    const { risk } = recalibrate(sample, seenRows, own, task);
    const everywhere = { train: [], test: [...seen.keys()] };
    const [score = Number.NEGATIVE_INFINITY] = scoreByFold(sample, seenRows, [everywhere], risk, task);
    best.set(trial(candidate), Math.max(score, best.get(trial(candidate)) ?? Number.NEGATIVE_INFINITY));
  }
  const order = [...best].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([name]) => name);
  const kept = new Set(order.slice(0, Math.max(2, Math.ceil(order.length / 2))));
  return alive.filter(({ candidate }) => kept.has(trial(candidate)));
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
  const { candidate, calibrated, innerScore } = chooseCandidate(sample, rows, learner, context);
  const prepared = prepare(sample, rows, learner.preparation);
  const model = learner.refit({ ...prepared, sample, rows }, candidate, context);
  const output = scaleOf(sample, rows, calibrated, task, learner.higherIsWorse);
  return { steps: prepared.steps, model, output, chosen: learner.describe(candidate), innerScore };
}

/** The candidate that the inner folds speak for, and its recalibrated out-of-fold predictors. */
export function chooseCandidate<Candidate>(
  sample: Sample,
  rows: readonly number[],
  learner: Learner<Candidate>,
  context: FitContext,
): { readonly candidate: Candidate; readonly calibrated: Recalibrated; readonly innerScore: number } {
  const splits = innerSplits(sample, rows, context.seed);
  const tried = tryCandidates(sample, rows, splits, learner, context);
  const calibrated = tried.map(({ margins }) => recalibrate(sample, rows, margins, context.task));
  const scores = calibrated.map(({ risk }) => scoreByFold(sample, rows, splits, risk, context.task));
  const chosen = chosenOf(
    learner,
    tried.map(({ candidate }) => candidate),
    scores,
  );
  return {
    candidate: tried[chosen]?.candidate as Candidate,
    calibrated: calibrated[chosen] as Recalibrated,
    innerScore: mean(scores[chosen] as readonly number[]),
  };
}

function trialOf<Candidate>(learner: Learner<Candidate>): (candidate: Candidate) => number {
  return learner.trialOf ?? (() => 0);
}

/**
 * Position of the candidate to take: in each trial the one that the learner's rule picks, of these the one with the best score.
 * @param byFold score of each candidate in each inner fold, higher is better
 */
export function chosenOf<Candidate>(
  learner: Learner<Candidate>,
  candidates: readonly Candidate[],
  byFold: readonly (readonly number[])[],
): number {
  const trial = trialOf(learner);
  const trials = [...new Set(candidates.map(trial))];
  const picked = trials.map((name) => {
    const at = candidates.flatMap((candidate, c) => (trial(candidate) === name ? [c] : []));
    const own = at.map((c) => byFold[c] as readonly number[]);
    return at[learner.choice === 'best' ? bestOf(own) : simplestAsGood(own)] as number;
  });
  return picked[bestOf(picked.map((c) => byFold[c] as readonly number[]))] as number;
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

export function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
