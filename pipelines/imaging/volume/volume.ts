/**
 * A scalar image in patient space.
 *
 * `voxels` holds HU (CT) or the modality's unit, x fastest: index = x + nx * (y + ny * z).
 * `indexToLps` is a row-major 4x4 that maps a voxel index (x, y, z, 1), index = voxel centre, to LPS millimetres.
 */
export interface Volume {
  readonly voxels: Float32Array | Float64Array | Int16Array;
  readonly size: readonly [nx: number, ny: number, nz: number];
  readonly indexToLps: readonly number[];
  readonly frameOfReferenceUid?: string;
}

/** A region on a volume's grid: 1 inside, 0 outside. */
export interface Mask {
  readonly voxels: Uint8Array;
  readonly size: Volume['size'];
  readonly indexToLps: readonly number[];
  readonly label: string;
}
