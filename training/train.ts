import type { Dataset } from '../featurestore/contract/index.js';
import { packageVersion } from '../package-facts.js';
import { alarmWarning, assertNoLeak } from './assess/index.js';
import { sealBundle } from './bundle/folder.js';
import type { ModelBundle } from './bundle/index.js';
import { runDefaultRecipe } from './default-recipe.js';
import { boosterInputNames, describePca, modelColumn, rangesOf } from './describe-model.js';
import {
  describeSample,
  excludedOf,
  given,
  incompleteWarning,
  lineageOf,
  personsChoices,
} from './describe-training.js';
import { type ExplanationSummary, explainBooster, summariseExplanation } from './explain/index.js';
import type { RecipeOutcome } from './recipe-outcome.js';
import { type RecipeName, recipes } from './recipes.js';
import { logOdds, referenceDistribution } from './reference-distribution.js';
import { runReferenceRecipe } from './reference-recipe.js';
import type { ReportData } from './report/report-data.js';
import { sampleOf, takeRows } from './sample.js';
import { type TrainResult, trainJson } from './train-json.js';
import { trainLearner } from './train-learner.js';
import { checkTrainOptions, isChain, type TrainOptions } from './train-options.js';
import { loadNativeLibrary, type NativeLibrary } from './xgboost/index.js';

type ChainOptions = TrainOptions & { readonly recipe: RecipeName };

/**
 * Trains and scores a model of dead or alive. The same dataset, options and XGBoost give the same bytes.
 * @param dataset as `datasetSpecFor` asks for it
 * @throws TrainingError naming what is wrong with the options, the dataset (roles, shapes, too few patients) or the library
 */
export async function train(dataset: Dataset, options: TrainOptions): Promise<TrainResult> {
  checkTrainOptions(options);
  const { recipe } = options;
  return isChain(recipe) ? trainChain(dataset, { ...options, recipe }) : trainLearner(dataset, options);
}

/** The fixed chains: principal components and XGBoost on them. */
async function trainChain(dataset: Dataset, options: ChainOptions): Promise<TrainResult> {
  const everyone = sampleOf(dataset, options.modalities);
  if (options.recipe === 'components') assertNoLeak(everyone, options.allow);
  const library = loadNativeLibrary();
  const { pcaBackend = 'auto' } = options;
  const settings = { library, recipe: recipes[options.recipe], seed: options.seed, pcaBackend };
  const onProgress = options.onProgress ?? (() => undefined);
  const outcome =
    options.recipe === 'components'
      ? await runDefaultRecipe(settings, everyone, onProgress)
      : runReferenceRecipe(settings, everyone, onProgress);
  const warnings = [
    ...outcome.warnings,
    ...personsChoices(dataset, options),
    ...(options.recipe === 'components' ? alarmWarning(outcome.sample) : []),
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

function bundleOf(dataset: Dataset, options: ChainOptions, outcome: RecipeOutcome, xgboost: string): ModelBundle {
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
    chosen: { 'PCA backend': model.fitted.pca?.fit.backend ?? 'none' },
    threshold: recipes[options.recipe].threshold,
    trainedOn: {
      datasetDigest: dataset.digest,
      patients: trainedRows.length,
      events: trainedRows.filter((i) => sample.dead[i]).length,
      modalities: options.modalities,
      seed: options.seed,
    },
    reference: referenceDistribution(takeRows(sample.matrix, trainedRows), logOdds(outcome.scored.probability)),
    metrics: given(outcome.metrics),
    baseline: given(outcome.baseline),
    warnings: outcome.warnings,
    lineage: { groups: lineageOf(options), thoracleVersion: packageVersion(), xgboostVersion: xgboost },
  } as const;
  return sealBundle(draft);
}

function reportOf(dataset: Dataset, options: ChainOptions, outcome: RecipeOutcome, bundle: ModelBundle): ReportData {
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

function scoreGaps({ metrics, scored }: RecipeOutcome): readonly string[] {
  const unknown = scored.timeDays.filter((days) => Number.isNaN(days)).length;
  return [
    ...(unknown > 0 ? [`harrellC leaves out ${unknown} patients whose survival time is unknown.`] : []),
    ...(metrics.harrellC === undefined ? ['harrellC is not given: no pair of patients can be compared.'] : []),
  ];
}
