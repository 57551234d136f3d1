import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  agrees,
  baselineCase,
  type Case,
  lungCase,
  readReference,
  syntheticCase,
} from '../../../test/imaging/reference-values.js';
import { hasSharedData, needsSharedData } from '../../../test/shared-data.js';
import { parseSettings } from '../settings/parse-settings.js';
import { measure } from './measure.js';

const folder = new URL('../reference/', import.meta.url);
const reference = readReference(new URL('pyradiomics-3.0.1-features.csv', folder));

/**
 * PyRadiomics 3.0.1 cuts the whole mask to the box of the re-segmented one before it measures the shape, although only
 * `resegmentShape` should change it. Here the shape is that of the whole mask, so these values differ where the boxes do.
 */
const cutShape = { case: 'lung1-001', setting: 'resegment-absolute' };

/** Compares every feature that PyRadiomics gives for a case under a settings file with ours, and the list of them. */
function compare(caseName: string, setting: string, { volume, mask }: Case): void {
  const rows = reference.filter((row) => row.case === caseName && row.setting === setting);
  const file = `settings/${setting}.yaml`;
  const { features } = measure(volume, mask, parseSettings(readFileSync(new URL(file, folder), 'utf8'), file));
  expect(rows.length).toBeGreaterThan(0);
  expect([...features.keys()].sort()).toEqual(rows.map((row) => row.feature as string).sort());
  const cut = caseName === cutShape.case && setting === cutShape.setting;
  for (const row of rows) {
    if (cut && row.feature?.startsWith('original_shape_')) continue;
    const got = features.get(row.feature as string) as number;
    expect(agrees(got, Number(row.value)), `${row.feature}: ${got}, PyRadiomics ${row.value}`).toBe(true);
  }
}

const settingsOf = (caseName: string) => [
  ...new Set(reference.filter((row) => row.case === caseName).map((row) => row.setting as string)),
];

/** The voxels of a mask with index 3 along one axis. */
function onePlane({ volume, mask }: Case, axis: 0 | 1 | 2): Case {
  const [nx, ny] = mask.size;
  const index = (i: number) => [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))][axis];
  return { volume, mask: { ...mask, voxels: mask.voxels.map((v, i) => (index(i) === 3 ? v : 0)) } };
}

describe('PyRadiomics 3.0.1 on a synthetic image', () => {
  for (const [axis, name] of (['x', 'y', 'z'] as const).entries()) {
    for (const setting of settingsOf(`synthetic-plane-${name}`)) {
      test(`one plane across ${name}, ${setting}.yaml: every feature within 1e-6`, () =>
        compare(`synthetic-plane-${name}`, setting, onePlane(syntheticCase(), axis as 0 | 1 | 2)));
    }
  }
  for (const setting of settingsOf('synthetic')) {
    test(`${setting}.yaml: every feature within 1e-6`, () => compare('synthetic', setting, syntheticCase()));
  }
});

describe.skipIf(!hasSharedData)(`PyRadiomics 3.0.1 on real images ${needsSharedData}`, async () => {
  if (!hasSharedData) return;
  const cases: Record<string, Case> = {
    'lung1-001': await lungCase(),
    brain1: await baselineCase('brain1'),
    breast1: await baselineCase('breast1'),
  };
  for (const [name, files] of Object.entries(cases)) {
    for (const setting of settingsOf(name)) {
      test(`${name}, ${setting}.yaml: every feature within 1e-6`, () => compare(name, setting, files));
    }
  }

  test('the shape after re-segmentation is that of the whole mask, which PyRadiomics cuts', () => {
    const rows = reference.filter((row) => row.case === cutShape.case && row.feature?.startsWith('original_shape_'));
    const value = (setting: string, feature: string) =>
      Number(rows.find((row) => row.setting === setting && row.feature === feature)?.value);
    const { volume, mask } = cases['lung1-001'] as Case;
    const settings = parseSettings('{ setting: { resegmentRange: [-100, 300] }, featureClass: { shape: } }');
    const { features } = measure(volume, mask, settings);
    expect(features.size).toBe(14);
    for (const [name, got] of features) {
      expect(agrees(got, value('default', name)), name).toBe(true);
    }
    const same = [...features].filter(([name, got]) => agrees(got, value(cutShape.setting, name)));
    expect(same.length).toBeLessThan(14);
  });
});
