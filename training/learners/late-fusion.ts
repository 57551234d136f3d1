import type { Split } from '../evaluate/index.js';
import { fitElasticNet } from '../penalised/index.js';
import { keepColumns, type Sample } from '../sample.js';
import type { FittedModel } from './fitted-model.js';
import { chosenOf, innerSplits, mean, recalibrate, scaleOf, scoreByFold, tryCandidates } from './inner-loop.js';
import { joinSteps, type StepsOfColumns } from './join-steps.js';
import type { FitContext, Learner } from './learner.js';
import type { Penalty } from './penalised-learner.js';
import { prepare } from './preparation.js';
import { likelihoodOf, outcomeOf } from './task.js';

/** Penalty on the weights of the stack: they are few, and their inputs are predictors already. */
const stackLambda = 0.01;

interface Member extends StepsOfColumns {
  readonly coefficients: readonly number[];
  readonly intercept: number;
  /** Out-of-fold margins of all rows, recalibrated. */
  readonly risk: Float64Array;
  readonly chosen: Penalty;
}

/**
 * Late fusion: a linear model per modality, fitted on the patients who have a record in it, and weights (none below 0) that
 * are fitted on what the models say of patients they have not seen. A sum of linear models is linear, so the answer is one
 * model with the steps of all of them side by side.
 * @param learner of each modality; linear
 */
export function fitLateFusion(
  sample: Sample,
  rows: readonly number[],
  learner: Learner<Penalty>,
  context: FitContext,
): FittedModel {
  const { task } = context;
  const splits = innerSplits(sample, rows, context.seed);
  const members = sample.modalities.flatMap((_, g) => {
    const found = fitMember(sample, rows, g, splits, learner, context);
    return found === null ? [] : [found];
  });
  const x = new Float64Array(rows.length * members.length);
  for (const [m, { risk }] of members.entries()) {
    for (let k = 0; k < rows.length; k++) x[k * members.length + m] = risk[k] as number;
  }
  const likelihood = likelihoodOf(outcomeOf(sample, rows, task), task);
  const stacking = { l1Share: 0, lambdas: [stackLambda], nonNegative: true };
  const [stack] = fitElasticNet({ rows: x, n: rows.length, p: members.length }, likelihood, stacking);
  const weights = [...(stack?.coefficients ?? [])];
  const margins = Float64Array.from(rows, (_, k) =>
    members.reduce((sum, { risk }, m) => sum + (weights[m] as number) * (risk[k] as number), 0),
  );
  const calibrated = recalibrate(sample, rows, margins, task);
  const innerScore = mean(scoreByFold(sample, rows, splits, calibrated.risk, task));
  return {
    steps: joinSteps(members, sample.columns.length),
    model: {
      kind: 'linear',
      coefficients: members.flatMap(({ coefficients }, m) => coefficients.map((b) => b * (weights[m] as number))),
      intercept: members.reduce((sum, { intercept }, m) => sum + intercept * (weights[m] as number), 0),
    },
    output: scaleOf(sample, rows, calibrated, task, true),
    innerScore,
    chosen: Object.fromEntries(
      members.flatMap(({ group, chosen }, m) => [
        [`${group} weight`, weights[m] as number],
        [`${group} lambda`, chosen.lambda],
      ]),
    ),
  };
}

/** The model of one modality; null where too few of these patients have a record in it. */
function fitMember(
  everything: Sample,
  rows: readonly number[],
  group: number,
  splits: readonly Split[],
  learner: Learner<Penalty>,
  context: FitContext,
): (Member & { readonly group: string }) | null {
  const name = everything.modalities[group] as string;
  const at = everything.columns.flatMap((column, j) => (column.group === name ? [j] : []));
  if (at.length === 0) return null;
  const sample = keepColumns(everything, at);
  const has = (k: number) => everything.present[(rows[k] as number) * everything.modalities.length + group] === 1;
  const positions = [...rows.keys()].filter(has);
  const own = positions.map((k) => rows[k] as number);
  const masked = splits.map(({ train, test }) => ({ train: train.filter(has), test }));
  if (!masked.every(({ train }) => enough(sample, rows, train))) return null;
  const tried = tryCandidates(sample, rows, masked, learner, context);
  const place = new Map(positions.map((k, i) => [k, i]));
  const ownSplits = splits.map(({ test }) => ({ train: [], test: test.flatMap((k) => place.get(k) ?? []) }));
  const calibrated = tried.map(({ margins }) => {
    const seen = Float64Array.from(positions, (k) => margins[k] as number);
    return recalibrate(sample, own, seen, context.task);
  });
  const scores = calibrated.map(({ risk }) => scoreByFold(sample, own, ownSplits, risk, context.task));
  const chosen = chosenOf(
    learner,
    tried.map(({ candidate }) => candidate),
    scores,
  );
  const { candidate, margins } = tried[chosen] as (typeof tried)[number];
  const { slope, intercept } = calibrated[chosen] as (typeof calibrated)[number];
  const prepared = prepare(sample, own, learner.preparation);
  const model = learner.refit({ ...prepared, sample, rows: own }, candidate, context);
  if (model.kind !== 'linear') throw new RangeError('late fusion is of linear models');
  return {
    group: name,
    at,
    steps: prepared.steps,
    coefficients: model.coefficients.map((b) => b * slope),
    intercept: intercept + slope * model.intercept,
    risk: margins.map((margin) => intercept + slope * margin),
    chosen: candidate,
  };
}

/** Two deaths and two survivors, without which nothing can be fitted. */
function enough({ dead }: Sample, rows: readonly number[], members: readonly number[]): boolean {
  const deaths = members.filter((k) => dead[rows[k] as number]).length;
  return deaths >= 2 && members.length - deaths >= 2;
}
