import type { Dataset } from '../featurestore/contract/index.js';
import { packageVersion } from '../package-facts.js';
import { sealBundle } from './bundle/folder.js';
import type { ModelBundle } from './bundle/index.js';
import { runDefaultRecipe } from './default-recipe.js';
import { boosterInputNames, describePca, modelColumn, rangesOf } from './describe-model.js';
import type { Estimates } from './evaluate/index.js';
import { type ExplanationSummary, explainBooster, summariseExplanation } from './explain/index.js';
import type { RecipeOutcome } from './recipe-outcome.js';
import { recipes } from './recipes.js';
import { runReferenceRecipe } from './reference-recipe.js';
import type { ReportData } from './report/report-data.js';
import { type Sample, sampleOf, takeRows } from './sample.js';
import { type TrainJson, trainJson } from './train-json.js';
import { checkTrainOptions, type TrainOptions } from './train-options.js';
import { loadNativeLibrary, type NativeLibrary } from './xgboost/index.js';

/** A trained model with all that is said of it. */
export interface TrainResult {
  readonly bundle: ModelBundle;
  readonly reportData: ReportData;
  /** What `train --json` prints. */
  readonly json: TrainJson;
}

/**
 * Trains and scores a model of dead or alive. The same dataset, options and XGBoost give the same bytes.
 * @param dataset as `datasetSpecFor` asks for it
 * @throws TrainingError naming what is wrong with the options, the dataset (roles, shapes, too few patients) or the library
 */
export async function train(dataset: Dataset, options: TrainOptions): Promise<TrainResult> {
  checkTrainOptions(options);
  const everyone = sampleOf(dataset, options.modalities);
  const library = loadNativeLibrary();
  const settings = { library, recipe: recipes[options.recipe], seed: options.seed };
  const onProgress = options.onProgress ?? (() => undefined);
  const outcome =
    options.recipe === 'default'
      ? await runDefaultRecipe(settings, everyone, onProgress)
      : runReferenceRecipe(settings, everyone, onProgress);
  const warnings = [
    ...outcome.warnings,
    ...personsChoices(dataset, options),
    ...incompleteWarning(outcome.sample),
    ...scoreGaps(outcome),
  ];
  const bundle = bundleOf(dataset, options, { ...outcome, warnings }, library.version);
  const reportData = {
    ...reportOf(dataset, options, { ...outcome, warnings }, bundle),
    explanation: explanationOf(library, outcome),
  };
  return { bundle, reportData, json: trainJson(bundle, reportData) };
}

function bundleOf(dataset: Dataset, options: TrainOptions, outcome: RecipeOutcome, xgboost: string): ModelBundle {
  const { sample, model, trainedRows } = outcome;
  const columns = sample.columns.map(modelColumn);
  const draft = {
    task: { kind: 'status' },
    recipe: options.recipe,
    columns,
    ranges: rangesOf(takeRows(sample.matrix, trainedRows)),
    members: [
      {
        name: options.modalities.join('-'),
        weight: 1,
        steps: model.fitted.steps,
        inputs: boosterInputNames(model.fitted, columns),
        model: { kind: 'booster', json: JSON.parse(new TextDecoder().decode(model.booster)) as unknown },
      },
    ],
    answer: { kind: 'probability', slope: 1, intercept: 0 },
    riskGroups: null,
    chosen: {},
    threshold: recipes[options.recipe].threshold,
    trainedOn: {
      datasetDigest: dataset.digest,
      patients: trainedRows.length,
      events: trainedRows.filter((i) => sample.dead[i]).length,
      modalities: options.modalities,
      seed: options.seed,
    },
    metrics: given(outcome.metrics),
    baseline: given(outcome.baseline),
    warnings: outcome.warnings,
    lineage: { groups: lineageOf(options), thoracleVersion: packageVersion(), xgboostVersion: xgboost },
  } as const;
  return sealBundle(draft);
}

