import { describe, expect, test } from 'vitest';
import { axisGrid, readReference, syntheticCase } from '../../../test/imaging/reference-values.js';
import { affineFromAxes, type Grid } from './affine.js';
import type { Boundary, Kernel } from './axis-table.js';
import { resampleMask, resampleValues } from './resample.js';

const reference = (name: string) => readReference(new URL(`../reference/${name}`, import.meta.url));
const { volume, mask } = syntheticCase();

/** The targets of bench/peers/imaging-filters.py. */
const targets: Record<string, Grid> = {
  near: {
    size: [14, 11, 13],
    indexToLps: affineFromAxes([0.61, 0, 0], [0, 0.9, 0], [0, 0, 1.4], [-0.5, -0.3, -0.6]),
  },
  turned: {
    size: [9, 8, 7],
    indexToLps: affineFromAxes([0.7 * 0.8, 0.7 * 0.6, 0], [0.8 * -0.6, 0.8 * 0.8, 0], [0, 0, 1.9], [1.1, 0.4, 0.9]),
  },
};

/**
 * Largest difference where values reach 1000. ITK cuts the start of its spline prefilter at 1e-10 and has an error function
 * that is good to 1e-7 (Numerical Recipes' erfc); here both are exact.
 */
const most: Partial<Record<Kernel, number>> = { bspline: 1e-6, gaussian: 1e-4 };

describe('kernels equal SimpleITK and scipy', () => {
  const rows = reference('sitk-kernels.csv');
  const groups = new Map<string, typeof rows>();
  for (const row of rows) {
    const key = `${row.target} ${row.kernel} ${row.boundary}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  expect(groups.size).toBe(22);
  for (const [name, group] of groups) {
    test(name, () => {
      const [target, kernel, boundary] = name.split(' ') as [string, Kernel, Boundary];
      const values = resampleValues(volume.voxels, volume, targets[target] as Grid, kernel, boundary);
      for (const row of group) {
        const difference = Math.abs((values[Number(row.voxel)] as number) - Number(row.value));
        expect(difference, `voxel ${row.voxel}`).toBeLessThan(most[kernel] ?? 1e-9);
      }
    });
  }
});

test('a mask voxel half way between two goes to the side that ITK takes', () => {
  for (const row of reference('sitk-nearest.csv')) {
    const index = (row.index as string).split(' ').map(Number);
    const grid = (spacing: number, origin: number, n: number): Grid => ({
      size: [n, 2, 2],
      indexToLps: axisGrid([spacing, spacing, spacing]).map((v, i) => (i % 4 === 3 && i < 12 ? origin : v)),
    });
    const from = grid(Number(row.spacing), Number(row.origin), 40);
    const to = grid(Number(row.target_spacing), Number(row.target_origin), index.length);
    const line = Uint8Array.from({ length: 160 }, (_, i) => i % 40);
    expect([...resampleMask(line, from, to).subarray(0, index.length)], JSON.stringify(row)).toEqual(index);
  }
});

describe('properties', () => {
  test('every kernel gives the voxels back on their own grid, and a flat image stays flat', () => {
    for (const kernel of ['nearest', 'linear', 'bspline', 'lanczos'] as const) {
      for (const boundary of ['itk', 'replicate'] as const) {
        const same = resampleValues(volume.voxels, volume, volume, kernel, boundary);
        same.forEach((v, i) => {
          expect(v).toBeCloseTo(volume.voxels[i] as number, 9);
        });
        const flat = resampleValues(new Int16Array(504).fill(-17), volume, targets.near as Grid, kernel, boundary);
        const inner = flat[3 + 14 * (3 + 11 * 3)] as number;
        expect(Math.abs(inner + 17)).toBeLessThan(kernel === 'lanczos' ? 0.5 : 1e-9);
      }
    }
  });

  test('a cubic polynomial is reproduced by the spline, far from the edges', () => {
    const n = 80;
    const f = (x: number) => 0.001 * x ** 3 - 0.05 * x * x + x - 7;
    const line = Float64Array.from({ length: n }, (_, i) => f(i));
    const from: Grid = { size: [n, 1, 1], indexToLps: axisGrid([1, 1, 1]) };
    const to: Grid = { size: [30, 1, 1], indexToLps: axisGrid([0.3, 1, 1]).map((v, i) => (i === 3 ? 35 : v)) };
    resampleValues(line, from, to, 'bspline').forEach((v, i) => {
      expect(v).toBeCloseTo(f(35 + 0.3 * i), 8);
    });
  });

  test('a small target reads the same values as a large one', () => {
    const to = targets.near as Grid;
    const whole = resampleValues(volume.voxels, volume, to, 'bspline');
    const part: Grid = { size: [2, 3, 2], indexToLps: shifted(to, [5, 4, 6]) };
    const values = resampleValues(volume.voxels, volume, part, 'bspline');
    for (let i = 0; i < 12; i++) {
      const [x, y, z] = [i % 2, Math.floor(i / 2) % 3, Math.floor(i / 6)];
      expect(values[i]).toBeCloseTo(whole[x + 5 + 14 * (y + 4 + 11 * (z + 6))] as number, 9);
    }
  });

  test('outside the image a mask is 0, on its own grid it stays as it is', () => {
    expect(resampleMask(mask.voxels, mask, mask)).toEqual(mask.voxels);
    const away = { size: [3, 3, 3], indexToLps: shifted(volume, [100, 0, 0]) } as const;
    expect(resampleMask(mask.voxels, mask, away).some((v) => v !== 0)).toBe(false);
  });
});

/** The grid moved by whole voxels of its own. */
function shifted(grid: Grid, by: readonly [number, number, number]): number[] {
  const m = grid.indexToLps as number[];
  return m.map((v, i) => {
    if (i % 4 !== 3 || i > 11) return v;
    return v + [0, 1, 2].reduce((sum, d) => sum + (m[i - 3 + d] as number) * (by[d] as number), 0);
  });
}
