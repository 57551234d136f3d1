import { describe, expect, test } from 'vitest';
import type { imagingErrors } from '../errors.js';
import { imageNames } from '../filters/filtered-images.js';
import { parseSettings } from './parse-settings.js';
import { defaultSettings } from './settings.js';

test('an empty file, or one without sections, gives the defaults', () => {
  expect(parseSettings('')).toEqual(defaultSettings);
  expect(parseSettings('setting: {}\nimageType:\n  Original: {}\nfeatureClass: {}\n')).toEqual(defaultSettings);
});

test('every supported setting is read', () => {
  const settings = parseSettings(`
# a comment
setting:
  binWidth: 12.5
  label: 3
  distances: [1, 3]
  symmetricalGLCM: false
  gldm_a: 2
  weightingNorm: euclidean
  force2D: true
  force2Ddimension: 2
  voxelArrayShift: 1000
  normalize: true
  normalizeScale: 100
  removeOutliers: 3
  resegmentRange: [-1000, 400]
  resegmentMode: absolute
  resegmentShape: true
  minimumROIDimensions: 3
  minimumROISize: 50
  geometryTolerance: 1.0e-4
  correctMask: true
  padDistance: 10
  preCrop: true
  additionalInfo: true
  interpolator: sitkBSpline
  resampledPixelSpacing: [1, 0, 2.5]
  label_channel: 0
  sigma: [1, 3.0]
  wavelet: db2
imageType:
  Original:
  LoG: { binWidth: 5, binCount: 16 }
  Wavelet: { start_level: 1, level: 2, wavelet: bior1.3, force2D: false }
  Square: {}
  Gradient: { gradientUseSpacing: false }
  LBP2D: { lbp2DRadius: 2.5, lbp2DSamples: 6, lbp2DMethod: ror, distances: [2] }
  LBP3D: { lbp3DLevels: 3, lbp3DIcosphereRadius: 2, lbp3DIcosphereSubdivision: 0 }
featureClass:
  shape:
  firstorder: [Mean, StandardDeviation]
voxelSetting:
  kernelRadius: 2
  maskedKernel: false
  initValue: .nan
  voxelBatch: 1000
`);
  const sigma = [
    { mm: 1, text: '1' },
    { mm: 3, text: '3.0' },
  ];
  expect(settings).toEqual({
    label: 3,
    imageTypes: [
      { filter: { type: 'Original' }, own: {} },
      {
        filter: { type: 'LoG', sigma },
        own: { discretisation: { method: 'binCount', binCount: 16 } },
      },
      {
        filter: { type: 'Wavelet', wavelet: 'bior1.3', startLevel: 1, level: 2 },
        own: { force2D: false },
      },
      { filter: { type: 'Square' }, own: {} },
      { filter: { type: 'Gradient', useSpacing: false }, own: {} },
      {
        filter: { type: 'LBP2D', radius: 2.5, samples: 6, method: 'ror' },
        own: { distances: [2] },
      },
      { filter: { type: 'LBP3D', levels: 3, icosphereRadius: 2, icosphereSubdivision: 0 }, own: {} },
    ],
    resample: { spacing: [1, 0, 2.5], interpolator: 'sitkBSpline' },
    padDistance: 10,
    preCrop: true,
    diagnostics: 'hashes',
    voxel: { kernelRadius: 2, maskedKernel: false, initValue: Number.NaN, voxelBatch: 1000 },
    features: { shape: 'all', firstorder: ['Mean', 'StandardDeviation'] },
    discretisation: { method: 'binWidth', binWidth: 12.5 },
    distances: [1, 3],
    symmetricalGLCM: false,
    gldm_a: 2,
    weightingNorm: 'euclidean',
    force2D: true,
    force2Ddimension: 2,
    voxelArrayShift: 1000,
    normalize: { scale: 100, removeOutliers: 3 },
    resegment: { range: [-1000, 400], mode: 'absolute', shape: true },
    minimumROIDimensions: 3,
    minimumROISize: 50,
    geometryTolerance: 1e-4,
    correctMask: true,
  });
});

