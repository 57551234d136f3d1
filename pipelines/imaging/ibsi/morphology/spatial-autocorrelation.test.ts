import { expect, test } from 'vitest';
import type { Roi } from '../../radiomics/roi.js';
import { spatialAutocorrelation } from './spatial-autocorrelation.js';

/** The sums over pairs that define both. */
function byPairs({ inside, values, size, spacing, voxelCount }: Roi): { moranI: number; gearyC: number } {
  const at: [number, number, number, number][] = [];
  for (let i = 0; i < inside.length; i++) {
    if (inside[i] === 0) continue;
    const [x, y, z] = [i % size[0], Math.floor(i / size[0]) % size[1], Math.floor(i / (size[0] * size[1]))];
    at.push([x * spacing[0], y * spacing[1], z * spacing[2], values[i] as number]);
  }
  const mean = at.reduce((sum, p) => sum + p[3], 0) / voxelCount;
  let [weights, products, squares] = [0, 0, 0];
  for (const p of at) {
    for (const q of at) {
      if (p === q) continue;
      const w = 1 / Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
      weights += w;
      products += w * (p[3] - mean) * (q[3] - mean);
      squares += w * (p[3] - q[3]) ** 2;
    }
  }
  const variance = at.reduce((sum, p) => sum + (p[3] - mean) ** 2, 0);
  return {
    moranI: ((voxelCount / weights) * products) / variance,
    gearyC: (((voxelCount - 1) / (2 * weights)) * squares) / variance,
  };
}

function region(size: Roi['size'], spacing: Roi['spacing'], present: (i: number) => boolean): Roi {
  const n = size[0] * size[1] * size[2];
  const inside = Uint8Array.from({ length: n }, (_, i) => (present(i) ? 1 : 0));
  const values = Float64Array.from({ length: n }, (_, i) => Math.round(800 * Math.sin(i * i) - 300));
  return { size, spacing, values, inside, voxelCount: inside.reduce((a, b) => a + b, 0) };
}

test.each([
  ['a box with holes', region([7, 9, 6], [0.977, 0.977, 3], (i) => i % 3 !== 1)],
  ['one slice', region([11, 4, 1], [2, 1, 5], () => true)],
  ['two voxels far apart', region([9, 9, 9], [1, 1, 1], (i) => i === 0 || i === 728)],
])('%s: the same as the sums over all pairs', (_name, roi) => {
  const [ours, defined] = [spatialAutocorrelation(roi), byPairs(roi)];
  expect(ours.moranI / defined.moranI).toBeCloseTo(1, 9);
  expect(ours.gearyC / defined.gearyC).toBeCloseTo(1, 9);
});

test('equal values have none', () => {
  const roi = { ...region([3, 3, 3], [1, 1, 1], () => true), values: new Float64Array(27).fill(5) };
  expect(spatialAutocorrelation(roi)).toEqual({ moranI: Number.NaN, gearyC: Number.NaN });
});
