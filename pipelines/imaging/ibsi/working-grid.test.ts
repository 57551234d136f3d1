import { expect, test } from 'vitest';
import { affineFromAxes, applyAffine, spacingOf } from '../volume/affine.js';
import { workingGrid } from './working-grid.js';

const phantom = {
  size: [204, 201, 60] as const,
  indexToLps: affineFromAxes([0.977, 0, 0], [0, -0.977, 0], [0, 0, 3], [1, 2, 3]),
};

test.each([
  [
    [2, 2, null],
    [100, 99, 60],
  ],
  [
    [2, 2, 2],
    [100, 99, 90],
  ],
  [
    [null, null, null],
    [204, 201, 60],
  ],
  [
    [1000, 1000, 1000],
    [1, 1, 1],
  ],
] as const)('%j mm: the size IBSI states, and the same centre', (spacing, size) => {
  const grid = workingGrid(phantom, spacing);
  expect(grid.size).toEqual(size);
  const centre = (g: typeof grid) =>
    applyAffine(g.indexToLps, g.size.map((n) => (n - 1) / 2) as unknown as [number, number, number]);
  const old = spacingOf(phantom.indexToLps);
  for (const d of [0, 1, 2] as const) {
    expect(centre(grid)[d]).toBeCloseTo(centre(phantom)[d], 9);
    expect(spacingOf(grid.indexToLps)[d]).toBeCloseTo(spacing[d] ?? old[d], 12);
  }
});
