import type { VoxelBox } from '../volume/crop.js';
import type { Volume } from '../volume/volume.js';

/** What a filter works on. */
export interface FilterInput {
  readonly image: Volume;
  /** 1 inside the region, on the image's grid. */
  readonly region: Uint8Array;
  /** The voxels whose filtered values are wanted. */
  readonly box: VoxelBox;
}

/** A filtered image, in the box that was asked for. */
export interface FilteredImage {
  /** First part of its column names: `log-sigma-2-0-mm-3D`. */
  readonly name: string;
  /** Shape of the box, x fastest. */
  readonly values: Float64Array;
}
