import { describe, expect, test } from 'vitest';
import type { imagingErrors } from '../errors.js';
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
  resampledPixelSpacing: null
featureClass:
  shape:
  firstorder: [Mean, StandardDeviation]
`);
  expect(settings).toEqual({
    label: 3,
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
    [
      'setting: { resampledPixelSpacing: [1, 1, 1] }',
      'SETTINGS_NOT_SUPPORTED',
      /"resampledPixelSpacing".*not supported yet/,
    ],
    ['setting: { gldm_a: 0.5 }', 'SETTINGS_VALUE', /"gldm_a" is 0.5, expected a whole number/],
    ['imageType: { Wavelet: {} }', 'SETTINGS_NOT_SUPPORTED', /the image type "Wavelet"/],
    ['imageType: { Orignal: {} }', 'SETTINGS_UNKNOWN', /did you mean "Original"/],
    ['imageType: { Original: { binWidth: 5 } }', 'SETTINGS_NOT_SUPPORTED', /one image type, "binWidth"/],
    ['featureClass: { glmc: }', 'SETTINGS_UNKNOWN', /did you mean "glcm"/],
    [
      'featureClass: { glcm: [Contrst] }',
      'SETTINGS_UNKNOWN',
      /the feature of "glcm", "Contrst".*did you mean "Contrast"/,
    ],
    ['featureClass: { glcm: Contrast }', 'SETTINGS_VALUE', /expected a list of feature names/],
    ['voxelSetting: { kernelRadius: 1 }', 'SETTINGS_NOT_SUPPORTED', /voxelSetting/],
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
