import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ConvexHull, convexHull, hullMeasures } from './convex-hull.js';

/** Largest signed volume of a triangle with a point: above 0 when a point lies outside the hull. */
function farthestOutside(hull: ConvexHull, points: Int32Array): number {
  const at = (from: Int32Array, i: number) =>
    [0, 1, 2].map((d) => from[i * 3 + d] as number) as [number, number, number];
  let most = Number.NEGATIVE_INFINITY;
  for (let t = 0; t < hull.triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => at(hull.corners, hull.triangles[t + k] as number)) as [
      [number, number, number],
      [number, number, number],
      [number, number, number],
    ];
    const u = b.map((v, d) => v - (a[d] as number));
    const w = c.map((v, d) => v - (a[d] as number));
    const [u0, u1, u2] = u as [number, number, number];
    const [w0, w1, w2] = w as [number, number, number];
    const normal = [u1 * w2 - u2 * w1, u2 * w0 - u0 * w2, u0 * w1 - u1 * w0];
    for (let i = 0; i < points.length / 3; i++) {
      const p = at(points, i);
      most = Math.max(
        most,
        normal.reduce((sum, n, d) => sum + n * ((p[d] as number) - (a[d] as number)), 0),
      );
    }
  }
  return most;
}

/** Each edge is there once in either direction, and corners - edges + faces = 2. */
function isClosed({ corners, triangles }: ConvexHull): boolean {
  const edges = new Set<string>();
  for (let t = 0; t < triangles.length; t += 3) {
    for (let e = 0; e < 3; e++) edges.add(`${triangles[t + e]} ${triangles[t + ((e + 1) % 3)]}`);
  }
  const twice = [...edges].every((edge) => edges.has(edge.split(' ').reverse().join(' ')));
  const euler = corners.length / 3 - triangles.length / 2 + triangles.length / 3;
  return twice && edges.size === triangles.length && euler === 2;
}

const cube = (n: number) =>
  Int32Array.from(
    Array.from({ length: n ** 3 }, (_, i) => [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))]).flat(),
  );

describe('convex hull', () => {
  test('a full cube of points: 12 triangles, volume and area of a box for any voxel size', () => {
    const hull = convexHull(cube(5));
    expect(hull.triangles.length).toBe(36);
    const { volume, area } = hullMeasures(hull, [1, 2, 3]);
    expect(volume).toBeCloseTo(2 * 4 * 6, 12);
    expect(area).toBeCloseTo(2 * (8 + 12 + 24), 12);
  });

  test('no point outside, closed, and every corner is one of the points, however many lie in a plane', () => {
    const coordinate = fc.integer({ min: 0, max: 6 });
    const points = fc.uniqueArray(fc.tuple(coordinate, coordinate, coordinate), {
      minLength: 4,
      maxLength: 120,
      selector: (p) => p.join(),
    });
    fc.assert(
      fc.property(points, (list) => {
        // Four corners make sure that the points span space.
        const all = [...list.map((p) => p.map((v) => v + 1)), [0, 0, 0], [9, 0, 0], [0, 9, 0], [0, 0, 9]];
        const flat = Int32Array.from(all.flat());
        const hull = convexHull(flat);
        const known = new Set(all.map((p) => p.join()));
        for (let i = 0; i < hull.corners.length; i += 3) {
          expect(known.has([...hull.corners.subarray(i, i + 3)].join())).toBe(true);
        }
        expect(farthestOutside(hull, flat)).toBe(0);
        expect(isClosed(hull)).toBe(true);
      }),
      { numRuns: 150, seed: 11 },
    );
  });

  test('thousands of points on a sphere', () => {
    const r = 200;
    const points = new Map<string, number[]>();
    for (let i = 0; i < 4000; i++) {
      const z = 1 - (2 * i + 1) / 4000;
      const angle = i * Math.PI * (3 - Math.sqrt(5));
      const s = Math.sqrt(1 - z * z);
      const p = [s * Math.cos(angle), s * Math.sin(angle), z].map((v) => Math.round(r * (v + 1)));
      points.set(p.join(), p);
    }
    const hull = convexHull(Int32Array.from([...points.values()].flat()));
    expect(farthestOutside(hull, hull.corners)).toBe(0);
    const { volume, area } = hullMeasures(hull, [2, 2, 2]);
    expect(volume / ((4 / 3) * Math.PI * r ** 3)).toBeCloseTo(1, 2);
    expect(area / (4 * Math.PI * r * r)).toBeCloseTo(1, 2);
  });
});
