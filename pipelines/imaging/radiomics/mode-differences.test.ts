import { expect, test } from 'vitest';
import { axisGrid } from '../../../test/imaging/reference-values.js';
import { ibsiCatalogue } from '../ibsi/catalogue.js';
import { measureIbsi } from '../ibsi/measure-ibsi.js';
import type { IbsiSettings } from '../ibsi/settings.js';
import { defaultSettings } from '../settings/settings.js';
import { featureCatalogue } from './families.js';
import { measure } from './measure.js';
import { modeDifference, modeDifferences } from './mode-differences.js';

const size = [7, 6, 5] as const;
const count = 7 * 6 * 5;
const indexToLps = axisGrid([0.8, 1.1, 2.5]);
const volume = {
  voxels: Float64Array.from({ length: count }, (_, i) => ((i * 7919 + (i % 13) * 1047) % 397) - 100.5),
  size,
  indexToLps,
};
// Holes here and there: every voxel keeps neighbours, and every direction lines of two voxels.
const voxels = Uint8Array.from({ length: count }, (_, i) => (i % 17 === 3 ? 0 : 1));
const mask = { voxels, size, indexToLps, label: 'x' };
const inside = voxels.reduce((a, b) => a + b, 0);

/** What PyRadiomics' defaults are in the words of IBSI. */
const settings: IbsiSettings = {
  label: 1,
  interpolation: null,
  rounding: 'none',
  resegmentation: null,
  discretisation: { method: 'fixed-bin-size', width: 25, lowest: -125 },
  ivh: { method: 'none', step: 1 },
  dimensions: ['3D'],
  directions: ['averaged'],
  distance: 1,
  coarseness: 0,
};

test('each feature stands to its counterpart in the IBSI mode as stated', () => {
  const least = Math.min(...volume.voxels.filter((_v, i) => voxels[i] === 1));
  expect(Math.floor(least / 25) * 25).toBe(-125);
  const ibsi = new Map(measureIbsi(volume, mask, settings).values.map((v) => [v.id, v.value] as const));
  const wrong: string[] = [];
  let compared = 0;
  for (const { column, featureClass, name, reference } of featureCatalogue()) {
    const { inIbsiMode, text } = modeDifference(featureClass, name);
    const counterpart = reference === undefined ? undefined : ibsi.get(reference.slice(5));
    if (inIbsiMode === undefined || counterpart === undefined || counterpart === null) {
      if (inIbsiMode !== undefined || counterpart !== undefined) wrong.push(`${column}: ${text}`);
      continue;
    }
    const features = { [featureClass]: [name] };
    const value = measure(volume, mask, { ...defaultSettings, features }).features.get(column) as number;
    const expected = inIbsiMode(value, { voxels: inside });
    if (Math.abs(expected - counterpart) > 1e-10 * Math.max(1, Math.abs(counterpart))) {
      wrong.push(`${column}: ${value}, IBSI mode ${counterpart}; ${text}`);
    }
    compared++;
  }
  expect(wrong).toEqual([]);
  // 121 features: 10 of shape2D, 3 diameters, MCC, TotalEnergy and StandardDeviation are not IBSI's.
  expect(compared).toBe(121 - 10 - 3 - 3);
});

test('only features that exist are named', () => {
  const known = new Set(featureCatalogue().map((f) => `${f.featureClass}_${f.name}`));
  const named = Object.entries(modeDifferences).flatMap(([cls, { features }]) =>
    Object.keys(features).map((f) => `${cls}_${f}`),
  );
  expect(named.filter((f) => !known.has(f))).toEqual([]);
});

test('every IBSI code of the PyRadiomics mode is one of the IBSI mode', () => {
  const ids = new Set(ibsiCatalogue().flatMap(({ features }) => features.map((f) => f.id)));
  const codes = featureCatalogue().flatMap(({ reference }) => reference?.slice(5) ?? []);
  expect(codes.filter((code) => !ids.has(code))).toEqual([]);
});
