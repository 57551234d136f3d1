import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { families, mapClasses } from '../radiomics/families.js';
import { parseSettings } from '../settings/parse-settings.js';
import { defaultSettings, type RadiomicsSettings } from '../settings/settings.js';
import type { Mask, Volume } from '../volume/volume.js';
import { featureMaps, type MapSettings, type MapSlice } from './feature-maps.js';

const reference = new URL('../reference/pyradiomics-3.0.1-maps.csv', import.meta.url);
const [header = [], ...rows] = readFileSync(reference, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(','));
const shown = header.slice(4).map((name) => name.split('_').map(Number) as [number, number, number]);

/** The image and mask of bench/peers/pyradiomics-maps.py. */
function synthetic(): readonly [Volume, Mask] {
  const size = [9, 8, 7] as const;
  const indexToLps = [0.8, 0, 0, 0, 0, 1.1, 0, 0, 0, 0, 2.5, 0, 0, 0, 0, 1];
  const voxels = new Int16Array(504);
  const inside = new Uint8Array(504);
  for (let i = 0; i < 504; i++) {
    const [x, y, z] = [i % 9, Math.floor(i / 9) % 8, Math.floor(i / 72)];
    const corner = x < 4 && y < 4 && z < 4;
    voxels[i] = corner ? 55 : ((i * 7919 + (i % 13) * 1047) % 997) - 300;
    const grown = (i * 31 + (i % 7) * 17) % 10 < 7 && x < 6 && y < 7 && z > 0;
    inside[i] = grown || (corner && z > 0) || (x === 8 && y === 0 && z === 6) ? 1 : 0;
  }
  return [
    { voxels, size, indexToLps },
    { voxels: inside, size, indexToLps, label: 'synthetic' },
  ];
}

const cases: Readonly<Record<string, readonly [Partial<RadiomicsSettings>, Partial<MapSettings>]>> = {
  default: [{}, {}],
  radius2: [{}, { kernelRadius: 2, initValue: -1 }],
  unmasked: [{}, { maskedKernel: false }],
  flat2d: [{ force2D: true, discretisation: { method: 'binCount', binCount: 16 } }, { kernelRadius: 2 }],
  distances: [
    { distances: [1, 2], discretisation: { method: 'binWidth', binWidth: 60 }, gldm_a: 1 },
    { kernelRadius: 2 },
  ],
  weighted: [{ weightingNorm: 'euclidean', discretisation: { method: 'binWidth', binWidth: 100 } }, {}],
};

/** All maps of a case: per column the value at each voxel of the whole image, NaN outside the maps' grid. */
function mapsOf(name: string, classes = mapClasses) {
  const [volume, mask] = synthetic();
  const [settings, voxel] = cases[name] ?? [{}, {}];
  const maps = featureMaps(volume, mask, { ...defaultSettings, ...settings }, classes, {
    ...defaultSettings.voxel,
    ...voxel,
  });
  const values = new Map(maps.columns.map((column) => [column, new Float64Array(504).fill(Number.NaN)]));
  const { size, indexToLps } = maps.grid;
  const start = [0.8, 1.1, 2.5].map((s, d) => Math.round((indexToLps[4 * d + 3] as number) / s)) as number[];
  for (const { slice, values: slices } of maps.slices()) {
    maps.columns.forEach((column, c) => {
      slices[c]?.forEach((value, i) => {
        const [x, y] = [(i % size[0]) + (start[0] as number), Math.floor(i / size[0]) + (start[1] as number)];
        (values.get(column) as Float64Array)[x + 9 * (y + 8 * (slice + (start[2] as number)))] = value;
      });
    });
  }
  return { maps, values, mask };
}

type Check = [where: string, got: number, expected: string | undefined];

function differs([, got, text]: Check): boolean {
  const want = Number(text);
  if (Number.isNaN(want)) return !Number.isNaN(got);
  return !(Math.abs(got - want) <= 1e-6 * Math.abs(want) + 1e-11);
}

