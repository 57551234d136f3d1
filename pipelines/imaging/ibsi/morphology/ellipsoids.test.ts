import { describe, expect, test } from 'vitest';
import { convexHull } from './convex-hull.js';
import { ellipsoidArea, ellipsoidVolume, enclosingEllipsoid } from './ellipsoids.js';
import { orientedBox } from './oriented-box.js';

describe('ellipsoids', () => {
  test('a sphere has the volume and area of a sphere', () => {
    expect(ellipsoidVolume([3, 3, 3])).toBeCloseTo(36 * Math.PI, 12);
    expect(ellipsoidArea([3, 3, 3])).toBeCloseTo(36 * Math.PI, 12);
  });

  // SciPy 1.17.1, scipy.special.eval_legendre in the manual's sum over 0 to 20.
  test.each([
    [3, 2, 1, 52.81348101202416],
    [10, 9, 7, 986.3715877509452],
    [5, 1.5, 1.2, 54.33217213729364],
  ])("semi-axes %d %d %d: the manual's sum, in whatever order they come", (a, b, c, area) => {
    expect(ellipsoidArea([a, b, c]) / area).toBeCloseTo(1, 12);
    expect(ellipsoidArea([c, a, b])).toBe(ellipsoidArea([a, b, c]));
  });

  test('the smallest ellipsoid around a box has semi-axes of half its sides times the root of 3', () => {
    const corners = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((k) => [k & 1 ? 8 : 2, k & 2 ? 10 : 0, k & 4 ? 5 : 1]);
    const inner = Array.from({ length: 300 }, (_, i) => [2 + (i % 7), (i * 3) % 11, 1 + (i % 5)]).flat();
    const axes = enclosingEllipsoid(Float64Array.from([...corners, ...inner]));
    for (const [k, side] of [4, 6, 10].entries()) expect(axes[k]).toBeCloseTo((side / 2) * Math.sqrt(3), 5);
  });

  test('the smallest ellipsoid around points of an ellipsoid is that ellipsoid', () => {
    const points: number[] = [];
    for (let i = 0; i < 1500; i++) {
      const z = 1 - (2 * i + 1) / 1500;
      const [s, angle] = [Math.sqrt(1 - z * z), i * 2.399963];
      const [x, y] = [7 * s * Math.cos(angle), 4 * s * Math.sin(angle)];
      points.push(0.8 * x - 0.6 * y + 30, 0.6 * x + 0.8 * y - 20, 2 * z);
    }
    const axes = enclosingEllipsoid(Float64Array.from(points));
    for (const [k, length] of [2, 4, 7].entries()) expect((axes[k] as number) / length).toBeCloseTo(1, 3);
  });
});

describe('oriented box', () => {
  const boxOf = (points: number[][], spacing: readonly [number, number, number]) =>
    [...orientedBox(convexHull(Int32Array.from(points.flat())), spacing)].sort((a, b) => a - b);

  test('a box along the axes is its own', () => {
    const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [k & 1 ? 8 : 0, k & 2 ? 6 : 0, k & 4 ? 2 : 0]);
    expect(boxOf(corners, [1, 2, 3]).map((v) => Number(v.toFixed(9)))).toEqual([3, 4, 6]);
  });

  test('a box turned by an angle with whole corners is found with its sides', () => {
    // Sides (3, 4, 0), (-4, 3, 0) and (0, 0, 1), scaled by 4, 2 and 6.
    const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [
      20 + (k & 1 ? 12 : 0) - (k & 2 ? 8 : 0),
      5 + (k & 1 ? 16 : 0) + (k & 2 ? 6 : 0),
      k & 4 ? 6 : 0,
    ]);
    expect(boxOf(corners, [2, 2, 2]).map((v) => Number(v.toFixed(9)))).toEqual([6, 10, 20]);
  });

  test('a box turned in space', () => {
    // Sides along (2, 2, 1), (-2, 1, 2) and (1, -2, 2), each of length 3.
    const sides = [
      [8, 8, 4],
      [-6, 3, 6],
      [5, -10, 10],
    ];
    const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((k) =>
      [0, 1, 2].map((d) => 20 + sides.reduce((sum, s, b) => sum + ((k >> b) & 1) * (s[d] as number), 0)),
    );
    expect(boxOf(corners, [2, 2, 2]).map((v) => Number(v.toFixed(9)))).toEqual([9, 12, 15]);
  });
});
