import { expect, test } from 'vitest';
import { cellIndex, levelGrid } from '../../radiomics/level-grid.js';
import type { Roi } from '../../radiomics/roi.js';
import { borderDistances } from './border-distance.js';

/** Steps through faces to the nearest voxel outside, the region's box being surrounded by such. */
function nearestOutside({ inside, size }: Roi, flat: boolean, p: readonly number[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (let z = -1; z <= size[2]; z++) {
    for (let y = -1; y <= size[1]; y++) {
      for (let x = -1; x <= size[0]; x++) {
        const within = x >= 0 && y >= 0 && z >= 0 && x < size[0] && y < size[1] && z < size[2];
        if (within && inside[x + size[0] * (y + size[1] * z)] !== 0) continue;
        if (flat && z !== p[2]) continue;
        best = Math.min(
          best,
          Math.abs(x - (p[0] as number)) + Math.abs(y - (p[1] as number)) + Math.abs(z - (p[2] as number)),
        );
      }
    }
  }
  return best;
}

test.each([false, true])('the same as looking at every voxel outside, within slices: %s', (flat) => {
  const size = [9, 8, 7] as const;
  const inside = Uint8Array.from({ length: 504 }, (_, i) => (Math.sin(i * 12.9898) > -0.9 ? 1 : 0));
  const form: Roi = {
    size,
    spacing: [1, 1, 1],
    values: new Float64Array(504),
    inside,
    voxelCount: inside.reduce((a, b) => a + b, 0),
  };
  const grid = levelGrid(
    Uint32Array.from(inside, (v, i) => (i % 4 === 0 ? 0 : v)),
    size,
    1,
  );
  const distances = borderDistances(form, grid, flat);
  for (let i = 0; i < 504; i++) {
    const p = [i % 9, Math.floor(i / 9) % 8, Math.floor(i / 72)] as const;
    const expected = inside[i] === 0 ? 0 : nearestOutside(form, flat, p);
    expect(distances[cellIndex(grid, ...p)]).toBe(expected);
  }
});
