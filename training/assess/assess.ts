import type { Dataset } from '../../featurestore/contract/index.js';
import { packageVersion } from '../../package-facts.js';
import { canonicalJson, sha256Hex } from '../bundle/canonical-json.js';
import type { Estimate } from '../bundle/index.js';
import { trainingError } from '../errors.js';
import { correctedResampledTest, harrellC, type PairedDifference, rocAuc } from '../evaluate/index.js';
import { keepColumns, keepPatients, type Sample, sampleOf } from '../sample.js';
import { loadNativeLibrary } from '../xgboost/index.js';
import { type AssessCurves, curvesOf } from './curves.js';
import { type FoldSetting, sampleOfModel } from './fold-runner.js';
import { withFollowUp } from './follow-up.js';
import { assertNoLeak } from './guard.js';
import { type AssessedRecipe, type AssessOptions, checkAssessOptions } from './options.js';
import { type AssessPlan, type PlannedModel, planModels } from './plan.js';
import { openDoneFolds } from './resume.js';
import { runFolds } from './run-folds.js';
import { decisionMetrics, type ScoredRepeat, scoreRepeats } from './score.js';
import { askedDays, type Times, timesOf } from './times.js';
import { warningsOf } from './warnings.js';

type Metrics = Readonly<Record<string, Estimate>>;
type Comparison = Readonly<Record<'harrellC' | 'rocAuc', PairedDifference>>;

/** The one JSON document of an evaluation. */
export interface AssessJson {
  readonly task: 'status' | 'survival';
  readonly recipe: AssessedRecipe;
  readonly dataset: {
    readonly patients: number;
    readonly events: number;
    readonly features: number;
    readonly digest: string;
    readonly perModality: readonly { readonly name: string; readonly patients: number; readonly features: number }[];
  };
  /** Days from surgery; null where not asked for (`horizonDays`: dead or alive when last seen). */
  readonly times: {
    readonly horizonDays: number | null;
    readonly landmarkDays: number | null;
    readonly censorAtDays: number | null;
    /** Over which survival is scored. */
    readonly timesDays: readonly number[];
  };
  readonly evaluation: string;
  /** What the metrics mean for this task. */
  readonly definitions: Readonly<Record<string, string>>;
  readonly metrics: Metrics;
  /** Metrics that the model does not have, with the reason. */
  readonly notGiven: Readonly<Record<string, string>>;
  readonly baselines: Readonly<Record<string, Metrics>>;
  readonly subsets: Readonly<
    Record<string, { readonly patients: number; readonly events: number; readonly metrics: Metrics }>
  >;
  /** The model less the reference recipe (honest columns), fold by fold. */
  readonly comparison: Comparison;
  /** The model less each baseline, fold by fold. */
  readonly comparisons: Readonly<Record<string, Comparison>>;
  readonly curves: AssessCurves;
  readonly warnings: readonly string[];
}

/**
 * Scores a model by repeated nested cross-validation beside its baselines, and on every subset of the modalities. Everything
 * is fitted inside the fold. The same dataset and options give the same numbers, whatever the number of workers. Columns of
 * the dataset that are no features enter the leaky reference recipe only, unless `allow` names them.
 * @throws TrainingError of the options, the dataset, the guard (TRAIN_LEAK_ALARM), the fits, the workers and the file of done
 *   folds
 */
