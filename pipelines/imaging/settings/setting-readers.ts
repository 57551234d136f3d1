import { imagingError } from '../errors.js';
import { isWavelet, waveletNames } from '../filters/wavelet-filters.js';
import { hint } from './nearest-name.js';
import {
  anyBoolean,
  anyNumber,
  integerOr,
  listOf,
  numberFromZero,
  numberOrNaN,
  oneOf,
  orNull,
  positiveInteger,
  positiveNumber,
  type Reader,
  readerOf,
  type StatedReader,
  wholeFromZero,
  wholeNumber,
} from './setting-values.js';
import type { Interpolator, Sigma } from './settings.js';
import { sigmaOf } from './sigma-text.js';

const isSet = (list: readonly unknown[]) => new Set(list).size === list.length;

/** SimpleITK's interpolators in the order of their numbers, which PyRadiomics accepts too. */
const interpolators = [
  'sitkNearestNeighbor',
  'sitkLinear',
  'sitkBSpline',
  'sitkGaussian',
  'sitkLabelGaussian',
  'sitkHammingWindowedSinc',
  'sitkCosineWindowedSinc',
  'sitkWelchWindowedSinc',
  'sitkLanczosWindowedSinc',
  'sitkBlackmanWindowedSinc',
] as const;
const numbered = Object.fromEntries(interpolators.map((name, i) => [i + 1, name] as const));

const interpolatorName = integerOr(numbered, oneOf(...interpolators));

/** `sitkLabelGaussian` is for label images: it has no meaning for grey values and is refused by name. */
const interpolator: StatedReader<Interpolator> = readerOf(
  `one of ${interpolators.filter((name) => name !== 'sitkLabelGaussian').join(', ')}; or its number 1 to 10 (not 5)`,
  (file, name, value) => {
    const found = interpolatorName(file, name, value);
    if (found === 'sitkLabelGaussian') throw imagingError('SETTINGS_NOT_SUPPORTED', file, 'the interpolator', found);
    return found;
  },
);

const wavelet: StatedReader<string> = readerOf(
  'haar, db1 to db38, sym2 to sym20, coif1 to coif17, dmey, bior1.1 to bior6.8, rbio1.1 to rbio6.8 (the names of PyWavelets)',
  (file, name, value) => {
    if (typeof value === 'string' && isWavelet(value)) return value;
    throw imagingError('SETTINGS_UNKNOWN', file, `the ${name}`, String(value), hint(String(value), waveletNames()));
  },
);

const sigma: StatedReader<Sigma> = readerOf(positiveNumber.expected, (file, name, value) => {
  const written = sigmaOf(value);
  if (written !== undefined) return written;
  const mm = positiveNumber(file, name, value);
  return { mm, text: String(mm) };
});

/** Masks have one number a voxel here, so there is only channel 0. */
const onlyChannel: StatedReader<0> = readerOf('0', (file, name, value) => {
  const channel = wholeFromZero(file, name, value);
  if (channel === 0) return 0;
  throw imagingError('SETTINGS_NOT_SUPPORTED', file, `"${name}" other than 0,`, String(channel));
});

/** What each key of the feature classes may be; an image type may have its own. */
export const featureReaders = {
  binWidth: positiveNumber,
  binCount: orNull(positiveInteger),
  distances: listOf(positiveInteger, 'a list of different whole numbers above 0', (l) => l.length > 0 && isSet(l)),
  symmetricalGLCM: anyBoolean,
  gldm_a: wholeFromZero,
  weightingNorm: orNull(oneOf('manhattan', 'euclidean', 'infinity', 'no_weighting')),
  force2D: anyBoolean,
  force2Ddimension: oneOf(0, 1, 2),
  voxelArrayShift: wholeNumber,
} satisfies Record<string, StatedReader<unknown>>;

/** What each key of a filter may be; an image type may have its own. */
export const filterReaders = {
  sigma: listOf(sigma, 'a list of different numbers above 0', (l) => l.length > 0 && isSet(l.map((s) => s.text))),
  start_level: wholeFromZero,
  level: positiveInteger,
  wavelet,
  gradientUseSpacing: anyBoolean,
  lbp2DRadius: positiveNumber,
  lbp2DSamples: positiveInteger,
  lbp2DMethod: oneOf('default', 'ror', 'uniform', 'var'),
  lbp3DLevels: positiveInteger,
  lbp3DIcosphereRadius: positiveNumber,
  lbp3DIcosphereSubdivision: wholeFromZero,
} satisfies Record<string, StatedReader<unknown>>;

/** What each key of the image and the mask may be: the same for every image type. */
export const imageReaders = {
  label: positiveInteger,
  label_channel: onlyChannel,
  normalize: anyBoolean,
  normalizeScale: positiveNumber,
  removeOutliers: orNull(positiveNumber),
  resampledPixelSpacing: orNull(
    listOf(
      numberFromZero,
      'a list of three numbers of at least 0 (mm along x, y, z; 0 = as it is)',
      (l) => l.length === 3,
    ),
  ),
  interpolator: orNull(interpolator),
  padDistance: wholeFromZero,
  preCrop: anyBoolean,
  resegmentRange: orNull(listOf(anyNumber, 'a list of one or two numbers', (l) => l.length === 1 || l.length === 2)),
  resegmentMode: oneOf('absolute', 'relative', 'sigma'),
  resegmentShape: anyBoolean,
  minimumROIDimensions: oneOf(1, 2, 3),
  minimumROISize: orNull(positiveInteger),
  geometryTolerance: orNull(positiveNumber),
  correctMask: anyBoolean,
  additionalInfo: anyBoolean,
} satisfies Record<string, StatedReader<unknown>>;

/** What each key of the section `voxelSetting` may be. */
export const voxelReaders = {
  kernelRadius: positiveInteger,
  maskedKernel: anyBoolean,
  initValue: numberOrNaN,
  voxelBatch: positiveInteger,
} satisfies Record<string, StatedReader<unknown>>;

/** The values that a set of readers gives, each of them optional. */
export type ValuesOf<R extends Record<string, Reader<unknown>>> = { -readonly [K in keyof R]?: ReturnType<R[K]> };