function reportOf(dataset: Dataset, options: TrainOptions, outcome: RecipeOutcome, bundle: ModelBundle): ReportData {
  const { sample, model, scored } = outcome;
  const { manifest } = bundle;
  return {
    title: `Survival status from ${options.modalities.join(', ')} features`,
    modelId: manifest.modelId,
    recipe: manifest.recipe,
    modalities: options.modalities,
    seed: options.seed,
    warnings: outcome.warnings,
    dataset: describeSample(dataset, sample, model.fitted.unusableColumns),
    evaluation: outcome.evaluation,
    metrics: manifest.metrics,
    baseline: manifest.baseline,
    holdout: outcome.holdout === null ? null : given(outcome.holdout),
    scored: outcome.scoredRows.map((row, k) => ({
      patientId: sample.patientIds[row] as string,
      probability: scored.probability[k] as number,
      dead: scored.dead[k] === true,
      timeDays: scored.timeDays[k] as number,
    })),
    threshold: recipes[options.recipe].threshold,
    pca: describePca(model.fitted, manifest.columns),
    excluded: excludedOf(dataset),
    lineage: manifest.lineage,
  };
}

/** What the final model's answers for everybody are made of. */
function explanationOf(library: NativeLibrary, { sample, model }: RecipeOutcome): ExplanationSummary {
  const explained = explainBooster(library, model.booster, model.fitted.steps, sample.matrix);
  return summariseExplanation(explained, sample.columns, sample.matrix, sample.patientIds, 'log-odds of death');
}

function describeSample(dataset: Dataset, sample: Sample, unusable: readonly number[]): ReportData['dataset'] {
  const rows = sample.patientIds.map((_, i) => i);
  const complete = completePatients(sample);
  return {
    digest: dataset.digest,
    patients: rows.length,
    events: sample.dead.filter(Boolean).length,
    features: sample.columns.length,
    complete,
    incomplete: rows.length - complete,
    perModality: sample.modalities.map((name, g) => ({
      name,
      patients: rows.filter((i) => hasRecord(sample, i, g)).length,
      features: sample.columns.filter((column) => column.group === name).length,
    })),
    leftOut: sample.leftOut,
    unusable: unusable.map((j) => sample.columns[j]?.feature ?? ''),
  };
}

function hasRecord(sample: Sample, row: number, group: number): boolean {
  return sample.present[row * sample.modalities.length + group] === 1;
}

/** How many patients have a record in every modality. */
function completePatients(sample: Sample): number {
  return sample.patientIds.filter((_, i) => sample.modalities.every((_name, g) => hasRecord(sample, i, g))).length;
}

/** Whoever lacks a modality gets the same filled-in values as the others who do, and who lacks it is rarely chance. */
function incompleteWarning(sample: Sample): readonly string[] {
  const patients = sample.patientIds.length;
  const incomplete = patients - completePatients(sample);
  if (incomplete === 0) return [];
  return [
    `${incomplete} of ${patients} patients have no record in some modality; its columns are filled in alike for all of them, so ` +
      'the model can tell them apart, and part of its score may be about who was examined where.',
  ];
}

/** Columns of any role but `feature` that a person let in, and modalities nobody has. */
function personsChoices(dataset: Dataset, options: TrainOptions): readonly string[] {
  const groups = dataset.spec.groups.length;
  const empty = dataset.spec.groups.filter(
    (_, g) => !dataset.present.some((flag, k) => k % groups === g && flag === 1),
  );
  const allowed = dataset.columns.filter((column) => column.role !== 'feature').map((column) => column.feature);
  return [
    ...empty.map(({ name }) => `No patient of the dataset has a record in the group ${name}.`),
    ...(options.recipe === 'default' && allowed.length > 0
      ? [
          `Columns that are no features are inputs of this model because they were asked for by name: ${allowed.join(', ')}.`,
        ]
      : []),
  ];
}

function scoreGaps({ metrics, scored }: RecipeOutcome): readonly string[] {
  const unknown = scored.timeDays.filter((days) => Number.isNaN(days)).length;
  return [
    ...(unknown > 0 ? [`harrellC leaves out ${unknown} patients whose survival time is unknown.`] : []),
    ...(metrics.harrellC === undefined ? ['harrellC is not given: no pair of patients can be compared.'] : []),
  ];
}

function excludedOf(dataset: Dataset): ReportData['excluded'] {
  const seen = new Map(dataset.excluded.map(({ feature, role }) => [`${feature}\n${role}`, { column: feature, role }]));
  return [...seen.values()];
}

/** Groups whose values the model has seen: its modalities and the outcome's. */
function lineageOf({ groups, modalities }: TrainOptions) {
  return groups
    .filter(({ name }) => name === 'clinical' || modalities.some((modality) => modality === name))
    .map(({ name, version, settingsDigest }) => ({ name, version, settingsDigest }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function given(estimates: Estimates): ReportData['metrics'] {
  return Object.fromEntries(Object.entries(estimates));
}
