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

const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

const bits: Readonly<Partial<Record<VoxelType, readonly [number, number]>>> = {
  uint8: [0, 2 ** 8 - 1],
  int8: [-(2 ** 7), 2 ** 7 - 1],
  uint16: [0, 2 ** 16 - 1],
  uint32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint64: [0, 2 ** 64],
  int64: [-(2 ** 63), 2 ** 63],
};

/** The `integerRange` of a volume of voxels of a type, as a property to spread; nothing for real types, nor for int16, which an Int16Array says. */
export function integerRange(type: VoxelType): Pick<Volume, 'integerRange'> {
  const range = bits[type];
  return range === undefined ? {} : { integerRange: range };
}

/** The bytes of `count` values in the machine's order, at a place where a typed array may start; a view where possible. */
function inHostOrder(bytes: Uint8Array, step: number, littleEndian: boolean, count: number): Uint8Array {
  const used = bytes.subarray(0, count * step);
  const swap = step > 1 && littleEndian !== hostIsLittleEndian;
  if (!swap && used.byteOffset % step === 0) return used;
  const copy = Buffer.alloc(used.length);
  copy.set(used);
  if (swap) {
    if (step === 2) copy.swap16();
    else if (step === 4) copy.swap32();
    else copy.swap64();
  }
  return copy;
}

/**
 * Numbers of a voxel file, in the smallest of Int16, Float32 and Float64 that holds each of them exactly (64 bit integers
 * beyond 2^53 are rounded). A view of the bytes where they can be used as they are; do not write to it.
 * @param bytes at least `count` values; more are ignored
 */
export function decodeVoxels(
  bytes: Uint8Array,
  type: VoxelType,
  littleEndian: boolean,
  count: number,
): Volume['voxels'] {
  const { buffer, byteOffset } = inHostOrder(bytes, bytesPerVoxel[type], littleEndian, count);
  switch (type) {
    case 'int16':
      return new Int16Array(buffer, byteOffset, count);
    case 'float32':
      return new Float32Array(buffer, byteOffset, count);
    case 'float64':
      return new Float64Array(buffer, byteOffset, count);
    case 'uint8':
      return new Int16Array(new Uint8Array(buffer, byteOffset, count));
    case 'int8':
      return new Int16Array(new Int8Array(buffer, byteOffset, count));
    case 'uint16':
      return narrowest(new Uint16Array(buffer, byteOffset, count));
    case 'uint32':
      return narrowest(new Uint32Array(buffer, byteOffset, count));
    case 'int32':
      return narrowest(new Int32Array(buffer, byteOffset, count));
    case 'uint64':
      return narrowest(Float64Array.from(new BigUint64Array(buffer, byteOffset, count), Number));
    case 'int64':
      return narrowest(Float64Array.from(new BigInt64Array(buffer, byteOffset, count), Number));
  }
}

function narrowest(whole: Uint16Array | Uint32Array | Int32Array | Float64Array): Volume['voxels'] {
  let low = 0;
  let high = 0;
  for (let i = 0; i < whole.length; i++) {
    const v = whole[i] as number;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low >= -32768 && high <= 32767) return new Int16Array(whole);
  return low >= -(2 ** 24) && high <= 2 ** 24 ? new Float32Array(whole) : new Float64Array(whole);
}
