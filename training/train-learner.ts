import type { Dataset } from '../featurestore/contract/index.js';
import { packageVersion } from '../package-facts.js';
import { riskGroupNames } from './assess/curves.js';
import { alarmWarning, assertNoLeak } from './assess/index.js';
import { runFolds } from './assess/run-folds.js';
import { meanOverRepeats, type ScoredRepeat, scoreRepeats } from './assess/score.js';
import { askedDays, type Times, timesOf } from './assess/times.js';
import { selectedGenesWarning } from './assess/warnings.js';
import { type MemberDraft, sealBundle } from './bundle/folder.js';
import { applySteps, attributeSteps, type BundleManifest, type RowMatrix } from './bundle/index.js';
import { smallSampleWarning } from './default-recipe.js';
import { modelColumn, rangesOf } from './describe-model.js';
import { describeSample, excludedOf, incompleteWarning, lineageOf, personsChoices } from './describe-training.js';
import { type Explanation, explainBooster, summariseExplanation } from './explain/index.js';
import {
  defaultColumns,
  defaultLearner,
  type FittedModel,
  fitLearner,
  type LearnerSettings,
  marginsOf,
  risksOf,
} from './learners/index.js';
import { evaluationSettings } from './recipes.js';
import { referenceDistribution } from './reference-distribution.js';
import type { ReportData } from './report/report-data.js';
import { keepPatients, type Sample, sampleOf } from './sample.js';
import { type TrainResult, trainJson } from './train-json.js';
import { isChain, type TrainOptions } from './train-options.js';
import { loadNativeLibrary } from './xgboost/index.js';

/** Decisions of the report are taken here. */
const threshold = 0.5;

/** Everything that is known once the folds are scored and the model is fitted. */
interface Trained {
  readonly sample: Sample;
  readonly times: Times;
  readonly repeats: readonly ScoredRepeat[];
  readonly metrics: BundleManifest['metrics'];
  readonly baseline: BundleManifest['metrics'];
  readonly model: FittedModel;
  readonly warnings: readonly string[];
  readonly evaluation: string;
}

/**
 * Fits a learner on everybody and scores it by repeated nested cross-validation, as `evaluate` does, beside the model that
 * knows no column. The same dataset, options and XGBoost give the same bytes, whatever the number of workers.
 * @throws TrainingError of the dataset, the guard (TRAIN_LEAK_ALARM) and the fits
 */
export async function trainLearner(dataset: Dataset, options: TrainOptions): Promise<TrainResult> {
  const everyone = sampleOf(dataset, options.modalities);
  const known = keepPatients(everyone, (i) => !Number.isNaN(everyone.timeDays[i]), 'the survival time is not known');
  assertNoLeak(known, options.allow);
  const trained = await fitAndScore(known, dataset, options);
  const { sample, model } = trained;
  const manifestDraft = draftOf(dataset, options, trained);
  const bundle = sealBundle(manifestDraft);
  const scale = trained.times.task.kind === 'survival' ? 'log-hazard' : 'log-odds of death';
  const explained = explanationOf(model, sample.matrix);
  const reportData = {
    ...reportOf(dataset, options, trained, bundle.manifest),
    explanation: summariseExplanation(explained, sample.columns, sample.matrix, sample.patientIds, scale),
  };
  return { bundle, reportData, json: trainJson(bundle, reportData) };
}

function settingsOf(options: TrainOptions, times: Times, columns: Sample['columns']): LearnerSettings {
  const { recipe, pca, pcaBackend = 'auto', objective, aftDistribution, search, trials } = options;
  return {
    learner: recipe === 'default' || isChain(recipe) ? defaultLearner(columns) : recipe,
    task: times.task,
    columns: defaultColumns,
    pca: pca === undefined || pca.kind === 'none' ? { kind: 'none' } : { ...pca, backend: pca.backend ?? pcaBackend },
    ...(objective !== undefined && { objective }),
    ...(aftDistribution !== undefined && { aftDistribution }),
    ...(search !== undefined && { search }),
    ...(trials !== undefined && { trials }),
  };
}

