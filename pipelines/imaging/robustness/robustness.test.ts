import { describe, expect, test } from 'vitest';
import { axisGrid, readReference, syntheticCase } from '../../../test/imaging/reference-values.js';
import { defaultSettings } from '../settings/settings.js';
import { distanceTo, grownMask } from './distance.js';
import { fQuantile } from './f-quantile.js';
import { intraclassCorrelations } from './icc.js';
import { noiseLevel, normalDraws, uniformDraws } from './noise.js';
import { drawPerturbations, perturbed, perturbedFeatures } from './perturb.js';
import { featureRobustness, featureSpread, reliability } from './summary.js';

describe('intraclass correlation', () => {
  const reference = readReference(new URL('../reference/pingouin-icc.csv', import.meta.url));
  test.each(reference)('$case $type', ({ type, value, low, high, rows }) => {
    const data = (rows ?? '').split(';').map((row) => row.split(' ').map(Number));
    const icc = intraclassCorrelations(data)?.[type as 'icc11'];
    expect(icc?.value).toBeCloseTo(Number(value), 9);
    // The reference rounds its intervals to two decimals.
    expect(Math.abs((icc?.low as number) - Number(low))).toBeLessThanOrEqual(0.0051);
    expect(Math.abs((icc?.high as number) - Number(high))).toBeLessThanOrEqual(0.0051);
  });

  test('quantiles of F from printed tables; equal values have no correlation', () => {
    expect(fQuantile(0.95, 5, 10)).toBeCloseTo(3.3258, 4);
    expect(fQuantile(0.975, 1, 1)).toBeCloseTo(647.789, 2);
    expect(
      intraclassCorrelations([
        [2, 2],
        [2, 2],
      ]),
    ).toBeNull();
    expect(
      intraclassCorrelations([
        [1, 1],
        [2, 2],
        [4, 4],
      ])?.icc11.value,
    ).toBe(1);
    expect(() => intraclassCorrelations([[1, 2]])).toThrow(/2 or more rows/);
  });
});

describe('distance and growth', () => {
  const size = [7, 6, 5] as const;
  const spacing = [0.8, 1.1, 2.5] as const;
  const voxels = Uint8Array.from({ length: 210 }, (_, i) => ((i * 31 + (i % 7) * 17) % 23 < 3 ? 1 : 0));
  const at = (i: number) => [i % 7, Math.floor(i / 7) % 6, Math.floor(i / 42)];
  test('equals the search over all voxels', () => {
    for (const target of ['inside', 'outside'] as const) {
      const found = distanceTo(voxels, size, spacing, target);
      found.forEach((d, i) => {
        const all = [...voxels.keys()].filter((j) => voxels[j] === (target === 'inside' ? 1 : 0));
        const far = all.map((j) =>
          Math.hypot(...at(j).map((v, a) => (v - (at(i)[a] as number)) * (spacing[a] as number))),
        );
        expect(d).toBeCloseTo(Math.min(...far), 12);
      });
    }
    expect(distanceTo(new Uint8Array(8), [2, 2, 2], spacing, 'inside')[0]).toBe(Number.POSITIVE_INFINITY);
  });
  test('a voxel grows along the axes that the length reaches, and shrinks away', () => {
    const one = new Uint8Array(210);
    one[3 + 7 * (3 + 6 * 2)] = 1;
    const count = (mask: Uint8Array) => mask.reduce((a, b) => a + b, 0);
    expect([0.7, 0.8, 1.1, 2.5].map((mm) => count(grownMask(one, size, spacing, mm)))).toEqual([1, 3, 5, 25]);
    expect(count(grownMask(one, size, spacing, -0.8))).toBe(0);
  });
});

describe('perturbation', () => {
  const { volume, mask } = syntheticCase();
  const ranges = { rotation: 6, shift: 0.5, noise: 5, grow: 0 };
  const draws = drawPerturbations(3, 7, ranges);

  test('nothing changes without any perturbation', () => {
    const none = { index: 0, rotationDegrees: 0, shiftVoxels: [0, 0, 0], growMm: 0 } as const;
    const [image, region] = perturbed(volume, mask, none, 0, () => 0);
    expect([...image.voxels]).toEqual([...volume.voxels]);
    expect(region.voxels).toEqual(mask.voxels);
  });

  test('the same seed gives the same features, another seed others; a longer list begins with the shorter', () => {
    const run = (seed: number) =>
      perturbedFeatures('a', volume, mask, defaultSettings, drawPerturbations(2, seed, ranges), { ranges, seed });
    expect(run(7)).toEqual(run(7));
    expect(run(8).repeats).not.toEqual(run(7).repeats);
    expect(drawPerturbations(2, 7, ranges)).toEqual(draws.slice(0, 2));
    const spread = featureSpread(run(7));
    expect(spread.find((s) => s.feature === 'original_firstorder_Mean')?.measured).toBe(2);
  });

  test('a region that shrinks away fails with the reason and leaves its patient out', () => {
    const gone = [{ index: 0, rotationDegrees: 0, shiftVoxels: [0, 0, 0], growMm: -9 } as const, ...draws];
    const options = { ranges, seed: 1 };
    const lost = perturbedFeatures('lost', volume, mask, defaultSettings, gone, options);
    expect(lost.repeats[0]).toEqual({ failed: expect.stringMatching(/holds no voxel/) });
    const kept = ['a', 'b'].map((id) => perturbedFeatures(id, volume, mask, defaultSettings, draws, options));
    const { features, used, leftOut } = featureRobustness([lost, ...kept]);
    expect([used, leftOut]).toEqual([['a', 'b'], ['lost']]);
    expect(features.length).toBe(kept[0]?.original.size);
  });

  test('classes of reliability, variation within patients and growths that change nothing', () => {
    expect([0.49, 0.5, 0.75, 0.9, -1].map(reliability)).toEqual(['poor', 'moderate', 'good', 'excellent', 'poor']);
    const patient = (subject: string, values: readonly number[]) => ({
      ...{ subject, noise: 0, idleGrowths: 0, original: new Map([['f', 1]]) },
      repeats: values.map((v) => new Map([['f', v]])),
    });
    // Standard deviations 2 and 1 of means 10 and 20.
    const { features } = featureRobustness([patient('a', [8, 10, 12]), patient('b', [19, 20, 21])]);
    expect(features[0]?.coefficientOfVariation).toBeCloseTo(Math.sqrt((0.2 ** 2 + 0.05 ** 2) / 2), 12);
    // Mean squares: 150 between, 2.5 within, so ICC(1,1) = 147.5 / 155.
    expect(features[0]?.icc?.icc11.value).toBeCloseTo(147.5 / 155, 12);
    expect(features[0]?.reliability?.estimate).toBe('excellent');
    // Voxels are 0.8 mm wide at least.
    const growths = [0, 0.5, -0.7, 0.8, -3].map((growMm, i) => ({
      ...(draws[0] as (typeof draws)[0]),
      index: i,
      growMm,
    }));
    const few = { ...defaultSettings, features: { shape: ['VoxelVolume'] } };
    const { idleGrowths } = perturbedFeatures('a', volume, mask, few, growths, { ranges, seed: 1 });
    expect(idleGrowths).toBe(2);
  });

  test('white noise is found at its level', () => {
    const normal = normalDraws(uniformDraws(3, 'test'));
    const voxels = Float32Array.from({ length: 40_000 }, () => 100 + 12 * normal());
    const level = noiseLevel({ voxels, size: [100, 100, 4], indexToLps: axisGrid([1, 1, 1]) });
    expect(Math.abs(level / 12 - 1)).toBeLessThan(0.03);
  });
});
