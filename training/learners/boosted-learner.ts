import type { RowMatrix } from '../bundle/index.js';
import { type DrawInteger, seededDraw } from '../evaluate/index.js';
import {
  aftBounds,
  Booster,
  type BoosterObjective,
  type BoosterParameters,
  coxLabel,
  DMatrix,
  type MatrixFacts,
} from '../xgboost/index.js';
import type { FitContext, Learner, TrainingRows } from './learner.js';
import type { ColumnChoice, PcaPlan } from './preparation.js';
import { outcomeOf, type Task, type TaskOutcome } from './task.js';

/** Settings of a booster after so many rounds. */
export interface BoosterCandidate {
  /** Candidates of one trial differ in their rounds only, and are trained in one go. */
  readonly trial: number;
  readonly rounds: number;
  readonly parameters: BoosterParameters;
}

/** Objectives of boosters; the first two for dead or alive, the others for survival. */
export const objectiveNames = ['binary:logistic', 'reg:logistic', 'survival:cox', 'survival:aft'] as const;
export type ObjectiveName = (typeof objectiveNames)[number];
/** Distributions of the logarithm of time of `survival:aft`. */
export const aftDistributions = ['normal', 'logistic', 'extreme'] as const;
export type AftDistribution = (typeof aftDistributions)[number];

/** How a booster is set up and searched. */
export interface BoostedOptions {
  readonly booster: 'gbtree' | 'gblinear';
  readonly columns: ColumnChoice;
  readonly pca: PcaPlan;
  readonly objective: ObjectiveName;
  /** Of `survival:aft`; drawn with the other settings when left out. */
  readonly aftDistribution?: AftDistribution;
  /** Number of settings that are drawn. */
  readonly trials: number;
  /** `random`: every draw is tried on every inner fold; `halving`: half of them are given up after each. */
  readonly search: 'random' | 'halving';
  readonly seed: number;
}

const treeRounds = [25, 50, 100, 200] as const;
const linearRounds = [20, 60, 180] as const;

/** The objective that a task has unless one is named. */
export function defaultObjective(task: Task): ObjectiveName {
  return task.kind === 'survival' ? 'survival:cox' : 'binary:logistic';
}

/** Whether a task can be trained with an objective. */
export function objectiveFits(task: Task, objective: ObjectiveName): boolean {
  return (task.kind === 'survival') === objective.startsWith('survival:');
}

/**
 * Gradient boosting by XGBoost: trees that take missing values as they are (behind a PCA they are imputed), or `gblinear` on
 * imputed and scaled columns. Settings are drawn at random, the number of rounds is read off along each of them.
 */
export function boostedLearner(options: BoostedOptions): Learner<BoosterCandidate> {
  const { booster, columns, pca, objective, trials, search, seed } = options;
  const complete = booster === 'gblinear' || pca.kind !== 'none';
  const draw = seededDraw(seed, 'search');
  const rounds = booster === 'gbtree' ? treeRounds : linearRounds;
  return {
    preparation: {
      columns,
      pca,
      impute: complete ? 'median' : 'none',
      logExpression: complete,
      dropConstant: true,
    },
    candidates: Array.from({ length: trials }, (_, trial) => {
      const parameters = drawParameters(options, draw);
      return rounds.map((count) => ({ trial, rounds: count, parameters }));
    }).flat(),
    choice: 'best',
    trialOf: ({ trial }) => trial,
    halving: search === 'halving',
    higherIsWorse: objective !== 'survival:aft',
    margins: marginsByTrial,
    refit: (training, candidate, context) => {
      using boosted = startBooster(training, candidate.parameters, candidate.rounds, context);
      return { kind: 'booster', json: boosted.booster.save() };
    },
    describe: ({ rounds: count, parameters }) => ({
      rounds: count,
      ...Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== 'baseScore')),
    }),
  };
}

function drawParameters({ booster, objective, aftDistribution }: BoostedOptions, draw: DrawInteger): BoosterParameters {
  const uniform = (low: number, high: number) => low + ((high - low) * draw(2 ** 20)) / 2 ** 20;
  const logUniform = (low: number, high: number) =>
    Number(Math.exp(uniform(Math.log(low), Math.log(high))).toPrecision(3));
  const share = (low: number) => Number(uniform(low, 1).toFixed(2));
  const drawn = aftDistributions[draw(aftDistributions.length)] as AftDistribution;
  const aft = {
    aftLossDistribution: aftDistribution ?? drawn,
    aftLossDistributionScale: logUniform(0.5, 2),
  };
  const general = { objective, booster, ...(objective === 'survival:aft' && aft) };
  if (booster === 'gblinear') {
    return { ...general, eta: logUniform(0.05, 0.5), lambda: logUniform(0.01, 3), alpha: logUniform(1e-4, 0.1) };
  }
  return {
    ...general,
    eta: logUniform(0.02, 0.15),
    maxDepth: 1 + draw(3),
    minChildWeight: logUniform(1, 10),
    subsample: share(0.5),
    columnSampleByTree: share(0.3),
    lambda: logUniform(0.3, 30),
    treeMethod: 'exact',
  };
}

