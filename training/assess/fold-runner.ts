import { repeatedStratifiedFolds, type Split } from '../evaluate/index.js';
import {
  deathBy,
  fitLearner,
  followUpOf,
  marginsOf,
  outcomeOf,
  probabilitiesOf,
  risksOf,
  type Task,
} from '../learners/index.js';
import { breslowBaseline } from '../penalised/index.js';
import { keepColumns, keepPatients, type Sample, takeRows } from '../sample.js';
import { loadNativeLibrary, type NativeLibrary } from '../xgboost/index.js';
import type { PlannedModel } from './plan.js';

/** What all folds of an evaluation share; plain data, handed to a worker once. */
export interface FoldSetting {
  readonly sample: Sample;
  readonly models: readonly PlannedModel[];
  readonly task: Task;
  /** Days at which probabilities of death are asked; of a survival task only. */
  readonly timesDays: readonly number[];
  readonly folds: number;
  readonly repeats: number;
  readonly seed: number;
}

/** One fold of one model. */
export interface FoldJob {
  readonly model: number;
  readonly repeat: number;
  readonly fold: number;
}

/** What a model says of the patients of a fold, whom it has never seen. */
export interface FoldAnswer {
  /** Positions of the patients within the model's rows. */
  readonly test: readonly number[];
  /** Shape (test), higher = worse. */
  readonly risk: Float64Array;
  /**
   * Probability of death: when last seen or by the horizon, shape (test); of a survival task by each time, row-major
   * (test x times). NaN where the model gives none.
   */
  readonly probability: Float64Array;
}

/** Answers jobs one after the other; keeps what models share. The same setting and job give the same answer. */
export function foldRunner(setting: FoldSetting): (job: FoldJob) => FoldAnswer {
  const kept = new Map<number, { readonly sample: Sample; readonly splits: readonly (readonly Split[])[] }>();
  let native: NativeLibrary | undefined;
  const library = () => {
    native ??= loadNativeLibrary();
    return native;
  };
  return ({ model, repeat, fold }) => {
    const planned = setting.models[model] as PlannedModel;
    let own = kept.get(model);
    if (own === undefined) {
      const sample = sampleOfModel(setting.sample, planned);
      own = { sample, splits: repeatedStratifiedFolds(sample.dead, setting) };
      kept.set(model, own);
    }
    const folds = own.splits[repeat] as readonly Split[];
    const { train, test } = folds[fold] as Split;
    const { risk, probability } = answer(own.sample, planned, train, test, setting, library);
    return { test, risk, probability };
  };
}

/** The patients and columns of a model; a model of no column keeps all, which it does not look at. */
export function sampleOfModel(sample: Sample, { rows, columns }: PlannedModel): Sample {
  const wanted = new Set(rows);
  const patients = keepPatients(sample, (i) => wanted.has(i), 'no record in any of the modalities');
  return columns.length === 0 ? patients : keepColumns(patients, columns);
}

function answer(
  sample: Sample,
  { name, settings }: PlannedModel,
  train: readonly number[],
  test: readonly number[],
  { task, timesDays, seed }: FoldSetting,
  library: () => NativeLibrary,
): Omit<FoldAnswer, 'test'> {
  if (settings === null) return withoutColumns(sample, name, train, test, task, timesDays);
  const model = fitLearner(sample, train, settings, seed, library);
  const risk = risksOf(model.output, marginsOf(model, takeRows(sample.matrix, test), library));
  if (model.output.kind === 'hazard') return { risk, probability: deathBy(model.output.baseline, risk, timesDays) };
  if (task.kind !== 'survival') return { risk, probability: probabilitiesOf(risk) };
  // A probability of being dead when last seen says nothing of when.
  return { risk, probability: new Float64Array(test.length * timesDays.length).fill(Number.NaN) };
}

/** The same answer for everybody: the rate of the training part, or its Kaplan-Meier curve (Breslow's estimate of it). */
function withoutColumns(
  sample: Sample,
  name: string,
  train: readonly number[],
  test: readonly number[],
  task: Task,
  timesDays: readonly number[],
): Omit<FoldAnswer, 'test'> {
  const risk = new Float64Array(test.length);
  const { timeDays, event } = followUpOf(sample, train);
  const atLast = task.kind === 'survival' ? timesDays.at(-1) : task.kind === 'horizon' ? task.horizonDays : undefined;
  const baseline = () => breslowBaseline(timeDays, event, new Float64Array(train.length));
  if (name === 'kaplanMeier') {
    return { risk, probability: deathBy(baseline(), risk, task.kind === 'survival' ? timesDays : [atLast as number]) };
  }
  const asked =
    atLast === undefined ? ({ kind: 'status' } as const) : ({ kind: 'horizon', horizonDays: atLast } as const);
  const { label, weight } = outcomeOf(sample, train, asked);
  let [deaths, total] = [0, 0];
  for (const [k, died] of label.entries()) {
    const w = weight?.[k] ?? 1;
    total += w;
    if (died) deaths += w;
  }
  const width = Math.max(1, timesDays.length);
  const probability = new Float64Array(test.length * width).fill(Number.NaN);
  for (let i = 0; i < test.length; i++) probability[i * width + width - 1] = deaths / total;
  return { risk, probability };
}
