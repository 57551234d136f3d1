import { describe, expect, test } from 'vitest';
import { axisGrid, type Case } from '../../../test/imaging/reference-values.js';
import type { imagingErrors } from '../errors.js';
import { imagingGroup } from '../imaging-group.js';
import { parseSettings } from '../settings/parse-settings.js';
import { settingCatalogue } from '../settings/setting-catalogue.js';
import type { Mask, Volume } from '../volume/volume.js';
import { measure } from './measure.js';

const size = [12, 11, 9] as const;
const n = 12 * 11 * 9;
const indexToLps = axisGrid([0.8, 1.1, 2.5]);
const volume: Volume = {
  size,
  indexToLps,
  voxels: Int16Array.from({ length: n }, (_, i) => ((i * 7919 + (i % 13) * 1047) % 997) - 300 + (i % 19) * 20),
};
const mask: Mask = {
  size,
  indexToLps,
  label: 'GTV',
  voxels: Uint8Array.from({ length: n }, (_, i) => ((i * 31 + (i % 7) * 17) % 10 < 7 && i % 12 > 2 ? 1 : 0)),
};

const classes =
  'featureClass: { shape: [MeshVolume], firstorder: [Mean, Energy, Entropy], glcm: [Contrast], gldm: [DependenceEntropy] }';