test('binCount takes the place of binWidth, as in PyRadiomics', () => {
  const { discretisation } = parseSettings('setting: { binWidth: 25, binCount: 64 }');
  expect(discretisation).toEqual({ method: 'binCount', binCount: 64 });
});

test('interpolators may be given by their numbers, and none means no resampling', () => {
  const read = (interpolator: string) =>
    parseSettings(`setting: { resampledPixelSpacing: [2, 2, 2], interpolator: ${interpolator} }`).resample;
  expect(read('1')?.interpolator).toBe('sitkNearestNeighbor');
  expect(read('10')?.interpolator).toBe('sitkBlackmanWindowedSinc');
  expect(read('null')).toBeNull();
  expect(parseSettings('setting: { resampledPixelSpacing: null }').resample).toBeNull();
});

test('LoG columns are named after the width as Python prints it', () => {
  const [type] = parseSettings('imageType: { LoG: { sigma: [1, 2.0, 1.50, 1e-5, 1e0] } }').imageTypes;
  expect(type === undefined ? [] : imageNames(type.filter, defaultSettings)).toEqual([
    'log-sigma-1-mm-3D',
    'log-sigma-2-0-mm-3D',
    'log-sigma-1-5-mm-3D',
    'log-sigma-1e-05-mm-3D',
    'log-sigma-1-0-mm-3D',
  ]);
});

test('additionalInfo chooses the diagnostics', () => {
  const read = (text: string) => parseSettings(text).diagnostics;
  expect([read(''), read('setting: { additionalInfo: true }'), read('setting: { additionalInfo: false }')]).toEqual([
    'facts',
    'hashes',
    'few',
  ]);
});

test('settings are frozen to the core', () => {
  const settings = parseSettings('setting: { distances: [1, 2] }');
  expect(Object.isFrozen(settings) && Object.isFrozen(settings.distances) && Object.isFrozen(settings.features)).toBe(
    true,
  );
  expect(Object.isFrozen(defaultSettings.discretisation)).toBe(true);
});

