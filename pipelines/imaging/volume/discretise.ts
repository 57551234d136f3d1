import { imagingError } from '../errors.js';
import type { Discretisation } from '../settings/settings.js';

/** Values as levels: level = index of the value's bin, counted from 1. */
export interface Levels {
  /** Shape as the input; 1 … `highest`. */
  readonly levels: Uint32Array;
  /** Largest level that occurs (PyRadiomics' Ng). */
  readonly highest: number;
}

/**
 * Sorts values into half-open bins [edge, next edge), as PyRadiomics does with `numpy.digitize`.
 *
 * `binWidth`: edges at multiples of the width, the first bin holds the minimum. `binCount`: equal bins from minimum to
 * maximum, the maximum falls into the last. Edges are built in the same floating-point steps as NumPy's `arange` and
 * `linspace`, so that a value on an edge goes to the same side.
 * @param values shape (n), finite, at least one
 * @throws ImagingError RADIOMICS_BIN_WIDTH when the width is below the precision of the values
 * @see PyRadiomics 3.x documentation, section "Image Processing Module", getBinEdges
 */
export function discretise(values: Float64Array, rule: Discretisation): Levels {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return rule.method === 'binWidth'
    ? toLevels(values, lowestEdge(min, rule.binWidth), rule.binWidth, Number.POSITIVE_INFINITY)
    : byCount(values, min, max, rule.binCount);
}

/** The largest multiple of the width that is not above the value (floored remainder, as in Python). */
function lowestEdge(min: number, width: number): number {
  const remainder = min % width;
  return min - (remainder < 0 ? remainder + width : remainder);
}

function byCount(values: Float64Array, min: number, max: number, count: number): Levels {
  const from = min === max ? min - 0.5 : min;
  const to = min === max ? max + 0.5 : max;
  return toLevels(values, from, (to - from) / count, count);
}

function toLevels(values: Float64Array, low: number, width: number, last: number): Levels {
  const levels = new Uint32Array(values.length);
  const step = last === Number.POSITIVE_INFINITY ? low + width - low : width;
  if (!(step > 0)) throw imagingError('RADIOMICS_BIN_WIDTH', width, `lowest edge ${low}`);
  let highest = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number;
    let bin = Math.floor((v - low) / step);
    if (v < low + bin * step) bin--;
    else if (v >= low + (bin + 1) * step) bin++;
    const level = Math.min(bin + 1, last);
    levels[i] = level;
    if (level > highest) highest = level;
  }
  return { levels, highest };
}
