/** Along the three axes of the voxels, or in patient space. */
export type Triple = readonly [number, number, number];

/** An image as the server sends it: voxels x fastest, and the map from voxel index to RAS mm (row-major, 3 x 4). */
export interface NiftiImage {
  readonly size: Triple;
  readonly indexToRas: readonly number[];
  readonly voxels: Int16Array | Uint8Array | Float32Array;
}

/** Unpacks a gzipped file. @throws TypeError when it is damaged */
export async function gunzip(zipped: ArrayBuffer): Promise<ArrayBuffer> {
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}

/**
 * Reads a NIfTI-1 file as this server writes it: little endian, three axes, an sform, no scaling.
 * @throws Error saying what is not as expected
 * @see https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h
 */
export function readNifti(file: ArrayBuffer): NiftiImage {
  const view = new DataView(file);
  if (view.getInt32(0, true) !== 348) throw new Error('the volume is no NIfTI-1 file');
  const size: Triple = [view.getInt16(42, true), view.getInt16(44, true), view.getInt16(46, true)];
  const start = view.getFloat32(108, true);
  const count = size[0] * size[1] * size[2];
  return {
    size,
    indexToRas: Array.from({ length: 12 }, (_, i) => view.getFloat32(280 + 4 * i, true)),
    voxels: voxelsOf(file, view.getInt16(70, true), start, count),
  };
}

function voxelsOf(file: ArrayBuffer, type: number, start: number, count: number): NiftiImage['voxels'] {
  if (type === 2) return new Uint8Array(file, start, count);
  if (type === 4) return new Int16Array(file, start, count);
  if (type === 16) return new Float32Array(file, start, count);
  throw new Error(`the volume holds voxels of the type ${type}, which is not shown`);
}

/** Position of a voxel's centre, RAS mm. */
export function positionOf({ indexToRas: m }: Pick<NiftiImage, 'indexToRas'>, [x, y, z]: Triple): Triple {
  const row = (r: number) =>
    (m[4 * r] as number) * x + (m[4 * r + 1] as number) * y + (m[4 * r + 2] as number) * z + (m[4 * r + 3] as number);
  return [row(0), row(1), row(2)];
}

/** A voxel axis as it runs over the picture. */
export interface ScreenAxis {
  readonly axis: 0 | 1 | 2;
  readonly count: number;
  readonly spacingMm: number;
  /** The index falls while the picture runs on. */
  readonly reversed: boolean;
}

const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/**
 * The voxel axes of an axial picture as radiology shows it: the patient's right side on the left, the front on top. Axes that
 * are oblique stand for the patient's axis they are nearest to.
 */
export function axialAxes({ size, indexToRas: m }: Pick<NiftiImage, 'size' | 'indexToRas'>): {
  readonly right: ScreenAxis;
  readonly down: ScreenAxis;
  readonly across: ScreenAxis;
} {
  const step = (patient: number, axis: number) => m[4 * patient + axis] as number;
  const spacing = (axis: number) => Math.hypot(step(0, axis), step(1, axis), step(2, axis));
  const along = (order: readonly number[]) =>
    order.reduce((sum, axis, patient) => sum + Math.abs(step(patient, axis)) / spacing(axis), 0);
  const best = orders.reduce((a, b) => (along(b) > along(a) ? b : a));
  const screen = (patient: 0 | 1 | 2, reversedWhen: (step: number) => boolean): ScreenAxis => {
    const axis = best[patient];
    return { axis, count: size[axis], spacingMm: spacing(axis), reversed: reversedWhen(step(patient, axis)) };
  };
  // RAS: to the right of the picture x falls, downwards y falls, and slices count up towards the head.
  return {
    right: screen(0, (mm) => mm > 0),
    down: screen(1, (mm) => mm > 0),
    across: screen(2, (mm) => mm < 0),
  };
}
