import { type Forest, readForest } from './booster-json.js';
import { PredictError, predictErrors } from './errors.js';

/** XGBoost's own model, evaluated without its library. Pure and safe to share. */
export interface Booster {
  readonly objective: Forest['objective'];
  /** Inputs per row. */
  readonly inputs: number;
  readonly trees: number;
  /**
   * Base margin plus the leaves a row falls into, in the order of the trees: the library's `output_margin`, the same
   * float32 bits. One exception: `logf` of a C library rounds the base margin of some logistic models (in glibc about 4 in
   * 1000 base scores) to the neighbouring float32; then margins differ by that one unit in the last place.
   * @param rows row-major, shape (n x inputs); NaN = missing; rounded to float32 as the library does
   * @returns shape (n)
   */
  margins(rows: Float64Array | Float32Array): Float32Array;
  /**
   * The margins through the objective's link: a probability in [0, 1] for a logistic objective (within 2 units in the last
   * place of the library's, nearly always the same bits), else the margin itself.
   */
  predict(rows: Float64Array | Float32Array): Float32Array;
}

/**
 * @param model XGBoost's JSON model, parsed
 * @throws PredictError when the model is damaged or uses what is not evaluated here (PREDICT_UNSUPPORTED_*)
 */
export function createBooster(model: unknown): Booster {
  const forest = readForest(model);
  const logistic = forest.objective !== 'reg:squarederror';
  const base = logistic ? logit(forest.baseScore) : forest.baseScore;
  const margins = (rows: Float64Array | Float32Array): Float32Array => sumLeaves(forest, base, rows);
  return {
    objective: forest.objective,
    inputs: forest.inputs,
    trees: forest.roots.length,
    margins,
    predict: (rows) => {
      const out = margins(rows);
      if (logistic) for (let r = 0; r < out.length; r++) out[r] = sigmoid(out[r] as number);
      return out;
    },
  };
}

function sumLeaves(forest: Forest, base: number, rows: Float64Array | Float32Array): Float32Array {
  const { inputs, roots, left, right, feature, value, defaultLeft } = forest;
  const count = inputs === 0 ? 0 : rows.length / inputs;
  if (!Number.isInteger(count)) {
    throw new PredictError('PREDICT_COLUMN_COUNT', predictErrors.PREDICT_COLUMN_COUNT(rows.length, inputs));
  }
  const out = new Float32Array(count);
  for (let r = 0; r < count; r++) {
    let sum = base;
    for (let t = 0; t < roots.length; t++) {
      let node = roots[t] as number;
      let next = left[node] as number;
      while (next !== -1) {
        const x = Math.fround(rows[r * inputs + (feature[node] as number)] as number);
        const goLeft = Number.isNaN(x) ? defaultLeft[node] === 1 : x < (value[node] as number);
        node = goLeft ? next : (right[node] as number);
        next = left[node] as number;
      }
      sum = Math.fround(sum + (value[node] as number));
    }
    out[r] = sum;
  }
  return out;
}

/** The library's link from a base probability to a margin: -ln(1 / p - 1), each operation in float32. */
function logit(probability: number): number {
  return Math.fround(-Math.log(Math.fround(Math.fround(1 / probability) - 1)));
}

/**
 * The library's float32 logistic function, its overflow guard (88.7) included. Operations round as in float32; `exp` is
 * rounded from float64, where the C library's `expf` may differ in the last bit.
 */
function sigmoid(margin: number): number {
  const e = Math.fround(Math.exp(Math.min(-margin, Math.fround(88.7))));
  return Math.fround(1 / Math.fround(e + 1));
}
