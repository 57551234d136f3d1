import type { Roi } from '../radiomics/roi.js';
import { ibsiLevels, intensityRange } from './discretise.js';
import type { IbsiRow } from './feature.js';
import type { IbsiSettings } from './settings.js';

/** How much of the region has at least an intensity, at equal steps of intensity. */
export interface VolumeHistogram {
  /** Intensity at the first step, and the distance between steps. */
  readonly low: number;
  readonly step: number;
  /** Share of voxels with at least the intensity of each step; falls from 1. */
  readonly share: Float64Array;
}

/**
 * The intensity-volume histogram of a region.
 * @see IBSI reference manual (arXiv:1612.07003), section 3.5
 */
export function volumeHistogram(roi: Roi, { ivh, resegmentation }: IbsiSettings): VolumeHistogram {
  const [min, max] = intensityRange(roi);
  const [low, high] = [resegmentation?.range?.[0] ?? min, resegmentation?.range?.[1] ?? max];
  if (ivh.method === 'fixed-bin-number') {
    const levels = ibsiLevels(roi, ivh);
    return { low: 1, step: 1, share: shares(roi, (i) => levels[i] as number, 1, 1, ivh.count) };
  }
  if (ivh.method === 'none') {
    const steps = Math.max(1, Math.floor((high - low) / ivh.step + 1e-9) + 1);
    return { low, step: ivh.step, share: shares(roi, (i) => roi.values[i] as number, low, ivh.step, steps) };
  }
  const { width } = ivh;
  const bins = Math.max(1, Math.ceil((high - low) / width - 1e-9));
  const levels = ibsiLevels(roi, { ...ivh, lowest: low });
  // The greatest intensity lies on the upper edge of the last bin and belongs to it.
  return {
    low: low + width / 2,
    step: width,
    share: shares(roi, (i) => Math.min(bins, levels[i] as number), 1, 1, bins),
  };
}

/** Share of voxels whose value is at least low + k step, for k from 0. */
function shares(roi: Roi, valueAt: (i: number) => number, low: number, step: number, count: number): Float64Array {
  const out = new Float64Array(count);
  for (let i = 0; i < roi.inside.length; i++) {
    if (roi.inside[i] === 0) continue;
    const k = Math.min(count - 1, Math.floor((valueAt(i) - low) / step + 1e-9));
    out[k] = (out[k] as number) + 1;
  }
  for (let k = count - 2; k >= 0; k--) out[k] = (out[k] as number) + (out[k + 1] as number);
  return out.map((n) => n / roi.voxelCount);
}

/** Largest share of the volume at an intensity fraction of at least `fraction`. */
function volumeAt({ share }: VolumeHistogram, fraction: number): number {
  return share[Math.ceil(fraction * (share.length - 1) - 1e-9)] as number;
}

/** Least intensity that at most `fraction` of the volume has; one step above the last when more has even that. */
function intensityAt({ low, step, share }: VolumeHistogram, fraction: number): number {
  let k = 0;
  while (k < share.length && (share[k] as number) > fraction) k++;
  return low + k * step;
}

/** Area under the share of volume over the intensity fraction, by trapezoids; NaN when there is one step only. */
function areaUnder({ share }: VolumeHistogram): number {
  let sum = 0;
  for (let k = 1; k < share.length; k++) sum += ((share[k] as number) + (share[k - 1] as number)) / 2;
  return sum / (share.length - 1);
}

const row = (
  tag: string,
  id: string,
  name: string,
  unit: string,
  compute: IbsiRow<VolumeHistogram>['compute'],
): IbsiRow<VolumeHistogram> => ({ tag, id, name, unit, compute });

export const volumeHistogramRows: readonly IbsiRow<VolumeHistogram>[] = [
  row('ivh_v10', 'BC2M', 'Volume at intensity fraction 10%', '1', (h) => volumeAt(h, 0.1)),
  row('ivh_v90', 'BC2M', 'Volume at intensity fraction 90%', '1', (h) => volumeAt(h, 0.9)),
  row('ivh_i10', 'GBPN', 'Intensity at volume fraction 10%', 'HU', (h) => intensityAt(h, 0.1)),
  row('ivh_i90', 'GBPN', 'Intensity at volume fraction 90%', 'HU', (h) => intensityAt(h, 0.9)),
  row(
    'ivh_diff_v10_v90',
    'DDTU',
    'Volume fraction difference between 10% and 90% intensity fraction',
    '1',
    (h) => volumeAt(h, 0.1) - volumeAt(h, 0.9),
  ),
  row(
    'ivh_diff_i10_i90',
    'CNV2',
    'Intensity difference between 10% and 90% volume fraction',
    'HU',
    (h) => intensityAt(h, 0.1) - intensityAt(h, 0.9),
  ),
  {
    ...row('ivh_auc', '9CMM', 'Area under the IVH curve', '1', areaUnder),
    undefinedWhen: 'the histogram has a single step',
  },
];
