import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { type Element, element } from '../../../test/imaging/dicom-bytes.js';
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
const square12 = (...marked: readonly number[]) => Array.from({ length: 12 }, (_, p) => (marked.includes(p) ? 1 : 0));
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

  test('the series that is asked for, by UID or description', async () => {
    const named = [element('0008103E', 'LO', 'lung')];
    const two = folder({ a: slice(0), b: slice(0, { series: '1.2.99', extra: named, intercept: '7' }) });
    for (const series of ['1.2.99', 'lung']) {
      expect((await openImage(two, { series })).volume.voxels[0]).toBe(7);
    }
    await expect(openImage(two, { series: 'bone' })).rejects.toMatchObject({
      code: 'SERIES_ABSENT',
      message: expect.stringMatching(/no image series "bone"; it has CT "" 1\.2\.3 .*; CT "lung" 1\.2\.99/),
    });
  });

  test('either half of a NIfTI pair', async () => {
    const whole = Buffer.from(writeNifti((await openImage(folder({ a: slice(0) }))).volume, { gzip: false }));
    const header = Buffer.from(whole.subarray(0, 348));
    header.write('ni1', 344);
    header.writeFloatLE(0, 108);
    const image = whole.subarray(352);
    const plain = folder({ 'x.hdr': header, 'x.img': image, 'y.img': image });
    const zipped = folder({ 'x.hdr.gz': gzipSync(header), 'x.img.gz': gzipSync(image) });
    for (const path of [
      join(plain, 'x.hdr'),
      join(plain, 'x.img'),
      join(zipped, 'x.hdr.gz'),
      join(zipped, 'x.img.gz'),
    ]) {
      const { volume, source } = await openImage(path);
      expect([...volume.voxels.subarray(0, 3)]).toEqual([-1000, -999, -998]);
      expect(source.kind).toBe('nifti');
    }
    await expect(openImage(join(plain, 'y.img'))).rejects.toMatchObject({ code: 'FILE_NOT_RECOGNISED' });
    const lone = folder({ 'x.hdr': header });
    await expect(openImage(join(lone, 'x.hdr'))).rejects.toThrow(/the \.img is not beside it/);
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

  test('of several, the one that names the series; else one is taken only when it is asked for', async () => {
    const volume = await image();
    const reference = (uid: string) => [element('00081115', 'SQ', [[element('0020000E', 'UI', uid)]])];
    const other = (series: string, i: number, uid?: string) =>
      segmentation({
        frames: [{ position: [0, 0, 0], values: Array.from({ length: 12 }, (_, p) => (p < i ? 1 : 0)) }],
        extra: [
          element('0020000E', 'UI', series),
          element('0008103E', 'LO', `reader ${i}`),
          ...(uid === undefined ? [] : reference(uid)),
        ],
      });
    const named = folder({ a: other('1.4.1', 2, '1.2.77'), b: other('1.4.2', 3, '1.2.3') });
    expect(count((await openMask(named, { volume })).mask.voxels)).toBe(3);
    const open = folder({ a: other('1.4.1', 2), b: other('1.4.2', 3), c: other('1.4.2', 4) });
    await expect(openMask(open, { volume })).rejects.toMatchObject({
      code: 'SEGMENTATION_SEVERAL',
      message: expect.stringMatching(/SEG "reader 2" .*1\.4\.1.*; SEG "reader 3" .*1\.4\.2, .*b\); .*c\)/),
    });
    for (const [segmentation, voxels] of [
      ['1.4.1', 2],
      ['reader 2', 2],
      ['b', 3],
      ['c', 4],
    ] as const) {
      expect(count((await openMask(open, { volume, segmentation })).mask.voxels)).toBe(voxels);
    }
    await expect(openMask(open, { volume, segmentation: '1.4.2' })).rejects.toMatchObject({
      code: 'SEGMENTATION_SEVERAL',
    });
    await expect(openMask(open, { volume, segmentation: 'reader 9' })).rejects.toMatchObject({
      code: 'SEGMENTATION_ABSENT',
      message: expect.stringMatching(/no segmentation "reader 9"; there is SEG "reader 2"/),
    });
  });

  test('duplicated objects: copies count once, different ones of one UID are listed', async () => {
    const volume = await image();
    const uid = [element('00080018', 'UI', '1.2.4.1')];
    const one = (p: number) => segmentation({ frames: [{ position: [0, 0, 0], values: square12(p) }], extra: uid });
    const copies = folder({ 'a.dcm': one(3), 'again/a.dcm': one(3) });
    expect(count((await openMask(copies, { volume })).mask.voxels)).toBe(1);
    const twins = folder({ 'a.dcm': one(3), 'b.dcm': one(4) });
    await expect(openMask(twins, { volume })).rejects.toMatchObject({
      code: 'SEGMENTATION_SEVERAL',
      message: expect.stringMatching(/a\.dcm\); .*b\.dcm\)/),
    });
    expect((await openMask(twins, { volume, segmentation: 'b.dcm' })).mask.voxels.indexOf(1)).toBe(4);
  });

  test('a region on padding is measured as it is, with a finding', async () => {
    const values = [0, 63536, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
    const padded = (limit?: number) => [
      element('00280120', 'SS', [-2000]),
      ...(limit === undefined ? [] : [element('00280121', 'SS', [limit])]),
    ];
    const read = async (extra: readonly Element[], marked: readonly number[]) => {
      const path = folder({ ct: slice(0, { values, signed: true, extra }), seg: seg(square12(...marked)) });
      const { volume } = await openImage(path);
      expect([...volume.voxels.subarray(0, 2)]).toEqual([-1000, -3000]);
      return (await openMask(path, { volume })).findings.map((f) => [f.code, /\d+ voxels/.exec(f.message)?.[0]]);
    };
    expect(await read(padded(), [2, 3])).toEqual([]);
    expect(await read(padded(), [1, 2, 3])).toEqual([['IMAGING_MASK_ON_PADDING', '1 voxels']]);
    expect(await read(padded(5), [0, 1, 2, 3])).toEqual([['IMAGING_MASK_ON_PADDING', '3 voxels']]);
    expect(await read([], [1, 2])).toEqual([]);
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
