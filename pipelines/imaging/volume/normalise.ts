import { imagingError } from '../errors.js';
import type { Volume } from './volume.js';

/**
 * The whole image minus its mean, over its standard deviation (n - 1), outliers clipped to +- `removeOutliers`
 * deviations, times `scale`.
 * @returns a volume without unit on the same grid
 * @throws ImagingError RADIOMICS_FLAT_IMAGE when all voxels are equal
 * @see PyRadiomics 3.x, normalizeImage
 */
export function normalise(volume: Volume, scale: number, removeOutliers: number | null): Volume {
  const { voxels } = volume;
  const n = voxels.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += voxels[i] as number;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((voxels[i] as number) - mean) ** 2;
  const deviation = Math.sqrt(squares / (n - 1));
  if (!(deviation > 0)) throw imagingError('RADIOMICS_FLAT_IMAGE');
  const most = removeOutliers ?? Number.POSITIVE_INFINITY;
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const z = ((voxels[i] as number) - mean) / deviation;
    out[i] = Math.max(-most, Math.min(most, z)) * scale;
  }
  const { integerRange: _, ...grid } = volume;
  return { ...grid, voxels: out };
}