/** Features under a setting and an image type, as text; the error code where there are none. */
function outcome(setting: string, imageType = 'Original: {}', { volume: v, mask: m }: Case = { volume, mask }): string {
  const settings = parseSettings(`setting: { ${setting} }\nimageType: { ${imageType} }\n${classes}`);
  try {
    return JSON.stringify([...measure(v, m, settings).features]);
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

/** For each key: the setting it is added to, the key with another value than the default, and the image type. */
const effects: Readonly<Record<string, readonly [context: string, change: string, imageType?: string]>> = {
  normalize: ['binWidth: 0.1', 'normalize: true'],
  normalizeScale: ['normalize: true, binWidth: 0.1', 'normalizeScale: 2'],
  removeOutliers: ['normalize: true, binWidth: 0.1', 'removeOutliers: 1'],
  resampledPixelSpacing: ['', 'resampledPixelSpacing: [1, 1, 2]'],
  interpolator: ['resampledPixelSpacing: [1, 1, 2]', 'interpolator: sitkLinear'],
  padDistance: ['preCrop: true', 'padDistance: 0', 'Wavelet: {}'],
  preCrop: ['padDistance: 0', 'preCrop: true', 'Wavelet: {}'],
  resegmentRange: ['', 'resegmentRange: [-100, 400]'],
  resegmentMode: ['resegmentRange: [-100, 400]', 'resegmentMode: sigma'],
  resegmentShape: ['resegmentRange: [-100, 400]', 'resegmentShape: true'],
  minimumROISize: ['', 'minimumROISize: 100000'],
  binWidth: ['', 'binWidth: 40'],
  binCount: ['', 'binCount: 8'],
  distances: ['', 'distances: [2]'],
  gldm_a: ['', 'gldm_a: 3'],
  weightingNorm: ['', 'weightingNorm: euclidean'],
  force2D: ['', 'force2D: true'],
  force2Ddimension: ['force2D: true', 'force2Ddimension: 1'],
  voxelArrayShift: ['', 'voxelArrayShift: 1000'],
  start_level: ['', 'start_level: 1', 'Wavelet: {}'],
  level: ['', 'level: 2', 'Wavelet: {}'],
  wavelet: ['', 'wavelet: db4', 'Wavelet: {}'],
  gradientUseSpacing: ['', 'gradientUseSpacing: false', 'Gradient: {}'],
  lbp2DRadius: ['binWidth: 1', 'lbp2DRadius: 2', 'LBP2D: {}'],
  lbp2DSamples: ['binWidth: 1', 'lbp2DSamples: 12', 'LBP2D: {}'],
  lbp2DMethod: ['binWidth: 1', 'lbp2DMethod: ror', 'LBP2D: {}'],
  lbp3DLevels: ['binWidth: 1', 'lbp3DLevels: 1', 'LBP3D: {}'],
  lbp3DIcosphereRadius: ['binWidth: 1', 'lbp3DIcosphereRadius: 2', 'LBP3D: {}'],
  lbp3DIcosphereSubdivision: ['binWidth: 1', 'lbp3DIcosphereSubdivision: 0', 'LBP3D: {}'],
};

/** Keys that are tested elsewhere, or that choose a region or facts and no value. */
const others = {
  label: 'masks are read by it',
  sigma: 'has no default: measured below',
  label_channel: 'only 0 is accepted',
  symmetricalGLCM: 'contrast is symmetric: measured below',
  minimumROIDimensions: 'a flat region, below',
  geometryTolerance: 'grids that differ, measure.test.ts',
  correctMask: 'grids that differ, below',
  additionalInfo: 'diagnostics, below',
};

describe('every key changes what it should', () => {
  test('none is left out', () => {
    const keys = settingCatalogue().flatMap((e) => (e.section === 'setting' ? [e.key] : []));
    expect([...Object.keys(effects), ...Object.keys(others)].sort()).toEqual([...keys].sort());
  });
  for (const [key, [context, change, imageType]] of Object.entries(effects)) {
    test(key, () => {
      const after = outcome(context === '' ? change : `${context}, ${change}`, imageType);
      const before = outcome(context, imageType);
      expect(before).toMatch(/^\[\[/);
      expect(after).not.toBe(before);
      if (key !== 'minimumROISize') expect(after).toMatch(/^\[\[/);
    });
  }

  test('symmetricalGLCM', () => {
    const of = (symmetrical: boolean) =>
      measure(
        volume,
        mask,
        parseSettings(`setting: { symmetricalGLCM: ${symmetrical} }\nfeatureClass: { glcm: [JointEntropy] }`),
      );
    expect([...of(false).features]).not.toEqual([...of(true).features]);
  });

  test('sigma', () => {
    const [narrow, wide] = ['1', '2'].map((mm) =>
      outcome(`sigma: [${mm}]`, 'LoG: {}').replaceAll(`sigma-${mm}-`, 'sigma-'),
    );
    expect(narrow).toMatch(/log-sigma-mm-3D_firstorder_Mean/);
    expect(wide).not.toBe(narrow);
  });

  test('minimumROIDimensions', () => {
    const slice = { ...mask, voxels: mask.voxels.map((v, i) => (Math.floor(i / 132) === 4 ? v : 0)) };
    expect(outcome('minimumROIDimensions: 3', 'Original: {}', { volume, mask: slice })).toBe(
      'RADIOMICS_TOO_FEW_DIMENSIONS',
    );
    expect(outcome('minimumROIDimensions: 2', 'Original: {}', { volume, mask: slice })).toMatch(/^\[\[/);
  });

  test('additionalInfo', () => {
    const count = (setting: string) =>
      Object.keys(measure(volume, mask, parseSettings(`setting: { ${setting} }\n${classes}`)).diagnostics);
    expect(count('additionalInfo: true').filter((name) => name.endsWith('_Hash'))).toHaveLength(2);
    expect(count('').filter((name) => name.endsWith('_Hash'))).toHaveLength(0);
    expect(count('additionalInfo: false')).toHaveLength(5);
  });
});

describe('a mask on another grid', () => {
  /** Half the voxel width along each axis, corners on corners: the same region. */
  const fine: Mask = {
    size: [24, 22, 18],
    indexToLps: [0.4, 0, 0, -0.2, 0, 0.55, 0, -0.275, 0, 0, 1.25, -0.625, 0, 0, 0, 1],
    label: 'GTV',
    voxels: Uint8Array.from({ length: 8 * n }, (_, i) => {
      const [x, y, z] = [(i % 24) >> 1, (Math.floor(i / 24) % 22) >> 1, Math.floor(i / 528) >> 1];
      return mask.voxels[x + 12 * (y + 11 * z)] as number;
    }),
  };

  test('is refused, and with correctMask brought onto the image', () => {
    expect(outcome('', 'Original: {}', { volume, mask: fine })).toBe('GRID_DIFFERS');
    expect(outcome('correctMask: true', 'Original: {}', { volume, mask: fine })).toBe(outcome(''));
  });

  test('with resampling needs no correction: both go to the new grid', () => {
    const spacing = 'resampledPixelSpacing: [0.8, 1.1, 2.5]';
    const kept = outcome(spacing, 'Original: {}', { volume, mask: fine });
    expect(kept).toBe(outcome(spacing));
    expect(outcome(`${spacing}, correctMask: true`, 'Original: {}', { volume, mask: fine })).toBe(kept);
  });
});

describe('what a filter cannot do is refused by name', () => {
  const with4 = { ...volume, size: [12, 11, 3] as const, voxels: volume.voxels.slice(0, 396) };
  const thin: Case = { volume: with4, mask: { ...mask, size: with4.size, voxels: mask.voxels.slice(0, 396) } };
  const values = (f: (v: number, i: number) => number): Case => ({
    volume: { ...volume, voxels: Float64Array.from(volume.voxels, f) },
    mask,
  });
  const refused: [string, keyof typeof imagingErrors, RegExp, string, Case][] = [
    ['three slices', 'RADIOMICS_FILTER_SIZE', /3 voxels along z, expected at least 4/, 'LoG: { sigma: [1] }', thin],
    [
      'a wide Gaussian',
      'RADIOMICS_FILTER_SIZE',
      /12 voxels along x, expected at least 14/,
      'LoG: { sigma: [10] }',
      { volume, mask },
    ],
    ['zeros', 'RADIOMICS_FILTER_RANGE', /0 everywhere, so its Square image/, 'Square: {}', values(() => 0)],
    ['zeros, logarithm', 'RADIOMICS_FILTER_RANGE', /Logarithm/, 'Logarithm: {}', values(() => 0)],
    [
      'not a number beside the region',
      'RADIOMICS_FILTER_NOT_FINITE',
      /log-sigma-1-mm-3D image is NaN/,
      'LoG: { sigma: [1] }',
      values((v, i) => (i % 12 === 0 ? Number.NaN : v)),
    ],
    [
      'not a number beside the region, wavelet',
      'RADIOMICS_FILTER_NOT_FINITE',
      /wavelet-LLH image is NaN/,
      'Wavelet: {}',
      values((v, i) => (i % 12 === 0 ? Number.NaN : v)),
    ],
  ];
  for (const [what, code, message, type, { volume: v, mask: m }] of refused) {
    test(what, () => {
      const run = () => measure(v, m, parseSettings(`imageType: { ${type} }\n${classes}`));
      expect(run).toThrow(message);
      expect(run).toThrow(expect.objectContaining({ name: 'ImagingError', code }));
    });
  }

  test('the square root of an image that is 0 everywhere is 0, as in PyRadiomics 3.0.1', () => {
    const { volume: v, mask: m } = values(() => 0);
    const { features } = measure(
      v,
      m,
      parseSettings('imageType: { SquareRoot: {} }\nfeatureClass: { firstorder: [Maximum, Minimum] }'),
    );
    expect([...features]).toEqual([
      ['squareroot_firstorder_Maximum', 0],
      ['squareroot_firstorder_Minimum', 0],
    ]);
  });

  test('a column name that is too long for a store', () => {
    const run = () => imagingGroup(parseSettings('imageType: { LoG: { sigma: [1.2345678901234567] } }'));
    expect(run).toThrow(/has \d+ characters, of which a store takes 64: write sigma with fewer digits/);
    expect(run).toThrow(expect.objectContaining({ code: 'RADIOMICS_NAME_TOO_LONG' }));
  });
});
