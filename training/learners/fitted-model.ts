import { type Answer, applySteps, type RowMatrix, type Step } from '../bundle/index.js';
import { type BaselineHazard, linearPredictor } from '../penalised/index.js';
import { Booster, DMatrix, type NativeLibrary } from '../xgboost/index.js';

/** What turns the rows behind the last step into one number each, the margin. */
export type ModelPart =
  /** intercept + sum of coefficient x input. */
  | { readonly kind: 'linear'; readonly coefficients: readonly number[]; readonly intercept: number }
  /** A booster in XGBoost's own JSON (UTF-8); its untransformed sum. */
  | { readonly kind: 'booster'; readonly json: Uint8Array };

/**
 * What a margin means: the risk is `intercept + slope x margin`, higher = worse (`slope` is below 0 where a high margin
 * means a long life). Slope and intercept come from predictions of patients that the model behind them had not seen.
 */
export type OutputScale = Exclude<Answer, { readonly kind: 'log-time' }>;

/** A fitted chain from raw columns to an answer; needs the rows it came from no longer. */
export interface FittedModel {
  /** In the bundle's own types; every number in them comes from the rows that were fitted on. */
  readonly steps: readonly Step[];
  readonly model: ModelPart;
  readonly output: OutputScale;
  /** Settings that the inner cross-validation chose, for people. */
  readonly chosen: Readonly<Record<string, number | string>>;
  /** Mean log-likelihood per patient over the inner folds; higher is better; null where nothing was chosen. */
  readonly innerScore: number | null;
}

/** Loads libxgboost when a booster is met; called once or more. */
export type LibrarySource = () => NativeLibrary;

/**
 * Margins of raw rows.
 * @param raw shape (n x p), NaN = missing, columns as the model was fitted on
 * @returns shape (n)
 * @throws TrainingError of the steps and of XGBoost
 */
export function marginsOf(
  { steps, model }: Pick<FittedModel, 'steps' | 'model'>,
  raw: RowMatrix,
  library: LibrarySource,
): Float64Array {
  const inputs = applySteps(steps, raw.rows, raw.n, raw.p);
  return marginsOfInputs(model, inputs, library);
}

function marginsOfInputs(model: ModelPart, inputs: RowMatrix, library: LibrarySource): Float64Array {
  if (model.kind === 'linear') {
    const { intercept } = model;
    return linearPredictor({ lambda: 0, intercept, coefficients: Float64Array.from(model.coefficients) }, inputs);
  }
  const native = library();
  using matrix = new DMatrix(native, { values: Float32Array.from(inputs.rows), n: inputs.n, p: inputs.p });
  using booster = Booster.load(native, model.json);
  return Float64Array.from(booster.predict(matrix, 'margin'));
}

/** Risks, higher = worse, shape (n). */
export function risksOf({ slope, intercept }: OutputScale, margins: Float64Array): Float64Array {
  return margins.map((margin) => intercept + slope * margin);
}

/** Probabilities of death of the `probability` scale, shape (n). */
export function probabilitiesOf(risks: Float64Array): Float64Array {
  return risks.map((risk) => 1 / (1 + Math.exp(-risk)));
}

/**
 * Probabilities of death by each time from a baseline hazard.
 * @param timesDays days from surgery
 * @returns row-major, shape (n x times)
 */
export function deathBy(baseline: BaselineHazard, risks: Float64Array, timesDays: readonly number[]): Float64Array {
  const hazard = timesDays.map((time) => {
    const before = baseline.timeDays.filter((t) => t <= time).length;
    return before === 0 ? 0 : (baseline.cumulative[before - 1] as number);
  });
  const width = hazard.length;
  const answer = new Float64Array(risks.length * width);
  for (const [i, risk] of risks.entries()) {
    const factor = Math.exp(risk);
    for (let k = 0; k < width; k++) answer[i * width + k] = 1 - Math.exp(-(hazard[k] as number) * factor);
  }
  return answer;
}
