import { scoredRows, smallSampleWarning } from './default-recipe.js';
import { trainingError } from './errors.js';
import { estimateMetrics, majorityBaseline, plainSplit, seededDraw } from './evaluate/index.js';
import { type FitSettings, fitModel, predictProbabilities } from './fit.js';
import type { RecipeOutcome } from './recipe-outcome.js';
import { evaluationSettings } from './recipes.js';
import { keepPatients, type Sample, takeRows } from './sample.js';

/** Patients of the cohort the reference solution was made for; the others (`AMC-*`) it leaves out. */
const referenceIds = /^R01-/;
/** A row without one of these is left out by the reference solution (clinical names as in the store). */
const requiredColumns = ['Weightlbs', 'PackYears'] as const;

/**
 * The reference solution's training, flaws included: rows without weight or pack years dropped, missing = 0, one shuffled
 * 80/20 split, steps fitted on the 80 %, the booster on 80 % of those (the rest was its validation part, which decided nothing).
 * @throws TrainingError TRAIN_TOO_FEW_PATIENTS, TRAIN_ONE_CLASS when the test part has one class only, and those of the fit
 */
export function runReferenceRecipe(
  settings: FitSettings,
  everyone: Sample,
  onProgress: (done: number, total: number) => void,
): RecipeOutcome {
  const { sample, warnings } = referenceRows(everyone);
  assertEnough(sample);
  const draw = seededDraw(settings.seed, 'reference split');
  const all = sample.patientIds.map((_, i) => i);
  const { train, test } = plainSplit(all, 0.8, draw);
  assertBothClasses(sample, test);
  const { train: boosted, test: validated } = plainSplit(train, 0.8, draw);
  const model = fitModel(settings, sample, train, boosted);
  const scored = scoredRows(sample, test, predictProbabilities(settings.library, model, takeRows(sample.matrix, test)));
  onProgress(1, 1);
  const { resamples } = evaluationSettings;
  const bootstrap = { threshold: settings.recipe.threshold, seed: settings.seed, resamples };
  const deathRate = train.filter((i) => sample.dead[i]).length / train.length;
  return {
    sample,
    model,
    trainedRows: train,
    scoredRows: test,
    scored,
    metrics: estimateMetrics(scored, bootstrap),
    baseline: estimateMetrics(majorityBaseline(scored, deathRate), bootstrap),
    holdout: null,
    warnings: [
      ...leakWarnings(sample),
      ...warnings,
      ...smallSampleWarning(all.length, sample.dead.filter(Boolean).length),
    ],
    evaluation:
      `One random split: ${boosted.length} patients to train, ${validated.length} to validate, ${test.length} to test; the ` +
      `scores are those of the test part. Intervals: 95 %, percentile bootstrap, ${resamples} resamples of the test part. ` +
      `Seed ${settings.seed}.`,
  };
}

/** As many as the default recipe needs: below that neither part of the split says anything. */
function assertEnough({ dead }: Sample): void {
  const needed = evaluationSettings.folds;
  const deaths = dead.filter(Boolean).length;
  const alive = dead.length - deaths;
  if (deaths < needed || alive < needed) throw trainingError('TRAIN_TOO_FEW_PATIENTS', alive, deaths, needed);
}

function assertBothClasses({ dead }: Sample, test: readonly number[]): void {
  const deaths = test.filter((i) => dead[i]).length;
  if (deaths > 0 && deaths < test.length) return;
  throw trainingError('TRAIN_ONE_CLASS', 'The test part that this seed draws', deaths, test.length);
}

/** The rows the reference solution keeps, and what had to be done differently. */
function referenceRows(everyone: Sample): { readonly sample: Sample; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  let sample = everyone;
  if (everyone.patientIds.some((id) => referenceIds.test(id))) {
    sample = keepPatients(sample, (i) => referenceIds.test(sample.patientIds[i] ?? ''), 'not an R01 patient');
  } else {
    warnings.push(
      'No patient id starts with R01-, so the rule of the reference solution to keep only those was not applied.',
    );
  }
  const missing = requiredColumns.filter((name) => clinicalColumn(sample, name) < 0);
  if (missing.length > 0) {
    warnings.push(`No patient was dropped for missing ${missing.join(' or ')}: the columns are not in the dataset.`);
  }
  for (const name of requiredColumns) {
    const column = clinicalColumn(sample, name);
    if (column < 0) continue;
    const { rows, p } = sample.matrix;
    sample = keepPatients(sample, (i) => !Number.isNaN(rows[i * p + column]), `${name} was not collected`);
  }
  return { sample, warnings };
}

function clinicalColumn(sample: Sample, name: string): number {
  return sample.columns.findIndex(({ group, feature }) => group === 'clinical' && feature === name);
}

/** Names every column that is no feature but went in. */
function leakWarnings(sample: Sample): readonly string[] {
  const named = (test: (role: string) => boolean) =>
    sample.columns.filter(({ role }) => role !== 'feature' && test(role)).map(({ feature }) => feature);
  const bookkeeping = named((role) => role === 'metadata');
  const leaky = named((role) => role !== 'metadata');
  return [
    ...(leaky.length > 0
      ? [
          `Leaky columns are inputs of this model: ${leaky.join(', ')}. They tell what happened after surgery, so the scores say ` +
            'nothing about prediction.',
        ]
      : []),
    ...(bookkeeping.length > 0
      ? [`Columns that say how the record was kept are inputs of this model: ${bookkeeping.join(', ')}.`]
      : []),
  ];
}
