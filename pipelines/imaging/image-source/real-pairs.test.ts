import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import { openImage } from './open-image.js';
import { openMask } from './open-mask.js';

const root = mkdtempSync(join(tmpdir(), 'real-pairs-'));
afterAll(() => rmSync(root, { recursive: true }));
function count(voxels: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < voxels.length; i++) sum += voxels[i] as number;
  return sum;
}

describe.skipIf(!hasSharedData)(`real pairs ${needsSharedData}`, () => {
  const dcmqi = 'dicom-segmentations/dcmqi';
  const maskOf = async (image: string, mask: string, choice = {}) => {
    const { volume } = await openImage(sharedData(image));
    return openMask(sharedData(mask), { volume, ...choice });
  };

  // Twins: the same region as DICOM and as NRRD (or NIfTI), made by other programs. Every voxel must agree.
  test.each<[string, string, string, object, string, object, number]>([
    ['liver', `${dcmqi}/ct-3slice`, `${dcmqi}/liver.dcm`, {}, `${dcmqi}/liver_seg.nrrd`, {}, 107098],
    [
      'liver in a file of two labels',
      `${dcmqi}/ct-3slice`,
      `${dcmqi}/liver.dcm`,
      {},
      `${dcmqi}/liver_spine_seg.nrrd`,
      {},
      107098,
    ],
    [
      'overlap 1',
      `${dcmqi}/ct-3slice`,
      `${dcmqi}/partial_overlaps.dcm`,
      { segment: 1 },
      `${dcmqi}/partial_overlaps-1.nrrd`,
      { label: 1 },
      9602,
    ],
    [
      'overlap 2',
      `${dcmqi}/ct-3slice`,
      `${dcmqi}/partial_overlaps.dcm`,
      { segment: 'ORANGE' },
      `${dcmqi}/partial_overlaps-2.nrrd`,
      { label: 2 },
      11888,
    ],
    [
      'overlap 3',
      `${dcmqi}/ct-3slice`,
      `${dcmqi}/partial_overlaps.dcm`,
      { segment: 3 },
      `${dcmqi}/partial_overlaps-3.nrrd`,
      { label: 3 },
      10743,
    ],
    [
      'overlap 4',
      `${dcmqi}/ct-3slice`,
      `${dcmqi}/partial_overlaps.dcm`,
      { segment: 4 },
      `${dcmqi}/partial_overlaps-1.nrrd`,
      { label: 4 },
      6693,
    ],
    [
      'overlap 5',
      `${dcmqi}/ct-3slice`,
      `${dcmqi}/partial_overlaps.dcm`,
      { segment: 'DARK_BLUE' },
      `${dcmqi}/partial_overlaps-1.nrrd`,
      { label: 5 },
      4713,
    ],
    [
      'bits across frames',
      `${dcmqi}/23x38x3/image`,
      `${dcmqi}/23x38x3/seg`,
      {},
      `${dcmqi}/23x38x3/nrrd/label.nrrd`,
      {},
      322,
    ],
    [
      'on the multi-frame image',
      `${dcmqi}/23x38x3/multiframe`,
      `${dcmqi}/23x38x3/seg/label.seg`,
      {},
      `${dcmqi}/23x38x3/nrrd/label.nrrd`,
      {},
      322,
    ],
    [
      'empty frames',
      `${dcmqi}/24x38x3/image`,
      `${dcmqi}/24x38x3/seg/label.seg`,
      {},
      `${dcmqi}/24x38x3/nrrd/label.nrrd`,
      {},
      315,
    ],
    [
      'label map, a plane missing',
      `${dcmqi}/24x38x3/image`,
      `${dcmqi}/sparse-labelmap-noppv.dcm`,
      {},
      `${dcmqi}/sparse_labelmap_noppv_seg.nrrd`,
      {},
      630,
    ],
    [
      'label map, padding value 5',
      `${dcmqi}/24x38x3/image`,
      `${dcmqi}/sparse-labelmap-ppv5.dcm`,
      { segment: 'Liver' },
      `${dcmqi}/sparse_labelmap_ppv5_seg.nrrd`,
      {},
      630,
    ],
    [
      'CT phantom, contours without images',
      'ibsi-1/ct_radiomics_phantom/dicom/image',
      'ibsi-1/ct_radiomics_phantom/dicom/mask',
      {},
      'ibsi-1/ct_radiomics_phantom/nifti/mask/mask.nii.gz',
      {},
      125256,
    ],
  ])('%s', async (_name, image, dicom, choice, twin, twinChoice, voxels) => {
    const a = await maskOf(image, dicom, choice);
    const b = await maskOf(image, twin, twinChoice);
    expect(count(a.mask.voxels)).toBe(voxels);
    expect(Buffer.compare(a.mask.voxels, b.mask.voxels)).toBe(0);
    expect(a.findings).toEqual([]);
  });

  test('labels of the label images', async () => {
    for (const [file, label, voxels] of [
      ['spine_seg', 2, 12439],
      ['spine_seg_label5', 5, 12439],
      ['heart_seg', 3, 41449],
      ['liver_spine_gapped_seg', 5, 12439],
    ] as const) {
      const { mask } = await maskOf(`${dcmqi}/ct-3slice`, `${dcmqi}/${file}.nrrd`, { label });
      expect(count(mask.voxels)).toBe(voxels);
    }
    await expect(maskOf(`${dcmqi}/ct-3slice`, `${dcmqi}/heart_seg.nrrd`)).rejects.toThrow(/label 1; labels present: 3/);
  });

  test('several segments and none chosen; another frame of reference', async () => {
    await expect(maskOf(`${dcmqi}/ct-3slice`, `${dcmqi}/partial_overlaps.dcm`)).rejects.toThrow(
      /1 "GREEN", 2 "ORANGE", 3 "PURPLE", 4 "LIGHT_BLUE", 5 "DARK_BLUE"/,
    );
    await expect(maskOf(`${dcmqi}/24x38x3/image`, `${dcmqi}/liver.dcm`)).rejects.toMatchObject({
      code: 'FRAME_OF_REFERENCE_DIFFERS',
    });
  });

  test('one CT slice with its single-frame segmentation', async () => {
    const highdicom = 'dicom-segmentations/highdicom';
    const { mask } = await maskOf(`${highdicom}/ct_image.dcm`, `${highdicom}/seg_image_ct_binary_single_frame.dcm`);
    expect(count(mask.voxels)).toBe(1832);
  });

  test('the coronal phantom: 74 voxels', async () => {
    const dir = 'ibsi-1/digital_phantom/dicom';
    expect(count((await maskOf(`${dir}/image`, `${dir}/mask`)).mask.voxels)).toBe(74);
  });

  // Reference: 54639 voxels, HU mean -64.1, standard deviation 202.9, minimum -1021, maximum 1040, by "centre inside polygon".
  test('a real tumour from its contours', async () => {
    const patient = 'nsclc-radiomics-lung1-001';
    const { volume } = await openImage(sharedData(`${patient}/image`));
    const { mask, findings } = await openMask(sharedData(`${patient}/mask_rtstruct`), { volume, roi: 'GTV-1' });
    expect(findings).toEqual([]);
    const values = Float64Array.from(volume.voxels.filter((_, i) => mask.voxels[i] === 1));
    expect(values.length).toBe(54639);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean).toBeCloseTo(-64.1, 1);
    expect(Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / values.length)).toBeCloseTo(202.9, 1);
    expect([Math.min(...values), Math.max(...values)]).toEqual([-1021, 1040]);
    // Counts of an independent rasteriser (numpy, rays along columns instead of rows), 2026-11-23; the lungs have holes.
    for (const [roi, voxels] of [
      ['Spinal-Cord', 15618],
      ['Lung-Left', 795750],
      [8, 1036805],
    ] as const) {
      expect(count((await openMask(sharedData(`${patient}/mask_rtstruct`), { volume, roi })).mask.voxels)).toBe(voxels);
    }
    await expect(openMask(sharedData(`${patient}/mask_rtstruct`), { volume })).rejects.toThrow(
      /2 "GTV-1", 6 "Spinal-Cord", 7 "Lung-Left", 8 "Lung-Right"/,
    );
  });

  test('a mask in the same folder as its image', async () => {
    const path = join(root, 'together');
    // File by file: a copied folder would inherit the read-only mode of its source.
    mkdirSync(path);
    for (const name of readdirSync(sharedData(`${dcmqi}/ct-3slice`))) {
      cpSync(sharedData(`${dcmqi}/ct-3slice/${name}`), join(path, name));
    }
    cpSync(sharedData(`${dcmqi}/liver.dcm`), join(path, 'liver.dcm'));
    const { volume } = await openImage(path);
    expect(count((await openMask(path, { volume })).mask.voxels)).toBe(107098);
  });
});
