import type { FeatureDefinition, FeatureGroup } from '../../featurestore/contract/index.js';
import { featureGroup } from '../feature-table.js';
import { families, featureColumn } from './radiomics/families.js';
import { chosenFeatures } from './radiomics/measure.js';
import type { RadiomicsSettings } from './settings/settings.js';

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

/** The group of features measured from images under these settings: the same for every patient. */
export function imagingGroup(settings: RadiomicsSettings): FeatureGroup {
  const features = families.flatMap((family) =>
    chosenFeatures(family, settings).map((name): FeatureDefinition => {
      const info = family.features.find((f) => f.name === name);
      if (info === undefined) throw new TypeError(`No feature "${name}" in "${family.name}"`);
      return {
        name: featureColumn(family.name, name),
        type: 'double',
        unit: unitUnder(settings, info.unit),
        description: info.description,
        role: 'feature',
        ...(info.reference === undefined ? {} : { reference: info.reference }),
      };
    }),
  );
  return featureGroup(imagingGroupName, [...features, ...bookkeeping, ...keptDiagnostics], settings);
}

/** A normalised image has no unit. */
function unitUnder(settings: RadiomicsSettings, unit: string): string {
  if (settings.normalize === null || !unit.startsWith('HU')) return unit;
  return unit === 'HU2.mm3' ? 'mm3' : '1';
}
