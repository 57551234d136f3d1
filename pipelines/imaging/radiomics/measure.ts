import { imagingError } from '../errors.js';
import { filteredImages } from '../filters/filtered-images.js';
import { defaultSettings, type RadiomicsSettings, settingsFor } from '../settings/settings.js';
import type { Mask, Volume } from '../volume/volume.js';
import type { Diagnostics } from './diagnostics.js';
import { families, featureColumn } from './families.js';
import type { FeatureFamily } from './family.js';
import { prepare } from './prepare.js';
import { cropRoi, type Roi } from './roi.js';

/** What was measured of one region. */
export interface Radiomics {
  /**
   * Value by column name (`original_firstorder_Mean`): shape first, then image type after image type, in the order of the
   * feature classes. Every value is finite.
   */
  readonly features: ReadonlyMap<string, number>;
  readonly diagnostics: Diagnostics;
}

/**
 * Radiomics features of the region of a mask on an image, as PyRadiomics 3.x computes them.
 *
 * Degenerate regions: a flat region has skewness, kurtosis and entropy 0, uniformity 1 and the GLCM values that
 * PyRadiomics states (correlation and MCC 1); a region in one slice has LeastAxisLength and Flatness 0.
 * Shape is always that of the whole mask, unless the settings say to re-segment the shape too. (PyRadiomics 3.0.1 first
 * cuts the mask to the box of the re-segmented one, which loses voxels where that box is smaller.) It is measured once,
 * under the names of the original image, whatever the image types.
 * @param volume HU for CT
 * @param mask on the volume's grid, unless the settings say `correctMask` or `resampledPixelSpacing`
 * @returns features, and diagnostics under PyRadiomics' names
 * @throws ImagingError when the grids differ, the region is empty, a single voxel, too small or partly not a number, the
 *   image is too small for a filter, or a feature is not defined for the region
 */
export function measure(volume: Volume, mask: Mask, settings: RadiomicsSettings = defaultSettings): Radiomics {
  const { image, shape, region, diagnostics } = prepare(volume, mask, settings);
  const features = new Map<string, number>();
  measureFamilies(features, 'region', 'original', cropRoi(image, shape.voxels, shape.box), settings);
  const roi = cropRoi(image, region.voxels, region.box);
  for (const type of settings.imageTypes) {
    const own = settingsFor(type, settings);
    for (const { name, values } of filteredImages(
      { image, region: region.voxels, box: region.box },
      type.filter,
      own,
    )) {
      measureFamilies(features, 'intensity', name, checkedRoi(roi, values, name), own);
    }
  }
  return { features, diagnostics };
}

/** The region with the values of a filtered image. */
function checkedRoi(roi: Roi, values: Float64Array, image: string): Roi {
  for (let i = 0; i < values.length; i++) {
    if (roi.inside[i] === 0 || Number.isFinite(values[i])) continue;
    const [nx, ny] = roi.size;
    const index = `(${i % nx}, ${Math.floor(i / nx) % ny}, ${Math.floor(i / (nx * ny))}) of its box`;
    throw imagingError('RADIOMICS_FILTER_NOT_FINITE', image, String(values[i]), index);
  }
  // What was worked out for other values, grey levels above all, does not hold for these.
  return { ...roi, values, shared: new Map() };
}

function measureFamilies(
  out: Map<string, number>,
  measures: FeatureFamily['measures'],
  image: string,
  roi: Roi,
  settings: RadiomicsSettings,
): void {
  for (const family of families) {
    if (family.measures !== measures) continue;
    const names = chosenFeatures(family, settings);
    if (names.length === 0) continue;
    for (const [name, value] of family.measure(roi, settings, names)) {
      const column = featureColumn(family.name, name, image);
      if (!Number.isFinite(value)) throw imagingError('RADIOMICS_NOT_A_NUMBER', column);
      out.set(column, value);
    }
  }
}

/** Names of the features of a class that the settings ask for, in the order of the class. */
export function chosenFeatures(family: FeatureFamily, settings: RadiomicsSettings): readonly string[] {
  const asked = settings.features[family.name];
  if (asked === undefined) return [];
  const wanted = (f: FeatureFamily['features'][number]) =>
    asked === 'all' ? f.onRequest === undefined : asked.includes(f.name);
  return family.features.filter(wanted).map((f) => f.name);
}
