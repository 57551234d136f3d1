import { describe, expect, test } from 'vitest';
import { axisGrid, syntheticCase } from '../../../test/imaging/reference-values.js';
import type { imagingErrors } from '../errors.js';
import { parseSettings } from '../settings/parse-settings.js';
import { defaultSettings } from '../settings/settings.js';
import type { Mask, Volume } from '../volume/volume.js';
import { featureCatalogue } from './families.js';
import { measure } from './measure.js';

const size = [6, 5, 4] as const;
const n = 6 * 5 * 4;
const indexToLps = axisGrid([1, 1, 2]);

/** A volume of one value and a mask of the voxels (x, y, z) that a rule takes. */
function flat(value: number, inside: (x: number, y: number, z: number) => boolean): { volume: Volume; mask: Mask } {
  const voxels = new Uint8Array(n);
  for (let i = 0; i < n; i++) voxels[i] = inside(i % 6, Math.floor(i / 6) % 5, Math.floor(i / 30)) ? 1 : 0;
  return {
    volume: { voxels: new Float64Array(n).fill(value), size, indexToLps },
    mask: { voxels, size, indexToLps, label: 'GTV' },
  };
}

describe('degenerate regions have stated values', () => {
  test('a flat region', () => {
    const { volume, mask } = flat(-120, (x, y, z) => x < 3 && y < 3 && z < 2);
    const { features } = measure(volume, mask);
    const stated: Record<string, number> = {
      firstorder_Mean: -120,
      firstorder_Variance: 0,
      firstorder_Skewness: 0,
      firstorder_Kurtosis: 0,
      firstorder_Uniformity: 1,
      firstorder_RobustMeanAbsoluteDeviation: 0,
      firstorder_Range: 0,
      glcm_Autocorrelation: 1,
      glcm_Contrast: 0,
      glcm_Correlation: 1,
      glcm_MCC: 1,
      glcm_JointEnergy: 1,
      glcm_MaximumProbability: 1,
      glcm_Imc1: 0,
      glcm_Imc2: 0,
      glcm_InverseVariance: 0,
      glcm_Id: 1,
      glcm_SumAverage: 2,
    };
    for (const [name, value] of Object.entries(stated)) expect(features.get(`original_${name}`), name).toBe(value);
    expect(features.get('original_firstorder_Entropy')).toBeCloseTo(0, 12);
    expect(features.get('original_glcm_JointEntropy')).toBeCloseTo(0, 12);
  });

  test('a region within one slice', () => {
    const { volume, mask } = flat(10, (x, y, z) => x > 0 && x < 4 && y < 3 && z === 1);
    const { features } = measure(volume, mask);
    expect(features.get('original_shape_LeastAxisLength')).toBe(0);
    expect(features.get('original_shape_Flatness')).toBe(0);
    expect(features.get('original_shape_Elongation')).toBeCloseTo(1, 12);
    expect([...features.values()].every(Number.isFinite)).toBe(true);
  });

  test('a line, when the settings allow it', () => {
    const { volume, mask } = flat(10, (_x, y, z) => y === 2 && z === 1);
    const { features } = measure(volume, mask, { ...defaultSettings, minimumROIDimensions: 1 });
    expect(features.get('original_shape_Elongation')).toBe(0);
    expect(features.get('original_shape_MajorAxisLength')).toBeCloseTo(4 * Math.sqrt(35 / 12), 12);
  });
});

