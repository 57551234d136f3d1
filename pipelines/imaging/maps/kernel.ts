import type { BoundingBox, Roi } from '../radiomics/roi.js';
import type { Levels } from '../volume/discretise.js';

/** A region laid out for kernels: a box with as much around it as a kernel reaches, so that none is ever cut off. */
export interface KernelSource {
  /** Voxels along x, y, z, the surroundings included. */
  readonly size: BoundingBox['size'];
  readonly spacing: Roi['spacing'];
  readonly values: Float64Array;
  /** What a kernel sees: 1 for the voxels of the region, or for all of the image when kernels are not masked. */
  readonly seen: Uint8Array;
  /** Level of the seen voxels, discretised together; 0 elsewhere. */
  readonly levels: Uint32Array;
  /** Largest level (Ng) of all that is seen. */
  readonly highest: number;
}

/** Whether a kernel could show more than one grey level but does not. */
export interface Kernel {
  readonly roi: Roi;
  readonly isFlat: boolean;
}

/**
 * Cuts kernels out of a source, one after another into the same buffers: a kernel is read before the next is cut.
 * @param reach voxels on either side of the middle, along x, y, z
 * @returns the kernel around the voxel at an index of the source; at least its middle must be seen
 */
export function kernelCutter(source: KernelSource, reach: readonly [number, number, number]): (at: number) => Kernel {
  const size = [2 * reach[0] + 1, 2 * reach[1] + 1, 2 * reach[2] + 1] as const;
  const count = size[0] * size[1] * size[2];
  const offsets = kernelOffsets(source.size, reach);
  const values = new Float64Array(count);
  const inside = new Uint8Array(count);
  const levels = new Uint32Array(count);
  const lasting = new Map<string, unknown>();
  return (at) => {
    let voxelCount = 0;
    let isFlat = true;
    for (let k = 0; k < count; k++) {
      const from = at + (offsets[k] as number);
      const seen = source.seen[from] as number;
      inside[k] = seen;
      values[k] = source.values[from] as number;
      if (seen === 0) continue;
      const level = source.levels[from] as number;
      levels[voxelCount++] = level;
      if (level !== levels[0]) isFlat = false;
    }
    const own: Levels = { levels: levels.subarray(0, voxelCount), highest: source.highest };
    return {
      roi: { size, spacing: source.spacing, values, inside, voxelCount, levels: own, shared: new Map(), lasting },
      isFlat,
    };
  };
}

/** Steps from the middle to each voxel of the kernel, x fastest. */
function kernelOffsets([nx, ny]: BoundingBox['size'], reach: readonly [number, number, number]): Int32Array {
  const range = (r: number) => Array.from({ length: 2 * r + 1 }, (_, i) => i - r);
  return Int32Array.from(
    range(reach[2]).flatMap((z) => range(reach[1]).flatMap((y) => range(reach[0]).map((x) => x + nx * (y + ny * z)))),
  );
}
