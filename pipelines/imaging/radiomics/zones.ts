import type { Offset } from './directions.js';
import { jumpOf, type LevelGrid } from './level-grid.js';
import type { SizeCounts } from './size-counts.js';

/** What a zone is counted by, and over which voxels. */
export interface ZoneOptions {
  /** Distance of each cell to the border, in the layout of the grid's cells: zones count by their least one, not by size. */
  readonly distances?: Int32Array;
  /** All voxels of the grid, or those of one slice when no step leaves it. */
  readonly voxels?: Int32Array;
}

/**
 * Counts the zones: connected voxels of one level.
 * @param steps one of each pair of opposite steps to a connected voxel: 13 in 3D (26-connected), 4 in a plane
 * @see IBSI reference manual (arXiv:1612.07003), sections 3.8 (size) and 3.9 (distance)
 */
export function addZones(
  grid: LevelGrid,
  steps: readonly Offset[],
  counts: SizeCounts,
  { distances, voxels = grid.inside }: ZoneOptions = {},
): void {
  const left = grid.cells.slice();
  const jumps = Int32Array.from(steps.flatMap((step) => [jumpOf(grid, step), -jumpOf(grid, step)]));
  // A stack of voxels of the zone whose neighbours are still to be looked at.
  const stack = new Int32Array(voxels.length);
  for (let k = 0; k < voxels.length; k++) {
    const start = voxels[k] as number;
    const level = left[start] as number;
    if (level === 0) continue;
    let size = 0;
    let nearest = Number.POSITIVE_INFINITY;
    let top = 0;
    stack[top++] = start;
    left[start] = 0;
    while (top > 0) {
      const i = stack[--top] as number;
      size++;
      if (distances !== undefined && (distances[i] as number) < nearest) nearest = distances[i] as number;
      for (let s = 0; s < jumps.length; s++) {
        const j = i + (jumps[s] as number);
        if (left[j] !== level) continue;
        left[j] = 0;
        stack[top++] = j;
      }
    }
    counts.add(level - 1, distances === undefined ? size : nearest, 1);
  }
}
