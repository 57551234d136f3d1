import { canonicalJson } from '../../feature-table.js';
import type { RadiomicsSettings } from '../settings/settings.js';
import { applyAffine, spacingOf } from '../volume/affine.js';
import type { Volume } from '../volume/volume.js';
import { componentCount } from './components.js';
import type { BoundingBox } from './roi.js';

/** Facts about image, mask and settings, under PyRadiomics' names where it has them. */
export type Diagnostics = Readonly<Record<string, string | number>>;

/** Lists are written as PyRadiomics writes tuples. */
const tuple = (values: readonly number[]) => `(${values.join(', ')})`;

/** Settings, spacing, size and grey values of the whole image. */
export function imageDiagnostics(volume: Volume, settings: RadiomicsSettings, version: string): Diagnostics {
  const { voxels } = volume;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < voxels.length; i++) {
    const v = voxels[i] as number;
    if (v < min) min = v;
    if (v > max) max = v;
    sum += v;
  }
  return {
    diagnostics_Versions_thoracle: version,
    diagnostics_Configuration_Settings: canonicalJson(settings),
    diagnostics_Configuration_EnabledImageTypes: '{"Original":{}}',
    'diagnostics_Image-original_Dimensionality': '3D',
    'diagnostics_Image-original_Spacing': tuple(spacingOf(volume.indexToLps)),
    'diagnostics_Image-original_Size': tuple(volume.size),
    'diagnostics_Image-original_Mean': sum / voxels.length,
    'diagnostics_Image-original_Minimum': min,
    'diagnostics_Image-original_Maximum': max,
  };
}

/** Size, place and grey values of a mask; `state` is `original` or `resegmented`. */
export function maskDiagnostics(volume: Volume, mask: Uint8Array, box: BoundingBox, state: string): Diagnostics {
  const [nx, ny] = volume.size;
  const [x0, y0, z0] = box.start;
  const [bx, by, bz] = box.size;
  let [n, sx, sy, sz, sum] = [0, 0, 0, 0, 0];
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let z = z0; z < z0 + bz; z++) {
    for (let y = y0; y < y0 + by; y++) {
      let i = x0 + nx * (y + ny * z);
      for (let x = x0; x < x0 + bx; x++, i++) {
        if (mask[i] === 0) continue;
        const v = volume.voxels[i] as number;
        n++;
        sx += x;
        sy += y;
        sz += z;
        sum += v;
        if (v < min) min = v;
        if (v > max) max = v;
      }
    }
  }
  const centre = [sx / n, sy / n, sz / n] as const;
  const named = (name: string) => `diagnostics_Mask-${state}_${name}`;
  return {
    [named('Spacing')]: tuple(spacingOf(volume.indexToLps)),
    [named('Size')]: tuple(volume.size),
    [named('BoundingBox')]: tuple([...box.start, ...box.size]),
    [named('VoxelNum')]: n,
    [named('VolumeNum')]: componentCount(mask, volume.size, box),
    [named('CenterOfMassIndex')]: tuple(centre),
    [named('CenterOfMass')]: tuple(applyAffine(volume.indexToLps, centre)),
    [named('Mean')]: sum / n,
    [named('Minimum')]: min,
    [named('Maximum')]: max,
  };
}