describe('nothing is ignored', () => {
  const cases: [string, keyof typeof imagingErrors, RegExp][] = [
    ['setting: { binWidht: 25 }', 'SETTINGS_UNKNOWN', /the setting "binWidht" is not known; did you mean "binWidth"\?/],
    ['setting: { zzzzzzzzzzzz: 25 }', 'SETTINGS_UNKNOWN', /known are binWidth, binCount, /],
    ['settings: { binWidth: 25 }', 'SETTINGS_UNKNOWN', /the section "settings" is not known; did you mean "setting"/],
    ['setting: { resampledPixelSpacing: [1, 1] }', 'SETTINGS_VALUE', /expected a list of three numbers/],
    ['setting: { resampledPixelSpacing: [1, 1, -1] }', 'SETTINGS_VALUE', /a number of at least 0/],
    ['setting: { interpolator: sitkLabelGaussian }', 'SETTINGS_NOT_SUPPORTED', /the interpolator "sitkLabelGaussian"/],
    ['setting: { label_channel: 1 }', 'SETTINGS_NOT_SUPPORTED', /"label_channel" other than 0, "1"/],
    ['setting: { interpolator: 11 }', 'SETTINGS_VALUE', /one of sitkNearestNeighbor/],
    ['setting: { interpolator: sitkCubic }', 'SETTINGS_VALUE', /one of sitkNearestNeighbor/],
    ['imageType: { LoG: {} }', 'SETTINGS_VALUE', /"sigma" is missing/],
    ['imageType: { LoG: { sigma: [0] } }', 'SETTINGS_VALUE', /a number above 0/],
    ['imageType: { LoG: { sigma: 2 } }', 'SETTINGS_VALUE', /a list of different numbers above 0/],
    ['imageType: { LoG: { sigma: [2, 2] } }', 'SETTINGS_VALUE', /a list of different numbers above 0/],
    ['imageType: { LoG: { sigma: [1], sgima: [1] } }', 'SETTINGS_UNKNOWN', /the setting of LoG, "sgima".*"sigma"/],
    [
      'imageType: { Wavelet: { wavelet: coif99 } }',
      'SETTINGS_UNKNOWN',
      /the wavelet "coif99" is not known; did you mean/,
    ],
    ['imageType: { Wavelet: { wavelet: 3 } }', 'SETTINGS_UNKNOWN', /the wavelet "3"/],
    ['imageType: { Wavelet: { level: 0 } }', 'SETTINGS_VALUE', /a whole number above 0/],
    ['imageType: { LBP2D: { lbp2DMethod: nri } }', 'SETTINGS_VALUE', /one of default, ror, uniform, var/],
    [
      'imageType: { Original: { resampledPixelSpacing: [1, 1, 1] } }',
      'SETTINGS_NOT_PER_IMAGE_TYPE',
      /"resampledPixelSpacing" holds for all image types.*section "setting"/,
    ],
    ['voxelSetting: { kernelRadius: 0 }', 'SETTINGS_VALUE', /"kernelRadius" is 0/],
    ['voxelSetting: { kernelRadios: 1 }', 'SETTINGS_UNKNOWN', /the voxel setting "kernelRadios".*"kernelRadius"/],
    ['setting: { gldm_a: 0.5 }', 'SETTINGS_VALUE', /"gldm_a" is 0.5, expected a whole number/],
    ['imageType: { Orignal: {} }', 'SETTINGS_UNKNOWN', /did you mean "Original"/],
    ['featureClass: { glmc: }', 'SETTINGS_UNKNOWN', /did you mean "glcm"/],
    [
      'featureClass: { glcm: [Contrst] }',
      'SETTINGS_UNKNOWN',
      /the feature of "glcm", "Contrst".*did you mean "Contrast"/,
    ],
    ['featureClass: { glcm: Contrast }', 'SETTINGS_VALUE', /expected a list of feature names/],
    ['setting: { binWidth: 0 }', 'SETTINGS_VALUE', /"binWidth" is 0, expected a number above 0/],
    ['setting: { binWidth: wide }', 'SETTINGS_VALUE', /"binWidth" is "wide"/],
    ['setting: { binCount: 1.5 }', 'SETTINGS_VALUE', /whole number above 0/],
    ['setting: { distances: [] }', 'SETTINGS_VALUE', /"distances" is \[\]/],
    ['setting: { distances: [1, 1] }', 'SETTINGS_VALUE', /different whole numbers/],
    ['setting: { resegmentRange: [1, 2, 3] }', 'SETTINGS_VALUE', /one or two numbers/],
    ['setting: { weightingNorm: euclid }', 'SETTINGS_VALUE', /one of manhattan, euclidean/],
    ['setting: { force2Ddimension: 3 }', 'SETTINGS_VALUE', /one of 0, 1, 2/],
    ['setting: { normalize: 1 }', 'SETTINGS_VALUE', /true or false/],
    ['setting: [1]', 'SETTINGS_VALUE', /names with values/],
    ['just text', 'SETTINGS_VALUE', /names with values/],
    ['setting: { a: [ }', 'SETTINGS_UNREADABLE', /p\.yaml is not a parameter file/],
    ['setting: {}\nsetting: {}', 'SETTINGS_UNREADABLE', /unique/],
  ];
  for (const [text, code, message] of cases) {
    test(text.replace('\n', ' '), () => {
      const run = () => parseSettings(text, 'p.yaml');
      expect(run).toThrow(message);
      expect(run).toThrow(/^p\.yaml/);
      expect(run).toThrow(expect.objectContaining({ name: 'ImagingError', code }));
    });
  }
});
