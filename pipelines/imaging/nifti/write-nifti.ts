import { gzipSync } from 'node:zlib';
import {
  affineColumn,
  cross,
  directionsOf,
  dot,
  flipLpsRas,
  type Grid,
  spacingOf,
  type Vec3,
} from '../volume/affine.js';
import type { Mask, Volume } from '../volume/volume.js';

/** How a NIfTI file is written. */
export interface NiftiOptions {
  /** Default true: the bytes of a .nii.gz. */
  readonly gzip?: boolean;
  /** Default 1; 2 holds the grid in double precision, and is taken for sizes that version 1 cannot hold. */
  readonly version?: 1 | 2;
}

/**
 * Writes a volume (float32 or int16, Float64 as float64) or a mask (uint8) as NIfTI with sform and qform (scanner
 * coordinates, RAS mm), little endian. The same input gives the same bytes: no time, no file name.
 * The qform is left unset (code 0) when the axes are not at right angles, which it cannot say.
 */
export function writeNifti(image: Volume | Mask, options: NiftiOptions = {}): Uint8Array {
  const { voxels } = image;
  const version = image.size.some((n) => n > 32767) ? 2 : (options.version ?? 1);
  const start = version === 1 ? 352 : 544;
  const bytes = Buffer.alloc(start + voxels.byteLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const facts = headerFacts(image, start);
  if (version === 1) writeHeader1(view, facts);
  else writeHeader2(view, facts);
  writeVoxels(view, voxels, start);
  if (options.gzip === false) return bytes;
  // Level 1: CT noise does not compress, level 6 takes twice the time for 3 % less.
  const zipped = gzipSync(bytes, { level: 1 });
  // Byte 9 names the operating system (RFC 1952), 255 = unknown, so that it is the same everywhere; zlib writes no time.
  zipped[9] = 255;
  return zipped;
}

/** The first 352 bytes of a NIfTI-1 file of float32 voxels on a grid, for a writer that gets them bit by bit. */
export function floatNiftiHeader(grid: Grid): Uint8Array {
  const bytes = new Uint8Array(352);
  writeHeader1(new DataView(bytes.buffer), headerFacts({ ...grid, voxels: new Float32Array() }, 352));
  return bytes;
}

type Voxels = Volume['voxels'] | Uint8Array;

/** NIfTI datatype code and bits per voxel. */
function typeOf(voxels: Voxels): readonly [number, number] {
  if (voxels instanceof Uint8Array) return [2, 8];
  if (voxels instanceof Int16Array) return [4, 16];
  return voxels instanceof Float32Array ? [16, 32] : [64, 64];
}

/** What both versions of the header say, in the order of its arrays. */
interface HeaderFacts {
  readonly dim: readonly number[];
  readonly code: number;
  readonly bits: number;
  readonly pixdim: readonly number[];
  readonly dataOffset: number;
  readonly qformCode: 0 | 1;
  /** quatern_b, c, d, qoffset_x, y, z. */
  readonly quatern: readonly number[];
  readonly srow: readonly number[];
}

function headerFacts(image: Volume | Mask, dataOffset: number): HeaderFacts {
  const ras = flipLpsRas(image.indexToLps);
  const [code, bits] = typeOf(image.voxels);
  const turn = quaternion(ras);
  return {
    dim: [3, ...image.size, 1, 1, 1, 1],
    code,
    bits,
    pixdim: [turn?.handed ?? 1, ...spacingOf(ras)],
    dataOffset,
    qformCode: turn === null ? 0 : 1,
    quatern: [...(turn?.bcd ?? [0, 0, 0]), ...affineColumn(ras, 3)],
    srow: ras.slice(0, 12),
  };
}

/** Millimetres, and scanner coordinates for sform and qform. */
const [unitMm, scannerAnatomical] = [2, 1];

function writeHeader1(view: DataView, facts: HeaderFacts): void {
  const floats = (at: number, values: readonly number[]) => {
    for (const [i, v] of values.entries()) view.setFloat32(at + 4 * i, v, true);
  };
  view.setInt32(0, 348, true);
  for (const [i, n] of facts.dim.entries()) view.setInt16(40 + 2 * i, n, true);
  view.setInt16(70, facts.code, true);
  view.setInt16(72, facts.bits, true);
  floats(76, facts.pixdim);
  floats(108, [facts.dataOffset, 1]);
  view.setUint8(123, unitMm);
  view.setInt16(252, facts.qformCode, true);
  view.setInt16(254, scannerAnatomical, true);
  floats(256, facts.quatern);
  floats(280, facts.srow);
  view.setUint32(344, 0x6e2b3100, false);
}

/** @see https://nifti.nimh.nih.gov/pub/dist/doc/nifti2.h */
function writeHeader2(view: DataView, facts: HeaderFacts): void {
  const doubles = (at: number, values: readonly number[]) => {
    for (const [i, v] of values.entries()) view.setFloat64(at + 8 * i, v, true);
  };
  view.setInt32(0, 540, true);
  view.setUint32(4, 0x6e2b3200, false);
  view.setUint32(8, 0x0d0a1a0a, false);
  view.setInt16(12, facts.code, true);
  view.setInt16(14, facts.bits, true);
  for (const [i, n] of facts.dim.entries()) view.setBigInt64(16 + 8 * i, BigInt(n), true);
  doubles(104, facts.pixdim);
  view.setBigInt64(168, BigInt(facts.dataOffset), true);
  doubles(176, [1]);
  view.setInt32(344, facts.qformCode, true);
  view.setInt32(348, scannerAnatomical, true);
  doubles(352, facts.quatern);
  doubles(400, facts.srow);
  view.setInt32(500, unitMm, true);
}

/** Unit quaternion (b, c, d with a >= 0) of the voxel axes; handed -1 when the third one is turned round. */
function quaternion(ras: readonly number[]): { readonly bcd: Vec3; readonly handed: 1 | -1 } | null {
  const [x, y, stored] = directionsOf(ras);
  if (Math.max(Math.abs(dot(x, y)), Math.abs(dot(y, stored)), Math.abs(dot(x, stored))) > 1e-4) return null;
  const handed = dot(cross(x, y), stored) < 0 ? -1 : 1;
  const z = [handed * stored[0], handed * stored[1], handed * stored[2]] as const;
  const trace = x[0] + y[1] + z[2];
  // The largest of the four components is found first, so that no small number is divided by.
  const squares = [trace, x[0] - y[1] - z[2], y[1] - x[0] - z[2], z[2] - x[0] - y[1]].map(
    (v) => Math.max(0, 1 + v) / 4,
  );
  const largest = squares.indexOf(Math.max(...squares));
  const s = Math.sqrt(squares[largest] as number);
  const q = 4 * s;
  const [yz, zx, xy] = [y[2] - z[1], z[0] - x[2], x[1] - y[0]];
  const [sxy, sxz, syz] = [y[0] + x[1], z[0] + x[2], z[1] + y[2]];
  const options: readonly (readonly [number, number, number, number])[] = [
    [s, yz / q, zx / q, xy / q],
    [yz / q, s, sxy / q, sxz / q],
    [zx / q, sxy / q, s, syz / q],
    [xy / q, sxz / q, syz / q, s],
  ];
  const [a, b, c, d] = options[largest] as readonly [number, number, number, number];
  const sign = a < 0 ? -1 : 1;
  return { bcd: [sign * b, sign * c, sign * d], handed };
}

function writeVoxels(view: DataView, voxels: Voxels, at: number): void {
  if (voxels instanceof Uint8Array) {
    new Uint8Array(view.buffer, view.byteOffset + at, voxels.length).set(voxels);
  } else if (voxels instanceof Int16Array) {
    for (let i = 0; i < voxels.length; i++) view.setInt16(at + 2 * i, voxels[i] as number, true);
  } else if (voxels instanceof Float32Array) {
    for (let i = 0; i < voxels.length; i++) view.setFloat32(at + 4 * i, voxels[i] as number, true);
  } else {
    for (let i = 0; i < voxels.length; i++) view.setFloat64(at + 8 * i, voxels[i] as number, true);
  }
}
