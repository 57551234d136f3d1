import type { Offset } from './directions.js';
import { jumpOf, type LevelGrid, voxelOf } from './level-grid.js';
import type { SizeCounts } from './size-counts.js';

/**
 * Counts the runs along a direction: the longest rows of neighbours of one level. Opposite directions have the same runs.
 * @param step a step to a direct neighbour
 * @param amount what a run counts
 * @param voxels all voxels of the grid, or those of one slice when the step stays within it
 * @see IBSI reference manual (arXiv:1612.07003), section 3.7
 */
export function addRuns(
  grid: LevelGrid,
  step: Offset,
  counts: SizeCounts,
  amount = 1,
  voxels: Int32Array = grid.inside,
): void {
  const { cells } = grid;
  const jump = jumpOf(grid, step);
  for (let k = 0; k < voxels.length; k++) {
    const i = voxels[k] as number;
    const level = cells[i] as number;
    if (cells[i - jump] === level) continue;
    let end = i + jump;
    while (cells[end] === level) end += jump;
    counts.add(level - 1, (end - i) / jump, amount);
  }
}

/** Whether some line along a direction holds two voxels of the region, next to each other or not. */
export function someLineHoldsTwo(grid: LevelGrid, step: Offset): boolean {
  const { cells, inside, size } = grid;
  const jump = jumpOf(grid, step);
  for (let k = 0; k < inside.length; k++) if (cells[(inside[k] as number) + jump] !== 0) return true;
  for (let k = 0; k < inside.length; k++) {
    const at = [...voxelOf(grid, inside[k] as number)] as [number, number, number];
    let i = inside[k] as number;
    for (;;) {
      for (let d = 0; d < 3; d++) at[d] = (at[d] as number) + (step[d] as number);
      i += jump;
      if (at.some((v, d) => v < 0 || v >= (size[d] as number))) break;
      if (cells[i] !== 0) return true;
    }
  }
  return false;
}
