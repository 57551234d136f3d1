import { describe, expect, test } from 'vitest';
import { agrees, baselineCase, readReference } from '../../../test/imaging/reference-values.js';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import { parseSettings } from '../settings/parse-settings.js';
import type { RadiomicsSettings } from '../settings/settings.js';
import type { Mask } from '../volume/volume.js';
import { measure } from './measure.js';

const classes = ['firstorder', 'shape', 'shape2D', 'glcm', 'glrlm', 'glszm', 'gldm', 'ngtdm'] as const;
const exceptions = readReference(new URL('../reference/pyradiomics-baseline-exceptions.csv', import.meta.url));
const excepted = (column: string, feature: string) =>
  exceptions.find((e) => e.column === column && e.feature === feature);

/** Baseline of a class: rows by feature name, one cell per test case and setting. */
const baseline = (featureClass: string) =>
  new Map(
    readReference(sharedData(`pyradiomics-baselines/baseline/baseline_${featureClass}.csv`)).map((row) => [
      row.featureName as string,
      row,
    ]),
  );

/** The one slice of the label that was measured in 2D. Its files are not there; number and place of its voxels are. */
const slices = { brain1: { z: 16, voxels: 984 }, breast1: { z: 9, voxels: 82 } };

function oneSlice(mask: Mask, { z, voxels }: { readonly z: number; readonly voxels: number }): Mask {
  const plane = mask.size[0] * mask.size[1];
  const kept = mask.voxels.map((v, i) => (Math.floor(i / plane) === z ? v : 0));
  expect(kept.reduce((a, b) => a + b, 0)).toBe(voxels);
  return { ...mask, voxels: kept };
}

/** The settings of a column: a Python literal. */
function settingsOf(rows: ReturnType<typeof baseline>, column: string): RadiomicsSettings {
  const literal = rows.get('diagnostics_Configuration_Settings')?.[column] as string;
  const yaml = literal.replace(/\bNone\b/g, 'null');
  return parseSettings(`setting: ${yaml}`, column);
}

describe.skipIf(!hasSharedData)(`PyRadiomics baselines ${needsSharedData}`, async () => {
  if (!hasSharedData) return;
  const cases = { brain1: await baselineCase('brain1'), breast1: await baselineCase('breast1') };
  let planned = 0;

  for (const featureClass of classes) {
    const rows = baseline(featureClass);
    const names = [...rows.keys()].filter((name) => name.startsWith('original_'));
    const columns = Object.keys(rows.get(names[0] as string) ?? {}).filter((c) => /^(brain1|breast1)(_|$)/.test(c));
    for (const column of columns) {
      planned += names.length;
      test(`${column}, ${featureClass}: ${names.length} features within 1e-6`, () => {
        const name = column.split('_')[0] as keyof typeof cases;
        const { volume } = cases[name];
        const mask = featureClass === 'shape2D' ? oneSlice(cases[name].mask, slices[name]) : cases[name].mask;
        const settings = { ...settingsOf(rows, column), features: { [featureClass]: 'all' } as const };
        const { features } = measure(volume, mask, settings);
        expect([...features.keys()].sort()).toEqual([...names].sort());
        for (const name of names) {
          const got = features.get(name) as number;
          const expected = Number(rows.get(name)?.[column]);
          const exception = excepted(column, name);
          expect(agrees(got, expected), `${name}: ${got}, baseline ${expected}`).toBe(exception === undefined);
          if (exception !== undefined) expect(agrees(got, Number(exception.value)), name).toBe(true);
        }
      });
    }
  }

  test('every column of the two cases and every exception is looked at', () => {
    expect(planned).toBe(2 * (4 * 18 + 2 * 14 + 9 + 8 * (24 + 16) + 7 * (16 + 14 + 5)));
    expect(exceptions).toHaveLength(4);
  });

  test('diagnostics are those of the baseline', () => {
    const rows = baseline('firstorder');
    const { volume, mask } = cases.brain1;
    const { diagnostics } = measure(volume, mask);
    const same = [
      'Mask-original_BoundingBox',
      'Mask-original_Size',
      'Image-original_Size',
      'Mask-original_VoxelNum',
      'Mask-original_VolumeNum',
      'Image-original_Mean',
      'Image-original_Minimum',
      'Image-original_Maximum',
    ];
    for (const name of same) {
      expect(String(diagnostics[`diagnostics_${name}`]), name).toBe(
        rows.get(`diagnostics_${name}`)?.brain1_normalization,
      );
    }
    const numbers = (text: unknown) =>
      String(text)
        .match(/-?\d+\.?\d*/g)
        ?.map(Number) ?? [];
    for (const name of ['Image-original_Spacing', 'Mask-original_CenterOfMassIndex', 'Mask-original_CenterOfMass']) {
      const expected = numbers(rows.get(`diagnostics_${name}`)?.brain1_normalization);
      const got = numbers(diagnostics[`diagnostics_${name}`]);
      expect(got).toHaveLength(3);
      expect(
        got.every((v, i) => agrees(v, expected[i] as number)),
        name,
      ).toBe(true);
    }
  });
});
