import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import { openImage } from '../image-source/open-image.js';
import { openMask } from '../image-source/open-mask.js';
import { parseSettings } from '../settings/parse-settings.js';
import type { Mask } from '../volume/volume.js';
import { featureCatalogue } from './families.js';
import { measure } from './measure.js';

const csv = (file: string): Record<string, string>[] =>
  parse(readFileSync(sharedData(`ibsi-1/reference_values/${file}`), 'utf8'), {
    columns: true,
    delimiter: ';',
    bom: true,
  });

/**
 * IBSI's values have three significant digits: half of the last one, or IBSI's tolerance if that is larger.
 */
function allowed(value: number, tolerance: number): number {
  const digit = value === 0 ? 1 : 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2);
  return Math.max(tolerance, digit / 2) * (1 + 1e-9);
}

/** Texture is that of the whole region: averaged over directions, or one matrix where there are no directions. */
function aggregation(tag: string): string {
  if (/^(cm|rlm)_/.test(tag)) return '_3D_avg';
  return /^(szm|ngt|ngl)_/.test(tag) ? '_3D' : '';
}

/** PyRadiomics does not take 3 off the kurtosis, and divides variances along the axes by n where IBSI has n - 1. */
function asIbsi(column: string, value: number, mask: Mask): number {
  if (column.endsWith('Kurtosis')) return value - 3;
  if (!column.endsWith('AxisLength')) return value;
  const n = mask.voxels.reduce((a, b) => a + b, 0);
  return value * Math.sqrt(n / (n - 1));
}

describe.skipIf(!hasSharedData)(`IBSI 1 digital phantom ${needsSharedData}`, async () => {
  if (!hasSharedData) return;
  const { volume } = await openImage(sharedData('ibsi-1/digital_phantom/nifti/image/phantom.nii.gz'));
  const { mask } = await openMask(sharedData('ibsi-1/digital_phantom/nifti/mask/mask.nii.gz'), { volume });
  const onRequest = 'shape: [Compactness1, Compactness2, SphericalDisproportion]';
  const settings = 'setting: { binWidth: 1 }';
  const features = new Map([
    ...measure(volume, mask, parseSettings(settings)).features,
    ...measure(volume, mask, parseSettings(`${settings}\nfeatureClass: { ${onRequest} }`)).features,
  ]);
  const tagOf = new Map(csv('ibsi_1_feature_index.csv').map((row) => [`IBSI:${row['ibsi id']}`, row.tag as string]));
  const values = new Map(csv('ibsi_1_dig_phantom.csv').map((row) => [row.tag as string, row]));
  for (const { column, reference } of featureCatalogue()) {
    if (reference === undefined) continue;
    test(`${column} (${reference})`, () => {
      const tag = tagOf.get(reference);
      const row = values.get(`${tag}${aggregation(tag ?? '')}`);
      expect(row, `${reference} is no IBSI feature with a reference value`).toBeDefined();
      const value = Number(row?.['reference value']);
      const got = asIbsi(column, features.get(column) as number, mask);
      expect(Math.abs(got - value), `${got}, IBSI ${value}`).toBeLessThanOrEqual(
        allowed(value, Number(row?.tolerance)),
      );
    });
  }

  test('all features but those IBSI does not define have a code', () => {
    const without = featureCatalogue().filter((f) => f.reference === undefined);
    expect(without.filter((f) => f.featureClass !== 'shape2D').map((f) => f.name)).toEqual([
      'Maximum2DDiameterSlice',
      'Maximum2DDiameterColumn',
      'Maximum2DDiameterRow',
      'TotalEnergy',
      'StandardDeviation',
      'MCC',
    ]);
  });
});
