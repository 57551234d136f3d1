import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { affineFromAxes } from '../volume/affine.js';
import type { Mask, Volume } from '../volume/volume.js';
import { type IbsiRadiomics, measureIbsi } from './measure-ibsi.js';
import { parseIbsiSettings } from './parse-ibsi-settings.js';
import type { IbsiSettings } from './settings.js';

const phantomText = readFileSync(new URL('../reference/ibsi/digital-phantom.yaml', import.meta.url), 'utf8');
const asTheyAre = parseIbsiSettings(phantomText);

type Size = readonly [number, number, number];
const grid = (size: Size, spacing: readonly [number, number, number] = [1, 2, 3]) => ({
  size,
  indexToLps: affineFromAxes([spacing[0], 0, 0], [0, spacing[1], 0], [0, 0, spacing[2]], [5, 6, 7]),
});
const volumeOf = (size: Size, value: (i: number) => number): Volume => ({
  ...grid(size),
  voxels: Float32Array.from({ length: size[0] * size[1] * size[2] }, (_, i) => value(i)),
});
const maskOf = (size: Size, inside: (i: number) => boolean): Mask => ({
  ...grid(size),
  voxels: Uint8Array.from({ length: size[0] * size[1] * size[2] }, (_, i) => (inside(i) ? 1 : 0)),
  label: 'tumour',
});
const all = () => true;
const values = ({ values: list }: IbsiRadiomics) => new Map(list.map((v) => [v.tag, v.value]));
const without = ({ values: list }: IbsiRadiomics) => list.filter((v) => v.value === null).map((v) => [v.tag, v.reason]);
const cube: Size = [4, 4, 4];

describe('degenerate regions', () => {
  test('a single voxel: values where the formulas give one, reasons elsewhere', () => {
    const measured = measureIbsi(
      volumeOf(cube, (i) => 1 + (i % 5)),
      maskOf(cube, (i) => i === 21),
      asTheyAre,
    );
    const of = values(measured);
    expect(of.get('morph_vol_approx')).toBe(6);
    expect(of.get('morph_volume')).toBeCloseTo(1, 12);
    expect(of.get('stat_mean')).toBe(2);
    expect([of.get('stat_skew'), of.get('stat_kurt'), of.get('ih_entropy')]).toEqual(
      [0, 0, 0].map((v) => expect.closeTo(v, 12)),
    );
    expect(of.get('szm_z_perc_3D')).toBe(1);
    expect(of.get('ngl_dc_energy_3D')).toBe(1);
    const missing = without(measured);
    const tags = missing.map(([tag]) => tag as string);
    expect(tags.filter((tag) => !/^(cm|ngt)_/.test(tag)).sort()).toEqual([
      'ivh_auc',
      'morph_area_dens_aee',
      'morph_geary_c',
      'morph_moran_i',
      'morph_pca_elongation',
      'morph_pca_flatness',
      'morph_pca_least_axis',
      'morph_pca_maj_axis',
      'morph_pca_min_axis',
      'morph_vol_dens_aee',
    ]);
    expect(tags.filter((tag) => /^(cm|ngt)_/.test(tag)).length).toBe(25 * 6 + 5 * 3);
    expect(new Map(missing as [string, string][]).get('cm_contrast_3D_avg')).toBe(
      'no two voxels of the region are neighbours',
    );
    expect(new Map(missing as [string, string][]).get('morph_pca_flatness')).toBe('the region is a single voxel');
  });

  test('a flat region', () => {
    const settings: IbsiSettings = { ...asTheyAre, discretisation: { method: 'fixed-bin-number', count: 32 } };
    const measured = measureIbsi(
      volumeOf(cube, () => -70),
      maskOf(cube, all),
      settings,
    );
    const of = values(measured);
    expect([of.get('stat_var'), of.get('stat_skew'), of.get('stat_cov')]).toEqual([0, 0, -0]);
    expect([of.get('ih_mean'), of.get('ih_mode'), of.get('ih_max_grad'), of.get('ih_uniformity')]).toEqual([
      1, 1, 0, 1,
    ]);
    expect([of.get('cm_joint_max_3D_comb'), of.get('cm_corr_3D_comb'), of.get('cm_contrast_2D_avg')]).toEqual([
      1, 1, 0,
    ]);
    expect([of.get('ngt_coarseness_3D'), of.get('ngt_contrast_3D'), of.get('ngt_busyness_3D')]).toEqual([1e6, 0, 0]);
    expect(of.get('ivh_v10')).toBe(1);
    expect(without(measured).map(([tag]) => tag)).toEqual(['morph_moran_i', 'morph_geary_c', 'ivh_auc']);
  });

  test('one slice: a flat form has no ellipsoid, 2D and 2.5D and 3D agree where they must', () => {
    const size: Size = [5, 4, 1];
    const measured = measureIbsi(
      volumeOf(size, (i) => 1 + ((i * i) % 4)),
      maskOf(size, all),
      asTheyAre,
    );
    const of = values(measured);
    expect(of.get('morph_pca_least_axis')).toBe(0);
    expect(without(measured).map(([tag]) => tag)).toEqual(['morph_vol_dens_aee']);
    for (const tag of ['szm_sze', 'dzm_sde', 'ngl_lde', 'ngt_contrast']) {
      expect(of.get(`${tag}_2D`)).toBe(of.get(`${tag}_2_5D`));
    }
    expect(of.get('szm_sze_3D')).toBeCloseTo(of.get('szm_sze_2D') as number, 12);
    expect(of.get('cm_contrast_2D_comb')).toBe(of.get('cm_contrast_2_5D_comb'));
  });

  test('intensities that add up to 0 have no centre and no coefficient of variation', () => {
    const size: Size = [4, 2, 1];
    const settings: IbsiSettings = { ...asTheyAre, discretisation: { method: 'fixed-bin-number', count: 4 } };
    const measured = measureIbsi(
      volumeOf(size, (i) => (i % 2 === 0 ? -1 : 1)),
      maskOf(size, all),
      settings,
    );
    const reasons = new Map(without(measured) as [string, string][]);
    expect(reasons.get('morph_com')).toBe('the intensities add up to 0');
    expect(reasons.get('stat_cov')).toBe('the mean is 0');
    expect(reasons.get('stat_qcod')).toBe('the 25th and the 75th percentile add up to 0');
  });
});

