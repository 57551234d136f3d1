import { describe, expect, test } from 'vitest';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import { affineColumn, spacingOf } from '../volume/affine.js';
import type { Mask, Volume } from '../volume/volume.js';
import { openImage } from './open-image.js';
import { openMask } from './open-mask.js';

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}

/** Voxels of a mask per slice. */
function perSlice({ voxels, size }: Mask): number[] {
  const n = size[0] * size[1];
  return Array.from({ length: size[2] }, (_, z) => sum(voxels.subarray(z * n, (z + 1) * n)));
}

/** First and last position (mm along z) of slices with a voxel, and how many there are. */
function planes(mask: Mask): { readonly count: number; readonly first: number; readonly last: number } {
  const used = [...perSlice(mask).entries()].filter(([, n]) => n > 0).map(([z]) => z);
  const at = (z: number) => (mask.indexToLps[11] as number) + z * (mask.indexToLps[10] as number);
  return { count: used.length, first: at(used[0] as number), last: at(used.at(-1) as number) };
}

const inside = ({ voxels }: Volume, mask: Mask) => Float64Array.from(voxels.filter((_, i) => mask.voxels[i] === 1));
const ranges = (values: Float64Array) => [
  values.reduce((a, b) => Math.min(a, b)),
  values.reduce((a, b) => Math.max(a, b)),
];

