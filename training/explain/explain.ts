import { applySteps, attributeSteps, type RowMatrix, type Step } from '../bundle/index.js';
import { Booster, DMatrix, type NativeLibrary } from '../xgboost/index.js';

/** What a model's answer for some patients is made of. Row k is patient k; margins are before the link (log-odds, log-hazard). */
export interface Explanation {
  /** Margin that the model expects of nobody in particular. */
  readonly expected: number;
  /** Row-major, shape (n x columns): what each raw column adds to the margin. */
  readonly contributions: Float64Array;
  /** Shape (n): expected + the sum of the row. */
  readonly margin: Float64Array;
}

/**
 * Explains a booster behind fitted steps: XGBoost's TreeSHAP values of the booster's inputs (coefficient x value for
 * `gblinear`), taken back to the raw columns.
 * @param booster XGBoost's JSON or UBJSON
 * @param raw     shape (n x columns), NaN = missing
 * @throws TrainingError of the steps and of XGBoost
 */
export function explainBooster(
  library: NativeLibrary,
  booster: Uint8Array,
  steps: readonly Step[],
  raw: RowMatrix,
): Explanation {
  const inputs = applySteps(steps, raw.rows, raw.n, raw.p);
  using model = Booster.load(library, booster);
  using matrix = new DMatrix(library, { values: Float32Array.from(inputs.rows), n: inputs.n, p: inputs.p });
  const values = model.predict(matrix, 'contributions');
  const width = inputs.p + 1;
  const own = new Float64Array(inputs.n * inputs.p);
  for (let i = 0; i < inputs.n; i++) own.set(values.subarray(i * width, i * width + inputs.p), i * inputs.p);
  const expected = values[inputs.p] ?? 0;
  const contributions = attributeSteps(steps, raw.rows, raw.n, raw.p, own);
  const margin = new Float64Array(raw.n).fill(expected);
  for (let i = 0; i < raw.n; i++) {
    for (let j = 0; j < raw.p; j++) margin[i] = (margin[i] as number) + (contributions[i * raw.p + j] as number);
  }
  return { expected, contributions, margin };
}

/**
 * Contributions summed over the columns of each group (modality); they add up to the same margin.
 * @param groups shape (columns): the group of each column
 * @returns shape (n) per group, in the order in which the groups first occur
 */
export function contributionsByGroup(
  contributions: Float64Array,
  groups: readonly string[],
): ReadonlyMap<string, Float64Array> {
  const p = groups.length;
  const n = p === 0 ? 0 : contributions.length / p;
  const sums = new Map<string, Float64Array>();
  for (const [j, group] of groups.entries()) {
    const sum = sums.get(group) ?? new Float64Array(n);
    for (let i = 0; i < n; i++) sum[i] = (sum[i] as number) + (contributions[i * p + j] as number);
    sums.set(group, sum);
  }
  return sums;
}
