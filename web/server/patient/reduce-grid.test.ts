import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Mask, Volume } from '../../../pipelines/imaging/index.js';
import type { Triple } from '../replies/patient-reply.js';
import { reduceMask, reduceVolume, reductionOf } from './reduce-grid.js';
import { regionFacts } from './region-facts.js';
import { binsOf, placeOf } from './standing.js';

interface Reference {
  readonly volume: {
    readonly size: Triple;
    readonly spacingMm: Triple;
    readonly originLpsMm: Triple;
    readonly direction: readonly number[];
    readonly voxels: readonly number[];
  };
  readonly shrunk: readonly {
    readonly factors: Triple;
    readonly size: Triple;
    readonly voxels: readonly number[];
    readonly corners: readonly { readonly index: Triple; readonly lpsMm: Triple }[];
  }[];
  readonly ranks: {
    readonly values: readonly number[];
    readonly of: readonly { readonly value: number; readonly percentile: number }[];
    readonly median: number;
  };
}

const reference = JSON.parse(
  await readFile(new URL('../reference/patient-pages.json', import.meta.url), 'utf8'),
) as Reference;

function volumeOf({ size, spacingMm, originLpsMm, direction: d, voxels }: Reference['volume']): Volume {
  const row = (r: number) => [0, 1, 2].map((c) => (d[3 * r + c] as number) * (spacingMm[c] as number));
  const indexToLps = [0, 1, 2].flatMap((r) => [...row(r), originLpsMm[r] as number]);
  return { size, voxels: Float64Array.from(voxels), indexToLps: [...indexToLps, 0, 0, 0, 1] };
}

function positionOf(m: readonly number[], [x, y, z]: Triple): number[] {
  return [0, 4, 8].map(
    (r) => (m[r] as number) * x + (m[r + 1] as number) * y + (m[r + 2] as number) * z + (m[r + 3] as number),
  );
}

describe('a volume that is too large for a browser', () => {
  test.each(reference.shrunk)('means and places of blocks $factors as SimpleITK has them', (expected) => {
    const small = reduceVolume(volumeOf(reference.volume), expected.factors);
    expect(small.size).toEqual(expected.size);
    for (const [i, value] of expected.voxels.entries()) {
      // Whole numbers are sent: half a unit either way.
      expect(Math.abs((small.voxels[i] as number) - value)).toBeLessThanOrEqual(0.5);
    }
    for (const { index, lpsMm } of expected.corners) {
      for (const [axis, mm] of positionOf(small.indexToLps, index).entries()) {
        expect(mm).toBeCloseTo(lpsMm[axis] as number, 6);
      }
    }
  });

  test('the finest axis is halved until the volume is small enough', () => {
    expect(reductionOf([512, 512, 100], [0.7, 0.7, 2.5], 32 * 1024 * 1024)).toEqual([1, 1, 1]);
    expect(reductionOf([512, 512, 300], [0.7, 0.7, 1.25], 32 * 1024 * 1024)).toEqual([2, 2, 1]);
    expect(reductionOf([8, 8, 8], [1, 1, 1], 1)).toEqual([8, 8, 8]);
  });

  test('a voxel that 16 bits cannot hold is sent as the end of their range', () => {
    const odd = { ...volumeOf(reference.volume), size: [3, 1, 1] as const };
    const sent = reduceVolume({ ...odd, voxels: Float32Array.of(1e6, Number.NaN, -40.4) }, [1, 1, 1]);
    expect([...sent.voxels]).toEqual([32_767, -32_768, -40]);
  });

  test('a region of one voxel does not vanish, and half a block is inside', () => {
    const { indexToLps } = volumeOf(reference.volume);
    const mask = (inside: readonly number[]): Mask => ({
      size: [4, 2, 1],
      indexToLps,
      label: 'tumour',
      voxels: Uint8Array.from({ length: 8 }, (_, i) => (inside.includes(i) ? 1 : 0)),
    });
    expect([...reduceMask(mask([3]), [2, 2, 1]).voxels]).toEqual([0, 1]);
    expect([...reduceMask(mask([0, 1, 3]), [2, 2, 1]).voxels]).toEqual([1, 0]);
  });
});

describe('facts of a region', () => {
  test('volume, HU, and a centre that lies inside a bent region, in RAS', () => {
    const volume = volumeOf(reference.volume);
    const [nx, ny] = volume.size;
    // An L whose centre of mass, 0.6, 0.6, is nearest to its corner.
    const inside = [0, 1, 2, nx, 2 * nx].map((i) => i + nx * ny);
    const mask: Mask = {
      size: volume.size,
      indexToLps: volume.indexToLps,
      label: 'L',
      voxels: Uint8Array.from(volume.voxels, (_, i) => (inside.includes(i) ? 1 : 0)),
    };
    const facts = regionFacts(volume, mask);
    const values = inside.map((i) => volume.voxels[i] as number).sort((a, b) => a - b);
    expect(facts).toMatchObject({ label: 'L', voxels: 5, hu: { median: values[2], low: values[0], high: values[4] } });
    expect(facts.volumeMl).toBeCloseTo((5 * 0.75 * 0.75 * 2.5) / 1000, 12);
    const at = inside.map((i): Triple => [i % nx, Math.floor(i / nx) % ny, 1]).find(([x, y]) => x + y === 1);
    const [x, y, z] = positionOf(volume.indexToLps, at ?? [0, 0, 0]);
    expect(facts.centreRasMm[0]).toBeCloseTo(-(x as number), 9);
    expect(facts.centreRasMm[1]).toBeCloseTo(-(y as number), 9);
    expect(facts.centreRasMm[2]).toBeCloseTo(z as number, 9);
  });
});

describe('where a patient stands', () => {
  const values = Float64Array.from([...reference.ranks.values, Number.NaN]);

  test.each(reference.ranks.of)('the rank of $value is $percentile, as SciPy has it', ({ value, percentile }) => {
    const place = placeOf(values, value);
    expect(place.percentile).toBeCloseTo(percentile, 10);
    expect(place).toMatchObject({ median: reference.ranks.median, count: reference.ranks.values.length });
  });

  test('a patient without a value has no rank; a feature without values has no median', () => {
    expect(placeOf(values, Number.NaN).percentile).toBeNull();
    expect(placeOf(Float64Array.of(Number.NaN), 1)).toEqual({ percentile: null, median: null, count: 0 });
  });

  test('bins hold every finite value once, constant features one bin', () => {
    const bins = binsOf(Float64Array.from([...reference.ranks.values, Number.POSITIVE_INFINITY]));
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(reference.ranks.values.length);
    expect([bins[0]?.low, bins.at(-1)?.high]).toEqual([-1.5, 8]);
    expect(binsOf(Float64Array.of(4, 4))).toEqual([{ low: 4, high: 4, count: 2 }]);
    expect(binsOf(new Float64Array())).toEqual([]);
  });
});
