import { expect, test } from 'vitest';
import { agrees, readReference } from '../../../test/imaging/reference-values.js';
import { diametersOf } from './diameters.js';
import { meshOf } from './mesh.js';
import { meshCase } from './mesh-cases.js';
import type { Roi } from './roi.js';

function roiOf(inside: readonly number[], size: Roi['size'], spacing: Roi['spacing']): Roi {
  const voxels = Uint8Array.from(inside);
  const voxelCount = voxels.reduce((a, b) => a + b, 0);
  return { size, spacing, values: new Float64Array(voxels.length), inside: voxels, voxelCount };
}

test('area and volume of all 255 regions of 2 x 2 x 2 voxels are those of PyRadiomics 3.0.1', () => {
  const rows = readReference(new URL('../reference/pyradiomics-3.0.1-mesh-cubes.csv', import.meta.url));
  expect(rows).toHaveLength(255);
  for (const row of rows) {
    const bits = Number(row.mask);
    const inside = Array.from({ length: 8 }, (_, k) => (bits >> k) & 1);
    const mesh = meshOf(roiOf(inside, [2, 2, 2], [1, 1.3, 1.7]));
    expect(agrees(mesh.surfaceArea, Number(row.area)), `area of ${bits}: ${mesh.surfaceArea}, ${row.area}`).toBe(true);
    expect(agrees(mesh.volume, Number(row.volume)), `volume of ${bits}: ${mesh.volume}, ${row.volume}`).toBe(true);
  }
});

test('a case and its complement have the same triangles with opposite sides', () => {
  for (let bits = 0; bits < 128; bits++) {
    const flipped = meshCase(bits).map(([a, b, c]) => [a, c, b]);
    expect(meshCase(255 - bits)).toEqual(flipped);
  }
});

test('a single voxel is an octahedron', () => {
  const mesh = meshOf(roiOf([1], [1, 1, 1], [2, 2, 2]));
  expect(mesh.volume).toBeCloseTo(8 / 6, 12);
  expect(mesh.surfaceArea).toBeCloseTo(8 * (Math.sqrt(3) / 4) * 2, 12);
  expect(diametersOf(mesh.vertices, [2, 2, 2])).toEqual({ maximum3D: 2, slice: 2, column: 2, row: 2 });
});

test('diameters equal those of every pair compared', () => {
  const size = [8, 7, 6] as const;
  for (const seed of [1, 2, 3]) {
    const inside = Array.from({ length: 8 * 7 * 6 }, (_, i) =>
      ((i * 2654435761 * seed) % 4294967296) / 4294967296 < 0.2 * seed ? 1 : 0,
    );
    const spacing = [0.7, 1.9, 3.1] as const;
    const { vertices } = meshOf(roiOf(inside, size, spacing));
    const got = diametersOf(vertices, spacing);
    const expected = allPairs(vertices, spacing);
    for (const key of ['maximum3D', 'slice', 'column', 'row'] as const) expect(got[key]).toBeCloseTo(expected[key], 12);
  }
});

function allPairs(v: Int32Array, spacing: Roi['spacing']) {
  const best = { maximum3D: 0, slice: 0, column: 0, row: 0 };
  for (let i = 0; i < v.length; i += 3) {
    for (let j = i + 3; j < v.length; j += 3) {
      const d = [0, 1, 2].map((k) => (((v[i + k] as number) - (v[j + k] as number)) / 2) * (spacing[k] as number));
      const length = Math.hypot(...d);
      best.maximum3D = Math.max(best.maximum3D, length);
      if (d[2] === 0) best.slice = Math.max(best.slice, length);
      if (d[1] === 0) best.column = Math.max(best.column, length);
      if (d[0] === 0) best.row = Math.max(best.row, length);
    }
  }
  return best;
}
