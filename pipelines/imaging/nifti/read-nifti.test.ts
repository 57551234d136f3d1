import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import { readNifti } from './read-nifti.js';

/** Header fields by byte offset, over an otherwise valid NIfTI-1 file of 2 x 1 x 1 voxels, in either byte order. */
function niftiFile(
  type: number,
  bits: number,
  data: readonly number[],
  options: { big?: boolean; change?: (v: DataView) => void } = {},
): Buffer {
  const le = options.big !== true;
  const bytes = Buffer.alloc(352 + (data.length * bits) / 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setInt32(0, 348, le);
  [3, 2, 1, 1, 1, 1, 1, 1].forEach((n, i) => {
    view.setInt16(40 + 2 * i, n, le);
  });
  view.setInt16(70, type, le);
  view.setInt16(72, bits, le);
  [1, 1.5, 2, 3].forEach((v, i) => {
    view.setFloat32(76 + 4 * i, v, le);
  });
  view.setFloat32(108, 352, le);
  bytes.write('n+1\0', 344, 'latin1');
  data.forEach((v, i) => {
    const at = 352 + (i * bits) / 8;
    if (type === 2) view.setUint8(at, v);
    else if (type === 256) view.setInt8(at, v);
    else if (type === 4) view.setInt16(at, v, le);
    else if (type === 512) view.setUint16(at, v, le);
    else if (type === 8) view.setInt32(at, v, le);
    else if (type === 768) view.setUint32(at, v, le);
    else if (type === 16) view.setFloat32(at, v, le);
    else if (type === 64) view.setFloat64(at, v, le);
    else if (type === 1024) view.setBigInt64(at, BigInt(v), le);
    else if (type === 1280) view.setBigUint64(at, BigInt(v), le);
  });
  options.change?.(view);
  return bytes;
}

describe('number types', () => {
  test.each<[string, number, number, number[], string]>([
    ['uint8', 2, 8, [0, 255], 'Int16Array'],
    ['int8', 256, 8, [-128, 127], 'Int16Array'],
    ['int16', 4, 16, [-32768, 32767], 'Int16Array'],
    ['uint16, small', 512, 16, [0, 32767], 'Int16Array'],
    ['uint16, large', 512, 16, [0, 65535], 'Float32Array'],
    ['int32, small', 8, 32, [-3, 4], 'Int16Array'],
    ['int32, large', 8, 32, [-(2 ** 31), 2 ** 31 - 1], 'Float64Array'],
    ['uint32', 768, 32, [0, 2 ** 32 - 1], 'Float64Array'],
    ['int64', 1024, 64, [-70000, 70000], 'Float32Array'],
    ['uint64', 1280, 64, [0, 2 ** 40], 'Float64Array'],
    ['float32', 16, 32, [0.5, -1e30], 'Float32Array'],
    ['float64', 64, 64, [0.1, -1e300], 'Float64Array'],
  ])('%s, both byte orders', (_name, type, bits, values, kind) => {
    for (const big of [false, true]) {
      const { voxels } = readNifti('x.nii', niftiFile(type, bits, values, { big }));
      expect(voxels.constructor.name).toBe(kind);
      expect([...voxels]).toEqual(kind === 'Float32Array' ? values.map(Math.fround) : values);
    }
  });

  test('voxels in a file of their own, at its start or later, zipped or not', () => {
    const pair = (offset: number) =>
      niftiFile(4, 16, [0, 0], {
        change: (v) => {
          v.setUint8(345, 0x69);
          v.setFloat32(108, offset, true);
        },
      }).subarray(0, 348);
    const image = Buffer.from(Int16Array.from([7, 1, -2]).buffer);
    expect([...readNifti('x.hdr', pair(0), image).voxels]).toEqual([7, 1]);
    expect([...readNifti('x.hdr', pair(2), image).voxels]).toEqual([1, -2]);
    expect([...readNifti('x.hdr', gzipSync(pair(2)), gzipSync(image)).voxels]).toEqual([1, -2]);
    expect(() => readNifti('x.hdr', pair(4), image)).toThrow(/need 4 bytes and 2 are there/);
  });

  test('scl_slope and scl_inter are applied; slope 0 and not-a-number mean unscaled', () => {
    const scaled = (slope: number, intercept: number) =>
      readNifti(
        'x.nii',
        niftiFile(4, 16, [1, 2], {
          change: (v) => {
            v.setFloat32(112, slope, true);
            v.setFloat32(116, intercept, true);
          },
        }),
      ).voxels;
    expect([...scaled(0.5, -1)]).toEqual([-0.5, 0]);
    expect(scaled(0.5, -1)).toBeInstanceOf(Float32Array);
    expect([...scaled(0, 7)]).toEqual([1, 2]);
    expect([...scaled(Number.NaN, Number.NaN)]).toEqual([1, 2]);
    expect(scaled(1, 0)).toBeInstanceOf(Int16Array);
    expect([...scaled(1, 10)]).toEqual([11, 12]);
  });
});

describe('where the grid comes from', () => {
  const affineOf = (change: (v: DataView) => void) =>
    readNifti('x.nii', niftiFile(2, 8, [0, 0], { change })).indexToLps;
  const row = (v: DataView, values: readonly number[]) =>
    values.forEach((n, i) => {
      v.setFloat32(280 + 4 * i, n, true);
    });

  test('sform first, turned from RAS to LPS', () => {
    const affine = affineOf((v) => {
      v.setInt16(254, 2, true);
      v.setInt16(252, 1, true);
      row(v, [-2, 0, 0, 5, 0, -3, 0, 6, 0, 0, 4, 7]);
    });
    expect(affine).toEqual([2, 0, 0, -5, 0, 3, 0, -6, 0, 0, 4, 7, 0, 0, 0, 1]);
  });

  test('then qform: a quarter turn about the third axis, and a third axis turned round', () => {
    const quarter = (handed: number) =>
      affineOf((v) => {
        v.setInt16(252, 1, true);
        v.setFloat32(76, handed, true);
        v.setFloat32(264, Math.SQRT1_2, true);
        [10, 20, 30].forEach((n, i) => {
          v.setFloat32(268 + 4 * i, n, true);
        });
      }).map((n) => Number(n.toFixed(5)) + 0);
    // RAS: x -> +A, y -> -R
    expect(quarter(1)).toEqual([0, 2, 0, -10, -1.5, 0, 0, -20, 0, 0, 3, 30, 0, 0, 0, 1]);
    expect(quarter(-1)[10]).toBe(-3);
    expect(quarter(0)[10]).toBe(3);
  });

  test('else pixdim; units other than mm are converted', () => {
    expect(affineOf(() => undefined)).toEqual([-1.5, 0, 0, 0, 0, -2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1]);
    expect(affineOf((v) => v.setUint8(123, 1))[10]).toBe(3000);
    expect(affineOf((v) => v.setUint8(123, 3 + 8))[10]).toBeCloseTo(0.003, 12);
  });
});

describe('what is refused', () => {
  const good = niftiFile(4, 16, [1, 2]);
  const changed = (change: (v: DataView) => void) => niftiFile(4, 16, [1, 2], { change });
  test.each<[string, Uint8Array, RegExp]>([
    ['something else', Buffer.alloc(400), /no NIfTI-1 or NIfTI-2 mark/],
    ['a short file', good.subarray(0, 100), /no NIfTI/],
    ['missing voxels', good.subarray(0, 354), /need 4 bytes and 2 are there/],
    ['a broken zip', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), /unzipped/],
    ['half of a pair', changed((v) => v.setUint8(345, 0x69)), /\.img is not beside it/],
    ['voxels inside the header', changed((v) => v.setFloat32(108, 100, true)), /start at byte 100/],
    ['voxels at no place', changed((v) => v.setFloat32(108, Number.NaN, true)), /start at byte NaN/],
    ['a claim that no zip can hold', gzipSync(changed((v) => v.setInt16(42, 32767, true))), /cut off\?/],
    ['a zip of more than it claims', gzipSync(Buffer.concat([good, Buffer.alloc(3 << 20)])), /holds more than the 356/],
    ['complex numbers', changed((v) => v.setInt16(70, 32, true)), /datatype code is 32/],
    [
      'a time series',
      changed((v) => {
        v.setInt16(40, 4, true);
        v.setInt16(48, 5, true);
      }),
      /size is 2 x 1 x 1 x 5/,
    ],
    ['no size', changed((v) => v.setInt16(42, 0, true)), /size is 0 x 1 x 1/],
    ['an unknown unit', changed((v) => v.setUint8(123, 5)), /unit code is 5/],
    ['an axis without length', changed((v) => v.setInt16(254, 1, true)), /axis without length/],
    [
      'a quaternion that is none',
      changed((v) => {
        v.setInt16(252, 1, true);
        v.setFloat32(256, 2, true);
      }),
      /quaternion/,
    ],
  ])('%s', (_name, bytes, message) => {
    expect(() => readNifti('x.nii', bytes)).toThrow(message);
    expect(() => readNifti('x.nii', bytes)).toThrow(/^x\.nii /);
  });
});

describe.skipIf(!hasSharedData)(`real files ${needsSharedData}`, () => {
  const read = (path: string) => readNifti(path, readFileSync(sharedData(path)));

  test('digital phantom: affine diag(-2, -2, 2) RAS', () => {
    const { size, indexToLps, voxels } = read('ibsi-1/digital_phantom/nifti/image/phantom.nii.gz');
    expect(size).toEqual([5, 4, 4]);
    expect([indexToLps[0], indexToLps[5], indexToLps[10]]).toEqual([2, 2, 2]);
    expect([...voxels.subarray(0, 5)]).toEqual([1, 4, 4, 1, 1]);
    expect(voxels.filter((v) => v === 9).length).toBe(1);
  });

  test('CT phantom: float32, mean -266.47', () => {
    const { size, voxels } = read('ibsi-1/ct_radiomics_phantom/nifti/image/phantom.nii.gz');
    expect(size).toEqual([204, 201, 60]);
    expect(voxels).toBeInstanceOf(Float32Array);
    expect(Float64Array.from(voxels).reduce((a, b) => a + b, 0) / voxels.length).toBeCloseTo(-266.47, 2);
  });
});
