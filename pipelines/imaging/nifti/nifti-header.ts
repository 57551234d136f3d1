import { imagingError } from '../errors.js';
import { type Affine, affineColumn, affineFromAxes, flipLpsRas, norm, scale, type Vec3 } from '../volume/affine.js';

/** The parts of a NIfTI-1 or NIfTI-2 header that matter here. @see https://nifti.nimh.nih.gov/nifti-1 */
export interface NiftiHeader {
  readonly size: readonly [number, number, number];
  readonly datatype: number;
  readonly littleEndian: boolean;
  /** Byte at which the voxels start. */
  readonly dataOffset: number;
  /** value = slope * stored + intercept; slope 0 means stored values as they are. */
  readonly slope: number;
  readonly intercept: number;
  readonly indexToLps: Affine;
  /** The voxels are in a file of their own (.img beside .hdr). */
  readonly paired: boolean;
}

/** Where the fields of the two versions lie; version 2 has wider numbers. */
interface Layout {
  readonly headerSize: 348 | 540;
  readonly magicAt: number;
  readonly dim: (i: number) => number;
  readonly pixdim: (i: number) => number;
  readonly datatype: () => number;
  readonly dataOffset: () => number;
  readonly slope: () => number;
  readonly intercept: () => number;
  readonly units: () => number;
  readonly qformCode: () => number;
  readonly sformCode: () => number;
  /** quatern_b, c, d and qoffset_x, y, z. */
  readonly quatern: (i: number) => number;
  /** The 12 numbers of srow_x, y, z. */
  readonly srow: (i: number) => number;
}

function layout1(view: DataView, le: boolean): Layout {
  return {
    headerSize: 348,
    magicAt: 344,
    dim: (i) => view.getInt16(40 + 2 * i, le),
    pixdim: (i) => view.getFloat32(76 + 4 * i, le),
    datatype: () => view.getInt16(70, le),
    dataOffset: () => view.getFloat32(108, le),
    slope: () => view.getFloat32(112, le),
    intercept: () => view.getFloat32(116, le),
    units: () => view.getUint8(123),
    qformCode: () => view.getInt16(252, le),
    sformCode: () => view.getInt16(254, le),
    quatern: (i) => view.getFloat32(256 + 4 * i, le),
    srow: (i) => view.getFloat32(280 + 4 * i, le),
  };
}

function layout2(view: DataView, le: boolean): Layout {
  return {
    headerSize: 540,
    magicAt: 4,
    dim: (i) => Number(view.getBigInt64(16 + 8 * i, le)),
    pixdim: (i) => view.getFloat64(104 + 8 * i, le),
    datatype: () => view.getInt16(12, le),
    dataOffset: () => Number(view.getBigInt64(168, le)),
    slope: () => view.getFloat64(176, le),
    intercept: () => view.getFloat64(184, le),
    units: () => view.getInt32(500, le),
    qformCode: () => view.getInt32(344, le),
    sformCode: () => view.getInt32(348, le),
    quatern: (i) => view.getFloat64(352 + 8 * i, le),
    srow: (i) => view.getFloat64(400 + 8 * i, le),
  };
}

/** True when the (uncompressed) bytes start like NIfTI, whatever the byte order. */
export function looksLikeNifti(bytes: Uint8Array): boolean {
  return layoutOf(bytes) !== null;
}

function layoutOf(bytes: Uint8Array): { readonly layout: Layout; readonly littleEndian: boolean } | null {
  if (bytes.length < 348) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const littleEndian of [true, false]) {
    const size = view.getInt32(0, littleEndian);
    const layout = size === 348 ? layout1(view, littleEndian) : size === 540 ? layout2(view, littleEndian) : null;
    if (layout === null || bytes.length < layout.headerSize) continue;
    const magic = String.fromCharCode(...bytes.subarray(layout.magicAt, layout.magicAt + 3));
    if (/^n[+i][12]$/.test(magic)) return { layout, littleEndian };
  }
  return null;
}

