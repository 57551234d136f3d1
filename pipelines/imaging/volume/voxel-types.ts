import type { Volume } from './volume.js';

/** The number types a voxel file can hold. */
export type VoxelType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'uint64'
  | 'int64'
  | 'float32'
  | 'float64';

export const bytesPerVoxel: Readonly<Record<VoxelType, number>> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  uint64: 8,
  int64: 8,
  float32: 4,
  float64: 8,
};

type Read = (view: DataView, at: number, littleEndian: boolean) => number;
const readers: Readonly<Record<VoxelType, Read>> = {
  uint8: (v, at) => v.getUint8(at),
  int8: (v, at) => v.getInt8(at),
  uint16: (v, at, le) => v.getUint16(at, le),
  int16: (v, at, le) => v.getInt16(at, le),
  uint32: (v, at, le) => v.getUint32(at, le),
  int32: (v, at, le) => v.getInt32(at, le),
  uint64: (v, at, le) => Number(v.getBigUint64(at, le)),
  int64: (v, at, le) => Number(v.getBigInt64(at, le)),
  float32: (v, at, le) => v.getFloat32(at, le),
  float64: (v, at, le) => v.getFloat64(at, le),
};

/** float64 holds every value of every type exactly, except 64 bit integers beyond 2^53. */
function decodeAll(bytes: Uint8Array, type: VoxelType, littleEndian: boolean, out: Volume['voxels']): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[type];
  const step = bytesPerVoxel[type];
  for (let i = 0; i < out.length; i++) out[i] = read(view, i * step, littleEndian);
}

/**
 * Numbers of a voxel file, in the smallest of Int16, Float32 and Float64 that holds each of them exactly.
 * @param bytes at least `count` values; more are ignored
 */
export function decodeVoxels(
  bytes: Uint8Array,
  type: VoxelType,
  littleEndian: boolean,
  count: number,
): Volume['voxels'] {
  if (type === 'float32' || type === 'int16' || type === 'uint8' || type === 'int8') {
    const out = type === 'float32' ? new Float32Array(count) : new Int16Array(count);
    decodeAll(bytes, type, littleEndian, out);
    return out;
  }
  const exact = new Float64Array(count);
  decodeAll(bytes, type, littleEndian, exact);
  return type === 'float64' ? exact : narrowest(exact);
}

function narrowest(whole: Float64Array): Volume['voxels'] {
  let low = 0;
  let high = 0;
  for (let i = 0; i < whole.length; i++) {
    const v = whole[i] as number;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low >= -32768 && high <= 32767) return Int16Array.from(whole);
  return low >= -(2 ** 24) && high <= 2 ** 24 ? Float32Array.from(whole) : whole;
}