export async function assess(dataset: Dataset, options: AssessOptions): Promise<AssessJson> {
  checkAssessOptions(options);
  const allow = options.allow ?? [];
  const sample = sampleFor(dataset, options);
  const honest = sample.columns.flatMap(({ role, feature }, j) =>
    role === 'feature' || allow.includes(feature) ? [j] : [],
  );
  assertNoLeak(keepColumns(sample, honest), allow);
  const times = timesOf(sample, options);
  const plan = planModels(sample, honest, times.task, options);
  const { folds, repeats, seed } = options;
  // A subset of all is the model itself: it is fitted once.
  const isMain = ({ rows, columns }: PlannedModel) =>
    rows.length === plan.main.rows.length && columns.length === plan.main.columns.length;
  const models = [plan.main, ...plan.baselines, ...plan.subsets.filter((model) => !isMain(model))];
  const setting: FoldSetting = { sample, models, task: times.task, timesDays: askedDays(times), folds, repeats, seed };
  const done =
    options.resumeFile === undefined ? undefined : openDoneFolds(options.resumeFile, digestOf(dataset, setting));
  const scored = await runFolds(setting, {
    workers: options.workers ?? 1,
    ...(done !== undefined && { done }),
    ...(options.onProgress !== undefined && { onProgress: options.onProgress }),
  });
  const repeatsOf = (model: PlannedModel) =>
    scored[models.indexOf(isMain(model) && plan.subsets.includes(model) ? plan.main : model)] ?? [];
  return documentOf(dataset, sample, plan, times, options, repeatsOf);
}

/** Who takes part: a known survival time, of the cohort asked for, once, with the follow-up asked for. */
function sampleFor(dataset: Dataset, options: AssessOptions): Sample {
  const everyone = sampleOf(dataset, options.modalities);
  const known = keepPatients(everyone, (i) => !Number.isNaN(everyone.timeDays[i]), 'the survival time is not known');
  const { patients: prefix = '' } = options;
  const cohort = keepPatients(known, (i) => known.patientIds[i]?.startsWith(prefix) === true, `not of ${prefix}`);
  const sample = withFollowUp(cohort, options);
  if (sample.matrix.n === 0) throw trainingError('TRAIN_NO_PATIENTS', options.modalities);
  return sample;
}

/** What decides the numbers: data, options, seed, versions. */
function digestOf(dataset: Dataset, { models, task, timesDays, folds, repeats, seed, sample }: FoldSetting): string {
  return sha256Hex(
    canonicalJson({
      dataset: dataset.digest,
      patients: sample.patientIds,
      dead: sample.dead,
      timeDays: [...sample.timeDays],
      models,
      task,
      timesDays,
      folds,
      repeats,
      seed,
      thoracle: packageVersion(),
      xgboost: loadNativeLibrary().version,
    }),
  );
}

function documentOf(
  dataset: Dataset,
  sample: Sample,
  plan: AssessPlan,
  times: Times,
  options: AssessOptions,
  repeatsOf: (model: PlannedModel) => readonly ScoredRepeat[],
): AssessJson {
  const metricsOf = (model: PlannedModel) => {
    const all = scoreRepeats(sampleOfModel(sample, model), repeatsOf(model), times, options);
    if (model.settings !== null) return all;
    // One probability for everybody has no slope: that of the small differences between folds would mean nothing.
    return Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'calibrationSlope'));
  };
  const { main, baselines } = plan;
  const metrics = metricsOf(main);
  const compared = (model: PlannedModel) => comparisonOf(sample, repeatsOf(main), repeatsOf(model), options.folds);
  const reference = baselines.find(({ name }) => name === 'reference') as PlannedModel;
  return {
    task: options.task,
    recipe: options.recipe ?? 'default',
    dataset: { ...datasetOf(sample, main), digest: dataset.digest },
    times: {
      horizonDays: times.horizonDays,
      landmarkDays: options.landmarkDays ?? null,
      censorAtDays: options.censorAtDays ?? null,
      timesDays: times.timesDays,
    },
    evaluation: `Nested cross-validation: ${options.folds} stratified folds, ${options.repeats} repeats, 5 inner folds for settings and calibration; every step fitted inside the fold. Intervals: 95 %, bootstrap of patients, widened for shared training patients. Seed ${options.seed}.`,
    definitions: definitionsOf(times),
    metrics,
    notGiven: notGivenOf(metrics, times),
    baselines: Object.fromEntries(baselines.map((model) => [model.name, metricsOf(model)])),
    subsets: Object.fromEntries(
      plan.subsets.map((model) => {
        const { dead } = sampleOfModel(sample, model);
        const events = dead.filter(Boolean).length;
        return [model.name, { patients: dead.length, events, metrics: metricsOf(model) }];
      }),
    ),
    comparison: compared(reference),
    comparisons: Object.fromEntries(baselines.map((model) => [model.name, compared(model)])),
    curves: curvesOf(sample, repeatsOf(main), times),
    warnings: warningsOf(sample, plan),
  };
}

