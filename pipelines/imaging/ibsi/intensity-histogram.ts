import { firstOrderRows, type Intensities } from '../radiomics/first-order.js';
import { type IbsiRow, sharedFormula } from './feature.js';
import { levelStatisticsRows, statisticsOf } from './statistics.js';

/** What intensity histogram features are read off. */
export interface Histogram extends Intensities {
  /** Voxels of each level; index 0 = level 1, the last one the highest that occurs. */
  readonly counts: Float64Array;
  /** Change of the count at each level, central difference, one-sided at both ends; all 0 for a single level. */
  readonly gradient: Float64Array;
}

/**
 * The histogram of the grey levels of a region.
 * @param levels 0 outside the region
 * @see IBSI reference manual (arXiv:1612.07003), section 3.4
 */
export function histogramOf(levels: Uint32Array): Histogram {
  const values = Float64Array.from(levels.filter((v) => v > 0));
  const statistics = statisticsOf(values);
  const counts = new Float64Array(statistics.sorted[values.length - 1] as number);
  for (let i = 0; i < values.length; i++) {
    const k = (values[i] as number) - 1;
    counts[k] = (counts[k] as number) + 1;
  }
  const shares = counts.filter((n) => n > 0).map((n) => n / values.length);
  return { ...statistics, shares, counts, gradient: gradientOf(counts) };
}

function gradientOf(counts: Float64Array): Float64Array {
  const last = counts.length - 1;
  return counts.map((_n, k) => {
    const [low, high] = [Math.max(0, k - 1), Math.min(last, k + 1)];
    return high === low ? 0 : ((counts[high] as number) - (counts[low] as number)) / (high - low);
  });
}

/** The most frequent level; of several the one nearest to the mean, of two as near the lower. */
function modeOf({ counts, mean }: Histogram): number {
  let mode = 0;
  for (let k = 1; k < counts.length; k++) {
    const more = (counts[k] as number) - (counts[mode] as number);
    if (more > 0 || (more === 0 && Math.abs(k + 1 - mean) < Math.abs(mode + 1 - mean))) mode = k;
  }
  return mode + 1;
}

/** The lowest level where the gradient is largest, or smallest with sign -1. */
function steepest({ gradient }: Histogram, sign: 1 | -1): number {
  let best = 0;
  for (let k = 1; k < gradient.length; k++)
    if (sign * (gradient[k] as number) > sign * (gradient[best] as number)) best = k;
  return best;
}

const row = (
  tag: string,
  id: string,
  name: string,
  unit: string,
  compute: IbsiRow<Histogram>['compute'],
): IbsiRow<Histogram> => ({ tag, id, name, unit, compute });

export const histogramRows: readonly IbsiRow<Histogram>[] = [
  ...levelStatisticsRows,
  row('ih_mode', 'AMMC', 'Intensity histogram mode', 'level', modeOf),
  row('ih_entropy', 'TLU2', 'Discretised intensity entropy', 'bit', sharedFormula(firstOrderRows, 'TLU2')),
  row('ih_uniformity', 'BJ5W', 'Discretised intensity uniformity', '1', sharedFormula(firstOrderRows, 'BJ5W')),
  row('ih_max_grad', '12CE', 'Maximum histogram gradient', '1', (h) => h.gradient[steepest(h, 1)] as number),
  row('ih_max_grad_g', '8E6O', 'Maximum histogram gradient intensity', 'level', (h) => steepest(h, 1) + 1),
  row('ih_min_grad', 'VQB3', 'Minimum histogram gradient', '1', (h) => h.gradient[steepest(h, -1)] as number),
  row('ih_min_grad_g', 'RHQZ', 'Minimum histogram gradient intensity', 'level', (h) => steepest(h, -1) + 1),
];
