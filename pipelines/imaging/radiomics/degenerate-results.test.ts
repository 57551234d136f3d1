import { describe, expect, test } from 'vitest';
import { axisGrid } from '../../../test/imaging/reference-values.js';
import { defaultSettings, type RadiomicsSettings } from '../settings/settings.js';
import type { Mask, Volume } from '../volume/volume.js';
import {
  type DegenerateRegion,
  degenerateRegions,
  degenerateResult,
  type RegionFacts,
  resultText,
} from './degenerate-results.js';
import { featureCatalogue } from './families.js';
import { measure } from './measure.js';

type Triple = readonly [number, number, number];
const size: Triple = [9, 9, 13];
const spacing = [1, 1.5, 2] as const;

interface Subject {
  readonly volume: Volume;
  readonly mask: Mask;
  readonly facts: RegionFacts;
}

/** Voxels and their values, in a volume of something else. */
function subject(voxels: readonly Triple[], value: (k: number) => number): Subject {
  const count = size[0] * size[1] * size[2];
  const indexToLps = axisGrid([...spacing]);
  const volume = { voxels: new Float64Array(count).fill(3000), size, indexToLps };
  const mask = { voxels: new Uint8Array(count), size, indexToLps, label: 'x' };
  for (const [k, [x, y, z]] of voxels.entries()) {
    const i = x + size[0] * (y + size[1] * z);
    volume.voxels[i] = value(k);
    mask.voxels[i] = 1;
  }
  return { volume, mask, facts: { n: voxels.length, v: value(0), voxelVolume: 3 } };
}

const box = ([nx, ny, nz]: Triple) =>
  Array.from(
    { length: nx * ny * nz },
    (_, i): Triple => [2 + (i % nx), 1 + (Math.floor(i / nx) % ny), 3 + Math.floor(i / (nx * ny))],
  );
const varied = (k: number) => ((k * 37) % 11) * 20 - 90;
// Steps of unequal components different from 0 lie on no line of a direction.
const scattered: readonly Triple[] = [0, 1, 2, 3].map((k) => [k, 2 * k, 4 * k] as const);
const scatteredInPlane: readonly Triple[] = [0, 1, 2, 3].map((k) => [k, 2 * k, 5] as const);

const subjects: Readonly<Record<DegenerateRegion, readonly Subject[]>> = {
  flat: [subject(box([3, 4, 2]), () => -120), subject(box([4, 3, 5]), () => 0.7)],
  slice: [subject(box([4, 5, 1]), varied), subject(box([1, 4, 5]), varied)],
  line: [
    subject(box([5, 1, 1]), varied),
    subject(box([1, 1, 7]), varied),
    subject(
      [0, 1, 2, 3, 4].map((k) => [k, k, k] as const),
      varied,
    ),
  ],
  scattered: [subject(scattered, varied)],
};
const subjectsInPlane: Readonly<Record<DegenerateRegion, readonly Subject[]>> = {
  flat: [subject(box([3, 4, 1]), () => -120)],
  slice: [subject(box([4, 5, 1]), varied)],
  line: [
    subject(box([5, 1, 1]), varied),
    subject(
      [0, 1, 2, 3].map((k) => [k, k, 5] as const),
      varied,
    ),
  ],
  scattered: [subject(scatteredInPlane, varied)],
};

/** The value of one feature, or the code of the error that refuses it. */
function resultOf(column: string, { volume, mask }: Subject, settings: RadiomicsSettings): number | string {
  try {
    return measure(volume, mask, settings).features.get(column) ?? 'absent';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const catalogue = featureCatalogue();

describe.each(Object.keys(degenerateRegions) as DegenerateRegion[])('%s region', (region) => {
  test(`each of the ${catalogue.length} features gives what is stated`, () => {
    const wrong: string[] = [];
    for (const { column, featureClass, name } of catalogue) {
      const settings: RadiomicsSettings = {
        ...defaultSettings,
        features: { [featureClass]: [name] },
        force2D: featureClass === 'shape2D',
        minimumROIDimensions: 1,
      };
      const expected = degenerateResult(featureClass, name, region);
      for (const one of (featureClass === 'shape2D' ? subjectsInPlane : subjects)[region]) {
        const got = resultOf(column, one, settings);
        if (!meets(got, expected, one.facts)) wrong.push(`${column}: ${got}, stated ${resultText(expected)}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

function meets(got: number | string, expected: ReturnType<typeof degenerateResult>, facts: RegionFacts): boolean {
  if (expected === undefined) return Number.isFinite(got);
  if (typeof expected === 'string') return got === expected;
  const value = typeof expected === 'number' ? expected : expected.of(facts);
  return typeof got === 'number' && Math.abs(got - value) <= 1e-7 * Math.max(1, Math.abs(value));
}

test('by default a line is refused, and a single voxel and an empty mask always', () => {
  const cases = [
    [subject(box([5, 1, 1]), varied), 2, 'RADIOMICS_TOO_FEW_DIMENSIONS'],
    [subject(box([1, 1, 1]), varied), 1, 'RADIOMICS_SINGLE_VOXEL'],
    [subject([], varied), 1, 'RADIOMICS_MASK_EMPTY'],
  ] as const;
  for (const [one, minimumROIDimensions, code] of cases) {
    for (const { column, featureClass, name } of catalogue) {
      const features = { [featureClass]: [name] };
      const settings: RadiomicsSettings = { ...defaultSettings, features, minimumROIDimensions };
      expect(resultOf(column, one, settings), column).toBe(code);
    }
  }
});

test('two voxels of two values have no robust deviation', () => {
  const two = subject(box([2, 1, 1]), varied);
  const settings: RadiomicsSettings = {
    ...defaultSettings,
    features: { firstorder: ['RobustMeanAbsoluteDeviation'] },
    minimumROIDimensions: 1,
  };
  expect(() => measure(two.volume, two.mask, settings)).toThrow(/"original_firstorder_RobustMeanAbsoluteDeviation"/);
});

test('runs need a line with two voxels, and the message says so', () => {
  const [one] = subjects.scattered as [Subject];
  const run = () => measure(one.volume, one.mask, { ...defaultSettings, features: { glrlm: 'all' } });
  expect(run).toThrow(expect.objectContaining({ name: 'ImagingError', code: 'RADIOMICS_NO_RUNS' }));
  expect(run).toThrow(/^No line of voxels in any direction holds two voxels of the region/);
});

test.each([
  ['without force2D', { force2D: false }, /but force2D is not set$/],
  ['with a region of two planes', { force2D: true }, /but the region extends over 2 planes \(force2Ddimension\)$/],
  ['across another axis', { force2D: true, force2Ddimension: 1 }, /but the region extends over 4 planes/],
] as const)('shape2D is refused %s', (_what, more, message) => {
  const one = subject(box([3, 4, 2]), varied);
  const run = () => measure(one.volume, one.mask, { ...defaultSettings, features: { shape2D: 'all' }, ...more });
  expect(run).toThrow(expect.objectContaining({ name: 'ImagingError', code: 'RADIOMICS_SHAPE2D' }));
  expect(run).toThrow(message);
});
