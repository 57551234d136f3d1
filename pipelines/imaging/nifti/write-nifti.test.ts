import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Affine, affineFromAxes } from '../volume/affine.js';
import type { Volume } from '../volume/volume.js';
import { readNifti } from './read-nifti.js';
import { writeNifti } from './write-nifti.js';

describe('writing and reading back', () => {
  const size = [3, 2, 2] as const;
  const oblique: Affine = affineFromAxes([0.6, 0.8, 0], [-0.8, 0.6, 0], [0, 0, -2.5], [-249.5, -460.25, 681.5]);
  const volume = (voxels: Volume['voxels'], indexToLps = oblique): Volume => ({ voxels, size, indexToLps });
  const values = Array.from({ length: 12 }, (_, i) => 100 * i - 600);

  test.each([
    Int16Array.from(values),
    Float32Array.from(values, (v) => v / 7),
    Float64Array.from(values, (v) => v / 7),
  ])('voxels come back exactly (%#)', (voxels) => {
    for (const gzip of [true, false]) {
      const back = readNifti('x.nii', writeNifti(volume(voxels), { gzip }));
      expect(back.voxels).toEqual(voxels);
      expect(back.size).toEqual(size);
      back.indexToLps.forEach((v, i) => {
        expect(v).toBe(i < 12 ? Math.fround(oblique[i] as number) + 0 : oblique[i]);
      });
    }
  });

  test('version 2 holds the grid exactly; sizes beyond version 1 take it', () => {
    const precise = affineFromAxes([0.6, 0.8, 0], [-0.8, 0.6, 0], [0, 0, -1 / 3], [-249.51171876, 1e-9, 681.5]);
    for (const gzip of [true, false]) {
      const back = readNifti('x.nii', writeNifti(volume(Int16Array.from(values), precise), { gzip, version: 2 }));
      expect(back).toEqual({ voxels: Int16Array.from(values), size, indexToLps: precise });
    }
    const long = { voxels: new Uint8Array(40_000).fill(1, 39_999), size: [40_000, 1, 1] as const, label: '' };
    const written = writeNifti({ ...long, indexToLps: precise }, { gzip: false });
    expect(new DataView(written.buffer, written.byteOffset).getInt32(0, true)).toBe(540);
    const back = readNifti('x.nii', written);
    expect(back.size).toEqual(long.size);
    expect([back.voxels[39_998], back.voxels[39_999]]).toEqual([0, 1]);
  });

  test('sform and qform say the same, for every order and direction of axes', () => {
    const axes = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const;
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ] as const;
    for (const order of orders) {
      for (let signs = 0; signs < 8; signs++) {
        const axis = (i: 0 | 1 | 2) => {
          const sign = ((signs >> i) & 1) === 1 ? -(i + 1) : i + 1;
          const [x, y, z] = axes[order[i]];
          return [sign * x, sign * y, sign * z] as const;
        };
        const bytes = Buffer.from(
          writeNifti(volume(Int16Array.from(values), affineFromAxes(axis(0), axis(1), axis(2), [1, 2, 3])), {
            gzip: false,
          }),
        );
        const fromSform = readNifti('x.nii', bytes).indexToLps;
        bytes.writeInt16LE(0, 254);
        const fromQform = readNifti('x.nii', bytes).indexToLps;
        fromQform.forEach((v, i) => {
          expect(v).toBeCloseTo(fromSform[i] as number, 5);
        });
      }
    }
  });

  test('the same input gives the same bytes, without time or system', () => {
    const a = writeNifti(volume(Int16Array.from(values)));
    expect(a).toEqual(writeNifti(volume(Int16Array.from(values))));
    // RFC 1952: bytes 4 to 7 are the time, byte 9 the operating system (255 = unknown).
    expect([...a.subarray(4, 8), a[9]]).toEqual([0, 0, 0, 0, 255]);
  });

  test('a mask is written as bytes', () => {
    const bytes = writeNifti({
      voxels: Uint8Array.from([0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
      size,
      indexToLps: oblique,
      label: 'GTV',
    });
    const plain = gunzipSync(bytes);
    expect(plain.readInt16LE(70)).toBe(2);
    expect(plain.length).toBe(352 + 12);
    expect([...readNifti('x.nii', bytes).voxels]).toEqual([0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  });
});
