import { gzipSync } from 'node:zlib';
import { affineColumn, cross, directionsOf, dot, flipLpsRas, spacingOf, type Vec3 } from '../volume/affine.js';
import type { Mask, Volume } from '../volume/volume.js';

const headerBytes = 352;

/**
 * Writes a volume (float32 or int16, Float64 as float64) or a mask (uint8) as NIfTI-1 with sform and qform (scanner
 * coordinates, RAS mm), little endian. The same input gives the same bytes: no time, no file name.
 * The qform is left unset (code 0) when the axes are not at right angles, which it cannot say.
 * @param options.gzip default true: the bytes of a .nii.gz
 */
export function writeNifti(image: Volume | Mask, options: { readonly gzip?: boolean } = {}): Uint8Array {
  const { voxels } = image;
  const bytes = Buffer.alloc(headerBytes + voxels.byteLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  writeHeader(view, image);
  writeVoxels(view, voxels);
  if (options.gzip === false) return bytes;
  // Level 1: CT noise does not compress, level 6 takes twice the time for 3 % less.
  const zipped = gzipSync(bytes, { level: 1 });
  // Byte 9 names the operating system (RFC 1952), 255 = unknown, so that it is the same everywhere; zlib writes no time.
  zipped[9] = 255;
  return zipped;
}

type Voxels = Volume['voxels'] | Uint8Array;

/** NIfTI datatype code and bits per voxel. */
function typeOf(voxels: Voxels): readonly [number, number] {
  if (voxels instanceof Uint8Array) return [2, 8];
  if (voxels instanceof Int16Array) return [4, 16];
  return voxels instanceof Float32Array ? [16, 32] : [64, 64];
}

function writeHeader(view: DataView, image: Volume | Mask): void {
  const ras = flipLpsRas(image.indexToLps);
  const spacing = spacingOf(ras);
  const [code, bits] = typeOf(image.voxels);
  view.setInt32(0, 348, true);
  [3, ...image.size, 1, 1, 1, 1].forEach((n, i) => {
    view.setInt16(40 + 2 * i, n, true);
  });
  view.setInt16(70, code, true);
  view.setInt16(72, bits, true);
  view.setFloat32(108, headerBytes, true);
  view.setFloat32(112, 1, true);
  view.setUint8(123, 2);
  const turn = quaternion(ras);
  [turn?.handed ?? 1, ...spacing].forEach((v, i) => {
    view.setFloat32(76 + 4 * i, v, true);
  });
  view.setInt16(252, turn === null ? 0 : 1, true);
  view.setInt16(254, 1, true);
  [...(turn?.bcd ?? [0, 0, 0]), ...affineColumn(ras, 3)].forEach((v, i) => {
    view.setFloat32(256 + 4 * i, v, true);
  });
  ras.slice(0, 12).forEach((v, i) => {
    view.setFloat32(280 + 4 * i, v, true);
  });
  view.setUint32(344, 0x6e2b3100, false);
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

function writeVoxels(view: DataView, voxels: Voxels): void {
  const at = headerBytes;
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