const textOf =
  (feature: string) =>
  ([where, got, want]: Check) =>
    `${feature} at ${where}: ${got}, not ${want}`;

/**
 * With a weighting norm PyRadiomics adds up matrices that are all empty for a kernel of one voxel, and gets 0 where a sum
 * over nothing is taken and NaN elsewhere; here a class that is not defined in a kernel is NaN throughout.
 */
const zeroOfNothing = ['original_glcm_MCC', 'original_glrlm_RunEntropy', 'original_glrlm_RunVariance'];
const loneVoxel = '8_0_6';

describe.each(Object.keys(cases))('PyRadiomics voxel-based extraction, %s', (name) => {
  const { maps, values, mask } = mapsOf(name);
  const expected = rows.filter(([c]) => c === name);

  test('has the same maps', () => {
    expect([...maps.columns].sort()).toEqual(expected.map(([, feature]) => feature).sort());
  });

  test.each(mapClasses)('%s', (featureClass) => {
    const own = expected.filter(([, feature]) => feature?.startsWith(`original_${featureClass}_`));
    expect(own.length).toBeGreaterThan(0);
    const wrong = own.flatMap(([, feature = '', mean, nan, ...at]) => {
      const map = values.get(feature) ?? new Float64Array();
      const inside = [...map].filter((_, i) => mask.voxels[i] === 1);
      const known = inside.filter((v) => !Number.isNaN(v));
      const checks: Check[] = shown.map(([x, y, z], k) => {
        return [`${x}_${y}_${z}`, map[x + 9 * (y + 8 * z)] as number, at[k]];
      });
      if (name === 'weighted' && zeroOfNothing.includes(feature)) {
        expect([map[8 + 9 * 8 * 6], Number(at[header.indexOf(loneVoxel) - 4])]).toEqual([Number.NaN, 0]);
        return checks
          .filter(([where]) => where !== loneVoxel)
          .filter(differs)
          .map(textOf(feature));
      }
      checks.push(['mean', known.reduce((a, b) => a + b, 0) / known.length, mean]);
      checks.push(['nan', inside.length - known.length, nan], ['nan', maps.undefinedVoxels.get(feature) ?? 0, nan]);
      return checks.filter(differs).map(textOf(feature));
    });
    expect(wrong).toEqual([]);
  });

  test('outside the region there is initValue', () => {
    const map = values.get('original_firstorder_Mean') as Float64Array;
    const outside = new Set([...map].filter((v, i) => mask.voxels[i] === 0 && !Number.isNaN(v)));
    expect([...outside]).toEqual([cases[name]?.[1].initValue ?? 0]);
  });
});

test('every class of grey values has maps, a shape has none', () => {
  const [volume, mask] = synthetic();
  expect(mapClasses).toEqual(families.map((f) => f.name).filter((name) => !name.startsWith('shape')));
  expect(() => featureMaps(volume, mask, defaultSettings, ['shape'])).toThrow(/"shape" has no maps; .*firstorder/);
});

test('a parameter file decides kernel and spacing; a filtered image has no maps', () => {
  const [volume, mask] = synthetic();
  const parsed = (text: string) => featureMaps(volume, mask, parseSettings(text), ['firstorder']);
  // The region reaches over 9 x 7 x 6 voxels, from the edge of the image in x and y and from z = 1 to its end.
  const wide = parsed('voxelSetting: { kernelRadius: 2, initValue: 9 }');
  expect(wide.grid.size).toEqual([9, 8, 7]);
  const [first] = (wide.slices().next().value as MapSlice).values;
  expect(first?.every((v) => v === 9)).toBe(true);
  const coarse = parsed('setting: { resampledPixelSpacing: [1.6, 2.2, 2.5], interpolator: sitkLinear }');
  expect(coarse.grid.indexToLps[0]).toBeCloseTo(1.6, 9);
  expect(() => parsed('imageType: { Original: {}, Square: {} }')).toThrow(/"Square"/);
});
