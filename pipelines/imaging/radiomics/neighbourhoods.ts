import type { Offset } from './directions.js';
import { jumpOf, type LevelGrid } from './level-grid.js';
import type { SizeCounts } from './size-counts.js';

/** Jumps to all neighbours, from one of each pair of opposite steps. */
function bothWays(grid: LevelGrid, steps: readonly Offset[]): Int32Array {
  return Int32Array.from(steps.flatMap((step) => [jumpOf(grid, step), -jumpOf(grid, step)]));
}

/**
 * Counts the voxels by their dependence: 1 (the voxel itself) plus the neighbours whose level differs by at most `alpha`.
 * @param steps one of each pair of opposite steps to a neighbour
 * @param alpha largest difference of level, at least 0
 * @param voxels all voxels of the grid, or those of one slice when no step leaves it
 * @see IBSI reference manual (arXiv:1612.07003), section 3.11 (NGLDM); PyRadiomics calls it GLDM
 */
export function addDependences(
  grid: LevelGrid,
  steps: readonly Offset[],
  alpha: number,
  counts: SizeCounts,
  voxels: Int32Array = grid.inside,
): void {
  const { cells, values } = grid;
  const jumps = bothWays(grid, steps);
  for (let k = 0; k < voxels.length; k++) {
    const i = voxels[k] as number;
    const own = cells[i] as number;
    const level = values[own - 1] as number;
    let size = 1;
    if (alpha === 0) {
      // Without a branch, which noise would send either way: the sign of what differs, 0 or -1.
      size += jumps.length;
      for (let s = 0; s < jumps.length; s++) {
        const differs = (cells[i + (jumps[s] as number)] as number) ^ own;
        size += (0 - differs) >> 31;
      }
    } else {
      for (let s = 0; s < jumps.length; s++) {
        const other = cells[i + (jumps[s] as number)] as number;
        if (other !== 0 && Math.abs((values[other - 1] as number) - level) <= alpha) size++;
      }
    }
    counts.add(own - 1, size, 1);
  }
}

/** A neighbourhood grey tone difference matrix: per level the number of voxels and the sum of their differences. */
export interface ToneDifferences {
  /** Grey levels, ascending; shape (n). A level may have no voxel. */
  readonly levels: Float64Array;
  /** Voxels of each level that are counted; shape (n). */
  readonly counts: Float64Array;
  /** Sum over those of |level - mean level of the neighbours|; shape (n). */
  readonly sums: Float64Array;
}

/** A matrix without voxels over the levels of a grid. */
export function noToneDifferences(grid: LevelGrid): ToneDifferences {
  const n = grid.values.length;
  return { levels: grid.values, counts: new Float64Array(n), sums: new Float64Array(n) };
}

/**
 * Adds the differences between voxels and the mean of their neighbours inside the region.
 * @param steps one of each pair of opposite steps to a neighbour
 * @param withoutNeighbours a voxel without any neighbour has no difference: PyRadiomics counts it with 0, IBSI skips it
 * @param voxels all voxels of the grid, or those of one slice when no step leaves it
 * @see IBSI reference manual (arXiv:1612.07003), section 3.10
 */
export function addToneDifferences(
  grid: LevelGrid,
  steps: readonly Offset[],
  withoutNeighbours: 'count' | 'skip',
  { counts, sums }: ToneDifferences,
  voxels: Int32Array = grid.inside,
): void {
  const { cells } = grid;
  const jumps = bothWays(grid, steps);
  // Level 0 for cells outside, so that every neighbour can be added.
  const levels = new Float64Array(grid.values.length + 1);
  levels.set(grid.values, 1);
  for (let k = 0; k < voxels.length; k++) {
    const i = voxels[k] as number;
    const own = cells[i] as number;
    let sum = 0;
    let neighbours = 0;
    for (let s = 0; s < jumps.length; s++) {
      const other = cells[i + (jumps[s] as number)] as number;
      sum += levels[other] as number;
      neighbours -= (0 - other) >> 31;
    }
    if (neighbours === 0 && withoutNeighbours === 'skip') continue;
    counts[own - 1] = (counts[own - 1] as number) + 1;
    if (neighbours > 0) {
      sums[own - 1] = (sums[own - 1] as number) + Math.abs((levels[own] as number) - sum / neighbours);
    }
  }
}