async function fitAndScore(sample: Sample, dataset: Dataset, options: TrainOptions): Promise<Trained> {
  const { folds, repeats } = evaluationSettings;
  const { seed, workers = 1, task = 'status', horizonDays } = options;
  const asked = { task, modalities: options.modalities, repeats, folds, seed };
  const times = timesOf(sample, { ...asked, ...(horizonDays !== undefined && { horizonDays }) });
  const settings = settingsOf(options, times, sample.columns);
  const rows = sample.patientIds.map((_, i) => i);
  const columns = sample.columns.map((_, j) => j);
  const models = [
    { name: options.recipe, rows, columns, settings },
    { name: times.task.kind === 'status' ? 'majority' : 'kaplanMeier', rows, columns: [], settings: null },
  ];
  const total = models.length * folds * repeats + 1;
  const [scored = [], unknowing = []] = await runFolds(
    { sample, models, task: times.task, timesDays: askedDays(times), folds, repeats, seed },
    { workers, onProgress: (done) => options.onProgress?.(done, total) },
  );
  const model = fitLearner(sample, rows, settings, seed, loadNativeLibrary);
  options.onProgress?.(total, total);
  const baseline = scoreRepeats(sample, unknowing, times, { folds, seed });
  const deaths = sample.dead.filter(Boolean).length;
  return {
    sample,
    times,
    repeats: scored,
    metrics: scoreRepeats(sample, scored, times, { folds, seed }),
    // One probability for everybody has no slope: that of the small differences between folds would mean nothing.
    baseline: Object.fromEntries(Object.entries(baseline).filter(([name]) => name !== 'calibrationSlope')),
    model,
    warnings: [
      ...smallSampleWarning(rows.length, deaths),
      ...personsChoices(dataset, options),
      ...alarmWarning(sample),
      ...incompleteWarning(sample),
      ...selectedGenesWarning(sample.columns),
    ],
    evaluation:
      `Nested cross-validation: ${folds} stratified folds, ${repeats} repeats, 5 inner folds for settings and calibration; every step ` +
      'fitted inside the fold. Intervals: 95 %, bootstrap of patients, widened for shared training patients. The model itself is ' +
      `fitted on everybody. Seed ${seed}.`,
  };
}

function draftOf(dataset: Dataset, options: TrainOptions, trained: Trained): Parameters<typeof sealBundle>[0] {
  const { sample, times, model, metrics, baseline, warnings } = trained;
  const usesBooster = model.model.kind === 'booster';
  return {
    task: times.task,
    recipe: options.recipe,
    columns: sample.columns.map(modelColumn),
    ranges: rangesOf(sample.matrix),
    members: [memberOf(options, sample, model)],
    answer: model.output,
    threshold: times.task.kind === 'survival' ? null : threshold,
    riskGroups: riskGroupsOf(trained.repeats),
    chosen: model.chosen,
    trainedOn: {
      datasetDigest: dataset.digest,
      patients: sample.matrix.n,
      events: sample.dead.filter(Boolean).length,
      modalities: options.modalities,
      seed: options.seed,
    },
    reference: referenceDistribution(sample.matrix, firstRisks(trained.repeats)),
    metrics,
    baseline,
    warnings,
    lineage: {
      groups: lineageOf(options),
      thoracleVersion: packageVersion(),
      xgboostVersion: usesBooster ? loadNativeLibrary().version : '',
    },
  };
}

function memberOf(options: TrainOptions, sample: Sample, { steps, model }: FittedModel): MemberDraft {
  const about = { name: options.modalities.join('-'), weight: 1, steps, inputs: inputNames(sample, steps) };
  // JSON knows no -0, which is what a weight of 0 makes of a coefficient below 0.
  if (model.kind === 'linear') {
    return { ...about, model: { ...model, coefficients: model.coefficients.map((b) => b + 0) } };
  }
  return { ...about, model: { kind: 'booster', json: JSON.parse(new TextDecoder().decode(model.json)) as unknown } };
}

