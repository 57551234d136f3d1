import fc from 'fast-check';
import { expect, test } from 'vitest';
import { axisGrid } from '../../../test/imaging/reference-values.js';
import { defaultSettings } from '../settings/settings.js';
import type { Mask, Volume } from '../volume/volume.js';
import { measure } from './measure.js';

type Triple = readonly [number, number, number];
interface Subject {
  readonly size: Triple;
  readonly spacing: Triple;
  readonly values: readonly number[];
  readonly inside: readonly boolean[];
}

const subjects = fc
  .tuple(fc.integer({ min: 3, max: 5 }), fc.integer({ min: 3, max: 5 }), fc.integer({ min: 3, max: 5 }))
  .chain(([nx, ny, nz]) => {
    const n = nx * ny * nz;
    return fc.record({
      size: fc.constant([nx, ny, nz] as const),
      spacing: fc.constantFrom<Triple[]>([1, 1, 1], [0.7, 1.3, 2.5], [3, 0.5, 1]),
      values: fc.array(fc.integer({ min: -400, max: 400 }), { minLength: n, maxLength: n }),
      // A core that is always inside keeps the region large enough.
      inside: fc
        .array(fc.boolean(), { minLength: n, maxLength: n })
        .map((bits) => bits.map((bit, i) => (bit || i % nx < 2 ? i % nx > 0 || bit : bit))),
    });
  })
  .filter(({ inside, size: [nx, ny] }) => extent(inside, nx, ny) === 3);

function extent(inside: readonly boolean[], nx: number, ny: number): number {
  const at = [0, 1, 2].map(() => new Set<number>());
  for (const [i, on] of inside.entries()) {
    if (!on) continue;
    at[0]?.add(i % nx);
    at[1]?.add(Math.floor(i / nx) % ny);
    at[2]?.add(Math.floor(i / (nx * ny)));
  }
  return at.filter((s) => s.size > 1).length;
}

/** The subject in a volume, with `margin` voxels of something else around it. */
function placed(
  { size, spacing, values, inside }: Subject,
  margin: Triple = [0, 0, 0],
): { volume: Volume; mask: Mask } {
  const full = size.map((v, d) => v + 2 * (margin[d] as number)) as unknown as Triple;
  const voxels = new Int16Array(full[0] * full[1] * full[2]).fill(31000);
  const region = new Uint8Array(voxels.length);
  for (const [i, value] of values.entries()) {
    const x = (i % size[0]) + margin[0];
    const y = (Math.floor(i / size[0]) % size[1]) + margin[1];
    const z = Math.floor(i / (size[0] * size[1])) + margin[2];
    const to = x + full[0] * (y + full[1] * z);
    voxels[to] = value;
    region[to] = inside[i] === true ? 1 : 0;
  }
  const indexToLps = axisGrid([...spacing]);
  return { volume: { voxels, size: full, indexToLps }, mask: { voxels: region, size: full, indexToLps, label: 'x' } };
}

/** The subject with its axes in another order and some of them turned round. */
function turned(s: Subject, order: Triple, flip: readonly boolean[]): Subject {
  const size = order.map((d) => s.size[d]) as unknown as Triple;
  const spacing = order.map((d) => s.spacing[d]) as unknown as Triple;
  const from = s.values.map((_, i) => {
    const to = [i % size[0], Math.floor(i / size[0]) % size[1], Math.floor(i / (size[0] * size[1]))];
    const at = [0, 0, 0];
    for (const [k, d] of order.entries()) {
      const v = to[k] as number;
      at[d] = flip[k] === true ? (size[k] as number) - 1 - v : v;
    }
    return (at[0] as number) + s.size[0] * ((at[1] as number) + s.size[1] * (at[2] as number));
  });
  return {
    size,
    spacing,
    values: from.map((i) => s.values[i] as number),
    inside: from.map((i) => s.inside[i] as boolean),
  };
}

