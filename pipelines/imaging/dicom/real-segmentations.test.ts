import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import { affineFromAxes } from '../volume/affine.js';
import type { Volume } from '../volume/volume.js';
import { parseDicom } from './data-set.js';
import { segmentationMask } from './segmentation-mask.js';

/** The 16 x 16 objects refer to a series that is not at hand: these are grids made from their own positions. */
function grid(
  z: number,
  slices: number,
  frameOfReferenceUid = '1.3.6.1.4.1.5962.1.1.0.0.0.1196530851.28319.0.4',
): Volume {
  const indexToLps = affineFromAxes([0.488281, 0, 0], [0, 0.488281, 0], [0, 0, 1.25], [-125, -128.100006, z]);
  return { voxels: new Int16Array(256 * slices), size: [16, 16, slices], indexToLps, frameOfReferenceUid };
}
function read(name: string, volume: Volume, choice?: string | number) {
  const path = sharedData(`dicom-segmentations/${name}`);
  return segmentationMask(parseDicom(path, readFileSync(path)), volume, choice);
}
const perSlice = ({ voxels, size }: { readonly voxels: Uint8Array; readonly size: Volume['size'] }) =>
  Array.from({ length: size[2] }, (_, z) =>
    voxels.subarray(z * size[0] * size[1], (z + 1) * size[0] * size[1]).reduce((a, b) => a + b, 0),
  );

// Counts per frame: pydicom 3 on the same files, 2026-11-23.
describe.skipIf(!hasSharedData)(`segmentation objects of highdicom ${needsSharedData}`, () => {
  test('binary, the lowest plane of the series without a frame', () => {
    const { mask, findings } = read('highdicom/seg_image_ct_binary.dcm', grid(101.769997, 4));
    expect(perSlice(mask)).toEqual([0, 127, 256, 255]);
    expect(findings).toEqual([]);
  });

  test('fractional with 0 and 255 is the binary one; with 0, 64 and 128 only 128 of 255 is at least a half', () => {
    const volume = grid(103.019997, 3);
    const binary = read('highdicom/seg_image_ct_binary.dcm', volume).mask.voxels;
    expect(read('highdicom/seg_image_ct_binary_fractional.dcm', volume).mask.voxels).toEqual(binary);
    expect(read('highdicom/seg_image_ct_true_fractional.dcm', volume).mask.voxels).toEqual(binary);
  });

  test('overlapping segments whose planes are not evenly spaced', () => {
    const name = 'highdicom/seg_image_ct_binary_overlap.dcm';
    // 165 slices of 1.25 mm reach from the lone plane at -99.48 to the one at 105.52.
    const volume = grid(-99.480003, 165);
    const first = read(name, volume, 'first segment').mask;
    const second = read(name, volume, 2).mask;
    const at = (counts: number[]) => counts.flatMap((n, z) => (n > 0 ? [[z, n]] : []));
    expect(at(perSlice(first))).toEqual([
      [0, 16],
      [162, 16],
      [163, 16],
      [164, 16],
    ]);
    expect(at(perSlice(second))).toEqual([
      [0, 4],
      [162, 4],
      [163, 4],
      [164, 4],
    ]);
    expect(first.voxels.filter((v, i) => v === 1 && second.voxels[i] === 1).length).toBe(16);
    expect(() => read(name, grid(103.019997, 3), 1)).toThrow(/outside the image/);
  });
});

describe.skipIf(!hasSharedData)(`resampling ${needsSharedData}`, () => {
  test('a liver on another grid, as SimpleITK resamples its NRRD twin by nearest neighbour', () => {
    const indexToLps = affineFromAxes([1.3, 0, 0], [0, 1.45, 0], [0, 0, 0.6], [-234.9, -226.3, -129.1]);
    const frameOfReferenceUid = '1.2.392.200103.20080913.113635.3.2009.6.22.21.44.34.23882.1';
    const volume: Volume = {
      voxels: new Int16Array(300 * 280 * 5),
      size: [300, 280, 5],
      indexToLps,
      frameOfReferenceUid,
    };
    const { mask, findings } = read('dcmqi/liver.dcm', volume);
    // SimpleITK 2.5.7, Resample with sitkNearestNeighbor on this grid, 2026-11-23: voxels per slice, sum of their indices.
    expect(perSlice(mask)).toEqual([12637, 12637, 12430, 12430, 12283]);
    expect(mask.voxels.reduce((sum, v, i) => sum + v * i, 0)).toBe(12909978043);
    expect(findings.map((f) => f.code)).toEqual(['IMAGING_SEGMENTATION_RESAMPLED']);
  });
});