/** The raw column behind each input, or `PC1` … behind a projection. */
function inputNames({ columns }: Sample, steps: FittedModel['steps']): readonly string[] {
  let names = columns.map(({ feature }) => feature);
  for (const step of steps) {
    if (step.kind === 'select') names = step.at.map((j) => names[j] as string);
    if (step.kind === 'pca') names = step.components.map((_, k) => `PC${k + 1}`);
  }
  return names;
}

/** Out-of-fold risks of one repeat: means over repeats would vary less than the risks of one model do. */
function firstRisks([first]: readonly ScoredRepeat[]): Float64Array {
  return first?.risk ?? new Float64Array(0);
}

/** Thirds of the patients by the mean of their out-of-fold risks. */
function riskGroupsOf(repeats: readonly ScoredRepeat[]): BundleManifest['riskGroups'] {
  const risks = meanOverRepeats(repeats, ({ risk }) => risk).sort();
  const cuts = [1, 2].map((third) => risks[Math.floor((third * risks.length) / 3)] as number);
  return { cuts, names: riskGroupNames };
}

function reportOf(dataset: Dataset, options: TrainOptions, trained: Trained, manifest: BundleManifest): ReportData {
  const { sample, times, repeats } = trained;
  const { n } = sample.matrix;
  const matrix = meanOverRepeats(repeats, ({ probability }) => probability);
  const width = matrix.length / n;
  const used = new Set(trained.model.steps.flatMap((step) => (step.kind === 'select' ? step.at : [])));
  const selects = trained.model.steps.some(({ kind }) => kind === 'select');
  const unusable = selects ? sample.columns.flatMap((_, j) => (used.has(j) ? [] : [j])) : [];
  return {
    title: `${titles[times.task.kind]} from ${options.modalities.join(', ')} features`,
    modelId: manifest.modelId,
    recipe: manifest.recipe,
    modalities: options.modalities,
    seed: options.seed,
    warnings: trained.warnings,
    dataset: describeSample(dataset, sample, unusable),
    evaluation: trained.evaluation,
    metrics: manifest.metrics,
    baseline: manifest.baseline,
    holdout: null,
    scored: sample.patientIds.map((patientId, i) => ({
      patientId,
      probability: matrix[i * width + width - 1] as number,
      dead: sample.dead[i] === true,
      timeDays: sample.timeDays[i] as number,
    })),
    threshold,
    ...(times.horizonDays !== null && { horizonDays: times.horizonDays }),
    pca: null,
    excluded: excludedOf(dataset),
    lineage: manifest.lineage,
  };
}

const titles: Readonly<Record<Times['task']['kind'], string>> = {
  status: 'Survival status',
  horizon: 'Survival to a horizon',
  survival: 'Survival over time',
};

/** What the model's risks are made of; contributions on the scale of the risk. */
function explanationOf({ steps, model, output }: FittedModel, raw: RowMatrix): Explanation {
  const { slope, intercept } = output;
  const own =
    model.kind === 'booster'
      ? explainBooster(loadNativeLibrary(), model.json, steps, raw)
      : { expected: model.intercept, contributions: linearShares(steps, model.coefficients, raw) };
  const margin = risksOf(output, marginsOf({ steps, model }, raw, loadNativeLibrary));
  return {
    expected: intercept + slope * own.expected,
    contributions: own.contributions.map((share) => slope * share),
    margin,
  };
}

function linearShares(steps: FittedModel['steps'], coefficients: readonly number[], raw: RowMatrix): Float64Array {
  const inputs = applySteps(steps, raw.rows, raw.n, raw.p);
  const own = inputs.rows.map((x, k) => x * (coefficients[k % inputs.p] as number));
  return attributeSteps(steps, raw.rows, raw.n, raw.p, own);
}
