import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readNpy } from '../../../test/imaging/npy.js';
import { baselineCase } from '../../../test/imaging/reference-values.js';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import { defaultSettings } from '../settings/settings.js';
import { directions, type Offset } from './directions.js';
import { addPairs, coOccurrences } from './glcm-matrix.js';
import { greyLevels } from './grey-levels.js';
import { cellIndex, type LevelGrid, levelGrid, sliceCells, voxelOf } from './level-grid.js';
import { addDependences, addToneDifferences, noToneDifferences } from './neighbourhoods.js';
import { boundingBox, cropRoi } from './roi.js';
import { addRuns, someLineHoldsTwo } from './runs.js';
import { SizeCounts, type SizeMatrix } from './size-counts.js';
import { addZones } from './zones.js';

const inSpace = directions([1], null);
const inPlane = directions([1], 0);

/** Counts as text, one `level size count` per cell that is not empty, sorted. */
const listed = ({ level, size, count }: SizeMatrix) =>
  Array.from(level, (l, k) => `${l} ${size[k]} ${count[k]}`).sort();
const counted = (grid: LevelGrid, count: (counts: SizeCounts) => void): SizeMatrix => {
  const counts = new SizeCounts(grid.values);
  count(counts);
  return counts.matrix();
};

/** Tallies `level size` pairs the plain way. */
function tally(pairs: Iterable<readonly [level: number, size: number]>): string[] {
  const counts = new Map<string, number>();
  for (const [level, size] of pairs) counts.set(`${level} ${size}`, (counts.get(`${level} ${size}`) ?? 0) + 1);
  return [...counts].map(([key, n]) => `${key} ${n}`).sort();
}