interface Started extends Disposable {
  readonly booster: Booster;
  readonly matrix: DMatrix;
}

function startBooster(
  { sample, rows, inputs }: TrainingRows,
  parameters: BoosterParameters,
  rounds: number,
  { task, seed, library }: FitContext,
): Started {
  const outcome = outcomeOf(sample, rows, task);
  // Who has no weight has no say; XGBoost wants weights above 0.
  const known = rows.flatMap((_, k) => (outcome.weight?.[k] === 0 ? [] : [k]));
  const native = library();
  const values = new Float32Array(known.length * inputs.p);
  for (const [k, i] of known.entries())
    values.set(inputs.rows.subarray(i * inputs.p, (i + 1) * inputs.p), k * inputs.p);
  const matrix = new DMatrix(
    native,
    { values, n: known.length, p: inputs.p },
    factsOf(outcome, known, parameters.objective),
  );
  try {
    const start = { ...parameters, baseScore: baseScoreOf(outcome, known, parameters.objective) };
    const booster = Booster.train(native, { parameters: start, rounds, seed, train: matrix });
    return {
      booster,
      matrix,
      [Symbol.dispose]: () => {
        booster[Symbol.dispose]();
        matrix[Symbol.dispose]();
      },
    };
  } catch (error) {
    matrix[Symbol.dispose]();
    throw error;
  }
}

function factsOf(
  { timeDays, event, label, weight }: TaskOutcome,
  known: readonly number[],
  objective: BoosterObjective,
): MatrixFacts {
  const times = Float64Array.from(known, (k) => timeDays[k] as number);
  const died = known.map((k) => event[k] === true);
  if (objective === 'survival:cox') return { label: coxLabel(times, died) };
  if (objective === 'survival:aft') return aftBounds(times, died);
  return {
    label: Float32Array.from(known, (k) => (label[k] ? 1 : 0)),
    ...(weight !== undefined && { weight: Float32Array.from(known, (k) => weight[k] as number) }),
  };
}

/** Where boosting starts: the rate of deaths, the typical time, or (Cox) a hazard ratio of 1. */
function baseScoreOf(
  { timeDays, label, weight }: TaskOutcome,
  known: readonly number[],
  objective: BoosterObjective,
): number {
  if (objective === 'survival:cox') return 1;
  const mean = (value: (k: number) => number, w: (k: number) => number) => {
    let [sum, total] = [0, 0];
    for (const k of known) {
      sum += w(k) * value(k);
      total += w(k);
    }
    return sum / total;
  };
  if (objective === 'survival:aft') {
    return Math.exp(
      mean(
        (k) => Math.log(Math.max(1, timeDays[k] as number)),
        () => 1,
      ),
    );
  }
  const rate = mean(
    (k) => (label[k] ? 1 : 0),
    (k) => weight?.[k] ?? 1,
  );
  return Math.min(0.99, Math.max(0.01, rate));
}

function marginsByTrial(
  training: TrainingRows,
  candidates: readonly BoosterCandidate[],
  inputs: RowMatrix,
  context: FitContext,
): readonly Float64Array[] {
  const found: Float64Array[] = [];
  const matrixOf = { values: Float32Array.from(inputs.rows), n: inputs.n, p: inputs.p };
  using test = new DMatrix(context.library(), matrixOf);
  const trials = [...new Set(candidates.map(({ trial }) => trial))];
  for (const trial of trials) {
    const own = candidates.filter((candidate) => candidate.trial === trial);
    const [first] = own;
    if (first === undefined) continue;
    using started = startBooster(training, first.parameters, first.rounds, context);
    let done = first.rounds;
    for (const { rounds } of own) {
      started.booster.boostOn(started.matrix, rounds - done);
      done = rounds;
      found.push(Float64Array.from(started.booster.predict(test, 'margin')));
    }
  }
  return found;
}
