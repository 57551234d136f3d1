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
  /** Only of a volume read from DICOM, on the grid of its files. */
  readonly dicom?: DicomOrigin;
  /** Worked out when the voxels were read; stands for no others, should a copy have some. */
  readonly known?: KnownRange;
  /**
   * Smallest and largest value of the type in which whole numbers were stored; absent when the image holds fractions, or when
   * an Int16Array says it all. Filters and resampling give whole numbers where ITK does.
   */
  readonly integerRange?: readonly [smallest: number, largest: number];
}

/** Smallest and largest of the voxels of an image, and their sum. */
export interface KnownRange {
  readonly of: Volume['voxels'];
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

/** A volume that is no longer on the grid of its files. */
export function withoutFiles(volume: Volume): Volume {
  const { dicom: _, ...rest } = volume;
  return rest;
}

/** What the files of a volume say beyond its voxels: segmentations refer to it. */
export interface DicomOrigin {
  readonly seriesInstanceUid: string;
  /** SOPInstanceUID of the file of each slice, lowest slice first; empty text where a file has none. */
  readonly sliceUids: readonly string[];
  /**
   * Per slice, the values that stand for "no image here" (PixelPaddingValue), lowest and highest, in the volume's unit;
   * null for a slice without; absent when no slice has any.
   */
  readonly padding?: readonly (readonly [low: number, high: number] | null)[];
}

/** Range of the whole numbers that an image is stored in, or undefined when it may hold fractions. */
export function integerRangeOf(volume: Volume): readonly [smallest: number, largest: number] | undefined {
  return volume.integerRange ?? (volume.voxels instanceof Int16Array ? [-32768, 32767] : undefined);
}

/** A region on a volume's grid: 1 inside, 0 outside. */
export interface Mask {
  readonly voxels: Uint8Array;
  readonly size: Volume['size'];
  readonly indexToLps: readonly number[];
  readonly label: string;
}
