import { expect, test } from 'vitest';
import { discretise } from './discretise.js';

const width = (binWidth: number) => ({ method: 'binWidth', binWidth }) as const;
const levelsOf = (values: number[], rule: Parameters<typeof discretise>[1]) => [
  ...discretise(Float64Array.from(values), rule).levels,
];

test('edges are multiples of the width and belong to the bin above', () => {
  // The example of the PyRadiomics documentation: 54 to 166 with width 25 has edges 50, 75, … 175.
  expect(levelsOf([54, 74, 75, 99, 100, 166], width(25))).toEqual([1, 1, 2, 2, 3, 5]);
  expect(levelsOf([-30, -25, -1, 0, 24, 25], width(25))).toEqual([1, 2, 2, 3, 3, 4]);
});

test('a region of one value has one level', () => {
  expect(discretise(Float64Array.of(50, 50), width(25))).toEqual({ levels: Uint32Array.of(1, 1), highest: 1 });
  expect(levelsOf([7, 7], { method: 'binCount', binCount: 1 })).toEqual([1, 1]);
});

test('a number of bins spans minimum to maximum, which falls into the last', () => {
  expect(levelsOf([0, 2.4, 2.5, 5, 9.9, 10], { method: 'binCount', binCount: 4 })).toEqual([1, 1, 2, 3, 4, 4]);
});

test('edges of a fractional width are those of NumPy', () => {
  // numpy.digitize(v, numpy.arange(min - min % w, max + 2 w, w)), NumPy 2.4.6, 2026-11-23.
  expect(levelsOf([0.3, 0.6, 0.7, 0.8999999999999999], width(0.1))).toEqual([1, 4, 5, 7]);
  expect(levelsOf([-0.7, -0.35, 0, 0.7, 1.05, 2.1], width(0.35))).toEqual([1, 2, 3, 5, 6, 9]);
  const tenths = Array.from({ length: 29 }, (_, k) => 0.1 * (k + 1));
  expect(levelsOf(tenths, width(0.1))).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 12, 14, 14, 16, 17, 17, 19, 20, 21, 22, 23, 24, 24, 26, 27, 28, 29,
  ]);
});
