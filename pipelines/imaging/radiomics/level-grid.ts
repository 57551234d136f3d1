import { imagingError } from '../errors.js';
import type { Offset } from './directions.js';

/** Most different grey levels a texture matrix may have: its 64-bit cells then take 128 MB. */
export const MOST_LEVELS = 4096;

/** A region as grey levels, padded so that a step to a neighbour never needs a bounds check. */
export interface LevelGrid {
  /** Voxels along x, y, z, without the padding. */
  readonly size: readonly [nx: number, ny: number, nz: number];
  /** Longest step (voxels, Chebyshev) that stays within the padding. */
  readonly margin: number;
  /** 0 outside the region and in the padding, else 1 + index into `values`. Index of a voxel: {@link cellIndex}. */
  readonly cells: Uint16Array;
  /** Cells of the region's voxels, ascending: x runs fastest, then y, then z. */
  readonly inside: Int32Array;
  /** Where slice z begins in `inside`; shape (nz + 1). */
  readonly sliceStart: Int32Array;
  /** Levels that occur, ascending; shape (n). */
  readonly values: Float64Array;
  /** Largest level that occurs (Ng), which may exceed n. */
  readonly highest: number;
}

/**
 * The grid of a box of levels.
 * @param levels 0 outside the region, else the level (1, 2, …); shape (nx ny nz), index = x + nx (y + ny z)
 * @param margin longest step that will be taken, in voxels, at least 1
 * @throws ImagingError RADIOMICS_TOO_MANY_LEVELS
 */
export function levelGrid(levels: Uint32Array, size: LevelGrid['size'], margin: number): LevelGrid {
  const [nx, ny, nz] = size;
  const { slot, values, count } = numbered(levels);
  const px = nx + margin;
  const plane = px * (ny + margin);
  const first = firstCell(size, margin);
  const cells = new Uint16Array(2 * first + plane * nz);
  const inside = new Int32Array(count);
  const sliceStart = new Int32Array(nz + 1);
  let n = 0;
  for (let z = 0, from = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0, to = first + px * y + plane * z; x < nx; x++, to++, from++) {
        const level = levels[from] as number;
        if (level === 0) continue;
        cells[to] = slot[level] as number;
        inside[n++] = to;
      }
    }
    sliceStart[z + 1] = n;
  }
  return { size, margin, cells, inside, sliceStart, values, highest: values[values.length - 1] ?? 0 };
}

/** Levels that occur, and 1 + its index among them for each. */
function numbered(levels: Uint32Array): { slot: Uint32Array; values: Float64Array; count: number } {
  let highest = 0;
  for (let i = 0; i < levels.length; i++) if ((levels[i] as number) > highest) highest = levels[i] as number;
  const slot = new Uint32Array(highest + 1);
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i] as number;
    slot[level] = (slot[level] as number) + 1;
  }
  const values: number[] = [];
  for (let level = 1; level <= highest; level++) {
    if (slot[level] === 0) continue;
    values.push(level);
    slot[level] = values.length;
  }
  if (values.length > MOST_LEVELS) throw imagingError('RADIOMICS_TOO_MANY_LEVELS', values.length, MOST_LEVELS);
  return { slot, values: Float64Array.from(values), count: levels.length - (slot[0] as number) };
}

/** Cell of voxel (0, 0, 0): behind one margin of planes, rows and cells. */
function firstCell([nx, ny]: LevelGrid['size'], margin: number): number {
  return margin * (1 + nx + margin + (nx + margin) * (ny + margin));
}

/** Cell of a voxel. Rows and planes have their padding behind them, which also is the padding before the next one. */
export function cellIndex({ size, margin }: LevelGrid, x: number, y: number, z: number): number {
  return firstCell(size, margin) + x + (size[0] + margin) * (y + (size[1] + margin) * z);
}

/** Voxel (x, y, z) of a cell. */
export function voxelOf({ size, margin }: LevelGrid, cell: number): Offset {
  const px = size[0] + margin;
  const py = size[1] + margin;
  const at = cell - firstCell(size, margin);
  const row = Math.floor(at / px);
  return [at - row * px, row % py, Math.floor(row / py)];
}

/** Distance between the cells of two voxels that are a step apart. */
export function jumpOf({ size, margin }: LevelGrid, [dx, dy, dz]: Offset): number {
  return dx + (size[0] + margin) * (dy + (size[1] + margin) * dz);
}

/** Cells of the region's voxels in one slice; matrices of a slice are counted over these, with steps within the slice. */
export function sliceCells(grid: LevelGrid, z: number): Int32Array {
  return grid.inside.subarray(grid.sliceStart[z], grid.sliceStart[z + 1]);
}