describe('counting on small random grids equals looking every voxel up by its coordinates', () => {
  const grids = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }))
    .chain(([nx, ny, nz]) =>
      fc.record({
        size: fc.constant([nx, ny, nz] as const),
        levels: fc.array(fc.constantFrom(0, 1, 2, 5), { minLength: nx * ny * nz, maxLength: nx * ny * nz }),
        distance: fc.integer({ min: 1, max: 2 }),
      }),
    )
    .map(({ size, levels, distance }) => {
      const at = (x: number, y: number, z: number) =>
        x < 0 || y < 0 || z < 0 || x >= size[0] || y >= size[1] || z >= size[2]
          ? 0
          : (levels[x + size[0] * (y + size[1] * z)] as number);
      const voxels = levels.flatMap((level, i): [number, number, number, number][] =>
        level === 0
          ? []
          : [[i % size[0], Math.floor(i / size[0]) % size[1], Math.floor(i / (size[0] * size[1])), level]],
      );
      return { grid: levelGrid(Uint32Array.from(levels), size, distance), at, voxels, distance };
    });
  type Case = typeof grids extends fc.Arbitrary<infer T> ? T : never;
  const check = (property: (subject: Case) => void) =>
    fc.assert(fc.property(grids, property), { seed: 20261124, numRuns: 150 });
  const both = (steps: readonly Offset[]) => [...steps, ...steps.map(([x, y, z]): Offset => [-x, -y, -z])];

  test('cells are where they are said to be', () => {
    check(({ grid, voxels }) => {
      expect(Array.from(grid.inside, (cell) => [...voxelOf(grid, cell)])).toEqual(voxels.map((v) => v.slice(0, 3)));
      for (const [x, y, z, level] of voxels) {
        expect(grid.values[(grid.cells[cellIndex(grid, x, y, z)] as number) - 1]).toBe(level);
      }
    });
  });

  test('pairs', () => {
    check(({ grid, at, voxels, distance }) => {
      const n = grid.values.length;
      for (const step of directions([distance], null)) {
        const p = new Float64Array(n * n);
        addPairs(grid, step, 1, p);
        const pairs = voxels
          .map(([x, y, z, level]) => [level, at(x + step[0], y + step[1], z + step[2])] as const)
          .filter(([, other]) => other !== 0);
        const found = Array.from(p, (c, i) => `${grid.values[Math.floor(i / n)]} ${grid.values[i % n]} ${c}`);
        expect(found.filter((line) => !line.endsWith(' 0')).sort()).toEqual(tally(pairs));
      }
    });
  });

  test('runs, and lines that hold two voxels', () => {
    check(({ grid, at, voxels }) => {
      for (const [dx, dy, dz] of inSpace) {
        const runs = voxels
          .filter(([x, y, z, level]) => at(x - dx, y - dy, z - dz) !== level)
          .map(([x, y, z, level]) => {
            let length = 1;
            while (at(x + length * dx, y + length * dy, z + length * dz) === level) length++;
            return [level, length] as const;
          });
        expect(listed(counted(grid, (c) => addRuns(grid, [dx, dy, dz], c)))).toEqual(tally(runs));
        const far = [1, 2, 3, 4];
        const two = voxels.some(([x, y, z]) => far.some((k) => at(x + k * dx, y + k * dy, z + k * dz) !== 0));
        expect(someLineHoldsTwo(grid, [dx, dy, dz])).toBe(two);
      }
    });
  });

  test('zones, by size and by least distance, in space and slice by slice', () => {
    check(({ grid, at, voxels }) => {
      for (const steps of [inSpace, inPlane]) {
        const left = new Map(voxels.map(([x, y, z, level]) => [`${x} ${y} ${z}`, level]));
        const zones: { level: number; voxels: [number, number, number][] }[] = [];
        for (const [x, y, z, level] of voxels) {
          if (!left.delete(`${x} ${y} ${z}`)) continue;
          const zone: [number, number, number][] = [[x, y, z]];
          for (const [a, b, c] of zone) {
            for (const [dx, dy, dz] of both(steps)) {
              if (at(a + dx, b + dy, c + dz) !== level || !left.delete(`${a + dx} ${b + dy} ${c + dz}`)) continue;
              zone.push([a + dx, b + dy, c + dz]);
            }
          }
          zones.push({ level, voxels: zone });
        }
        const sizes = tally(zones.map((zone) => [zone.level, zone.voxels.length]));
        expect(listed(counted(grid, (c) => addZones(grid, steps, c)))).toEqual(sizes);
        const distances = new Int32Array(grid.cells.length);
        for (const [x, y, z] of voxels) distances[cellIndex(grid, x, y, z)] = 1 + x + 2 * y;
        const nearest = zones.map(
          (zone) => [zone.level, Math.min(...zone.voxels.map(([x, y]) => 1 + x + 2 * y))] as const,
        );
        expect(listed(counted(grid, (c) => addZones(grid, steps, c, { distances })))).toEqual(tally(nearest));
        if (steps !== inPlane) continue;
        const bySlice = new SizeCounts(grid.values);
        for (let z = 0; z < grid.size[2]; z++) {
          const one = new SizeCounts(grid.values);
          addZones(grid, steps, one, { voxels: sliceCells(grid, z) });
          bySlice.merge(one);
        }
        expect(listed(bySlice.matrix())).toEqual(sizes);
      }
    });
  });

  test('dependences', () => {
    check(({ grid, at, voxels, distance }) => {
      const steps = directions(distance === 1 ? [1] : [1, 2], null);
      for (const alpha of [0, 1, 3]) {
        const expected = voxels.map(([x, y, z, level]) => {
          const others = both(steps).map(([dx, dy, dz]) => at(x + dx, y + dy, z + dz));
          return [level, 1 + others.filter((o) => o !== 0 && Math.abs(o - level) <= alpha).length] as const;
        });
        expect(listed(counted(grid, (c) => addDependences(grid, steps, alpha, c)))).toEqual(tally(expected));
      }
    });
  });

  test('tone differences, with and without the voxels that have no neighbour', () => {
    check(({ grid, at, voxels }) => {
      for (const rule of ['count', 'skip'] as const) {
        const found = noToneDifferences(grid);
        addToneDifferences(grid, inSpace, rule, found);
        for (const [row, level] of grid.values.entries()) {
          const own = voxels.filter((v) => v[3] === level);
          const differences = own.flatMap(([x, y, z]) => {
            const others = both(inSpace)
              .map(([dx, dy, dz]) => at(x + dx, y + dy, z + dz))
              .filter((o) => o !== 0);
            if (others.length === 0) return rule === 'count' ? [0] : [];
            return [Math.abs(level - others.reduce((a, b) => a + b, 0) / others.length)];
          });
          expect(found.counts[row]).toBe(differences.length);
          expect(found.sums[row]).toBeCloseTo(
            differences.reduce((a, b) => a + b, 0),
            10,
          );
        }
      }
    });
  });
});

