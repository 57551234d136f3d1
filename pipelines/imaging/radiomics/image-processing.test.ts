import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { agrees, axisGrid, baselineCase, type Case, readReference } from '../../../test/imaging/reference-values.js';
import { hasSharedData, needsSharedData } from '../../../test/shared-data.js';
import { imagingGroup } from '../imaging-group.js';
import { parseSettings } from '../settings/parse-settings.js';
import { measure } from './measure.js';

const folder = new URL('../reference/', import.meta.url);
const reference = readReference(new URL('pyradiomics-3.0.1-processing.csv', folder));

/** The image and mask that bench/peers/imaging-filters.py calls larger. */
function largerCase(): Case {
  const size = [19, 16, 13] as const;
  const n = 19 * 16 * 13;
  const grid = { size, indexToLps: axisGrid([0.8, 1.1, 2.5]) };
  const voxels = Int16Array.from({ length: n }, (_, i) => ((i * 7919 + (i % 13) * 1047) % 997) - 300 + (i % 19) * 20);
  const inside = Uint8Array.from({ length: n }, (_, i) => ((i * 31 + (i % 7) * 17) % 10 < 7 && i % 19 > 2 ? 1 : 0));
  return { volume: { ...grid, voxels }, mask: { ...grid, voxels: inside, label: 'larger' } };
}

const numbers = (text: string) => (text.match(/-?\d+(\.\d+)?(e[-+]\d+)?/g) ?? []).map(Number);

/** Every feature and every diagnostic of a case under a parameter file, against PyRadiomics'. */
function compare(name: string, setting: string, { volume, mask }: Case): void {
  const rows = reference.filter((row) => row.case === name && row.setting === setting);
  const file = `settings/${setting}.yaml`;
  const settings = parseSettings(readFileSync(new URL(file, folder), 'utf8'), file);
  const { features, diagnostics } = measure(volume, mask, settings);
  const isFeature = (row: Record<string, string>) => !row.name?.startsWith('diagnostics_');
  const expected = rows.filter(isFeature).map((row) => row.name as string);
  expect([...features.keys()].sort()).toEqual([...expected].sort());
  const columns = imagingGroup(settings).definitions.filter((f) => f.role === 'feature');
  expect(columns.map((c) => c.name)).toEqual([...features.keys()]);
  for (const row of rows) {
    const wanted = row.value as string;
    if (isFeature(row)) {
      const got = features.get(row.name as string) as number;
      expect(agrees(got, Number(wanted)), `${row.name}: ${got}, PyRadiomics ${wanted}`).toBe(true);
      continue;
    }
    const got = String(diagnostics[row.name as string]);
    if (/Hash|Dimensionality/.test(row.name as string)) {
      expect(got, row.name).toBe(wanted);
      continue;
    }
    const [a, b] = [numbers(got), numbers(wanted)];
    expect(a.length, `${row.name}: ${got}`).toBe(b.length);
    const same = a.every((v, i) => agrees(v, b[i] as number) || Math.abs(v - (b[i] as number)) < 1e-9);
    expect(same, `${row.name}: ${got}, PyRadiomics ${wanted}`).toBe(true);
  }
}

const settingsOf = (name: string) => [
  ...new Set(reference.filter((row) => row.case === name).map((row) => row.setting as string)),
];

describe('PyRadiomics 3.0.1 with filters, resampling and cropping', () => {
  for (const setting of settingsOf('larger')) {
    test(`synthetic image, ${setting}.yaml`, () => compare('larger', setting, largerCase()));
  }
});

describe.skipIf(!hasSharedData)(`the listed difference of resampling through planes ${needsSharedData}`, () => {
  const text = '{ setting: { resampledPixelSpacing: [0, 0, 0.7] }, featureClass: { firstorder: [Mean] } }';
  for (const row of readReference(new URL('sitk-through-plane.csv', folder))) {
    test(`${row.case}: the values of ITK in double precision, which PyRadiomics cuts with their rounding noise`, async () => {
      const { volume, mask } = await baselineCase(row.case as string);
      const mean = (voxels: typeof volume.voxels, integerRange?: readonly [number, number]) => {
        const { integerRange: _, ...rest } = volume;
        const image = { ...rest, ...(integerRange === undefined ? {} : { integerRange }), voxels };
        const { diagnostics } = measure(image, mask, parseSettings(text));
        expect(numbers(String(diagnostics['diagnostics_Image-interpolated_Size'])).reduce((a, b) => a * b)).toBe(
          Number(row.voxels),
        );
        return diagnostics['diagnostics_Image-interpolated_Mean'] as number;
      };
      expect(row.cut).toBe('0');
      expect(mean(Float64Array.from(volume.voxels)) / Number(row.mean_double)).toBeCloseTo(1, 9);
      const ours = mean(volume.voxels, volume.integerRange);
      expect(ours / Number(row.mean_kept)).toBeCloseTo(1, 12);
      expect((ours - Number(row.mean)) * Number(row.voxels)).toBeCloseTo(Number(row.lowered), 4);
    });
  }
});

describe.skipIf(!hasSharedData)(`PyRadiomics 3.0.1 on its baseline images ${needsSharedData}`, async () => {
  if (!hasSharedData) return;
  for (const name of ['breast1', 'brain1']) {
    const files = await baselineCase(name);
    for (const setting of settingsOf(name)) {
      test(`${name}, ${setting}.yaml: features and diagnostics`, () => compare(name, setting, files));
    }
  }
});
