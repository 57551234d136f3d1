import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { ctSlice, segmentation, structureSet } from '../../../test/imaging/sample-objects.js';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import { writeNifti } from '../nifti/write-nifti.js';
import { openImage } from './open-image.js';
import { openMask, readSegmentation } from './open-mask.js';

const root = mkdtempSync(join(tmpdir(), 'image-source-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
/** A new folder with these files; a name may hold a subfolder. */
function folder(files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = join(root, String(folders++));
  mkdirSync(path);
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), bytes);
  }
  return path;
}
const slice = (z: number, more = {}) => ctSlice({ position: [0, 0, z], ...more });
const seg = (values = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) =>
  segmentation({ frames: [{ position: [0, 0, 0], values }] });
const square = [0, 0, 0, 1, 0, 0, 1, 0.6, 0, 0, 0.6, 0];
const count = (voxels: Uint8Array) => voxels.reduce((a, b) => a + b, 0);

describe('opening an image', () => {
  test('a folder with one series, whatever else is in it', async () => {
    const path = folder({ 'a/z1': slice(0), 'b/z0.jpg': slice(2), 'notes.txt': 'text', 'seg.dcm': seg(), LICENSE: '' });
    const { volume, source } = await openImage(path);
    expect(volume.size).toEqual([4, 3, 2]);
    expect(source).toEqual({
      kind: 'dicom',
      modality: 'CT',
      seriesInstanceUid: '1.2.3',
      files: [join(path, 'a/z1'), join(path, 'b/z0.jpg')],
    });
  });

  test('several series, or none, are refused', async () => {
    const two = folder({ a: slice(0), b: slice(0, { series: '1.2.99' }) });
    await expect(openImage(two)).rejects.toThrow(/exactly one: CT "" 1\.2\.3 \(1 files\); CT "" 1\.2\.99/);
    await expect(openImage(folder({ 'a.txt': 'x', 'seg.dcm': seg() }))).rejects.toMatchObject({ code: 'SERIES_EMPTY' });
  });

  test('a DICOM file, a zipped and a plain NIfTI under a wrong name', async () => {
    const path = folder({ slice: slice(0) });
    const { volume } = await openImage(join(path, 'slice'));
    writeFileSync(join(path, 'a.dat'), writeNifti(volume));
    writeFileSync(join(path, 'b.dcm'), writeNifti(volume, { gzip: false }));
    for (const name of ['a.dat', 'b.dcm']) {
      const opened = await openImage(join(path, name));
      expect(opened.source).toEqual({ kind: 'nifti', files: [join(path, name)] });
      expect(opened.volume.voxels).toEqual(volume.voxels);
      expect(opened.volume.indexToLps).toEqual(volume.indexToLps.map((v) => v + 0));
    }
  });

  test.each<[string, Uint8Array | string]>([
    ['a table', 'Case ID,Age\nR01-001,60\n'],
    ['an empty file', ''],
    ['zipped text', gzipSync('gene\tA\tB\n'.repeat(99))],
    ['a broken zip', Buffer.from([0x1f, 0x8b, 1, 2, 3])],
  ])('%s is not recognised', async (_name, bytes) => {
    await expect(openImage(join(folder({ file: bytes }), 'file'))).rejects.toMatchObject({
      code: 'FILE_NOT_RECOGNISED',
    });
  });

  test('nothing at the path', async () => {
    await expect(openImage(join(root, 'absent'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  test('a header longer than the part that is read first', async () => {
    const extra = [{ tag: '00094000', vr: 'UN', value: new Uint8Array(300_000) }];
    expect((await openImage(folder({ a: slice(0, { extra }), b: slice(1, { extra }) }))).volume.size).toEqual([
      4, 3, 2,
    ]);
  });
});

describe('opening a mask', () => {
  const ct = folder({ a: slice(0), b: slice(2) });
  const image = async () => (await openImage(ct)).volume;

  test('a SEG: by segment, roi or label; a folder with it', async () => {
    const volume = await image();
    const path = folder({ 'x.bin': seg() });
    for (const choice of [{}, { segment: 1 }, { roi: 'Tumour' }, { label: 1 }]) {
      expect(count((await openMask(path, { volume, ...choice })).mask.voxels)).toBe(1);
    }
    await expect(openMask(path, { volume, roi: 'Lung' })).rejects.toMatchObject({ code: 'SEG_SEGMENT_ABSENT' });
  });

  test('an RTSTRUCT', async () => {
    const path = join(folder({ rs: structureSet([{ number: 3, name: 'GTV', contours: [{ points: square }] }]) }), 'rs');
    const { mask } = await readSegmentation(path, await image(), { roi: 3 });
    expect(mask.label).toBe('GTV');
    expect(count(mask.voxels)).toBe(4);
  });

  test('a folder with two, with none, with neither', async () => {
    const volume = await image();
    const rs = structureSet([{ number: 3, name: 'GTV', contours: [{ points: square }] }]);
    await expect(openMask(folder({ a: seg(), b: rs }), { volume })).rejects.toMatchObject({
      code: 'SEGMENTATION_SEVERAL',
    });
    const far = structureSet([{ number: 3, name: 'GTV', contours: [{ points: square }] }], '1.2.8');
    expect(count((await openMask(folder({ a: seg(), b: far }), { volume })).mask.voxels)).toBe(1);
    await expect(openMask(ct, { volume })).rejects.toMatchObject({ code: 'SEGMENTATION_NONE' });
    await expect(readSegmentation(join(ct, 'a'), volume)).rejects.toMatchObject({ code: 'DICOM_KIND' });
  });

  test('a label image: the label asked for, default 1', async () => {
    const volume = await image();
    const labels = { ...volume, voxels: Int16Array.from({ length: 24 }, (_, i) => (i < 3 ? 1 : i < 5 ? 7 : 0)) };
    const path = join(folder({ m: writeNifti(labels) }), 'm');
    expect(count((await openMask(path, { volume })).mask.voxels)).toBe(3);
    expect(count((await openMask(path, { volume, label: 7 })).mask.voxels)).toBe(2);
    await expect(openMask(path, { volume, label: 2 })).rejects.toThrow(/no voxel of label 2; labels present: 1, 7/);
    await expect(openMask(path, { volume, roi: 'GTV' })).rejects.toMatchObject({ code: 'MASK_OPTION' });
  });

  test('a label image on another grid is refused, naming what differs', async () => {
    const volume = await image();
    const moved = (indexToLps: readonly number[]) => ({ ...volume, voxels: new Int16Array(24).fill(1), indexToLps });
    const other = (at: number, by: number) => moved(volume.indexToLps.map((v, i) => (i === at ? v + by : v)));
    for (const [at, by, what] of [
      [3, 0.5, 'origin'],
      [0, 0.1, 'spacing'],
      [1, 0.3, 'spacing'],
    ] as const) {
      const path = join(folder({ m: writeNifti(other(at, by)) }), 'm');
      await expect(openMask(path, { volume })).rejects.toThrow(new RegExp(`grid: its ${what} is`));
    }
    const smaller = writeNifti({ ...volume, voxels: new Int16Array(12).fill(1), size: [4, 3, 1] });
    await expect(openMask(join(folder({ m: smaller }), 'm'), { volume })).rejects.toThrow(
      /its size is 4 x 3 x 1, the image's is 4 x 3 x 2/,
    );
  });
});

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
    cpSync(sharedData(`${dcmqi}/ct-3slice`), path, { recursive: true });
    cpSync(sharedData(`${dcmqi}/liver.dcm`), join(path, 'liver.dcm'));
    const { volume } = await openImage(path);
    expect(count((await openMask(path, { volume })).mask.voxels)).toBe(107098);
  });
});
