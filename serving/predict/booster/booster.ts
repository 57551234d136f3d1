import { addLinear, linearContributions } from './linear.js';
import { fail, notAModel } from './model-json.js';
import { type BoosterModel, readModel } from './read-model.js';
import { leafSummer } from './sum-leaves.js';
import { addTreeShap, nodeMeans } from './tree-shap.js';
import { parseUbjson } from './ubjson.js';

/** XGBoost's own model, evaluated without its library. Pure and safe to share. */
export interface Booster {
  /** `reg:logistic`, `survival:cox`, … */
  readonly objective: string;
  readonly kind: BoosterModel['kind'];
  /** Inputs per row. */
  readonly inputs: number;
  /** Answers per row: 1, or one for each class or target. */
  readonly outputs: number;
  readonly trees: number;
  /**
   * Base margin plus the leaves a row falls into, in the order of the trees: the library's `output_margin`, the same
   * float32 bits. One exception: `logf` of a C library rounds the base margin of some logistic models (in glibc about 4 in
   * 1000 base scores) to the neighbouring float32; then margins differ by that one unit in the last place.
   * @param rows row-major, shape (n x inputs); NaN = missing; rounded to float32 as the library does
   * @returns row-major, shape (n x outputs)
   */
  margins(rows: Float64Array | Float32Array): Float32Array;
  /**
   * The margins through the objective's link: a probability in [0, 1] for a logistic objective (within 2 units in the last
   * place of the library's, nearly always the same bits), a hazard ratio for `survival:cox`, a time for `survival:aft`.
   * @returns row-major, shape (n x outputs)
   */
  predict(rows: Float64Array | Float32Array): Float32Array;
  /** The link alone: margins, shape (n x outputs), become answers in place. @returns the same array */
  link(margins: Float32Array): Float32Array;
  /**
   * What each input adds to the margin: TreeSHAP for trees, weight x value for a linear model. A row's contributions,
   * the last included, add up to its margin.
   * @returns row-major, shape (n x outputs x (inputs + 1)); last the part that no input explains (base and expected value)
   * @throws PredictError PREDICT_NO_CONTRIBUTIONS when the model does not hold what they are computed from
   */
  contributions(rows: Float64Array | Float32Array): Float64Array;
}

/**
 * @param model XGBoost's model: parsed JSON, or the bytes of a UBJSON or JSON file
 * @throws PredictError when the model is damaged or uses what is not evaluated here (PREDICT_UNSUPPORTED_*)
 */
export function createBooster(model: unknown): Booster {
  const read = readModel(model instanceof Uint8Array ? parseBooster(model) : model);
  const { objective, inputs, outputs, baseMargin, forest, linear } = read;
  const sum = forest === undefined ? undefined : leafSummer(forest);
  let means: Float64Array | undefined;

  const margins = (rows: Float64Array | Float32Array): Float32Array => {
    const n = rowCount(rows, inputs);
    const out = new Float32Array(n * outputs);
    for (let i = 0; i < out.length; i++) out[i] = baseMargin[outputs === 1 ? 0 : i % outputs] as number;
    sum?.(rows, n, out);
    if (linear !== undefined) addLinear(linear, rows, n, out);
    return out;
  };
  const link = (out: Float32Array): Float32Array => {
    for (let start = 0; start < out.length; start += outputs) objective.link(out, start, outputs);
    return out;
  };
  const predict = (rows: Float64Array | Float32Array): Float32Array => link(margins(rows));
  const contributions = (rows: Float64Array | Float32Array): Float64Array => {
    const n = rowCount(rows, inputs);
    const out = new Float64Array(n * outputs * (inputs + 1));
    if (linear !== undefined) linearContributions(linear, baseMargin, rows, n, out);
    if (forest !== undefined) {
      for (let i = 0; i < n * outputs; i++) out[i * (inputs + 1) + inputs] = baseMargin[i % outputs] as number;
      means ??= nodeMeans(forest);
      addTreeShap(forest, means, rows, n, out);
    }
    return out;
  };
  const trees = forest?.roots.length ?? 0;
  return { objective: objective.name, kind: read.kind, inputs, outputs, trees, margins, link, predict, contributions };
}

/**
 * The document of a model file, JSON (which begins with `{"`) or UBJSON (`{` and a length); lists of numbers in UBJSON become typed arrays.
 * @throws PredictError PREDICT_NOT_A_MODEL
 */
export function parseBooster(bytes: Uint8Array): unknown {
  if (bytes[0] !== 0x7b) notAModel('it begins neither like JSON nor like UBJSON');
  const next = bytes.subarray(1).find((byte) => byte > 0x20);
  if (next !== 0x22) return parseUbjson(bytes);
  // The library writes NaN, which is no JSON, as the threshold of splits by category.
  const text = new TextDecoder().decode(bytes).replace(/(?<=[[,])NaN(?=[\],])/g, 'null');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return notAModel('its JSON is damaged');
  }
}

function rowCount(rows: Float64Array | Float32Array, inputs: number): number {
  const n = inputs === 0 ? 0 : rows.length / inputs;
  return Number.isInteger(n) ? n : fail('PREDICT_COLUMN_COUNT', rows.length, inputs);
}
