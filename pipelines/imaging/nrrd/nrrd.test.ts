import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import { readNrrd } from './read-nrrd.js';

const folder = mkdtempSync(join(tmpdir(), 'nrrd-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fields = {
  type: 'short',
  dimension: '3',
  space: 'left-posterior-superior',
  sizes: '2 1 2',
  'space directions': '(0.5,0,0) (0,-2,0) (0,0,3)',
  endian: 'little',
  encoding: 'raw',
  'space origin': '(10,20,30)',
};
type Fields = Readonly<Record<string, string | undefined>>;
const body = Buffer.from(Int16Array.from([1, -2, 300, 4]).buffer);

function nrrd(change: Fields = {}, data: Uint8Array = body, newline = '\n'): Buffer {
  const lines = Object.entries({ ...fields, ...change }).flatMap(([k, v]) => (v === undefined ? [] : [`${k}: ${v}`]));
  return Buffer.concat([Buffer.from(['NRRD0004', '# a comment', 'key:=value', ...lines, '', ''].join(newline)), data]);
}
const read = (bytes: Uint8Array) => readNrrd(join(folder, 'x.nrrd'), bytes);

describe('reading', () => {
  test('voxels stay in stored order, a negative direction stays in the affine', async () => {
    const volume = await read(nrrd());
    expect(volume.size).toEqual([2, 1, 2]);
    expect(volume.voxels).toEqual(Int16Array.from([1, -2, 300, 4]));
    expect(volume.indexToLps).toEqual([0.5, 0, 0, 10, 0, -2, 0, 20, 0, 0, 3, 30, 0, 0, 0, 1]);
  });

  test('gzip, text, big endian, Windows line ends', async () => {
    const expected = Int16Array.from([1, -2, 300, 4]);
    expect((await read(nrrd({ encoding: 'gzip' }, gzipSync(body)))).voxels).toEqual(expected);
    expect([
      ...(await read(nrrd({ encoding: 'ascii', endian: undefined }, Buffer.from('1 -2\n300 4\n')))).voxels,
    ]).toEqual([1, -2, 300, 4]);
    expect((await read(nrrd({ endian: 'big' }, Buffer.from(body).swap16()))).voxels).toEqual(expected);
    expect((await read(nrrd({}, body, '\r\n'))).voxels).toEqual(expected);
  });

  test('other patient spaces are turned to LPS', async () => {
    const ras = await read(nrrd({ space: 'RAS' }));
    expect(ras.indexToLps).toEqual([-0.5, 0, 0, -10, 0, 2, 0, -20, 0, 0, 3, 30, 0, 0, 0, 1].map((v) => v + 0));
    const las = await read(nrrd({ space: 'left-anterior-superior' }));
    expect([las.indexToLps[0], las.indexToLps[5], las.indexToLps[3], las.indexToLps[7]]).toEqual([0.5, 2, 10, -20]);
  });

  test('spacings without a space', async () => {
    const { indexToLps } = await read(
      nrrd({ space: undefined, 'space directions': undefined, 'space origin': undefined, spacings: '1 2 3' }),
    );
    expect(indexToLps).toEqual([1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1]);
  });

  test('a detached data file, with lines and bytes to skip', async () => {
    writeFileSync(join(folder, 'data.raw'), Buffer.concat([Buffer.from('one\ntwo\nxyz'), body]));
    const expected = Int16Array.from([1, -2, 300, 4]);
    const header = nrrd({ 'data file': 'data.raw', 'line skip': '2', 'byte skip': '3' }, Buffer.alloc(0));
    expect((await read(header)).voxels).toEqual(expected);
    expect((await read(nrrd({ 'data file': './data.raw', 'byte skip': '-1' }, Buffer.alloc(0)))).voxels).toEqual(
      expected,
    );
  });
});

describe('what is refused', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['something else', Buffer.from('PNG'), /first line/],
    ['four dimensions', nrrd({ dimension: '4', sizes: '3 2 1 2' }), /dimension is 4 with sizes 3 2 1 2/],
    ['no sizes', nrrd({ sizes: undefined }), /no field "sizes"/],
    ['blocks', nrrd({ type: 'block' }), /type is "block"/],
    ['bzip2', nrrd({ encoding: 'bzip2' }), /encoding is "bzip2"/],
    ['no byte order', nrrd({ endian: undefined }), /endian is "missing"/],
    ['a space that is not the patient', nrrd({ space: 'scanner-xyz' }), /space is "scanner-xyz"/],
    ['an axis that is none', nrrd({ 'space directions': 'none (0,1,0) (0,0,1)' }), /expected 3 vectors/],
    ['an axis of length 0', nrrd({ 'space directions': '(0,0,0) (0,1,0) (0,0,1)' }), /expected 3 vectors/],
    ['no spacing', nrrd({ 'space directions': undefined }), /neither three "space directions" nor/],
    ['missing voxels', nrrd({}, body.subarray(0, 5)), /need 8 bytes and 5 are there/],
    ['a broken zip', nrrd({ encoding: 'gzip' }), /unzipped/],
    ['too little text', nrrd({ encoding: 'text' }, Buffer.from('1 2')), /has 2 values, expected 4/],
    ['words as text', nrrd({ encoding: 'text' }, Buffer.from('1 2 x 4')), /expected 4 numbers/],
    ['a negative skip', nrrd({ 'byte skip': '-2' }), /byte skip is -2/],
    ['several data files', nrrd({ 'data file': 'slice%03d.raw 1 10 1' }), /several files/],
    ['a data file elsewhere', nrrd({ 'data file': '../../etc/passwd' }), /not beside it/],
    ['a line that is no field', Buffer.from('NRRD0004\nhello\n\n'), /"hello" is no field/],
  ])('%s', async (_name, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });

  test('a data file that is not there', async () => {
    await expect(read(nrrd({ 'data file': 'absent.raw' }))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});

describe.skipIf(!hasSharedData)(`real files ${needsSharedData}`, () => {
  const open = (name: string) => {
    const path = sharedData(`pyradiomics-baselines/${name}`);
    return readNrrd(path, readFileSync(path));
  };
  const tally = (voxels: Iterable<number>) => {
    const counts = new Map<number, number>();
    for (const v of voxels) counts.set(v, (counts.get(v) ?? 0) + 1);
    return counts;
  };

  test('brain1: negative y direction, int label', async () => {
    const image = await open('brain1_image.nrrd');
    expect(image.size).toEqual([256, 256, 25]);
    expect([image.indexToLps[0], image.indexToLps[5], image.indexToLps[10]].map((v) => Number(v?.toFixed(9)))).toEqual([
      0.78125, -0.78125, 6.5,
    ]);
    const values = Float64Array.from(image.voxels);
    expect(values.reduce((a, b) => a + b, 0) / values.length).toBeCloseTo(385.656, 3);
    const label = await open('brain1_label.nrrd');
    expect(tally(label.voxels).get(1)).toBe(4137);
    // The mean in the mask, as PyRadiomics publishes it: image and mask lie on one another.
    let sum = 0;
    label.voxels.forEach((v, i) => {
      if (v === 1) sum += image.voxels[i] as number;
    });
    expect(sum / 4137).toBeCloseTo(825.2354363065023, 9);
  });

  test('prostate phantom: unsigned, negative x and y, several labels', async () => {
    const image = await open('prostate_phantom_subvolume.nrrd');
    expect([image.indexToLps[0], image.indexToLps[5]]).toEqual([-0.5, -0.5]);
    expect(Math.max(...image.voxels)).toBe(2017);
    const counts = tally((await open('prostate_phantom_subvolume-label.nrrd')).voxels);
    expect([1, 7, 8, 9].map((label) => counts.get(label))).toEqual([168, 170, 2997, 9088]);
  });
});
