import type { Volume } from '../volume/volume.js';
import type { Window } from './panel.js';

/** A grey window and the name that its picture carries. */
export interface NamedWindow {
  readonly name: 'lung' | 'mediastinum' | 'range';
  readonly window: Window;
}

/** What radiology calls the lung window and the mediastinal (soft tissue) window, in HU. */
export const lungWindow: Window = { centre: -600, width: 1500 };
export const mediastinumWindow: Window = { centre: 40, width: 400 };

/** No tissue but air and lung is below this (HU): an image without such a value is no CT of a chest, or not in HU. */
const airBelow = -500;

/**
 * The windows in which an image is shown: lung and mediastinum where it holds HU, else one from its 1st to its 99th
 * percentile (MR, PET, a normalised or filtered image).
 */
export function windowsFor(volume: Volume): readonly NamedWindow[] {
  const { voxels } = volume;
  for (let i = 0; i < voxels.length; i++) {
    if (!((voxels[i] as number) < airBelow)) continue;
    return [
      { name: 'lung', window: lungWindow },
      { name: 'mediastinum', window: mediastinumWindow },
    ];
  }
  return [{ name: 'range', window: percentileWindow(voxels) }];
}

/** Most voxels whose values are sorted for the percentiles: every so many-th of a larger image. */
const sampled = 1 << 18;

function percentileWindow(voxels: Volume['voxels']): Window {
  const step = Math.ceil(voxels.length / sampled);
  const values = new Float64Array(Math.ceil(voxels.length / step));
  let n = 0;
  for (let i = 0; i < voxels.length; i += step) {
    const value = voxels[i] as number;
    if (Number.isFinite(value)) values[n++] = value;
  }
  const sorted = values.subarray(0, n).sort();
  const at = (share: number) => sorted[Math.min(n - 1, Math.floor(share * n))] ?? 0;
  const [low, high] = [at(0.01), at(0.99)];
  return high > low ? { centre: (low + high) / 2, width: high - low } : { centre: low, width: 1 };
}
