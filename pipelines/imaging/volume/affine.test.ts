import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Affine,
  affineFromAxes,
  applyAffine,
  directionsOf,
  flipLpsRas,
  gridDifference,
  invertAffine,
  spacingOf,
} from './affine.js';

const affine = affineFromAxes([0, 2, 0], [0, 0, -3], [4, 0, 0], [10, 20, 30]);

describe('affine', () => {
  test('maps an index to LPS, spacing is a length, direction a unit vector', () => {
    expect(applyAffine(affine, [1, 1, 1])).toEqual([14, 22, 27]);
    expect(spacingOf(affine)).toEqual([2, 3, 4]);
    expect(directionsOf(affine)[1]).toEqual([0, 0, -1]);
  });

  test('its inverse leads back', () => {
    const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
    const skew = affineFromAxes([0.7, 0.1, 0], [-0.1, 0.7, 0.05], [0, 0.2, 2.5], [-249.5, -460.5, -681.5]);
    for (const map of [affine, skew]) {
      const inverse = invertAffine(map);
      fc.assert(
        fc.property(coordinate, coordinate, coordinate, (x, y, z) => {
          const back = applyAffine(map, applyAffine(inverse, [x, y, z]));
          return [x, y, z].every((v, i) => Math.abs(v - (back[i] as number)) < 1e-9);
        }),
      );
    }
  });

  test('axes in one plane have no inverse', () => {
    expect(() => invertAffine(affineFromAxes([1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0]))).toThrow(/do not span space/);
  });

  test('LPS to RAS turns the first two patient axes and back again', () => {
    const ras = flipLpsRas(affine);
    expect(applyAffine(ras, [1, 1, 1])).toEqual([-14, -22, 27]);
    expect(flipLpsRas(ras)).toEqual([...affine]);
  });
});

describe('comparing grids', () => {
  const grid = (indexToLps: Affine, size = [4, 5, 6] as const) => ({ size, indexToLps });
  const axes = (dx = 0.97, ox = -249.51) => affineFromAxes([dx, 0, 0], [0, 0.97, 0], [0, 0, 3], [ox, -460, -681]);

  test('rounding passes', () => {
    expect(gridDifference(grid(axes(0.9700001, -249.512)), grid(axes()))).toBeNull();
  });

  test.each([
    ['size', grid(axes(), [4, 5, 7] as never)],
    ['spacing', grid(axes(0.98))],
    ['origin', grid(axes(0.97, -249))],
    ['direction', grid(affineFromAxes([-0.97, 0, 0], [0, 0.97, 0], [0, 0, 3], [-249.51, -460, -681]))],
  ])('another %s does not', (what, found) => {
    expect(gridDifference(found, grid(axes()))?.what).toBe(what);
  });
});
