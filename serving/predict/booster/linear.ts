import type { LinearModel } from './read-model.js';

/** Adds bias and weighted values to margins that hold the base, in the library's order and in float32; missing values add nothing. */
export function addLinear(
  model: LinearModel,
  rows: Float64Array | Float32Array,
  n: number,
  margins: Float32Array,
): void {
  const { inputs, outputs, weights } = model;
  for (let r = 0; r < n; r++) {
    for (let k = 0; k < outputs; k++) {
      const at = r * outputs + k;
      margins[at] = (margins[at] as number) + (weights[inputs * outputs + k] as number);
      for (let j = 0; j < inputs; j++) {
        const x = Math.fround(rows[r * inputs + j] as number);
        if (Number.isNaN(x)) continue;
        margins[at] = (margins[at] as number) + Math.fround(x * (weights[j * outputs + k] as number));
      }
    }
  }
}

/**
 * What each input adds to the margin, the rest (base and bias) last.
 * @param out shape (n x outputs x (inputs + 1)), zero
 */
export function linearContributions(
  model: LinearModel,
  baseMargin: Float32Array,
  rows: Float64Array | Float32Array,
  n: number,
  out: Float64Array,
): void {
  const { inputs, outputs, weights } = model;
  for (let r = 0; r < n; r++) {
    for (let k = 0; k < outputs; k++) {
      const at = (r * outputs + k) * (inputs + 1);
      for (let j = 0; j < inputs; j++) {
        const x = Math.fround(rows[r * inputs + j] as number);
        if (!Number.isNaN(x)) out[at + j] = x * (weights[j * outputs + k] as number);
      }
      out[at + inputs] = (baseMargin[k] as number) + (weights[inputs * outputs + k] as number);
    }
  }
}