test('one large zone takes one entry', () => {
  const size = [60, 60, 20] as const;
  const grid = levelGrid(new Uint32Array(72_000).fill(7), size, 1);
  const zones = counted(grid, (c) => addZones(grid, inSpace, c));
  expect(zones).toMatchObject({ total: 1, voxels: 72_000 });
  expect(listed(zones)).toEqual(['7 72000 1']);
  expect(listed(counted(grid, (c) => addRuns(grid, [1, 0, 0], c, 0.5)))).toEqual(['7 60 600']);
});

describe.skipIf(!hasSharedData)(`matrices recorded from PyRadiomics ${needsSharedData}`, () => {
  for (const name of ['brain1', 'breast1']) {
    const recorded = (featureClass: string) =>
      readNpy(sharedData(`pyradiomics-baselines/baseline/${name}_${featureClass}.npy`));
    const roiOf = async () => {
      const { volume, mask } = await baselineCase(name);
      const box = boundingBox(mask.voxels, mask.size);
      if (box === undefined) throw new Error('empty mask');
      return cropRoi(volume, mask.voxels, box);
    };
    /** Recorded matrices leave out sizes that do not occur, so only the counts of each column can be compared. */
    const columns = (counts: readonly (readonly number[])[]) =>
      counts.filter((column) => column.some((c) => c !== 0)).map((column) => column.join(' '));
    const ourColumns = ({ values }: LevelGrid, m: SizeMatrix) =>
      columns(
        Array.from(m.bySize.value, (size) =>
          Array.from(values, (level) => m.count[m.level.findIndex((l, k) => l === level && m.size[k] === size)] ?? 0),
        ),
      );

    test(`${name}: the 13 co-occurrence matrices`, async () => {
      const { shape, at } = recorded('glcm');
      const [n, , count] = shape as [number, number, number];
      // Directions come in another order there: each of ours must be one of theirs, and none twice.
      const left = Array.from({ length: count }, (_, d) => d);
      for (const matrix of coOccurrences(await roiOf(), defaultSettings)) {
        expect(matrix.n).toBe(n);
        const k = left.findIndex((d) =>
          matrix.p.every((v, c) => Math.abs(v - at(Math.floor(c / n), c % n, d)) < 1e-15),
        );
        expect(k).toBeGreaterThanOrEqual(0);
        left.splice(k, 1);
      }
      expect([count, left.length]).toEqual([13, 0]);
    });

    test(`${name}: the 13 run length matrices`, async () => {
      const grid = greyLevels(await roiOf(), defaultSettings);
      const { shape, at } = recorded('glrlm');
      const [n, lengths, count] = shape as [number, number, number];
      expect([n, count]).toEqual([grid.values.length, 13]);
      const left = Array.from({ length: count }, (_, d) =>
        columns(Array.from({ length: lengths }, (_c, j) => Array.from({ length: n }, (_r, i) => at(i, j, d)))).join(
          '\n',
        ),
      );
      for (const step of inSpace) {
        const own = ourColumns(
          grid,
          counted(grid, (c) => addRuns(grid, step, c)),
        ).join('\n');
        expect(left).toContain(own);
        left.splice(left.indexOf(own), 1);
      }
    });

    test(`${name}: the zone size and the dependence matrix`, async () => {
      const grid = greyLevels(await roiOf(), defaultSettings);
      const theirs = (featureClass: string) => {
        const { shape, at } = recorded(featureClass);
        return columns(
          Array.from({ length: shape[1] as number }, (_c, j) =>
            Array.from({ length: shape[0] as number }, (_r, i) => at(i, j)),
          ),
        );
      };
      expect(
        ourColumns(
          grid,
          counted(grid, (c) => addZones(grid, inSpace, c)),
        ),
      ).toEqual(theirs('glszm'));
      expect(
        ourColumns(
          grid,
          counted(grid, (c) => addDependences(grid, inSpace, 0, c)),
        ),
      ).toEqual(theirs('gldm'));
    });

    test(`${name}: the tone difference matrix`, async () => {
      const grid = greyLevels(await roiOf(), defaultSettings);
      const { shape, at } = recorded('ngtdm');
      const found = noToneDifferences(grid);
      addToneDifferences(grid, inSpace, 'count', found);
      expect(shape).toEqual([grid.values.length, 3]);
      for (const [i, level] of grid.values.entries()) {
        expect([found.counts[i], level]).toEqual([at(i, 0), at(i, 2)]);
        expect(Math.abs((found.sums[i] as number) - at(i, 1))).toBeLessThanOrEqual(1e-12 * at(i, 1));
      }
    });
  }
});
