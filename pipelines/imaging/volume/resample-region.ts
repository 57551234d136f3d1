import { imagingError } from '../errors.js';
import { boundingBox } from '../radiomics/roi.js';
import type { Interpolator, RadiomicsSettings } from '../settings/settings.js';
import { applyAffine, invertAffine, spacingOf, type Vec3 } from './affine.js';
import type { Kernel } from './axis-table.js';
import { cropMask, cropVolume, padBox, type VoxelBox } from './crop.js';
import { gridLike } from './grid-positions.js';
import { resampleMask, resampleValues } from './resample.js';
import { integerRangeOf, type Mask, type Volume, withoutFiles } from './volume.js';

const kernelOf: Readonly<Record<Interpolator, Kernel>> = {
  sitkNearestNeighbor: 'nearest',
  sitkLinear: 'linear',
  sitkBSpline: 'bspline',
  sitkGaussian: 'gaussian',
  sitkHammingWindowedSinc: 'hamming',
  sitkCosineWindowedSinc: 'cosine',
  sitkWelchWindowedSinc: 'welch',
  sitkLanczosWindowedSinc: 'lanczos',
  sitkBlackmanWindowedSinc: 'blackman',
};

/** An image and a mask on one grid. */
export interface ImageAndMask {
  readonly image: Volume;
  readonly mask: Mask;
}

/**
 * Image and mask at another spacing, cut to the region and `padDistance` new voxels around it.
 *
 * The new grid shares the corner (not the centre) of the first voxel with the mask's grid and its directions. Where the
 * region is one slice thick the spacing stays. An image of whole numbers is cut back to whole numbers (towards 0) and to the
 * range of its type, as ITK does; a value within 1e-9 of a whole number counts as that number.
 * @param box of the region in the mask
 * @throws ImagingError MASK_OUTSIDE_IMAGE when the box of the region leaves the image
 * @see PyRadiomics 3.0.1, resampleImage
 */
export function resampleRegion(
  image: Volume,
  mask: Mask,
  box: VoxelBox,
  resample: NonNullable<RadiomicsSettings['resample']>,
  padDistance: number,
): ImageAndMask {
  checkInside(image, mask, box);
  const own = spacingOf(mask.indexToLps);
  const spacing = each((d) => {
    const asked = resample.spacing[d];
    return asked === 0 || box.size[d] === 1 ? own[d] : asked;
  });
  const imageSpacing = spacingOf(image.indexToLps);
  if (spacing.every((v, d) => Math.abs((imageSpacing[d] as number) - v) <= 1e-8 + 1e-5 * v)) {
    return onlyMask(image, mask, padDistance);
  }
  const target = targetGrid(mask, box, own, spacing, padDistance);
  const values = resampleValues(image.voxels, image, target, kernelOf[resample.interpolator]);
  return {
    image: { ...withoutFiles(image), ...target, voxels: storedLike(values, image) },
    mask: { ...mask, ...target, voxels: resampleMask(mask.voxels, mask, target) },
  };
}

const each = (value: (d: 0 | 1 | 2) => number): Vec3 => [value(0), value(1), value(2)];

function targetGrid(mask: Mask, box: VoxelBox, own: Vec3, spacing: Vec3, padDistance: number) {
  const ratio = each((d) => own[d] / spacing[d]);
  const low = each((d) => Math.max(0, Math.floor((box.start[d] - 0.5) * ratio[d] - padDistance)));
  const high = each((d) => {
    const most = Math.ceil(mask.size[d] * ratio[d]) - 1;
    return Math.min(most, Math.ceil((box.start[d] + box.size[d] - 0.5) * ratio[d] + padDistance));
  });
  const first = each((d) => (0.5 * (spacing[d] - own[d])) / own[d] + low[d] / ratio[d]);
  const size = each((d) => high[d] - low[d] + 1);
  return gridLike(mask, spacing, size, applyAffine(mask.indexToLps, first));
}

/** The image has the spacing already: the mask is put on its grid, and both are cut. */
function onlyMask(image: Volume, mask: Mask, padDistance: number): ImageAndMask {
  const moved: Mask = { ...mask, ...gridOf(image), voxels: resampleMask(mask.voxels, mask, image) };
  const box = boundingBox(moved.voxels, moved.size);
  if (box === undefined) throw imagingError('RADIOMICS_MASK_EMPTY', mask.label);
  const padded = padBox(box, padDistance, image.size);
  return { image: cropVolume(image, padded), mask: cropMask(moved, padded) };
}

const gridOf = ({ size, indexToLps }: Volume) => ({ size, indexToLps });

/** The outer corners of the region's box must lie in the image, within 0.001 voxel. */
function checkInside(image: Volume, mask: Mask, box: VoxelBox): void {
  const toImage = invertAffine(image.indexToLps);
  const corner = (p: Vec3) => applyAffine(toImage, applyAffine(mask.indexToLps, p));
  const a = corner(each((d) => box.start[d] - 0.5));
  const b = corner(each((d) => box.start[d] + box.size[d] - 0.5));
  for (const d of [0, 1, 2] as const) {
    const [low, high] = [Math.min(a[d], b[d]), Math.max(a[d], b[d])];
    if (low < -0.501 || high > image.size[d] - 0.499) {
      const where = `voxels ${low.toFixed(1)} to ${high.toFixed(1)} along ${'xyz'[d]}, of ${image.size[d]}`;
      throw imagingError('MASK_OUTSIDE_IMAGE', 'The mask', mask.label, where);
    }
  }
}

/** Values in the type of an image: whole numbers of its range, single or double precision. */
function storedLike(values: Float64Array, image: Volume): Volume['voxels'] {
  const range = integerRangeOf(image);
  if (range === undefined) return image.voxels instanceof Float32Array ? Float32Array.from(values) : values;
  const [smallest, largest] = range;
  const make = image.voxels.constructor as new (n: number) => Volume['voxels'];
  const out = new make(values.length);
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number;
    const near = Math.round(v);
    const whole = Math.abs(v - near) < 1e-9 * Math.max(1, Math.abs(v)) ? near : Math.trunc(v);
    out[i] = Math.max(smallest, Math.min(largest, whole));
  }
  return out;
}