const settings = { ...defaultSettings, features: { ...defaultSettings.features } };
const featuresOf = (s: Subject, margin?: Triple) => {
  const { volume, mask } = placed(s, margin);
  return measure(volume, mask, settings).features;
};
const close = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

/** Which features of two measurements differ. */
function different(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
  factor: (name: string) => number = () => 1,
) {
  return [...a].filter(([name, v]) => !close(v * factor(name), b.get(name) as number)).map(([name]) => name);
}

test('moving the region within its image changes nothing', () => {
  fc.assert(
    fc.property(subjects, fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)), (subject, margin) => {
      expect(different(featuresOf(subject), featuresOf(subject, margin))).toEqual([]);
    }),
    { seed: 20261123, numRuns: 40 },
  );
});

/** Where the mesh is left open at ambiguous faces (as in PyRadiomics) its area and volume depend on the orientation. */
const meshFeatures = ['MeshVolume', 'SurfaceArea', 'SurfaceVolumeRatio', 'Sphericity'].map(
  (f) => `original_shape_${f}`,
);
const planeDiameters = ['Slice', 'Column', 'Row'].map((p) => `original_shape_Maximum2DDiameter${p}`);
const orders: Triple[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

test('turning image and region by right angles or mirroring them only renames the planes', () => {
  fc.assert(
    fc.property(
      subjects,
      fc.constantFrom(...orders),
      fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      (subject, order, flip) => {
        const before = featuresOf(subject);
        const after = featuresOf(turned(subject, order, flip));
        const changed = different(before, after).filter(
          (f) => !meshFeatures.includes(f) && !planeDiameters.includes(f),
        );
        expect(changed).toEqual([]);
        // A plane of constant z becomes the plane of the axis that z is now.
        for (const [k, d] of order.entries()) {
          const name = (axis: number) => planeDiameters[2 - axis] as string;
          expect(close(after.get(name(k)) as number, before.get(name(d)) as number)).toBe(true);
        }
      },
    ),
    { seed: 20261123, numRuns: 40 },
  );
});

test('the mesh of an ellipsoid keeps its area and volume when turned', () => {
  const size = [9, 8, 7] as const;
  const inside = Array.from({ length: 504 }, (_, i) => {
    const [x, y, z] = [i % 9, Math.floor(i / 9) % 8, Math.floor(i / 72)];
    return ((x - 4) / 4) ** 2 + ((y - 3.5) / 3.6) ** 2 + ((z - 3) / 3) ** 2 <= 1;
  });
  const subject = { size, spacing: [0.7, 1.3, 2.5] as const, values: inside.map((_, i) => i % 300), inside };
  const before = featuresOf(subject);
  for (const order of orders) {
    for (const flip of [
      [false, false, false],
      [true, false, true],
    ]) {
      const after = featuresOf(turned(subject, order, flip));
      expect(different(before, after).filter((f) => meshFeatures.includes(f))).toEqual([]);
    }
  }
});

test('scaling the voxels scales lengths, areas and volumes, and nothing else', () => {
  const power: Record<string, number> = {};
  for (const f of ['MeshVolume', 'VoxelVolume']) power[`original_shape_${f}`] = 3;
  power.original_firstorder_TotalEnergy = 3;
  power.original_shape_SurfaceArea = 2;
  power.original_shape_SurfaceVolumeRatio = -1;
  for (const f of ['Maximum3DDiameter', 'MajorAxisLength', 'MinorAxisLength', 'LeastAxisLength'])
    power[`original_shape_${f}`] = 1;
  for (const f of planeDiameters) power[f] = 1;
  fc.assert(
    fc.property(subjects, fc.constantFrom(0.5, 2, 3.7), (subject, scale) => {
      const scaled = { ...subject, spacing: subject.spacing.map((v) => v * scale) as unknown as Triple };
      const factor = (name: string) => scale ** (power[name] ?? 0);
      expect(different(featuresOf(subject), featuresOf(scaled), factor)).toEqual([]);
    }),
    { seed: 20261123, numRuns: 30 },
  );
});