describe('what cannot be measured is refused', () => {
  const image = volumeOf(cube, (i) => 1 + (i % 5));
  const refused = (code: string, run: () => unknown, message: RegExp) => {
    expect(run).toThrow(message);
    expect(run).toThrow(expect.objectContaining({ name: 'ImagingError', code }));
  };

  test('a mask without voxels', () => {
    refused(
      'RADIOMICS_MASK_EMPTY',
      () =>
        measureIbsi(
          image,
          maskOf(cube, () => false),
          asTheyAre,
        ),
      /"tumour" holds no voxel/,
    );
  });

  test('a mask on another grid', () => {
    const other = { ...maskOf(cube, all), ...grid(cube, [1, 2, 4]) };
    refused('GRID_DIFFERS', () => measureIbsi(image, other, asTheyAre), /its spacing is 1 x 2 x 4/);
  });

  test('nothing left after re-segmentation', () => {
    const settings: IbsiSettings = { ...asTheyAre, resegmentation: { range: [100, 200], outlierSigma: null } };
    refused('IBSI_RESEGMENTED_AWAY', () => measureIbsi(image, maskOf(cube, all), settings), /leaves no voxel/);
  });

  test('a region too small for the voxels it is interpolated to', () => {
    const interpolation = { spacing: [4, 4, 4], image: 'linear', mask: 'linear', maskThreshold: 0.9 } as const;
    refused(
      'IBSI_MASK_VANISHED',
      () =>
        measureIbsi(
          image,
          maskOf(cube, (i) => i === 21),
          { ...asTheyAre, interpolation },
        ),
      /No voxel of the region "tumour" is left/,
    );
  });

  test('intensities that are no grey levels', () => {
    for (const value of [0, -3, 1.5]) {
      const wrong = volumeOf(cube, (i) => (i === 7 ? value : 1));
      const settings: IbsiSettings = { ...asTheyAre, rounding: 'none' };
      refused(
        'IBSI_LEVELS',
        () => measureIbsi(wrong, maskOf(cube, all), settings),
        /is no grey level without discretisation/,
      );
    }
    const below: IbsiSettings = { ...asTheyAre, discretisation: { method: 'fixed-bin-size', width: 1, lowest: 3 } };
    refused('IBSI_LEVELS', () => measureIbsi(image, maskOf(cube, all), below), /in bins of 1 from 3/);
  });

  test('a voxel without a number', () => {
    const wrong = volumeOf(cube, (i) => (i === 7 ? Number.NaN : 1));
    refused('RADIOMICS_NOT_FINITE', () => measureIbsi(wrong, maskOf(cube, all), asTheyAre), /NaN at voxel \(3, 1, 0\)/);
    const outside = measureIbsi(
      wrong,
      maskOf(cube, (i) => i > 40),
      asTheyAre,
    );
    expect(values(outside).get('loc_peak_glob')).toBe(1);
  });
});

describe('processing', () => {
  test('re-segmentation changes the intensities, not the form', () => {
    const image = volumeOf(cube, (i) => i);
    const settings: IbsiSettings = {
      ...asTheyAre,
      discretisation: { method: 'fixed-bin-number', count: 4 },
      resegmentation: { range: [10, null], outlierSigma: 1 },
    };
    const { diagnostics, values: list } = measureIbsi(image, maskOf(cube, all), settings);
    // Mean 31.5 and deviation 18.47: 14 to 49 lie within one deviation.
    expect(diagnostics.get('int_mask_min_int_reseg_roi')).toBe(14);
    expect(diagnostics.get('int_mask_max_int_reseg_roi')).toBe(49);
    expect(diagnostics.get('int_mask_vox_count_reseg_roi')).toBe(36);
    expect(diagnostics.get('morph_mask_vox_count_reseg_roi')).toBe(64);
    expect(list.find((v) => v.tag === 'morph_vol_approx')?.value).toBe(64 * 6);
  });

  test('only the aggregations asked for', () => {
    const settings: IbsiSettings = { ...asTheyAre, dimensions: ['2.5D'], directions: ['merged'] };
    const { values: list } = measureIbsi(
      volumeOf(cube, (i) => 1 + (i % 3)),
      maskOf(cube, all),
      settings,
    );
    const suffixes = new Set(list.map((v) => /_(2D|2_5D|3D)(_\w+)?$/.exec(v.tag)?.[0] ?? ''));
    expect([...suffixes]).toEqual(['', '_2_5D_comb', '_2_5D']);
    expect(list.length).toBe(79 + 25 + 16 + 16 + 16 + 5 + 17);
    expect(list.find((v) => v.tag === 'cm_contrast_2_5D_comb')).toMatchObject({
      id: 'ACUI',
      aggregation: 'ZW7Z',
      unit: '1',
    });
  });
});
