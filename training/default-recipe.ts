import { setImmediate } from 'node:timers/promises';
import { trainingError } from './errors.js';
import {
  crossValidationWidening,
  estimateMetrics,
  majorityBaseline,
  repeatedStratifiedFolds,
  type ScoredSample,
  stratifiedSplit,
} from './evaluate/index.js';
import { type FitSettings, fitModel, predictProbabilities } from './fit.js';
import type { RecipeOutcome } from './recipe-outcome.js';
import { evaluationSettings, fewDeaths } from './recipes.js';
import { type Sample, takeRows } from './sample.js';

/**
 * Default recipe: scores by repeated stratified cross-validation and, beside them, of one held-out part; the model itself
 * is fitted on everybody.
 * @throws TrainingError TRAIN_TOO_FEW_PATIENTS when a class has fewer patients than there are folds, TRAIN_LOG_OF_NEGATIVE
 */
export async function runDefaultRecipe(
  settings: FitSettings,
  sample: Sample,
  onProgress: (done: number, total: number) => void,
): Promise<RecipeOutcome> {
  assertLogarithms(settings, sample);
  const { folds, repeats, holdoutShare, resamples } = evaluationSettings;
  const total = folds * repeats + 2;
  let done = 0;
  /** Lets the event loop breathe between fits, so that a progress bar moves. */
  const fitted = async () => {
    onProgress(++done, total);
    await setImmediate();
  };

  const sums = new Float64Array(sample.matrix.n);
  for (const splits of repeatedStratifiedFolds(sample.dead, { folds, repeats, seed: settings.seed })) {
    for (const { train, test } of splits) {
      const predicted = fitAndPredict(settings, sample, train, test);
      for (const [k, row] of test.entries()) sums[row] = (sums[row] as number) + (predicted[k] as number);
      await fitted();
    }
  }
  const scored = { dead: sample.dead, timeDays: sample.timeDays, probability: sums.map((sum) => sum / repeats) };

  const split = stratifiedSplit(sample.dead, holdoutShare, settings.seed);
  const heldOut = scoredRows(sample, split.test, fitAndPredict(settings, sample, split.train, split.test));
  await fitted();

  const everyone = sample.patientIds.map((_, i) => i);
  const model = fitModel(settings, sample, everyone);
  await fitted();

  const deaths = sample.dead.filter(Boolean).length;
  const widening = crossValidationWidening(folds);
  const bootstrap = { threshold: settings.recipe.threshold, seed: settings.seed, resamples };
  return {
    sample,
    model,
    trainedRows: everyone,
    scoredRows: everyone,
    scored,
    metrics: estimateMetrics(scored, { ...bootstrap, widening }),
    baseline: estimateMetrics(majorityBaseline(scored, deaths / sample.dead.length), bootstrap),
    holdout: estimateMetrics(heldOut, bootstrap),
    warnings: smallSampleWarning(sample.dead.length, deaths),
    evaluation:
      `Stratified ${folds}-fold cross-validation repeated ${repeats} times, every step fitted inside the fold; each patient's ` +
      `probabilities are averaged over the repeats. Intervals: 95 %, percentile bootstrap, ${resamples} resamples of the ` +
      `${sample.dead.length} patients; those of the cross-validated scores are made ${widening.toFixed(2)} times wider (Nadeau and ` +
      `Bengio), because its models share most of their training patients. Beside it, one held-out part of ${split.test.length} patients, scored by one more model. Seed ${settings.seed}.`,
  };
}

/** Said before any fit, where the patient's name is still known. */
function assertLogarithms(settings: FitSettings, { matrix, columns, patientIds }: Sample): void {
  const { n, p, rows } = matrix;
  for (const step of settings.recipe.plan(columns)) {
    if (step.kind !== 'log1p') continue;
    for (const j of step.at) {
      for (let i = 0; i < n; i++) {
        const value = rows[i * p + j] as number;
        if (value > -1 || Number.isNaN(value)) continue;
        throw trainingError('TRAIN_LOG_OF_NEGATIVE', columns[j]?.feature ?? '', `patient ${patientIds[i]}`, value);
      }
    }
  }
}

function fitAndPredict(settings: FitSettings, sample: Sample, train: readonly number[], test: readonly number[]) {
  const model = fitModel(settings, sample, train);
  return predictProbabilities(settings.library, model, takeRows(sample.matrix, test));
}

/** Some patients of a sample with their predictions. */
export function scoredRows(sample: Sample, rows: readonly number[], probability: Float32Array): ScoredSample {
  return {
    dead: rows.map((i) => sample.dead[i] === true),
    timeDays: Float64Array.from(rows, (i) => sample.timeDays[i] as number),
    probability: Float64Array.from(probability),
  };
}

export function smallSampleWarning(patients: number, deaths: number): readonly string[] {
  if (deaths >= fewDeaths) return [];
  return [
    `Small sample: ${deaths} deaths among ${patients} patients; read the intervals, not the values, and do not take the ` +
      'scores as evidence of predictive value.',
  ];
}
