import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import { readNifti } from '../nifti/read-nifti.js';
import { readSeries } from './series.js';

describe.skipIf(!hasSharedData)(`real series ${needsSharedData}`, () => {
  const read = (dir: string) => readSeries(readdirSync(sharedData(dir)).map((name) => join(sharedData(dir), name)));
  const range = (voxels: ArrayLike<number>) => {
    let [low, high, sum] = [Infinity, -Infinity, 0];
    for (let i = 0; i < voxels.length; i++) {
      const v = voxels[i] as number;
      if (v < low) low = v;
      if (v > high) high = v;
      sum += v;
    }
    return { low, high, mean: sum / voxels.length };
  };

  // Expected numbers: the data set's own description, made by opening the files with other programs.
  test('134 CT slices, unsigned, file order against z', async () => {
    const { volume, modality, files } = await read('nsclc-radiomics-lung1-001/image');
    expect(modality).toBe('CT');
    expect(volume.size).toEqual([512, 512, 134]);
    expect(volume.indexToLps).toEqual([
      0.9765625, 0, 0, -249.51171875, 0, 0.9765625, 0, -460.51171875, 0, 0, 3, -681.5, 0, 0, 0, 1,
    ]);
    expect(range(volume.voxels)).toMatchObject({ low: -1024, high: 3034 });
    expect(files[0]).toMatch(/1-134\.dcm$/);
  });

  test('12 bits of 16, implicit VR, descending', async () => {
    const { volume } = await read('ibsi-1/ct_radiomics_phantom/dicom/image');
    expect(volume.size).toEqual([204, 201, 60]);
    expect(volume.indexToLps[10]).toBeCloseTo(3, 9);
    const { low, high, mean } = range(volume.voxels);
    expect([low, high]).toEqual([-1000, 3065]);
    expect(mean).toBeCloseTo(-266.47, 2);
  });

  test('slice distance comes from the positions (1 mm), not from SliceThickness (1.25 mm)', async () => {
    const { volume } = await read('dicom-segmentations/dcmqi/ct-3slice');
    expect(volume.indexToLps[10]).toBeCloseTo(1, 9);
    expect(volume.indexToLps[11]).toBe(-128.690002);
    expect(range(volume.voxels)).toMatchObject({ low: -3024, high: 1381 });
  });

  test.each(['23x38x3', '24x38x3'])('%s: the multi-frame file equals the single-frame files', async (name) => {
    const single = (await read(`dicom-segmentations/dcmqi/${name}/image`)).volume;
    const multi = (await read(`dicom-segmentations/dcmqi/${name}/multiframe`)).volume;
    expect(multi.size).toEqual(single.size);
    expect(multi.indexToLps).toEqual(single.indexToLps);
    expect(multi.voxels).toEqual(single.voxels);
  });

  test('a coronal multi-frame MR: DICOM[f][r][c] = NIfTI[x = c][y = 3 - f][z = r]', async () => {
    const { volume, modality } = await read('ibsi-1/digital_phantom/dicom/image');
    expect(modality).toBe('MR');
    expect(volume.size).toEqual([5, 4, 4]);
    // Frames are stored from y = 3 down and sorted upwards: slice y, row z, column x.
    const path = sharedData('ibsi-1/digital_phantom/nifti/image/phantom.nii.gz');
    const nifti = readNifti(path, readFileSync(path)).voxels;
    for (let y = 0; y < 4; y++) {
      for (let z = 0; z < 4; z++) {
        for (let x = 0; x < 5; x++) expect(volume.voxels[x + 5 * z + 20 * y]).toBe(nifti[x + 5 * y + 20 * z]);
      }
    }
    expect([...volume.voxels.subarray(0, 5)]).toEqual([1, 4, 4, 1, 1]);
  });
});
