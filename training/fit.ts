import { applySteps, type RowMatrix } from './bundle/index.js';
import type { BackendChoice } from './compute/index.js';
import { type FittedSteps, fitSteps } from './prepare/index.js';
import type { Recipe } from './recipes.js';
import { type Sample, takeRows } from './sample.js';
import { Booster, type BoosterInput, DMatrix, type NativeLibrary } from './xgboost/index.js';

/** What every fit of one training shares. */
export interface FitSettings {
  readonly library: NativeLibrary;
  readonly recipe: Recipe;
  readonly seed: number;
  /** Who computes the PCA; chosen by size when left out. */
  readonly pcaBackend?: BackendChoice;
}

/** A fitted chain that no longer needs the rows it came from. */
export interface FittedModel {
  readonly fitted: FittedSteps;
  /** XGBoost's JSON, UTF-8. */
  readonly booster: Uint8Array;
}

/**
 * Fits the steps and the booster on some patients of a sample; the others are not looked at.
 * @param rows      positions of the patients the steps are fitted on
 * @param boostRows positions of those the booster is trained on; `rows` when left out
 * @throws TrainingError of the steps and of XGBoost
 */
export function fitModel(
  settings: FitSettings,
  sample: Sample,
  rows: readonly number[],
  boostRows: readonly number[] = rows,
): FittedModel {
  const { library, recipe, seed, pcaBackend } = settings;
  const names = sample.columns.map((column) => column.feature);
  const fitted = fitSteps(recipe.plan(sample.columns), takeRows(sample.matrix, rows), names, pcaBackend);
  const raw = takeRows(sample.matrix, boostRows);
  const inputs = applySteps(fitted.steps, raw.rows, raw.n, raw.p, names);
  const label = Float32Array.from(boostRows, (i) => (sample.dead[i] ? 1 : 0));
  const deathRate = label.reduce((sum, value) => sum + value, 0) / label.length;
  using train = new DMatrix(library, boosterInput(inputs), { label });
  const training = { parameters: recipe.booster(deathRate), rounds: recipe.rounds, seed, train };
  using booster = Booster.train(library, training);
  return { fitted, booster: booster.save() };
}

/**
 * Probability of death by a fitted model.
 * @param raw rows of raw inputs, NaN = missing
 * @returns shape (n), float32 values
 */
export function predictProbabilities(library: NativeLibrary, model: FittedModel, raw: RowMatrix): Float32Array {
  const inputs = applySteps(model.fitted.steps, raw.rows, raw.n, raw.p);
  using matrix = new DMatrix(library, boosterInput(inputs));
  using booster = Booster.load(library, model.booster);
  return booster.predict(matrix);
}

function boosterInput(matrix: RowMatrix): BoosterInput {
  return { values: Float32Array.from(matrix.rows), n: matrix.n, p: matrix.p };
}