// Expected numbers: the description of the data sets, made by opening the files with other programs.
describe.skipIf(!hasSharedData)(`what the data sets say of themselves ${needsSharedData}`, () => {
  const lung = 'nsclc-radiomics-lung1-001';

  test('contours of LUNG1-001: ROI numbers 2, 6, 7, 8, planes without a gap, holes subtracted', async () => {
    const { volume } = await openImage(sharedData(`${lung}/image`));
    const contours = sharedData(`${lung}/mask_rtstruct/1-1.dcm`);
    for (const [number, name, count, first, last, cm3] of [
      [2, 'GTV-1', 21, -486.5, -426.5, 156.35],
      [6, 'Spinal-Cord', 84, -600.5, -351.5, 44.63],
      [7, 'Lung-Left', 88, -609.5, -348.5, 2267.8],
      [8, 'Lung-Right', 86, -612.5, -357.5, 2957.6],
    ] as const) {
      const { mask } = await openMask(contours, { volume, roi: number });
      expect(mask.label).toBe(name);
      expect(planes(mask)).toEqual({ count, first, last });
      const volumeCm3 = (sum(mask.voxels) * 0.9765625 ** 2 * 3) / 1000;
      expect(Math.abs(volumeCm3 / cm3 - 1), `${name}: ${volumeCm3} cm3`).toBeLessThan(0.01);
    }
    await expect(openMask(contours, { volume, roi: 1 })).rejects.toMatchObject({ code: 'RTSTRUCT_ROI_ABSENT' });
  });

  test('digital phantom: 74 voxels of levels 1, 3, 4 and 6; the 9 lies outside', async () => {
    const { volume } = await openImage(sharedData('ibsi-1/digital_phantom/nifti/image/phantom.nii.gz'));
    const { mask } = await openMask(sharedData('ibsi-1/digital_phantom/nifti/mask/mask.nii.gz'), { volume });
    expect(volume.size).toEqual([5, 4, 4]);
    expect(spacingOf(volume.indexToLps)).toEqual([2, 2, 2]);
    const values = [...inside(volume, mask)];
    const count = (level: number) => values.filter((v) => v === level).length;
    expect([1, 2, 3, 4, 5, 6, 9].map(count)).toEqual([50, 0, 1, 16, 0, 7, 0]);
    const outside = [...volume.voxels].filter((_, i) => mask.voxels[i] === 0);
    expect(outside.sort()).toEqual([1, 1, 1, 1, 1, 9]);
  });

  test('digital phantom as DICOM: 1 mm, coronal, frames against y; its mask turned alike', async () => {
    const dicom = 'ibsi-1/digital_phantom/dicom';
    const { volume } = await openImage(sharedData(`${dicom}/image/phantom.dcm`));
    expect(spacingOf(volume.indexToLps)).toEqual([1, 1, 1]);
    // Columns run along x, rows against z: each slice is a coronal plane.
    expect(affineColumn(volume.indexToLps, 0)).toEqual([1, 0, 0]);
    expect(affineColumn(volume.indexToLps, 1).map((v) => v + 0)).toEqual([0, 0, -1]);
    const { mask, findings } = await openMask(sharedData(`${dicom}/mask/mask.dcm`), { volume });
    expect(findings).toEqual([]);
    const nifti = await openImage(sharedData('ibsi-1/digital_phantom/nifti/mask/mask.nii.gz'));
    for (let y = 0; y < 4; y++) {
      for (let z = 0; z < 4; z++) {
        for (let x = 0; x < 5; x++) {
          expect(mask.voxels[x + 5 * z + 20 * y]).toBe(nifti.volume.voxels[x + 5 * y + 20 * z]);
        }
      }
    }
  });

  test('CT phantom: the first file is the top slice; DICOM and NIfTI are the same voxel for voxel', async () => {
    const phantom = 'ibsi-1/ct_radiomics_phantom';
    const dicom = await openImage(sharedData(`${phantom}/dicom/image`));
    const nifti = await openImage(sharedData(`${phantom}/nifti/image/phantom.nii.gz`));
    expect(dicom.source.files[0]).toMatch(/DCM_IMG_00059\.dcm$/);
    expect(dicom.source.files.at(-1)).toMatch(/DCM_IMG_00000\.dcm$/);
    expect(dicom.volume.indexToLps[11]).toBeCloseTo(-100.4, 4);
    expect(spacingOf(dicom.volume.indexToLps)).toEqual(
      [0.976999998093, 0.976999998093, 3].map((v) => expect.closeTo(v, 9)),
    );
    expect(nifti.volume.size).toEqual(dicom.volume.size);
    const different = nifti.volume.voxels.findIndex((v, i) => Math.round(v) !== dicom.volume.voxels[i]);
    expect(different).toBe(-1);
  });

  test('CT phantom: contours without referenced images lie on 26 planes', async () => {
    const phantom = 'ibsi-1/ct_radiomics_phantom';
    const { volume } = await openImage(sharedData(`${phantom}/dicom/image`));
    const { mask } = await openMask(sharedData(`${phantom}/dicom/mask/DCM_RS_00060.dcm`), { volume, roi: 'GTV-1' });
    expect(planes(mask)).toEqual({ count: 26, first: expect.closeTo(-49.4, 4), last: expect.closeTo(25.6, 4) });
    expect(perSlice(mask).findIndex((n) => n > 0)).toBe(17);
    const values = inside(volume, mask);
    expect(values).toHaveLength(125256);
    expect(sum(values) / values.length).toBeCloseTo(-46.88272, 5);
    expect(ranges(values)).toEqual([-1000, 723]);
    expect(Math.abs((values.length * 0.976999998093 ** 2 * 3) / 358661 - 1)).toBeLessThan(0.01);
  });

  test('label map: the padding value is no segment, the NRRD twin has it as a label', async () => {
    const dcmqi = 'dicom-segmentations/dcmqi';
    const { volume } = await openImage(sharedData(`${dcmqi}/24x38x3/image`));
    const padded = sharedData(`${dcmqi}/sparse-labelmap-ppv5.dcm`);
    await expect(openMask(padded, { volume, segment: 5 })).rejects.toMatchObject({ code: 'SEG_SEGMENT_ABSENT' });
    const { mask } = await openMask(sharedData(`${dcmqi}/sparse_labelmap_ppv5_seg.nrrd`), { volume, label: 5 });
    expect(perSlice(mask)).toEqual([0, 912, 0]);
  });

  test('SEG of 874 bits a frame: 4, 314 and 4 voxels, the corners in each frame; of 912 bits: two empty frames', async () => {
    const dcmqi = 'dicom-segmentations/dcmqi';
    const read = async (name: string) => {
      const { volume } = await openImage(sharedData(`${dcmqi}/${name}/image`));
      return (await openMask(sharedData(`${dcmqi}/${name}/seg/label.seg`), { volume })).mask;
    };
    const odd = await read('23x38x3');
    expect(perSlice(odd)).toEqual([4, 314, 4]);
    for (const z of [0, 1, 2]) {
      for (const corner of [0, 22, 23 * 37, 23 * 38 - 1]) expect(odd.voxels[z * 874 + corner]).toBe(1);
    }
    expect(perSlice(await read('24x38x3'))).toEqual([0, 315, 0]);
  });

  test('a signed CT slice with padding, explicit little endian', async () => {
    const { volume } = await openImage(sharedData('dicom-segmentations/highdicom/ct_image.dcm'));
    expect(volume.size).toEqual([128, 128, 1]);
    expect(spacingOf(volume.indexToLps)).toEqual([expect.closeTo(0.661468, 6), expect.closeTo(0.661468, 6), 5]);
    // Stored 128 to 2191, intercept -1024.
    expect(ranges(Float64Array.from(volume.voxels))).toEqual([-896, 1167]);
  });
});
