import { setImmediate } from 'node:timers/promises';
import {
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
 * @throws TrainingError TRAIN_TOO_FEW_PATIENTS when a class has fewer patients than there are folds
 */
export async function runDefaultRecipe(
  settings: FitSettings,
  sample: Sample,
  onProgress: (done: number, total: number) => void,
): Promise<RecipeOutcome> {
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
  const bootstrap = { threshold: settings.recipe.threshold, seed: settings.seed, resamples };
  return {
    sample,
    model,
    trainedRows: everyone,
    scoredRows: everyone,
    scored,
    metrics: estimateMetrics(scored, bootstrap),
    baseline: estimateMetrics(majorityBaseline(scored, deaths / sample.dead.length), bootstrap),
    holdout: estimateMetrics(heldOut, bootstrap),
    warnings: smallSampleWarning(sample.dead.length, deaths),
    evaluation:
      `Stratified ${folds}-fold cross-validation repeated ${repeats} times, every step fitted inside the fold; each patient's ` +
      `probabilities are averaged over the repeats. Intervals: 95 %, percentile bootstrap, ${resamples} resamples of the ` +
      `${sample.dead.length} patients with their predictions as they are, so they leave out what another training would ` +
      `change. Beside it, one held-out part of ${split.test.length} patients. Seed ${settings.seed}.`,
  };
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
