import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { dicomFile, type Element, element, encapsulated, words } from '../../../test/imaging/dicom-bytes.js';
import { multiFrameCt, packBits, segmentation } from '../../../test/imaging/sample-objects.js';
import { readSegmentation } from '../image-source/open-mask.js';
import { parseDicom } from './data-set.js';
import { readSeries } from './series.js';

// Packed by DCMTK, OpenJPEG and OpenJPH: see the README beside them.
const folder = fileURLToPath(new URL('../reference/compressed', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'compressed-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const voxels = async (name: string) => (await readSeries([join(folder, `${name}.dcm`)])).volume.voxels;
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.dcm') ? [file.replace('.dcm', '')] : []));
const lossless = names.filter((name) => !/native|near|lossy|baseline|extended/.test(name));
const lossy = names.filter((name) => names.includes(`${name}-decoded`));

describe('pixels packed by other programs', () => {
  test('there is a file of each method', () => {
    expect(lossless.length).toBe(21);
    expect(lossy).toEqual([
      'jpeg-2000-lossy-12',
      'jpeg-baseline-8',
      'jpeg-extended-12',
      'jpeg-extended-8',
      'jpeg-ls-near-12',
    ]);
  });

  test.each(lossless)('%s has the values of its original', async (name) => {
    const original = await voxels(`native-${/(16-signed|12|8)$/.exec(name)?.[1]}`);
    expect(await voxels(name)).toEqual(original);
  });

  // The discrete cosine transform is not specified to the last bit: decoders may differ by 1 step.
  test.each(lossy)('%s has the values that another decoder gives', async (name) => {
    const [ours, theirs] = [await voxels(name), await voxels(`${name}-decoded`)];
    const most = Math.max(...ours.map((v, i) => Math.abs(v - (theirs[i] as number))));
    expect(most).toBeLessThanOrEqual(/baseline|extended/.test(name) ? 1 : 0);
  });
});

/** The frames of a packed file of the reference folder. */
function frameOf(name: string): Buffer {
  const path = join(folder, `${name}.dcm`);
  const { raw } = parseDicom(path, readFileSync(path));
  const parts = raw.elements.x7fe00010?.fragments ?? [];
  return Buffer.concat(parts.map((f) => raw.byteArray.subarray(f.position, f.position + f.length)));
}
let written = 0;
function file(bytes: Uint8Array): string {
  const path = join(scratch, `${written++}.dcm`);
  writeFileSync(path, bytes);
  return path;
}
const jpegLs = '1.2.840.10008.1.2.4.80';

describe('frames and fragments', () => {
  const frame = frameOf('jpeg-ls-12');
  const half = (frame.length >> 2) << 1;
  const pieces = [frame.subarray(0, half), frame.subarray(half)];
  const even = (bytes: Uint8Array) => bytes.length + (bytes.length % 2);
  const second = 8 + even(pieces[0] as Buffer) + 8 + even(pieces[1] as Buffer);
  const extended = (offsets: readonly number[]): Element => {
    const bytes = Buffer.alloc(8 * offsets.length);
    offsets.forEach((offset, i) => {
      bytes.writeBigUInt64LE(BigInt(offset), 8 * i);
    });
    return element('7FE00001', 'OV', bytes);
  };
  const read = async (pixels: Element, ...extra: readonly Element[]) => {
    const options = { frames: 2, rows: 40, columns: 56, bitsStored: 12, syntax: jpegLs, extra: [pixels, ...extra] };
    return (await readSeries([file(multiFrameCt(options))])).volume;
  };

  test.each<[string, Element, readonly Element[]]>([
    ['one fragment a frame, no table', encapsulated([frame, frame]), []],
    ['one fragment a frame, a table of zeros', encapsulated([frame, frame], [0, 0]), []],
    ['several fragments, basic table', encapsulated([...pieces, ...pieces], [0, second]), []],
    ['several fragments, extended table', encapsulated([...pieces, ...pieces]), [extended([0, second])]],
    ['several fragments, no table', encapsulated([...pieces, frame]), []],
  ])('%s', async (_name, pixels, extra) => {
    const volume = await read(pixels, ...extra);
    const original = await voxels('native-12');
    expect(volume.size).toEqual([56, 40, 2]);
    expect(volume.voxels.subarray(0, 2240)).toEqual(original);
    expect(volume.voxels.subarray(2240)).toEqual(original);
  });

  test.each<[string, Element, RegExp]>([
    ['fewer fragments than frames', encapsulated([frame]), /1 fragments for 2 frames/],
    ['no fragment', encapsulated([]), /no fragment/],
    ['a table of the wrong length', encapsulated([...pieces, frame], [0]), /1 entries for 2 frames/],
    ['an offset into a fragment', encapsulated([...pieces, frame], [0, 6]), /offset of frame 2 \(6\)/],
    ['bytes that are no image', encapsulated([Buffer.from('nothing!'), frame]), /no header of a compressed image/],
    ['a frame that is cut off', encapsulated([frame.subarray(0, 500), frame]), /no end mark \(cut off\?\)/],
  ])('%s', async (_name, pixels, message) => {
    await expect(read(pixels)).rejects.toMatchObject({ code: 'DICOM_PIXELS', message: expect.stringMatching(message) });
  });

  test('a frame of another size than the data set says, or of more bits', async () => {
    const one = (extra: object) =>
      readSeries([file(multiFrameCt({ frames: 1, rows: 40, columns: 56, syntax: jpegLs, ...extra }))]);
    await expect(one({ rows: 41, extra: [encapsulated([frame])] })).rejects.toThrow(
      /is 56 x 40 pixels, expected 56 x 41/,
    );
    const eight = [element('00280100', 'US', [8]), element('00280101', 'US', [8]), element('00280102', 'US', [7])];
    await expect(one({ extra: [...eight, encapsulated([frame])] })).rejects.toThrow(
      /16 bits a pixel, expected at most 8/,
    );
  });

  test('a damaged frame is refused, and the next good one is read', async () => {
    for (const name of ['jpeg-ls-12', 'jpeg-2000-12', 'htj2k-12', 'jpeg-baseline-8', 'jpeg-lossless-sv1-12']) {
      const bytes = readFileSync(join(folder, `${name}.dcm`));
      const at = bytes.indexOf(frameOf(name)) + 60;
      bytes.fill(0xff, at, bytes.length - 40);
      await readSeries([file(bytes)]).then(
        () => undefined,
        (error: unknown) => expect(error).toMatchObject({ code: expect.stringMatching(/^DICOM_/) }),
      );
      expect((await voxels(name)).length).toBe(2240);
    }
  });

  test('encapsulated pixels in a transfer syntax of plain bytes; a length instead of fragments', async () => {
    const native = multiFrameCt({ frames: 2, rows: 40, columns: 56, extra: [encapsulated([frame, frame])] });
    await expect(readSeries([file(native)])).rejects.toThrow(/encapsulated, which its transfer syntax does not allow/);
    const plain = multiFrameCt({ frames: 1, rows: 3, columns: 4, syntax: jpegLs });
    await expect(readSeries([file(plain)])).rejects.toThrow(/no fragment/);
  });
});

describe('methods without a codec package', () => {
  const values = Array.from({ length: 24 }, (_, i) => 100 * i);
  // The file's first frame is the upper slice.
  const frames = [words(values.slice(12)), words(values.slice(0, 12))];
  const read = (syntax: string, parts: readonly Uint8Array[]) =>
    readSeries([file(multiFrameCt({ frames: 2, rows: 3, columns: 4, syntax, extra: [encapsulated(parts)] }))]);

  test('encapsulated plain frames', async () => {
    expect([...(await read('1.2.840.10008.1.2.1.98', frames)).volume.voxels]).toEqual(values);
    await expect(read('1.2.840.10008.1.2.1.98', [frames[0] as Uint8Array, new Uint8Array(4)])).rejects.toMatchObject({
      code: 'DICOM_TRUNCATED',
    });
  });

  test('deflated frames', async () => {
    const syntax = '1.2.840.10008.1.2.8.1';
    expect([
      ...(
        await read(
          syntax,
          frames.map((f) => deflateRawSync(f)),
        )
      ).volume.voxels,
    ]).toEqual(values);
    await expect(read(syntax, [Buffer.from('abcd'), Buffer.from('abcd')])).rejects.toThrow(/cannot be unpacked/);
    await expect(read(syntax, [Buffer.from('abcd'), deflateRawSync(Buffer.alloc(8))])).rejects.toThrow(/cut off/);
  });

  test('RLE that lies about its segments', async () => {
    const header = (...numbers: readonly number[]) => {
      const bytes = Buffer.alloc(64);
      numbers.forEach((n, i) => {
        bytes.writeUInt32LE(n, 4 * i);
      });
      return bytes;
    };
    const rle = (...parts: readonly Uint8Array[]) =>
      read('1.2.840.10008.1.2.5', [Buffer.alloc(64), Buffer.concat(parts)]);
    await expect(rle(Buffer.alloc(20))).rejects.toThrow(/shorter than its header/);
    await expect(rle(header(3, 64, 66, 68))).rejects.toThrow(/3 segments, expected 2/);
    await expect(rle(header(2, 64, 900), Buffer.alloc(8))).rejects.toThrow(/segment 1 lies outside/);
    await expect(rle(header(2, 64, 68), Buffer.alloc(8))).rejects.toThrow(/segment 1 ends before its last pixel/);
  });

  test('a binary segmentation of deflated frames: each frame starts a byte', async () => {
    const bits = [
      [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ];
    const seg = segmentation({
      syntax: '1.2.840.10008.1.2.8.1',
      frames: bits.map((v, i) => ({ position: [0, 0, 2 * i] as const, values: v })),
      extra: [encapsulated(bits.map((v) => deflateRawSync(packBits(v))))],
    });
    const volume = {
      voxels: new Int16Array(24),
      size: [4, 3, 2] as const,
      indexToLps: [0.75, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1],
      frameOfReferenceUid: '1.2.9',
    };
    const { mask } = await readSegmentation(file(seg), volume);
    expect([...mask.voxels]).toEqual(bits.flat());
  });

  test('what no codec reads is refused by name', async () => {
    const bytes = dicomFile(
      [element('00080060', 'CS', 'CT'), encapsulated([new Uint8Array(2)])],
      '1.2.840.10008.1.2.4.110',
    );
    await expect(readSeries([file(bytes)])).rejects.toThrow(
      /1\.2\.840\.10008\.1\.2\.4\.110 \(JPEG XL Lossless\), which is not supported/,
    );
  });
});
