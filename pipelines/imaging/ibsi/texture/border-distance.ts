import { cellIndex, jumpOf, type LevelGrid } from '../../radiomics/level-grid.js';
import type { Roi } from '../../radiomics/roi.js';

/**
 * Distance of each voxel of a region to its border, in steps through faces: 1 where a neighbour lies outside.
 * The shortest way out is straight, so that two passes, each taking over from the neighbours already visited, find it.
 * @param form the region on the box of the grid
 * @param flat steps stay within the slice
 * @returns 0 outside; layout of the grid's cells
 * @see IBSI reference manual (arXiv:1612.07003), section 3.9
 */
export function borderDistances(form: Roi, grid: LevelGrid, flat: boolean): Int32Array {
  const out = new Int32Array(grid.cells.length);
  const inside = formCells(form, grid);
  const [x, y, z] = [jumpOf(grid, [1, 0, 0]), jumpOf(grid, [0, 1, 0]), flat ? 0 : jumpOf(grid, [0, 0, 1])];
  const least = (i: number, sign: 1 | -1) => {
    const inPlane = Math.min(out[i + sign * x] as number, out[i + sign * y] as number);
    return 1 + (flat ? inPlane : Math.min(inPlane, out[i + sign * z] as number));
  };
  for (let k = 0; k < inside.length; k++) out[inside[k] as number] = least(inside[k] as number, -1);
  for (let k = inside.length - 1; k >= 0; k--) {
    const i = inside[k] as number;
    out[i] = Math.min(out[i] as number, least(i, 1));
  }
  return out;
}

/** Cells of the voxels of the form, ascending. */
function formCells({ inside, size, voxelCount }: Roi, grid: LevelGrid): Int32Array {
  const cells = new Int32Array(voxelCount);
  const [nx, ny, nz] = size;
  let n = 0;
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = cellIndex(grid, 0, y, z);
      for (let x = 0; x < nx; x++, i++) if (inside[i] !== 0) cells[n++] = row + x;
    }
  }
  return cells;
}
