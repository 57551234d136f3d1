import { imagingError } from '../errors.js';
import { insideLevels } from '../radiomics/grey-levels.js';
import { type BoundingBox, boundingBox, cropRoi } from '../radiomics/roi.js';
import type { Discretisation } from '../settings/settings.js';
import { applyAffine, type Grid } from '../volume/affine.js';
import type { Volume } from '../volume/volume.js';
import type { KernelSource } from './kernel.js';

/** Where maps lie and what their kernels see. */
export interface MapRegion {
  /** The grid of the maps: the region's box and the kernel's reach around it, cut off at the image's edge. */
  readonly grid: Grid;
  readonly source: KernelSource;
  /** Indices into the source of the voxels that get a value, slice by slice of the grid; shape (slices of the grid). */
  readonly voxels: readonly Int32Array[];
  /** Index into a slice of the grid for each of those; shapes as `voxels`. */
  readonly places: readonly Int32Array[];
}

/**
 * Lays a region out for maps, as PyRadiomics does: its grey levels are found once, from the whole region (from all of the
 * box and its surroundings when kernels are not masked), never from a kernel alone.
 * @param mask on the volume's grid, 1 inside
 * @throws ImagingError RADIOMICS_NOT_FINITE, RADIOMICS_BIN_WIDTH, RADIOMICS_MASK_EMPTY
 */
export function mapRegion(
  volume: Volume,
  mask: Uint8Array,
  label: string,
  rule: Discretisation,
  radius: number,
  masked: boolean,
): MapRegion {
  const box = boundingBox(mask, volume.size);
  if (box === undefined) throw imagingError('RADIOMICS_MASK_EMPTY', label);
  const shown = grown(box, radius, volume.size);
  const seenMask = masked ? mask : new Uint8Array(mask.length).fill(1);
  const roi = cropRoi(volume, seenMask, shown);
  const found = insideLevels(roi, rule);
  const size = box.size.map((n) => n + 2 * radius) as unknown as BoundingBox['size'];
  const count = size[0] * size[1] * size[2];
  const [values, seen, levels] = [new Float64Array(count), new Uint8Array(count), new Uint32Array(count)];
  const shift = shown.start.map((s, d) => s - ((box.start[d] as number) - radius));
  const [voxels, places]: [number[][], number[][]] = [[], []];
  for (let z = 0, i = 0, n = 0; z < shown.size[2]; z++) {
    const [own, at]: [number[], number[]] = [[], []];
    for (let y = 0; y < shown.size[1]; y++) {
      const row = size[0] * (y + (shift[1] as number) + size[1] * (z + (shift[2] as number))) + (shift[0] as number);
      const full = shown.start[0] + volume.size[0] * (y + shown.start[1] + volume.size[1] * (z + shown.start[2]));
      for (let x = 0; x < shown.size[0]; x++, i++) {
        values[row + x] = roi.values[i] as number;
        if (roi.inside[i] !== 0) {
          seen[row + x] = 1;
          levels[row + x] = found.levels[n++] as number;
        }
        if (mask[full + x] === 0) continue;
        own.push(row + x);
        at.push(x + shown.size[0] * y);
      }
    }
    voxels.push(own);
    places.push(at);
  }
  return {
    grid: subgrid(volume, shown),
    source: { size, spacing: roi.spacing, values, seen, levels, highest: found.highest },
    voxels: voxels.map((list) => Int32Array.from(list)),
    places: places.map((list) => Int32Array.from(list)),
  };
}

function grown(box: BoundingBox, by: number, size: Volume['size']): BoundingBox {
  const start = box.start.map((s) => Math.max(0, s - by));
  const end = box.start.map((s, d) => Math.min(size[d] as number, s + (box.size[d] as number) + by));
  return {
    start: start as unknown as BoundingBox['start'],
    size: end.map((e, d) => e - (start[d] as number)) as unknown as BoundingBox['size'],
  };
}

/** The grid of a box of voxels. */
function subgrid(volume: Grid, box: BoundingBox): Grid {
  const origin = applyAffine(volume.indexToLps, box.start);
  const indexToLps = [...volume.indexToLps];
  const [ox, oy, oz] = origin;
  [indexToLps[3], indexToLps[7], indexToLps[11]] = [ox, oy, oz];
  return { size: box.size, indexToLps };
}
