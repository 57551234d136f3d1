import { imagingError } from '../errors.js';
import { spacingOf } from '../volume/affine.js';
import type { Levels } from '../volume/discretise.js';
import type { Volume } from '../volume/volume.js';

/** First voxel and size of a box, in voxels along x, y, z. */
export interface BoundingBox {
  readonly start: readonly [x: number, y: number, z: number];
  readonly size: readonly [nx: number, ny: number, nz: number];
}

/**
 * A region cut out of its volume: the bounding box of the mask and nothing around it.
 * `values` and `inside` share the layout index = x + nx * (y + ny * z).
 */
export interface Roi {
  readonly size: BoundingBox['size'];
  /** Millimetres along x, y, z; always positive, orientation does not enter. */
  readonly spacing: readonly [x: number, y: number, z: number];
  readonly values: Float64Array;
  readonly inside: Uint8Array;
  readonly voxelCount: number;
  /**
   * Grey levels of the voxels inside, in storage order, where they do not follow from these values alone: the region is
   * part of a larger one that was discretised as a whole.
   */
  readonly levels?: Levels;
  /** What several feature classes need of the region, by name: see {@link workedOutOnce}. */
  readonly shared?: Map<string, unknown>;
  /** As `shared`, but for what follows from the settings alone: kept over regions that are cut one after another. */
  readonly lasting?: Map<string, unknown>;
}

/** The result that the region keeps under a name, made when first asked for. Under one name only one kind of result is kept. */
export function workedOutOnce<T>(roi: Roi, name: string, make: () => T): T {
  const kept = roi.shared?.get(name);
  if (kept !== undefined) return kept as T;
  const made = make();
  roi.shared?.set(name, made);
  return made;
}

/** The smallest box that holds every voxel of the mask (1 inside), or undefined when the mask is empty. */
export function boundingBox(voxels: Uint8Array, [nx, ny, nz]: Volume['size']): BoundingBox | undefined {
  // Buffer's search is a memchr: most of a mask is empty, and is passed over at the speed of memory.
  const bytes = Buffer.from(voxels.buffer, voxels.byteOffset, voxels.length);
  const low = [nx, ny, nz] as [number, number, number];
  const high = [-1, -1, -1] as [number, number, number];
  for (let i = bytes.indexOf(1); i >= 0; ) {
    const row = Math.floor(i / nx);
    const next = (row + 1) * nx;
    let last = next - 1;
    while (bytes[last] === 0) last--;
    const y = row % ny;
    const z = (row - y) / ny;
    low[0] = Math.min(low[0], i - row * nx);
    high[0] = Math.max(high[0], last - row * nx);
    low[1] = Math.min(low[1], y);
    high[1] = Math.max(high[1], y);
    low[2] = Math.min(low[2], z);
    high[2] = z;
    i = bytes.indexOf(1, next);
  }
  if (high[2] < 0) return undefined;
  return { start: low, size: [high[0] - low[0] + 1, high[1] - low[1] + 1, high[2] - low[2] + 1] };
}

/**
 * Cuts the bounding box out of image and mask.
 * @throws ImagingError RADIOMICS_NOT_FINITE when a voxel inside the mask is NaN or infinite
 */
export function cropRoi(volume: Volume, mask: Uint8Array, box: BoundingBox): Roi {
  const [nx, ny, nz] = box.size;
  const [sx, sy, sz] = box.start;
  const [fullX, fullY] = volume.size;
  const values = new Float64Array(nx * ny * nz);
  const inside = new Uint8Array(nx * ny * nz);
  let voxelCount = 0;
  for (let z = 0, to = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      let from = sx + fullX * (sy + y + fullY * (sz + z));
      for (let x = 0; x < nx; x++, to++, from++) {
        const value = volume.voxels[from] as number;
        values[to] = value;
        if (mask[from] === 0) continue;
        if (!Number.isFinite(value)) {
          throw imagingError('RADIOMICS_NOT_FINITE', String(value), `(${sx + x}, ${sy + y}, ${sz + z})`);
        }
        inside[to] = 1;
        voxelCount++;
      }
    }
  }
  return { size: box.size, spacing: spacingOf(volume.indexToLps), values, inside, voxelCount, shared: new Map() };
}

/** The values inside the region in storage order; shape (voxelCount). */
export function insideValues(roi: Roi): Float64Array {
  const out = new Float64Array(roi.voxelCount);
  for (let i = 0, n = 0; i < roi.inside.length; i++) if (roi.inside[i] !== 0) out[n++] = roi.values[i] as number;
  return out;
}
