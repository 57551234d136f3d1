import { imagingError } from '../errors.js';
import { type BoundingBox, boundingBox, cropRoi, type Roi } from '../radiomics/roi.js';

import { gridDifference } from '../volume/affine.js';
import { resampleValues } from '../volume/resample.js';
import { resegment } from '../volume/resegment.js';
import type { Mask, Volume } from '../volume/volume.js';
import type { IbsiInterpolation, IbsiResegmentation, IbsiSettings } from './settings.js';
import { workingGrid } from './working-grid.js';

/** An image with the two masks of a region, on one grid. */
export interface MaskedImage {
  readonly image: Volume;
  /** The region as it was drawn: its form. */
  readonly morphological: Uint8Array;
  /** The voxels whose intensities count: less after re-segmentation. */
  readonly intensity: Uint8Array;
}

/** A region at the three points of the processing chain that IBSI has reference values for. */
export interface ProcessedRegion {
  readonly initial: MaskedImage;
  readonly interpolated: MaskedImage;
  readonly resegmented: MaskedImage;
}

/** What features are computed of: both masks cut out of the image with the box of the morphological one. */
export interface IbsiRegion {
  readonly image: Volume;
  readonly box: BoundingBox;
  readonly morphological: Roi;
  readonly intensity: Roi;
}

/**
 * IBSI's chain up to re-segmentation: round, interpolate image and mask, round, re-segment.
 * @throws ImagingError GRID_DIFFERS, RADIOMICS_MASK_EMPTY, IBSI_MASK_VANISHED, IBSI_RESEGMENTED_AWAY
 * @see IBSI reference manual (arXiv:1612.07003), chapter 2
 */
export function processRegion(volume: Volume, mask: Mask, settings: IbsiSettings): ProcessedRegion {
  const difference = gridDifference(mask, volume);
  if (difference !== null) {
    throw imagingError('GRID_DIFFERS', 'The mask', difference.what, difference.found, difference.expected);
  }
  const drawn = mask.voxels;
  if (!drawn.includes(1)) throw imagingError('RADIOMICS_MASK_EMPTY', mask.label);
  const initial = { image: rounded(volume, settings.rounding), morphological: drawn, intensity: drawn };
  const interpolated =
    settings.interpolation === null ? initial : interpolate(initial, settings.interpolation, settings.rounding);
  if (!interpolated.morphological.includes(1)) throw imagingError('IBSI_MASK_VANISHED', mask.label);
  const resegmented =
    settings.resegmentation === null ? interpolated : resegmentBoth(interpolated, settings.resegmentation);
  if (!resegmented.intensity.includes(1)) throw imagingError('IBSI_RESEGMENTED_AWAY', mask.label);
  return { initial, interpolated, resegmented };
}

/** Cuts both masks out of the image. @throws ImagingError RADIOMICS_NOT_FINITE */
export function cutRegion({ image, morphological, intensity }: MaskedImage): IbsiRegion {
  const box = boundingBox(morphological, image.size) as BoundingBox;
  return { image, box, morphological: cropRoi(image, morphological, box), intensity: cropRoi(image, intensity, box) };
}

/** Halves go up. */
function rounded(volume: Volume, rounding: IbsiSettings['rounding']): Volume {
  if (rounding === 'none' || volume.voxels instanceof Int16Array) return volume;
  return { ...volume, voxels: volume.voxels.map((v) => Math.floor(v + 0.5)) };
}

/** How much less than the threshold a share may be and still count: the rounding of weights that add up to it. */
const SHARE_ROUNDING = 1e-9;

function interpolate(
  from: MaskedImage,
  { spacing, image, mask, maskThreshold }: IbsiInterpolation,
  rounding: IbsiSettings['rounding'],
): MaskedImage {
  const grid = workingGrid(from.image, spacing);
  const kernel = image === 'cubic-spline' ? 'bspline' : image;
  const voxels = resampleValues(from.image.voxels, from.image, grid, kernel, 'replicate');
  const share = resampleValues(from.morphological, from.image, grid, mask, 'replicate');
  const kept = Uint8Array.from(share, (v) => (v >= maskThreshold - SHARE_ROUNDING ? 1 : 0));
  return { image: rounded({ ...from.image, ...grid, voxels }, rounding), morphological: kept, intensity: kept };
}

/** Both filters look at the mask as it was before; what passes both is kept. */
function resegmentBoth(from: MaskedImage, { range, outlierSigma }: IbsiResegmentation): MaskedImage {
  const { image, intensity: before } = from;
  const [low, high] = [range?.[0] ?? Number.NEGATIVE_INFINITY, range?.[1] ?? Number.POSITIVE_INFINITY];
  let intensity = resegment(image, before, [low, high], 'absolute');
  if (outlierSigma !== null) {
    const near = resegment(image, before, [-outlierSigma, outlierSigma], 'sigma');
    intensity = intensity.map((v, i) => v & (near[i] as number));
  }
  return { ...from, intensity };
}
