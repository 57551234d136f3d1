import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { ctSlice, segmentation, structureSet } from '../../../test/imaging/sample-objects.js';
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
    await expect(openImage(join(root, 'absent'))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: `${join(root, 'absent')} cannot be read: there is no such file or folder`,
    });
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
