import { parse } from 'yaml';
import { imagingError } from '../errors.js';
import { families } from '../radiomics/families.js';
import { hint } from './nearest-name.js';
import {
  anyBoolean,
  anyNumber,
  listOf,
  oneOf,
  orNull,
  positiveInteger,
  positiveNumber,
  type Reader,
  wholeFromZero,
  wholeNumber,
} from './setting-values.js';
import { deepFreeze, defaultSettings, type FeatureSelection, type RadiomicsSettings } from './settings.js';

/** What each supported key of the section `setting` may be. */
const readers = {
  binWidth: positiveNumber,
  binCount: orNull(positiveInteger),
  label: positiveInteger,
  distances: listOf(positiveInteger, 'a list of different whole numbers above 0', (l) => l.length > 0 && isSet(l)),
  symmetricalGLCM: anyBoolean,
  gldm_a: wholeFromZero,
  weightingNorm: orNull(oneOf('manhattan', 'euclidean', 'infinity', 'no_weighting')),
  force2D: anyBoolean,
  force2Ddimension: oneOf(0, 1, 2),
  voxelArrayShift: wholeNumber,
  normalize: anyBoolean,
  normalizeScale: positiveNumber,
  removeOutliers: orNull(positiveNumber),
  resegmentRange: orNull(listOf(anyNumber, 'a list of one or two numbers', (l) => l.length === 1 || l.length === 2)),
  resegmentMode: oneOf('absolute', 'relative', 'sigma'),
  resegmentShape: anyBoolean,
  minimumROIDimensions: oneOf(1, 2, 3),
  minimumROISize: orNull(positiveInteger),
  geometryTolerance: orNull(positiveNumber),
  correctMask: anyBoolean,
  // Without resampling or filters these change nothing; they are checked all the same.
  padDistance: wholeFromZero,
  preCrop: anyBoolean,
  additionalInfo: anyBoolean,
  interpolator: orNull(oneOf(...interpolators())),
} satisfies Record<string, Reader<unknown>>;

type Values = { -readonly [K in keyof typeof readers]?: ReturnType<(typeof readers)[K]> };

/** Known to PyRadiomics, not computed here. `null` switches the first off in PyRadiomics too, and is accepted. */
const unsupportedSettings = [
  'resampledPixelSpacing',
  'label_channel',
  'sigma',
  'start_level',
  'level',
  'wavelet',
  'gradientUseSpacing',
  'lbp2DRadius',
  'lbp2DSamples',
  'lbp2DMethod',
  'lbp3DLevels',
  'lbp3DIcosphereRadius',
  'lbp3DIcosphereSubdivision',
];
const unsupportedImageTypes = [
  'Wavelet',
  'LoG',
  'Square',
  'SquareRoot',
  'Logarithm',
  'Exponential',
  'Gradient',
  'LBP2D',
  'LBP3D',
];
const sections = ['setting', 'imageType', 'featureClass'];

/**
 * Reads a PyRadiomics parameter file (YAML or JSON): sections `setting`, `imageType` and `featureClass`.
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
    if (name === 'voxelSetting') throw imagingError('SETTINGS_NOT_SUPPORTED', file, 'the section', name);
    if (!sections.includes(name))
      throw imagingError('SETTINGS_UNKNOWN', file, 'the section', name, hint(name, sections));
  }
  checkImageTypes(file, asMap(file, 'imageType', root.imageType ?? {}));
  const values = settingValues(file, asMap(file, 'setting', root.setting ?? {}));
  return deepFreeze(assemble(values, features(file, asMap(file, 'featureClass', root.featureClass ?? {}))));
}

type YamlMap = {
  readonly [key: string]: unknown;
  readonly setting?: unknown;
  readonly imageType?: unknown;
  readonly featureClass?: unknown;
};

function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? cause.message) : String(cause);
    throw imagingError('SETTINGS_UNREADABLE', file, why);
  }
}

function asMap(file: string, name: string, value: unknown): YamlMap {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as YamlMap;
  throw imagingError('SETTINGS_VALUE', file, name, JSON.stringify(value) ?? 'nothing', 'names with values');
}

function settingValues(file: string, section: YamlMap): Values {
  const values: Record<string, unknown> = {};
  const known = Object.keys(readers);
  for (const [name, value] of Object.entries(section)) {
    if (unsupportedSettings.includes(name)) {
      if (value === null) continue;
      throw imagingError('SETTINGS_NOT_SUPPORTED', file, 'the setting', name);
    }
    if (!Object.hasOwn(readers, name)) {
      throw imagingError('SETTINGS_UNKNOWN', file, 'the setting', name, hint(name, [...known, ...unsupportedSettings]));
    }
    values[name] = readers[name as keyof typeof readers](file, name, value);
  }
  return values as Values;
}

function assemble(v: Values, selection: FeatureSelection): RadiomicsSettings {
  const { binWidth = 25, binCount = null, normalize, normalizeScale = 1, removeOutliers = null } = v;
  const { resegmentRange = null, resegmentMode = 'absolute', resegmentShape = false } = v;
  const d = defaultSettings;
  return {
    label: v.label ?? d.label,
    features: selection,
    discretisation: binCount === null ? { method: 'binWidth', binWidth } : { method: 'binCount', binCount },
    distances: v.distances ?? d.distances,
    symmetricalGLCM: v.symmetricalGLCM ?? d.symmetricalGLCM,
    gldm_a: v.gldm_a ?? d.gldm_a,
    weightingNorm: v.weightingNorm ?? d.weightingNorm,
    force2D: v.force2D ?? d.force2D,
    force2Ddimension: v.force2Ddimension ?? d.force2Ddimension,
    voxelArrayShift: v.voxelArrayShift ?? d.voxelArrayShift,
    normalize: normalize === true ? { scale: normalizeScale, removeOutliers } : null,
    resegment: resegmentRange === null ? null : { range: resegmentRange, mode: resegmentMode, shape: resegmentShape },
    minimumROIDimensions: v.minimumROIDimensions ?? d.minimumROIDimensions,
    minimumROISize: v.minimumROISize ?? d.minimumROISize,
    geometryTolerance: v.geometryTolerance ?? d.geometryTolerance,
    correctMask: v.correctMask ?? d.correctMask,
  };
}

function checkImageTypes(file: string, section: YamlMap): void {
  const names = Object.keys(section);
  for (const name of names) {
    if (unsupportedImageTypes.includes(name))
      throw imagingError('SETTINGS_NOT_SUPPORTED', file, 'the image type', name);
    if (name !== 'Original') {
      const known = ['Original', ...unsupportedImageTypes];
      throw imagingError('SETTINGS_UNKNOWN', file, 'the image type', name, hint(name, known));
    }
    const custom = Object.keys(asMap(file, name, section[name] ?? {}));
    if (custom.length > 0) {
      throw imagingError('SETTINGS_NOT_SUPPORTED', file, 'a setting of one image type,', custom.join(', '));
    }
  }
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

function isSet(list: readonly number[]): boolean {
  return new Set(list).size === list.length;
}

function interpolators(): readonly string[] {
  const windowed = ['Hamming', 'Cosine', 'Welch', 'Lanczos', 'Blackman'].map((w) => `sitk${w}WindowedSinc`);
  return ['sitkNearestNeighbor', 'sitkLinear', 'sitkBSpline', 'sitkGaussian', 'sitkLabelGaussian', ...windowed];
}