function datasetOf(sample: Sample, { columns }: PlannedModel): Omit<AssessJson['dataset'], 'digest'> {
  const groups = sample.modalities.length;
  return {
    patients: sample.matrix.n,
    events: sample.dead.filter(Boolean).length,
    features: columns.length,
    perModality: sample.modalities.map((name, g) => ({
      name,
      patients: sample.patientIds.filter((_, i) => sample.present[i * groups + g] === 1).length,
      features: columns.filter((j) => sample.columns[j]?.group === name).length,
    })),
  };
}

function comparisonOf(
  { timeDays, dead }: Sample,
  first: readonly ScoredRepeat[],
  second: readonly ScoredRepeat[],
  folds: number,
): Comparison {
  const compared = (score: (time: Float64Array, event: readonly boolean[], risk: Float64Array) => number) => {
    const differences = first.flatMap((repeat, r) =>
      Array.from({ length: folds }, (_, f) => {
        const rows = [...repeat.fold.keys()].filter((i) => repeat.fold[i] === f);
        const event = rows.map((i) => dead[i] === true);
        const take = (values: Float64Array) => Float64Array.from(rows, (i) => values[i] as number);
        const time = take(timeDays);
        return score(time, event, take(repeat.risk)) - score(time, event, take(second[r]?.risk ?? repeat.risk));
      }),
    );
    return correctedResampledTest(differences, 1 / (folds - 1));
  };
  return { harrellC: compared(harrellC), rocAuc: compared((_time, event, risk) => rocAuc(event, risk)) };
}

function definitionsOf({ task, horizonDays }: Times): AssessJson['definitions'] {
  const status = 'dead or alive when last seen';
  const state = horizonDays === null ? status : `dead by day ${horizonDays}, weighted for censoring (IPCW)`;
  return {
    harrellC: 'within folds, all follow-up',
    unoC: 'within folds, weighted for censoring',
    rocAuc: `within folds, risk against: ${task.kind === 'horizon' ? state : status}`,
    decisions: `prAuc, brier, logLoss, accuracy, f1Weighted, precision, recall and calibration: probability of being ${state}; decisions at 0.5`,
    ...(task.kind === 'survival' && {
      integratedBrier: 'mean over timesDays, weighted for censoring',
      dynamicAuc: 'cumulative/dynamic AUC over timesDays, weighted for censoring, all patients of a repeat',
    }),
  };
}

/** Names that every evaluation answers to, with the reason where it has no value. */
function notGivenOf(metrics: Metrics, { task }: Times): AssessJson['notGiven'] {
  const noCurve = 'a model of dead or alive gives no survival over time';
  const reasons: readonly (readonly [string, string])[] = [
    ['harrellC', 'no pair of patients can be compared'],
    ['unoC', 'no pair of patients can be compared'],
    ['rocAuc', 'one class only'],
    ...decisionMetrics.map(
      (name) =>
        [
          name,
          name.startsWith('calibration')
            ? 'no finite solution, or no probability at the horizon'
            : 'the model gives no probability at the horizon',
        ] as const,
    ),
    ['integratedBrier', task.kind === 'survival' ? 'the model gives no survival over time' : noCurve],
    ['dynamicAuc', task.kind === 'survival' ? 'a time has nobody on one side' : noCurve],
  ];
  return Object.fromEntries(reasons.filter(([name]) => metrics[name] === undefined));
}
