import { packageVersion } from '../../../package-facts.js';
import { imagingError } from '../errors.js';
import type { RadiomicsSettings } from '../settings/settings.js';
import { cropMask, cropVolume, padBox } from '../volume/crop.js';
import { normalise } from '../volume/normalise.js';
import { resampleRegion } from '../volume/resample-region.js';
import { resegment } from '../volume/resegment.js';
import type { Mask, Volume } from '../volume/volume.js';
import {
  configurationDiagnostics,
  type Diagnostics,
  imageDiagnostics,
  keptDiagnosticNames,
  maskDiagnostics,
} from './diagnostics.js';
import { maskOnGrid } from './mask-on-grid.js';
import { type BoundingBox, boundingBox } from './roi.js';

/** A region on a grid: 1 inside, and the smallest box that holds it. */
export interface Region {
  readonly voxels: Uint8Array;
  readonly box: BoundingBox;
}

/** Image and region as they are measured: normalised, resampled or cropped, re-segmented. */
export interface Prepared {
  readonly image: Volume;
  /** For shape: the whole region, unless the settings re-segment the shape too. */
  readonly shape: Region;
  /** For everything that depends on grey values; on the image's grid. */
  readonly region: Region;
  readonly diagnostics: Diagnostics;
}

/**
 * Brings image and mask into the form in which PyRadiomics 3.x measures them, in its order: normalise, resample (or crop),
 * check, re-segment.
 * @throws ImagingError as measure
 */
export function prepare(volume: Volume, mask: Mask, settings: RadiomicsSettings): Prepared {
  const facts = new Facts(settings);
  const original = requireBox(mask.voxels, mask);
  facts.add(configurationDiagnostics(settings, packageVersion()));
  facts.addImage(volume, 'original');
  const hash = settings.diagnostics === 'hashes' ? settings.label : undefined;
  facts.add(maskDiagnostics(mask, original, 'original', { label: hash }));

  const normalised =
    settings.normalize === null
      ? volume
      : normalise(volume, settings.normalize.scale, settings.normalize.removeOutliers);
  const placed = place(normalised, mask, original, settings, facts);
  const { image } = placed;
  const whole = { voxels: placed.mask.voxels, box: checkedBox(placed.mask.voxels, image, mask.label, settings) };
  if (settings.resegment === null) return { image, shape: whole, region: whole, diagnostics: facts.all() };

  const kept = resegment(image, whole.voxels, settings.resegment.range, settings.resegment.mode);
  const part = { voxels: kept, box: resegmentedBox(kept, image, mask.label, settings) };
  facts.add(maskDiagnostics({ ...image, voxels: kept }, part.box, 'resegmented', { image }));
  return { image, shape: settings.resegment.shape ? part : whole, region: part, diagnostics: facts.all() };
}

/** Image and mask on one grid: resampled, cropped or as they are. */
function place(volume: Volume, mask: Mask, box: BoundingBox, settings: RadiomicsSettings, facts: Facts) {
  if (settings.resample !== null) {
    const both = resampleRegion(volume, mask, box, settings.resample, settings.padDistance);
    const found = requireBox(both.mask.voxels, both.mask);
    facts.addImage(both.image, 'interpolated');
    facts.add(maskDiagnostics(both.mask, found, 'interpolated', { image: both.image }));
    return both;
  }
  const voxels = maskOnGrid(mask, volume, settings);
  const { size, indexToLps } = volume;
  const onGrid: Mask = { ...mask, voxels, size, indexToLps };
  if (voxels !== mask.voxels) {
    facts.add(maskDiagnostics(onGrid, requireBox(voxels, onGrid), 'corrected', { image: volume }));
  }
  if (!settings.preCrop) return { image: volume, mask: onGrid };
  const padded = padBox(checkedBox(voxels, volume, mask.label, settings), settings.padDistance, size);
  return { image: cropVolume(volume, padded), mask: cropMask(onGrid, padded) };
}

/** Diagnostics as they come up. */
class Facts {
  private readonly facts: Record<string, string | number> = {};

  constructor(private readonly settings: RadiomicsSettings) {}

  add(more: Diagnostics): void {
    Object.assign(this.facts, more);
  }

  addImage(image: Volume, state: 'original' | 'interpolated'): void {
    this.add(imageDiagnostics(image, state, this.settings.diagnostics === 'hashes' && state === 'original'));
  }

  /** Those that the settings ask for. */
  all(): Diagnostics {
    if (this.settings.diagnostics !== 'few') return this.facts;
    return Object.fromEntries(keptDiagnosticNames.map((name) => [name, this.facts[name] as string | number]));
  }
}

function resegmentedBox(mask: Uint8Array, volume: Volume, label: string, settings: RadiomicsSettings): BoundingBox {
  const left = voxelCount(mask);
  if (left <= 1) throw imagingError('RADIOMICS_RESEGMENTED_AWAY', label, left);
  return checkedBox(mask, volume, label, settings);
}

function voxelCount(mask: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) count++;
  return count;
}

function requireBox(voxels: Uint8Array, mask: Pick<Mask, 'size' | 'label'>): BoundingBox {
  const box = boundingBox(voxels, mask.size);
  if (box === undefined) throw imagingError('RADIOMICS_MASK_EMPTY', mask.label);
  return box;
}

/** The box of the region, once it is found to be large enough. */
function checkedBox(voxels: Uint8Array, { size }: Volume, label: string, settings: RadiomicsSettings): BoundingBox {
  const box = requireBox(voxels, { size, label });
  const dimensions = box.size.filter((n) => n > 1).length;
  if (dimensions === 0) throw imagingError('RADIOMICS_SINGLE_VOXEL', label);
  if (dimensions < settings.minimumROIDimensions) {
    throw imagingError('RADIOMICS_TOO_FEW_DIMENSIONS', label, dimensions, settings.minimumROIDimensions);
  }
  if (settings.minimumROISize !== null) {
    const count = voxelCount(voxels);
    if (count <= settings.minimumROISize)
      throw imagingError('RADIOMICS_TOO_SMALL', label, count, settings.minimumROISize);
  }
  return box;
}
