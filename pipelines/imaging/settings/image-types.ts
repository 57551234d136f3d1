import { imagingError } from '../errors.js';
import { hint } from './nearest-name.js';
import { featureReaders, filterReaders, imageReaders, type ValuesOf } from './setting-readers.js';
import { defaultFeatureSettings, type FeatureSettings, type Filter, type ImageType } from './settings.js';
import { asMap, readValues, type YamlMap } from './yaml-map.js';

/** Values of the keys that an image type may have of its own. */
export type OwnValues = ValuesOf<typeof featureReaders> & ValuesOf<typeof filterReaders>;

const ownReaders = { ...featureReaders, ...filterReaders };

/** How each image type is made from the values of a file; without a value PyRadiomics 3.0.1's default. */
const filters: Readonly<Record<Filter['type'], (v: OwnValues, file: string) => Filter>> = {
  Original: () => ({ type: 'Original' }),
  Wavelet: (v) => ({
    type: 'Wavelet',
    wavelet: v.wavelet ?? 'coif1',
    startLevel: v.start_level ?? 0,
    level: v.level ?? 1,
  }),
  LoG: (v, file) => {
    if (v.sigma === undefined) throw imagingError('SETTINGS_VALUE', file, 'sigma', 'missing', 'a list for LoG images');
    return { type: 'LoG', sigma: v.sigma };
  },
  Square: () => ({ type: 'Square' }),
  SquareRoot: () => ({ type: 'SquareRoot' }),
  Logarithm: () => ({ type: 'Logarithm' }),
  Exponential: () => ({ type: 'Exponential' }),
  Gradient: (v) => ({ type: 'Gradient', useSpacing: v.gradientUseSpacing ?? true }),
  LBP2D: (v) => ({
    type: 'LBP2D',
    radius: v.lbp2DRadius ?? 1,
    samples: v.lbp2DSamples ?? 8,
    method: v.lbp2DMethod ?? 'uniform',
  }),
  LBP3D: (v) => ({
    type: 'LBP3D',
    levels: v.lbp3DLevels ?? 2,
    icosphereRadius: v.lbp3DIcosphereRadius ?? 1,
    icosphereSubdivision: v.lbp3DIcosphereSubdivision ?? 1,
  }),
};

/** Names of the image types, in the order of PyRadiomics' documentation. */
export const imageTypeNames = Object.keys(filters) as readonly Filter['type'][];

/**
 * The image types of a file in its order, each with the values of the file and its own on top; Original alone when the
 * section is empty.
 * @throws ImagingError SETTINGS_UNKNOWN, SETTINGS_VALUE, SETTINGS_NOT_PER_IMAGE_TYPE
 */
export function imageTypes(file: string, section: YamlMap, shared: OwnValues): ImageType[] {
  const entries = Object.entries(section);
  const chosen = entries.length === 0 ? ([['Original', null]] as const) : entries;
  return chosen.map(([name, value]) => {
    if (!Object.hasOwn(filters, name)) {
      throw imagingError('SETTINGS_UNKNOWN', file, 'the image type', name, hint(name, imageTypeNames));
    }
    const own = asMap(file, name, value ?? {});
    for (const key of Object.keys(own)) {
      if (Object.hasOwn(imageReaders, key)) throw imagingError('SETTINGS_NOT_PER_IMAGE_TYPE', file, key, name);
    }
    const values = { ...shared, ...(readValues(file, `the setting of ${name},`, own, ownReaders) as OwnValues) };
    return { filter: filters[name as Filter['type']](values, file), own: ownSettings(own, featureSettings(values)) };
  });
}

/** Those of the settings that keys of the image type stand behind. */
function ownSettings(own: YamlMap, all: FeatureSettings): Partial<FeatureSettings> {
  const behind = (key: string) => (key === 'discretisation' ? ['binWidth', 'binCount'] : [key]);
  return Object.fromEntries(Object.entries(all).filter(([key]) => behind(key).some((k) => Object.hasOwn(own, k))));
}

/** Settings of the feature classes; a number of bins goes before their width, as in PyRadiomics. */
export function featureSettings(v: OwnValues): FeatureSettings {
  const { binWidth = 25, binCount = null } = v;
  const d = defaultFeatureSettings;
  return {
    discretisation: binCount === null ? { method: 'binWidth', binWidth } : { method: 'binCount', binCount },
    distances: v.distances ?? d.distances,
    symmetricalGLCM: v.symmetricalGLCM ?? d.symmetricalGLCM,
    gldm_a: v.gldm_a ?? d.gldm_a,
    weightingNorm: v.weightingNorm ?? d.weightingNorm,
    force2D: v.force2D ?? d.force2D,
    force2Ddimension: v.force2Ddimension ?? d.force2Ddimension,
    voxelArrayShift: v.voxelArrayShift ?? d.voxelArrayShift,
  };
}