/**
 * Reads the header of a NIfTI file, single (`n+1`, `n+2`) or one half of a pair (`ni1`, `ni2`).
 * The grid comes from the sform when its code is positive, else from the qform, else from pixdim alone (RAS axes,
 * origin 0), as the standard says. Spatial units metre and micrometre become mm; unknown ones are taken as mm.
 * @throws ImagingError NIFTI_INVALID
 */
export function readNiftiHeader(file: string, bytes: Uint8Array): NiftiHeader {
  const found = layoutOf(bytes);
  if (found === null) throw imagingError('NIFTI_INVALID', file, 'its header has no NIfTI-1 or NIfTI-2 mark');
  const { layout, littleEndian } = found;
  const size = sizeOf(file, layout);
  const ras = rasAffine(file, layout).map((v, i) => (i < 12 ? v * millimetres(file, layout.units()) : v));
  if (ras.some((v) => !Number.isFinite(v)) || [0, 1, 2].some((i) => norm(affineColumn(ras, i as 0 | 1 | 2)) === 0)) {
    throw imagingError('NIFTI_INVALID', file, 'its orientation has a voxel axis without length');
  }
  return {
    size,
    datatype: layout.datatype(),
    littleEndian,
    dataOffset: layout.dataOffset(),
    slope: layout.slope(),
    intercept: layout.intercept(),
    indexToLps: flipLpsRas(ras),
    paired: bytes[layout.magicAt + 1] !== 0x2b,
  };
}

function sizeOf(file: string, layout: Layout): readonly [number, number, number] {
  const dimensions = layout.dim(0);
  const sizes = [1, 2, 3, 4, 5, 6, 7].map((i) => (i <= dimensions ? layout.dim(i) : 1));
  if (dimensions < 1 || dimensions > 7 || sizes.some((n) => n < 1) || sizes.slice(3).some((n) => n !== 1)) {
    const found = sizes.slice(0, Math.max(1, Math.min(7, dimensions))).join(' x ');
    throw imagingError('NIFTI_INVALID', file, `its size is ${found}, expected three dimensions and one volume`);
  }
  return [sizes[0] as number, sizes[1] as number, sizes[2] as number];
}

function millimetres(file: string, units: number): number {
  const code = units & 7;
  const factor = [1, 1000, 1, 0.001][code];
  if (factor === undefined)
    throw imagingError('NIFTI_INVALID', file, `its spatial unit code is ${code}, expected 0 to 3`);
  return factor;
}

function rasAffine(file: string, layout: Layout): Affine {
  if (layout.sformCode() > 0) return [...Array.from({ length: 12 }, (_, i) => layout.srow(i)), 0, 0, 0, 1];
  const spacing = [1, 2, 3].map((i) => Math.abs(layout.pixdim(i)) || 1) as [number, number, number];
  if (layout.qformCode() > 0) return qformAffine(file, layout, spacing);
  return affineFromAxes([spacing[0], 0, 0], [0, spacing[1], 0], [0, 0, spacing[2]], [0, 0, 0]);
}

/**
 * Quaternion (a, b, c, d) to rotation, with a >= 0 implied; pixdim[0] = -1 turns the third axis round.
 * Where b, c, d have length 1 up to float32 rounding, a is 0: the root of the rounding would turn the grid by 3e-4.
 */
function qformAffine(file: string, layout: Layout, spacing: Vec3): Affine {
  const stored: Vec3 = [layout.quatern(0), layout.quatern(1), layout.quatern(2)];
  const length = norm(stored);
  if (!(length < 1.001)) throw imagingError('NIFTI_INVALID', file, 'its qform quaternion is longer than 1');
  const rest = 1 - length * length;
  const half = rest < 1e-6;
  const a = half ? 0 : Math.sqrt(rest);
  const [b, c, d] = half ? scale(stored, 1 / length) : stored;
  const x: Vec3 = [a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)];
  const y: Vec3 = [2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b)];
  const z: Vec3 = [2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - b * b - c * c];
  const handed = layout.pixdim(0) < 0 ? -1 : 1;
  const offset: Vec3 = [layout.quatern(3), layout.quatern(4), layout.quatern(5)];
  return affineFromAxes(scale(x, spacing[0]), scale(y, spacing[1]), scale(z, handed * spacing[2]), offset);
}
