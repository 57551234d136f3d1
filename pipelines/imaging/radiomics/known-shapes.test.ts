import { expect, test } from 'vitest';
import { axisGrid } from '../../../test/imaging/reference-values.js';
import { measure } from './measure.js';

type Triple = readonly [number, number, number];

/** Features (without `original_`) of the voxels that a rule takes, in a grid of n voxels a side. */
function featuresOf(
  n: number,
  spacing: Triple,
  inside: (p: Triple) => boolean,
  value: (p: Triple) => number = ([x, y, z]) => (x * 7 + y * 13 + z * 29) % 200,
): (name: string) => number {
  const size = [n, n, n] as const;
  const points = Array.from(
    { length: n ** 3 },
    (_, i): Triple => [i % n, Math.floor(i / n) % n, Math.floor(i / n ** 2)],
  );
  const indexToLps = axisGrid([...spacing]);
  const { features } = measure(
    { voxels: Float64Array.from(points, value), size, indexToLps },
    { voxels: Uint8Array.from(points, (p) => (inside(p) ? 1 : 0)), size, indexToLps, label: 'shape' },
  );
  return (name) => features.get(`original_${name}`) as number;
}

const near = (got: number, expected: number, share: number) =>
  expect(Math.abs(got / expected - 1), `${got}, expected ${expected}`).toBeLessThan(share);

test('an ellipsoid, and a ball among them, has the volume and the axes of its formula', () => {
  for (const [spacing, radii] of [
    [
      [1, 1, 1],
      [9, 9, 9],
    ],
    [
      [1, 0.8, 0.5],
      [9, 6, 4],
    ],
  ] as const) {
    const f = featuresOf(
      21,
      spacing,
      (p) => p.reduce((s, v, d) => s + (((v - 10) * (spacing[d] as number)) / (radii[d] as number)) ** 2, 0) <= 1,
    );
    const volume = (4 / 3) * Math.PI * radii[0] * radii[1] * radii[2];
    near(f('shape_MeshVolume'), volume, 0.03);
    near(f('shape_VoxelVolume'), volume, 0.03);
    for (const [k, name] of ['Major', 'Minor', 'Least'].entries()) {
      // Variance of a uniform ellipsoid along an axis: a^2 / 5.
      near(f(`shape_${name}AxisLength`), (4 * (radii[k] as number)) / Math.sqrt(5), 0.02);
    }
    near(f('shape_Maximum3DDiameter'), 2 * radii[0], 0.07);
  }
});

test('a box has the axes of a uniform distribution', () => {
  const f = featuresOf(10, [1, 2, 0.5], ([x, y, z]) => x < 8 && y < 3 && z < 5);
  expect(f('shape_VoxelVolume')).toBeCloseTo(8 * 3 * 5, 10);
  const axes = [Math.sqrt((64 - 1) / 12), 2 * Math.sqrt((9 - 1) / 12), 0.5 * Math.sqrt((25 - 1) / 12)];
  for (const [k, name] of ['Major', 'Minor', 'Least'].entries()) {
    expect(f(`shape_${name}AxisLength`)).toBeCloseTo(4 * (axes[k] as number), 10);
  }
});

test('a checkerboard has two levels, two zones and contrast along odd directions', () => {
  const f = featuresOf(
    6,
    [1, 1, 1],
    () => true,
    ([x, y, z]) => ((x + y + z) % 2) * 100,
  );
  expect(f('firstorder_Mean')).toBe(50);
  expect(f('firstorder_Entropy')).toBeCloseTo(1, 12);
  // Levels 1 and 5 differ along the 3 axes and the 4 diagonals of space, and are equal along the 6 diagonals of planes.
  expect(f('glcm_Contrast')).toBeCloseTo((16 * 7) / 13, 12);
  // Voxels of a level touch by edges.
  expect(f('glszm_ZonePercentage')).toBeCloseTo(2 / 216, 12);
  expect(f('glszm_LargeAreaEmphasis')).toBeCloseTo(108 ** 2, 8);
});

test('a flat region has stated values in every texture class', () => {
  const f = featuresOf(
    4,
    [1, 1, 1],
    () => true,
    () => -120,
  );
  const stated = {
    glrlm_GrayLevelVariance: 0,
    glrlm_GrayLevelNonUniformityNormalized: 1,
    glszm_ZonePercentage: 1 / 64,
    glszm_ZoneVariance: 0,
    glszm_LargeAreaEmphasis: 64 ** 2,
    gldm_GrayLevelVariance: 0,
    gldm_HighGrayLevelEmphasis: 1,
    ngtdm_Coarseness: 1e6,
    ngtdm_Busyness: 0,
    ngtdm_Complexity: 0,
    ngtdm_Contrast: 0,
    ngtdm_Strength: 0,
  };
  for (const [name, value] of Object.entries(stated)) expect(f(name), name).toBe(value);
  expect(f('glszm_ZoneEntropy')).toBeCloseTo(0, 12);
});
