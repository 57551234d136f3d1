import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisGrid } from '../../../test/imaging/reference-values.js';
import { defaultSettings, type RadiomicsSettings } from '../settings/settings.js';
import { measure } from './measure.js';
import { shape2DFamily } from './shape-2d.js';

/** A drawing of pixels with the size (mm) of one. */
interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly pixel: readonly [u: number, v: number];
  readonly on: readonly boolean[];
}

type Axis = 0 | 1 | 2;
const names = shape2DFamily.features.map((f) => f.name);

/**
 * The features of a drawing that lies in the plane across an axis (0 = x, 1 = y, 2 = z).
 * @param margin pixels and planes of nothing before it
 */
function featuresOf(d: Drawing, across: Axis = 2, margin: readonly [number, number, number] = [0, 0, 0]) {
  const [u, v] = across === 2 ? [0, 1] : across === 1 ? [0, 2] : [1, 2];
  const extent: [number, number, number] = [1, 1, 1];
  const spacing: [number, number, number] = [1.7, 1.7, 1.7];
  extent[u as Axis] = d.width;
  extent[v as Axis] = d.height;
  [spacing[u as Axis], spacing[v as Axis]] = d.pixel;
  const size = extent.map((n, k) => n + (margin[k] as number)) as [number, number, number];
  const indexToLps = axisGrid(spacing);
  const voxels = new Uint8Array(size[0] * size[1] * size[2]);
  for (const [i, on] of d.on.entries()) {
    if (!on) continue;
    const at = [...margin] as [number, number, number];
    at[u as Axis] += i % d.width;
    at[v as Axis] += Math.floor(i / d.width);
    voxels[at[0] + size[0] * (at[1] + size[1] * at[2])] = 1;
  }
  const settings: RadiomicsSettings = {
    ...defaultSettings,
    features: { shape2D: names },
    force2D: true,
    force2Ddimension: (2 - across) as Axis,
    minimumROIDimensions: 1,
  };
  const volume = { voxels: new Int16Array(voxels.length), size, indexToLps };
  return measure(volume, { voxels, size, indexToLps, label: 'x' }, settings).features;
}

const drawings = fc
  .tuple(fc.integer({ min: 2, max: 7 }), fc.integer({ min: 2, max: 7 }))
  .chain(([width, height]) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      pixel: fc.constantFrom<(readonly [number, number])[]>([1, 1], [0.7, 1.3], [2, 0.5]),
      on: fc.array(fc.boolean(), { minLength: width * height, maxLength: width * height }),
    }),
  )
  .filter(({ on }) => on.filter(Boolean).length > 1);

/** By a quarter turn: column x, row y goes to column height - 1 - y, row x. */
function quarterTurn({ width, height, pixel, on }: Drawing): Drawing {
  const turned = Array.from(
    { length: on.length },
    (_, i) => on[Math.floor(i / height) + width * (height - 1 - (i % height))] as boolean,
  );
  return { width: height, height: width, pixel: [pixel[1], pixel[0]], on: turned };
}

function different(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
  factor: (name: string) => number = () => 1,
): readonly string[] {
  const far = (x: number, y: number) => Math.abs(x - y) > 1e-7 * Math.max(1, Math.abs(x), Math.abs(y));
  return [...a].filter(([name, v]) => far(v * factor(name), b.get(name) as number)).map(([name]) => name);
}

const runs = { seed: 20261124, numRuns: 60 };

