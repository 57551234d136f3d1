import { imagingError } from '../errors.js';
import type { RadiomicsSettings } from '../settings/settings.js';
import {
  affineColumn,
  applyAffine,
  directionsOf,
  formatNumbers,
  type GridDifference,
  gridDifference,
  invertAffine,
  spacingOf,
  subtract,
} from '../volume/affine.js';
import type { Mask, Volume } from '../volume/volume.js';

/**
 * The mask's voxels on the volume's grid, 1 inside and 0 outside.
 * With `correctMask` a mask of another grid is sampled at the nearest voxel, provided that its region lies in the image.
 * @throws ImagingError GRID_DIFFERS, MASK_OUTSIDE_IMAGE
 */
export function maskOnGrid(mask: Mask, volume: Volume, settings: RadiomicsSettings): Uint8Array {
  const difference = differs(mask, volume, settings.geometryTolerance);
  if (difference === null) return mask.voxels;
  if (!settings.correctMask) {
    throw imagingError('GRID_DIFFERS', 'The mask', difference.what, difference.found, difference.expected);
  }
  const out = resampled(mask, volume);
  if (out.reached < out.expected) {
    throw imagingError('MASK_OUTSIDE_IMAGE', 'The mask', mask.label, `${out.expected - out.reached} voxels`);
  }
  return out.voxels;
}

/** ITK's rule when a tolerance is given (a fraction of the first spacing; of direction cosines), else the house rule. */
function differs(mask: Mask, volume: Volume, tolerance: number | null): GridDifference | null {
  if (tolerance === null || mask.size.some((n, i) => n !== volume.size[i])) return gridDifference(mask, volume);
  const [a, b] = [spacingOf(mask.indexToLps), spacingOf(volume.indexToLps)];
  const reach = tolerance * b[0];
  const far = (u: readonly number[], v: readonly number[], most: number) =>
    u.some((x, i) => Math.abs(x - (v[i] as number)) > most);
  const text = (what: GridDifference['what'], u: readonly number[], v: readonly number[]): GridDifference => ({
    what,
    found: formatNumbers(u),
    expected: `${formatNumbers(v)} (geometryTolerance ${tolerance})`,
  });
  if (far(a, b, reach)) return text('spacing', a, b);
  const [oa, ob] = [affineColumn(mask.indexToLps, 3), affineColumn(volume.indexToLps, 3)];
  if (far(oa, ob, reach)) return text('origin', oa, ob);
  const [da, db] = [directionsOf(mask.indexToLps).flat(), directionsOf(volume.indexToLps).flat()];
  return far(da, db, tolerance) ? text('direction', da, db) : null;
}

/** Nearest mask voxel at every image voxel, and how many mask voxels have their centre in the image. */
function resampled(mask: Mask, volume: Volume): { voxels: Uint8Array; reached: number; expected: number } {
  const toMask = invertAffine(mask.indexToLps);
  const origin = applyAffine(toMask, applyAffine(volume.indexToLps, [0, 0, 0]));
  const axis = (p: [number, number, number]) =>
    subtract(applyAffine(toMask, applyAffine(volume.indexToLps, p)), origin);
  const [ux, uy, uz] = [axis([1, 0, 0]), axis([0, 1, 0]), axis([0, 0, 1])];
  const [nx, ny, nz] = volume.size;
  const [mx, my, mz] = mask.size;
  const voxels = new Uint8Array(nx * ny * nz);
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, i++) {
        const a = Math.round(origin[0] + ux[0] * x + uy[0] * y + uz[0] * z);
        const b = Math.round(origin[1] + ux[1] * x + uy[1] * y + uz[1] * z);
        const c = Math.round(origin[2] + ux[2] * x + uy[2] * y + uz[2] * z);
        if (a < 0 || b < 0 || c < 0 || a >= mx || b >= my || c >= mz) continue;
        if (mask.voxels[a + mx * (b + my * c)] !== 0) voxels[i] = 1;
      }
    }
  }
  return { voxels, ...coverage(mask, volume) };
}

function coverage(mask: Mask, volume: Volume): { reached: number; expected: number } {
  const toImage = invertAffine(volume.indexToLps);
  const [mx, my, mz] = mask.size;
  let reached = 0;
  let expected = 0;
  for (let z = 0, i = 0; z < mz; z++) {
    for (let y = 0; y < my; y++) {
      for (let x = 0; x < mx; x++, i++) {
        if (mask.voxels[i] === 0) continue;
        expected++;
        const p = applyAffine(toImage, applyAffine(mask.indexToLps, [x, y, z]));
        if (p.every((v, d) => v >= -0.501 && v <= (volume.size[d] as number) - 0.499)) reached++;
      }
    }
  }
  return { reached, expected };
}