describe('regions that cannot be measured are refused', () => {
  const settings = { ...defaultSettings };
  const { volume, mask } = flat(10, (x, y, z) => x < 3 && y < 3 && z < 2);
  const only = (...voxels: number[]): Mask => ({
    ...mask,
    voxels: Uint8Array.from({ length: n }, (_, i) => (voxels.includes(i) ? 1 : 0)),
  });
  const withValue = (value: number, at: number): Volume => ({
    ...volume,
    voxels: Float64Array.from(volume.voxels, (v, i) => (i === at ? value : v)),
  });
  const checkerboard = flat(1, (x, y, z) => x % 3 === 0 && y % 3 === 0 && z % 3 === 0).mask;

  const refused: [string, keyof typeof imagingErrors, RegExp, () => unknown][] = [
    ['empty', 'RADIOMICS_MASK_EMPTY', /"GTV" holds no voxel/, () => measure(volume, only())],
    ['one voxel', 'RADIOMICS_SINGLE_VOXEL', /single voxel/, () => measure(volume, only(7))],
    [
      'a line',
      'RADIOMICS_TOO_FEW_DIMENSIONS',
      /1 dimension\(s\), expected at least 2/,
      () => measure(volume, only(0, 1, 2)),
    ],
    [
      'too few voxels',
      'RADIOMICS_TOO_SMALL',
      /18 voxels, expected more than 18/,
      () => measure(volume, mask, { ...settings, minimumROISize: 18 }),
    ],
    ['NaN inside', 'RADIOMICS_NOT_FINITE', /NaN at voxel \(1, 0, 0\)/, () => measure(withValue(Number.NaN, 1), mask)],
    [
      'infinity inside',
      'RADIOMICS_NOT_FINITE',
      /Infinity at voxel/,
      () => measure(withValue(Number.POSITIVE_INFINITY, 6), mask),
    ],
    [
      'two voxels of two values, none of them between the percentiles',
      'RADIOMICS_NOT_A_NUMBER',
      /original_firstorder_RobustMeanAbsoluteDeviation/,
      () => measure(withValue(11, 0), only(0, volume.size[0] + 1)),
    ],
    ['no neighbours', 'RADIOMICS_NO_PAIRS', /at distance 1/, () => measure(volume, checkerboard)],
    [
      're-segmented away',
      'RADIOMICS_RESEGMENTED_AWAY',
      /leaves 0 voxel/,
      () => measure(volume, mask, { ...settings, resegment: { range: [50], mode: 'absolute', shape: false } }),
    ],
    [
      'a flat image to normalise',
      'RADIOMICS_FLAT_IMAGE',
      /one value everywhere/,
      () => measure(volume, mask, { ...settings, normalize: { scale: 1, removeOutliers: null } }),
    ],
    [
      'absurd bins',
      'RADIOMICS_BIN_WIDTH',
      /binWidth of 1e-9/,
      () => measure(withValue(1e6, 1), mask, { ...settings, discretisation: { method: 'binWidth', binWidth: 1e-9 } }),
    ],
    ['another size', 'GRID_DIFFERS', /size/, () => measure(volume, { ...mask, size: [5, 6, 4] })],
    ['another place', 'GRID_DIFFERS', /origin/, () => measure(volume, { ...mask, indexToLps: shifted(1) })],
    [
      'a hair away, with a tolerance',
      'GRID_DIFFERS',
      /geometryTolerance 0.000001/,
      () => measure(volume, { ...mask, indexToLps: shifted(1e-4) }, { ...settings, geometryTolerance: 1e-6 }),
    ],
    [
      'outside the image, with correctMask',
      'MASK_OUTSIDE_IMAGE',
      /"GTV" lies outside/,
      () => measure(volume, { ...mask, indexToLps: shifted(-2) }, { ...settings, correctMask: true }),
    ],
    [
      'bins below the precision of the values',
      'RADIOMICS_BIN_WIDTH',
      /binWidth of 25 is too narrow.*lowest edge/,
      () => measure(flat(1e18, (x) => x < 3).volume, mask),
    ],
    [
      'a value too large to square',
      'RADIOMICS_NOT_A_NUMBER',
      /original_firstorder_Energy/,
      () => measure(withValue(1e200, 1), mask, { ...settings, discretisation: { method: 'binCount', binCount: 4 } }),
    ],
  ];
  for (const [what, code, message, run] of refused) {
    test(what, () => {
      expect(run).toThrow(message);
      expect(run).toThrow(expect.objectContaining({ name: 'ImagingError', code }));
    });
  }

  test('NaN outside the region does not matter', () => {
    expect(measure(withValue(Number.NaN, n - 1), mask).features.get('original_firstorder_Mean')).toBe(10);
  });
});

const shifted = (mm: number) => indexToLps.map((v, i) => (i === 3 ? v + mm : v));

test('more grey levels than a matrix can have are refused', () => {
  const side = 17;
  const full = [side, side, side] as const;
  const volume = { voxels: Float64Array.from({ length: side ** 3 }, (_, i) => i), size: full, indexToLps };
  const mask = { voxels: new Uint8Array(side ** 3).fill(1), size: full, indexToLps, label: 'GTV' };
  const run = () => measure(volume, mask, parseSettings('setting: { binWidth: 1 }'));
  expect(run).toThrow(/4913 different grey levels after binning, at most 4096/);
});

test('correctMask brings a mask of a finer grid onto the image', () => {
  const { volume, mask } = flat(10, (x, y, z) => x < 4 && y < 4 && z < 2);
  const fine: Mask = {
    voxels: Uint8Array.from({ length: 12 * 10 * 4 }, (_, i) =>
      i % 12 < 8 && Math.floor(i / 12) % 10 < 8 && i < 240 ? 1 : 0,
    ),
    size: [12, 10, 4],
    // Voxels of half the width: the corners of both grids coincide.
    indexToLps: [0.5, 0, 0, -0.25, 0, 0.5, 0, -0.25, 0, 0, 2, 0, 0, 0, 0, 1],
    label: 'GTV',
  };
  const corrected = measure(volume, fine, { ...defaultSettings, correctMask: true });
  expect([...corrected.features]).toEqual([...measure(volume, mask).features]);
});

test('features are those the settings name, in the order of the catalogue', () => {
  const { volume, mask } = syntheticCase();
  const all = [...measure(volume, mask).features.keys()];
  expect(all).toEqual(
    featureCatalogue()
      .filter((f) => f.onRequest === undefined && f.featureClass !== 'shape2D')
      .map((f) => f.column),
  );
  expect(all).toHaveLength(14 + 18 + 24 + 16 + 16 + 14 + 5);
  const some = parseSettings('featureClass: { glcm: [MCC, Contrast], shape: [Compactness1] }');
  expect([...measure(volume, mask, some).features.keys()]).toEqual([
    'original_shape_Compactness1',
    'original_glcm_Contrast',
    'original_glcm_MCC',
  ]);
});

test('the catalogue names each feature once, with unit, formula source and a valid IBSI code', () => {
  const catalogue = featureCatalogue();
  expect(new Set(catalogue.map((f) => f.column)).size).toBe(catalogue.length);
  const codes = catalogue.flatMap((f) => f.reference ?? []);
  expect(new Set(codes).size).toBe(codes.length);
  for (const f of catalogue) {
    expect(f.column).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(['1', 'bit', 'HU', 'HU2', 'HU2.mm3', 'mm', 'mm2', 'mm3', '1/mm']).toContain(f.unit);
    expect(f.reference ?? 'IBSI:AAAA').toMatch(/^IBSI:[0-9A-Z]{4}$/);
    expect(f.source).not.toBe('');
  }
});

test('the input is left as it was', () => {
  const { volume, mask } = syntheticCase();
  const settings = parseSettings('setting: { normalize: true, resegmentRange: [-1, 1], resegmentMode: sigma }');
  measure(volume, mask, settings);
  expect({ volume, mask }).toEqual(syntheticCase());
});