describe('2D shape', () => {
  test('a quarter turn in the plane changes nothing', () => {
    fc.assert(
      fc.property(drawings, (d) => {
        expect(different(featuresOf(d), featuresOf(quarterTurn(d)))).toEqual([]);
      }),
      runs,
    );
  });

  test('mirroring changes nothing', () => {
    fc.assert(
      fc.property(drawings, (d) => {
        expect(different(featuresOf(d), featuresOf({ ...d, on: [...d.on].reverse() }))).toEqual([]);
        const rows = Array.from({ length: d.height }, (_, y) => d.on.slice(y * d.width, (y + 1) * d.width).reverse());
        expect(different(featuresOf(d), featuresOf({ ...d, on: rows.flat() }))).toEqual([]);
      }),
      runs,
    );
  });

  test('the plane may lie across any axis', () => {
    fc.assert(
      fc.property(drawings, (d) => {
        const axial = featuresOf(d);
        expect(different(axial, featuresOf(d, 1))).toEqual([]);
        expect(different(axial, featuresOf(d, 0))).toEqual([]);
      }),
      runs,
    );
  });

  test('moving it changes nothing', () => {
    fc.assert(
      fc.property(
        drawings,
        fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
        fc.constantFrom<Axis[]>(0, 1, 2),
        (d, margin, across) => {
          expect(different(featuresOf(d), featuresOf(d, across, margin))).toEqual([]);
        },
      ),
      runs,
    );
  });

  test('larger pixels scale lengths and areas, and nothing else', () => {
    const power: Record<string, number> = {
      MeshSurface: 2,
      PixelSurface: 2,
      Perimeter: 1,
      PerimeterSurfaceRatio: -1,
      MaximumDiameter: 1,
      MajorAxisLength: 1,
      MinorAxisLength: 1,
    };
    fc.assert(
      fc.property(drawings, fc.constantFrom(0.5, 2, 3.7), (d, scale) => {
        const larger = { ...d, pixel: [d.pixel[0] * scale, d.pixel[1] * scale] as const };
        const factor = (name: string) => scale ** (power[name.replace('original_shape2D_', '')] ?? 0);
        expect(different(featuresOf(d), featuresOf(larger), factor)).toEqual([]);
      }),
      runs,
    );
  });

  test('a rectangle has the outline of its formula: its corners are cut', () => {
    const [w, h] = [6, 4];
    const [a, b] = [0.8, 1.5];
    const f = featuresOf({ width: w, height: h, pixel: [a, b], on: Array.from({ length: w * h }, () => true) });
    const of = (name: string) => f.get(`original_shape2D_${name}`) as number;
    expect(of('PixelSurface')).toBeCloseTo(w * h * a * b, 10);
    // A corner loses a triangle of half a pixel by half a pixel.
    expect(of('MeshSurface')).toBeCloseTo((w * h - 4 / 8) * a * b, 10);
    expect(of('Perimeter')).toBeCloseTo(2 * ((w - 1) * a + (h - 1) * b) + 4 * Math.hypot(a / 2, b / 2), 10);
    expect(of('MajorAxisLength')).toBeCloseTo(4 * b * Math.sqrt((h * h - 1) / 12), 10);
    expect(of('MinorAxisLength')).toBeCloseTo(4 * a * Math.sqrt((w * w - 1) / 12), 10);
    // Between corners of the outline: half-way points on opposite sides.
    expect(of('MaximumDiameter')).toBeCloseTo(
      Math.max(Math.hypot(w * a, (h - 1) * b), Math.hypot((w - 1) * a, h * b)),
      10,
    );
  });

  test('a disc comes near its formula', () => {
    const n = 41;
    const on = Array.from({ length: n * n }, (_, i) => Math.hypot((i % n) - 20, Math.floor(i / n) - 20) <= 18);
    const f = featuresOf({ width: n, height: n, pixel: [0.5, 0.5], on });
    const of = (name: string) => f.get(`original_shape2D_${name}`) as number;
    const radius = 9;
    expect(Math.abs(of('MeshSurface') / (Math.PI * radius ** 2) - 1)).toBeLessThan(0.01);
    expect(Math.abs(of('MajorAxisLength') / (2 * radius) - 1)).toBeLessThan(0.01);
    expect(of('Elongation')).toBeCloseTo(1, 9);
    // A staircase with cut corners is a little longer than the circle.
    expect(of('Sphericity')).toBeGreaterThan(0.9);
    expect(of('Sphericity')).toBeLessThan(1);
  });
});
