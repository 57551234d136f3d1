import type { FeatureDefinition, FeatureGroup } from '../../featurestore/contract/index.js';
import { featureGroup } from '../feature-table.js';
import { imagingError } from './errors.js';
import { imageNames } from './filters/filtered-images.js';
import { families, featureColumn } from './radiomics/families.js';
import type { FeatureFamily } from './radiomics/family.js';
import { chosenFeatures } from './radiomics/measure.js';
import { type Filter, type RadiomicsSettings, settingsFor } from './settings/settings.js';

/** Name of the feature group that imaging fills, from images or from a precomputed table. */
export const imagingGroupName = 'imaging';

const metadata = (name: string, type: FeatureDefinition['type'], description: string): FeatureDefinition => ({
  name,
  type,
  unit: '1',
  description,
  role: 'metadata',
});

/** Diagnostics that are kept beside the features. */
export const keptDiagnostics: readonly FeatureDefinition[] = [
  metadata('diagnostics_Image-original_Spacing', 'string', 'Voxel spacing of the image along x, y, z (mm)'),
  metadata('diagnostics_Image-original_Size', 'string', 'Voxels of the image along x, y, z'),
  metadata('diagnostics_Mask-original_BoundingBox', 'string', 'First voxel and size of the region along x, y, z'),
  metadata('diagnostics_Mask-original_VoxelNum', 'integer', 'Voxels of the region'),
  metadata('diagnostics_Mask-original_VolumeNum', 'integer', 'Separate parts of the region'),
];

const bookkeeping: readonly FeatureDefinition[] = [
  metadata('ScanDate', 'string', 'Study date of the image, YYYY-MM-DD'),
  metadata('imageName', 'string', 'Series instance UID of the image'),
  metadata('maskName', 'string', 'Name of the segmented region in its file'),
];

/** Longest name of a column of a store. */
const LONGEST_NAME = 64;

/**
 * The group of features measured from images under these settings: the same for every patient.
 * @throws ImagingError RADIOMICS_NAME_TOO_LONG when a column's name does not fit into a store
 */
export function imagingGroup(settings: RadiomicsSettings): FeatureGroup {
  const shape = families
    .filter((f) => f.measures === 'region')
    .flatMap((f) => definitions(f, settings, 'original', true));
  const intensity = settings.imageTypes.flatMap((type) => {
    const own = settingsFor(type, settings);
    const hasUnit = settings.normalize === null && keepsUnit[type.filter.type];
    return imageNames(type.filter, own).flatMap((image) =>
      families.filter((f) => f.measures === 'intensity').flatMap((f) => definitions(f, own, image, hasUnit)),
    );
  });
  return featureGroup(imagingGroupName, [...shape, ...intensity, ...bookkeeping, ...keptDiagnostics], settings);
}

/** Whether the values of an image type have the unit of the image. */
const keepsUnit: Readonly<Record<Filter['type'], boolean>> = {
  Original: true,
  // Times sigma^2, and a weighted sum of voxels: both in the unit of the image.
  LoG: true,
  Wavelet: true,
  Square: false,
  SquareRoot: false,
  Logarithm: false,
  Exponential: false,
  Gradient: false,
  LBP2D: false,
  LBP3D: false,
};

function definitions(
  family: FeatureFamily,
  settings: RadiomicsSettings,
  image: string,
  hasUnit: boolean,
): readonly FeatureDefinition[] {
  return chosenFeatures(family, settings).map((name): FeatureDefinition => {
    const info = family.features.find((f) => f.name === name);
    if (info === undefined) throw new TypeError(`No feature "${name}" in "${family.name}"`);
    const column = featureColumn(family.name, name, image);
    if (column.length > LONGEST_NAME)
      throw imagingError('RADIOMICS_NAME_TOO_LONG', column, column.length, LONGEST_NAME);
    return {
      name: column,
      type: 'double',
      unit: hasUnit ? info.unit : withoutUnit(info.unit),
      description: image === 'original' ? info.description : `${info.description}, of the ${image} image`,
      role: 'feature',
      ...(info.reference === undefined ? {} : { reference: info.reference }),
    };
  });
}

/** A normalised or rescaled image has no unit. */
function withoutUnit(unit: string): string {
  if (!unit.startsWith('HU')) return unit;
  return unit === 'HU2.mm3' ? 'mm3' : '1';
}
