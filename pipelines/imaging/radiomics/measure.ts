import { packageVersion } from '../../../package-facts.js';
import { imagingError } from '../errors.js';
import { defaultSettings, type RadiomicsSettings } from '../settings/settings.js';
import { normalise } from '../volume/normalise.js';
import { resegment } from '../volume/resegment.js';
import type { Mask, Volume } from '../volume/volume.js';
import { type Diagnostics, imageDiagnostics, maskDiagnostics } from './diagnostics.js';
import { families, featureColumn } from './families.js';
import type { FeatureFamily } from './family.js';
import { maskOnGrid } from './mask-on-grid.js';
import { type BoundingBox, boundingBox, cropRoi, type Roi } from './roi.js';

/** What was measured of one region. */
export interface Radiomics {
  /** Value by column name (`original_firstorder_Mean`), in the order of the feature classes. Every value is finite. */
  readonly features: ReadonlyMap<string, number>;
  readonly diagnostics: Diagnostics;
}

/**
 * Radiomics features of the region of a mask on an image, as PyRadiomics 3.x computes them.
 *
 * Degenerate regions: a flat region has skewness, kurtosis and entropy 0, uniformity 1 and the GLCM values that
 * PyRadiomics states (correlation and MCC 1); a region in one slice has LeastAxisLength and Flatness 0.
 * Shape is always that of the whole mask, unless the settings say to re-segment the shape too. (PyRadiomics 3.0.1 first
 * cuts the mask to the box of the re-segmented one, which loses voxels where that box is smaller.)
 * @param volume HU for CT
 * @param mask on the volume's grid, unless the settings say `correctMask`
 * @returns features, and diagnostics under PyRadiomics' names
 * @throws ImagingError when the grids differ, the region is empty, a single voxel, too small or partly not a number, or
 *   a feature is not defined for it
 */
export function measure(volume: Volume, mask: Mask, settings: RadiomicsSettings = defaultSettings): Radiomics {
  const onGrid = maskOnGrid(mask, volume, settings);
  const box = checkedBox(onGrid, volume, mask.label, settings);
  const image =
    settings.normalize === null
      ? volume
      : normalise(volume, settings.normalize.scale, settings.normalize.removeOutliers);
  const whole = cropRoi(image, onGrid, box);
  const diagnostics = {
    ...imageDiagnostics(volume, settings, packageVersion()),
    ...maskDiagnostics(volume, onGrid, box, 'original'),
  };
  if (settings.resegment === null) return { features: computeFeatures(settings, whole, whole), diagnostics };

  const kept = resegment(image, onGrid, settings.resegment.range, settings.resegment.mode);
  const keptBox = resegmentedBox(kept, volume, mask.label, settings);
  const part = cropRoi(image, kept, keptBox);
  return {
    features: computeFeatures(settings, settings.resegment.shape ? part : whole, part),
    diagnostics: { ...diagnostics, ...maskDiagnostics(image, kept, keptBox, 'resegmented') },
  };
}

function computeFeatures(settings: RadiomicsSettings, region: Roi, intensity: Roi): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const family of families) {
    const names = chosenFeatures(family, settings);
    if (names.length === 0) continue;
    const values = family.measure(family.measures === 'region' ? region : intensity, settings, names);
    for (const [name, value] of values) {
      const column = featureColumn(family.name, name);
      if (!Number.isFinite(value)) throw imagingError('RADIOMICS_NOT_A_NUMBER', column);
      out.set(column, value);
    }
  }
  return out;
}

/** Names of the features of a class that the settings ask for, in the order of the class. */
export function chosenFeatures(family: FeatureFamily, settings: RadiomicsSettings): readonly string[] {
  const asked = settings.features[family.name];
  if (asked === undefined) return [];
  const wanted = (f: FeatureFamily['features'][number]) =>
    asked === 'all' ? f.onRequest === undefined : asked.includes(f.name);
  return family.features.filter(wanted).map((f) => f.name);
}

function resegmentedBox(mask: Uint8Array, volume: Volume, label: string, settings: RadiomicsSettings): BoundingBox {
  let left = 0;
  for (let i = 0; i < mask.length; i++) left += mask[i] as number;
  if (left <= 1) throw imagingError('RADIOMICS_RESEGMENTED_AWAY', label, left);
  return checkedBox(mask, volume, label, settings);
}

/** The box of the region, once it is found to be large enough. */
function checkedBox(mask: Uint8Array, volume: Volume, label: string, settings: RadiomicsSettings): BoundingBox {
  const box = boundingBox(mask, volume.size);
  if (box === undefined) throw imagingError('RADIOMICS_MASK_EMPTY', label);
  const dimensions = box.size.filter((n) => n > 1).length;
  if (dimensions === 0) throw imagingError('RADIOMICS_SINGLE_VOXEL', label);
  if (dimensions < settings.minimumROIDimensions) {
    throw imagingError('RADIOMICS_TOO_FEW_DIMENSIONS', label, dimensions, settings.minimumROIDimensions);
  }
  if (settings.minimumROISize !== null) {
    let count = 0;
    for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) count++;
    if (count <= settings.minimumROISize)
      throw imagingError('RADIOMICS_TOO_SMALL', label, count, settings.minimumROISize);
  }
  return box;
}
