import { imagingError } from '../errors.js';
import { families } from '../radiomics/families.js';
import { featureSettings, imageTypes, type OwnValues } from './image-types.js';
import { hint } from './nearest-name.js';
import { featureReaders, filterReaders, imageReaders, type ValuesOf, voxelReaders } from './setting-readers.js';
import { deepFreeze, defaultSettings, type FeatureSelection, type RadiomicsSettings } from './settings.js';
import { asMap, parseYaml, readValues, type YamlMap } from './yaml-map.js';

const sections = ['setting', 'imageType', 'featureClass', 'voxelSetting'];
const settingReaders = { ...featureReaders, ...filterReaders, ...imageReaders };
type SettingValues = OwnValues & ValuesOf<typeof imageReaders>;

/**
 * Reads a PyRadiomics parameter file (YAML or JSON): sections `setting`, `imageType`, `featureClass` and `voxelSetting`.
 * Nothing is ignored: an unknown name is refused with the nearest known one, and one that PyRadiomics knows but that is
 * not computed here is refused as not supported yet. What the file leaves out has PyRadiomics' default.
 * @param text contents of the file
 * @param file its name, for messages
 * @returns frozen settings
 * @throws ImagingError SETTINGS_UNREADABLE, SETTINGS_UNKNOWN, SETTINGS_NOT_SUPPORTED, SETTINGS_VALUE
 */
export function parseSettings(text: string, file = 'settings'): RadiomicsSettings {
  const root = asMap(file, 'the file', parseYaml(file, text) ?? {});
  for (const name of Object.keys(root)) {
    if (!sections.includes(name))
      throw imagingError('SETTINGS_UNKNOWN', file, 'the section', name, hint(name, sections));
  }
  const section = (name: string) => asMap(file, name, root[name] ?? {});
  const values = readValues(file, 'the setting', section('setting'), settingReaders) as SettingValues;
  const voxel = readValues(file, 'the voxel setting', section('voxelSetting'), voxelReaders);
  return deepFreeze({
    ...imageSettings(values),
    ...featureSettings(values),
    imageTypes: imageTypes(file, section('imageType'), values),
    features: features(file, section('featureClass')),
    voxel: { ...defaultSettings.voxel, ...voxel },
  });
}

type ImageSettings = Omit<
  RadiomicsSettings,
  keyof ReturnType<typeof featureSettings> | 'imageTypes' | 'features' | 'voxel'
>;

/** Settings of image and mask, which are the same for every image type. */
function imageSettings(v: SettingValues): ImageSettings {
  const { normalize, normalizeScale = 1, removeOutliers = null, additionalInfo } = v;
  const { resegmentRange = null, resegmentMode = 'absolute', resegmentShape = false } = v;
  const { resampledPixelSpacing = null, interpolator = 'sitkBSpline' } = v;
  const d = defaultSettings;
  return {
    label: v.label ?? d.label,
    normalize: normalize === true ? { scale: normalizeScale, removeOutliers } : null,
    resample:
      resampledPixelSpacing === null || interpolator === null
        ? null
        : { spacing: resampledPixelSpacing as readonly number[] as readonly [number, number, number], interpolator },
    padDistance: v.padDistance ?? d.padDistance,
    preCrop: v.preCrop ?? d.preCrop,
    diagnostics: additionalInfo === undefined ? d.diagnostics : additionalInfo ? 'hashes' : 'few',
    resegment: resegmentRange === null ? null : { range: resegmentRange, mode: resegmentMode, shape: resegmentShape },
    minimumROIDimensions: v.minimumROIDimensions ?? d.minimumROIDimensions,
    minimumROISize: v.minimumROISize ?? d.minimumROISize,
    geometryTolerance: v.geometryTolerance ?? d.geometryTolerance,
    correctMask: v.correctMask ?? d.correctMask,
  };
}

/** An empty section means every class, an empty class every feature that is not on request only. */
function features(file: string, section: YamlMap): FeatureSelection {
  const known = new Map<string, readonly string[]>(families.map((f) => [f.name, f.features.map(({ name }) => name)]));
  if (Object.keys(section).length === 0) return defaultSettings.features;
  return Object.fromEntries(
    Object.entries(section).map(([name, value]) => {
      const names = known.get(name);
      if (names === undefined) {
        throw imagingError('SETTINGS_UNKNOWN', file, 'the feature class', name, hint(name, [...known.keys()]));
      }
      return [name, selection(file, name, value, names)] as const;
    }),
  );
}

function selection(file: string, family: string, value: unknown, known: readonly string[]): 'all' | readonly string[] {
  if (value === null || value === undefined) return 'all';
  if (!Array.isArray(value)) {
    throw imagingError('SETTINGS_VALUE', file, family, JSON.stringify(value), 'a list of feature names or nothing');
  }
  if (value.length === 0) return 'all';
  for (const name of value) {
    if (typeof name !== 'string' || !known.includes(name)) {
      throw imagingError(
        'SETTINGS_UNKNOWN',
        file,
        `the feature of "${family}",`,
        String(name),
        hint(String(name), known),
      );
    }
  }
  return value as string[];
}
