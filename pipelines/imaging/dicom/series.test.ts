import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Element, element, syntaxes } from '../../../test/imaging/dicom-bytes.js';
import { ctSlice, multiFrameCt, type SliceOptions } from '../../../test/imaging/sample-objects.js';
import { ImagingError } from '../errors.js';
import { readSeries } from './series.js';

const folder = mkdtempSync(join(tmpdir(), 'series-'));
afterAll(() => rmSync(folder, { recursive: true }));

let written = 0;
function file(bytes: Uint8Array): string {
  const path = join(folder, `${written++}.dcm`);
  writeFileSync(path, bytes);
  return path;
}
const slices = (...options: readonly SliceOptions[]) => options.map((o) => file(ctSlice(o)));
const at = (z: number, more: SliceOptions = {}): SliceOptions => ({ position: [0, 0, z], ...more });

async function refusal(files: readonly string[]): Promise<ImagingError> {
  const error = await readSeries(files).then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof ImagingError)) throw new Error(`expected a refusal, got ${String(error)}`);
  expect(error.message).not.toMatch(/Secret|\n/);
  return error;
}

describe('reading a series', () => {
  test('slices are ordered by position, whatever the order of the files', async () => {
    const [low, middle, high] = slices(at(10), at(12.5), at(15, { intercept: '0' })) as [string, string, string];
    const { volume, files } = await readSeries([high, low, middle]);
    expect(files).toEqual([low, middle, high]);
    expect(volume.size).toEqual([4, 3, 3]);
    expect(volume.indexToLps).toEqual([0.75, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 2.5, 10, 0, 0, 0, 1]);
    expect(volume.frameOfReferenceUid).toBe('1.2.9');
    expect(volume.voxels).toBeInstanceOf(Int16Array);
    expect([...volume.voxels.subarray(0, 5)]).toEqual([-1000, -999, -998, -997, -996]);
    expect([...volume.voxels.subarray(24, 27)]).toEqual([0, 1, 2]);
  });

  test('numbers are decimal strings: what only JavaScript takes for a number is refused', async () => {
    const padded = await readSeries(slices(at(0, { spacing: ' 5.0E-1\\+.75 ' }), at(1, { spacing: '0.50\\0.75' })));
    expect(padded.volume.indexToLps.slice(0, 6)).toEqual([0.75, 0, 0, 0, 0, 0.5]);
    for (const spacing of ['0x1\\0b1', '0,5\\0,75', '1\\', '.\\1']) {
      expect((await refusal(slices(at(0, { spacing }), at(1)))).code).toBe('DICOM_TAG_INVALID');
    }
  });

  test('a single slice takes its thickness', async () => {
    const { volume } = await readSeries(slices({ position: [1, 2, 3] }));
    expect(volume.indexToLps).toEqual([0.75, 0, 0, 1, 0, 0.5, 0, 2, 0, 0, 5, 3, 0, 0, 0, 1]);
    const error = await refusal(slices({ extra: [element('00180050', 'DS', '')] }));
    expect(error.code).toBe('SERIES_NO_SPACING');
  });

  test.each(Object.entries(syntaxes))('%s', async (_name, syntax) => {
    const values = Array.from({ length: 12 }, (_, i) => 300 * i);
    const { volume } = await readSeries(
      slices(at(0, { syntax, values, intercept: '-1024' }), at(1, { syntax, values })),
    );
    expect([...volume.voxels.subarray(0, 12)]).toEqual(values.map((v) => v - 1024));
    expect(volume.indexToLps[0]).toBe(0.75);
  });

  test('only the stored bits count, and the sign is extended', async () => {
    const read = async (more: SliceOptions) => [
      ...(await readSeries(slices({ intercept: '0', ...more }))).volume.voxels,
    ];
    // 12 bits stored, an overlay in the four bits above them
    const values = [0xf001, 0x1fff, 0x0800, 0x07ff, 0, 0, 0, 0, 0, 0, 0, 0];
    expect((await read({ values, bitsStored: 12 })).slice(0, 4)).toEqual([1, 4095, 2048, 2047]);
    expect((await read({ values, bitsStored: 12, signed: true })).slice(0, 4)).toEqual([1, -1, -2048, 2047]);
    expect((await read({ values, signed: true })).slice(0, 2)).toEqual([0xf001 - 65536, 0x1fff]);
    // stored in bits 4 to 15
    const shifted = values.map((v) => (v << 4) & 0xffff);
    const high = { bitsStored: 12, extra: [element('00280102', 'US', [15])] };
    expect((await read({ values: shifted, ...high })).slice(0, 4)).toEqual([1, 4095, 2048, 2047]);
    expect((await read({ values: shifted, signed: true, ...high })).slice(0, 4)).toEqual([1, -1, -2048, 2047]);
  });

  test('an enhanced multi-frame file: frames by position, each with its own rescale or the shared one', async () => {
    const shared = (await readSeries([file(multiFrameCt({ frames: 3 }))])).volume;
    expect(shared.size).toEqual([4, 3, 3]);
    expect(shared.indexToLps).toEqual([0.75, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1]);
    // stored from the top: the lowest slice is the third frame
    expect([shared.voxels[0], shared.voxels[12], shared.voxels[24]]).toEqual([24, 12, 0]);
    const rescale = [
      ['1', '100'],
      ['0.5', '0'],
      ['2', '-1'],
    ] as const;
    const own = (await readSeries([file(multiFrameCt({ frames: 3, rescale }))])).volume;
    expect([own.voxels[0], own.voxels[12], own.voxels[24]]).toEqual([2 * 24 - 1, 6, 100]);
  });

  test('8 bit pixels', async () => {
    const bytes = Uint8Array.from([0, 127, 128, 255, 0, 0, 0, 0, 0, 0, 0, 0]);
    const extra = (sign: number): Element[] => [
      element('00280100', 'US', [8]),
      element('00280101', 'US', [8]),
      element('00280102', 'US', [7]),
      element('00280103', 'US', [sign]),
      element('7FE00010', 'OB', bytes),
    ];
    const unsigned = await readSeries(slices({ intercept: '0', extra: extra(0) }));
    expect([...unsigned.volume.voxels.subarray(0, 4)]).toEqual([0, 127, 128, 255]);
    const signed = await readSeries(slices({ intercept: '0', extra: extra(1) }));
    expect([...signed.volume.voxels.subarray(0, 4)]).toEqual([0, 127, -128, -1]);
  });

  test('values that do not fit 16 bits, or are scaled, become float, with the rescale of each slice', async () => {
    const wide = await readSeries(slices({ values: [65535, ...Array(11).fill(0)], intercept: '0' }));
    expect(wide.volume.voxels).toBeInstanceOf(Float32Array);
    expect(wide.volume.voxels[0]).toBe(65535);
    const scaled = await readSeries(
      slices(at(0, { slope: '0.5', intercept: '1' }), at(1, { slope: '0.25', intercept: '0', modality: 'CT' })),
    );
    expect(scaled.volume.voxels).toBeInstanceOf(Float32Array);
    expect([scaled.volume.voxels[1], scaled.volume.voxels[13]]).toEqual([1.5, 0.25]);
  });

  test('padding keeps its value', async () => {
    const values = [-2000, ...Array(11).fill(0)];
    const extra = [element('00280120', 'SS', [-2000])];
    const { volume } = await readSeries(slices({ values, signed: true, intercept: '-1024', extra }));
    expect(volume.voxels[0]).toBe(-3024);
  });

  test('a data set without preamble is read', async () => {
    const bytes = ctSlice();
    const bare = bytes.subarray(bytes.indexOf(Buffer.from([8, 0, 0x16, 0])));
    expect((await readSeries([file(bare)])).volume.size).toEqual([4, 3, 1]);
  });

  test('rows and columns of an oblique series are kept', async () => {
    const orientation = '0\\1\\0\\0\\0\\-1';
    const { volume } = await readSeries(
      slices(
        { orientation, position: [5, 0, 0] },
        { orientation, position: [3, 0, 0] },
        { orientation, position: [1, 0, 0] },
      ),
    );
    // the normal is (0,1,0) x (0,0,-1) = (-1,0,0): the first slice is the one with the largest x
    expect(volume.indexToLps).toEqual([0, 0, -2, 5, 0.75, 0, 0, 0, 0, -0.5, 0, 0, 0, 0, 0, 1]);
  });
});

describe('a series that is refused', () => {
  test.each<[string, string, RegExp, readonly SliceOptions[]]>([
    ['a missing slice', 'SERIES_UNEVEN_SPACING', /4 mm between 2 and 6.*2 mm/, [at(0), at(2), at(6), at(8)]],
    ['spacing that changes', 'SERIES_UNEVEN_SPACING', /mm between/, [at(0), at(1), at(2), at(4), at(6)]],
    [
      'slow drift',
      'SERIES_UNEVEN_SPACING',
      /off the even grid/,
      [0, 2, 4, 6, 8, 10, 12.09, 14.18, 16.27, 18.36].map((z) => at(z)),
    ],
    ['two slices at one place', 'SERIES_DUPLICATE_POSITION', /same position 2 mm/, [at(0), at(2), at(2)]],
    ['gantry tilt', 'SERIES_TILTED', /sideways by 0.5 mm/, [at(0), { position: [0, 0.5, 2] }, { position: [0, 1, 4] }]],
    ['orientations', 'SERIES_MIXED', /orientation/, [at(0), at(1, { orientation: '0\\1\\0\\1\\0\\0' })]],
    ['pixel spacings', 'SERIES_MIXED', /pixel spacing/, [at(0), at(1, { spacing: '0.5\\0.8' })]],
    ['sizes', 'SERIES_MIXED', /size: .* 4 x 3, .* 3 x 4/, [at(0), at(1, { rows: 4, columns: 3 })]],
    [
      'frames of reference',
      'SERIES_MIXED',
      /frame of reference.*1\.2\.9.*1\.2\.8/,
      [at(0), at(1, { frameOfReference: '1.2.8' })],
    ],
    ['series', 'SERIES_MIXED', /SeriesInstanceUID/, [at(0), at(1, { series: '1.2.33' })]],
    ['another modality', 'DICOM_KIND', /RTDOSE/, [at(0, { modality: 'RTDOSE' })]],
    [
      'no rescale in a CT',
      'DICOM_TAG_MISSING',
      /RescaleSlope \(0028,1053\)/,
      [{ extra: [element('00281053', 'DS', '')] }],
    ],
    ['no position', 'DICOM_TAG_MISSING', /ImagePositionPatient/, [{ extra: [element('00200032', 'DS', '')] }]],
    [
      'a position that is no number',
      'DICOM_TAG_INVALID',
      /"0\\x\\1", expected 3 numbers/,
      [{ extra: [element('00200032', 'DS', '0\\x\\1')] }],
    ],
    ['an orientation that is none', 'DICOM_TAG_INVALID', /right angle/, [{ orientation: '1\\0\\0\\1\\0\\0' }]],
    ['no spacing', 'DICOM_TAG_INVALID', /PixelSpacing/, [{ spacing: '0\\1' }]],
    ['slope 0', 'DICOM_TAG_INVALID', /RescaleSlope/, [{ slope: '0' }]],
    ['colour', 'DICOM_TAG_INVALID', /SamplesPerPixel.*"3"/, [{ extra: [element('00280002', 'US', [3])] }]],
    ['32 bits', 'DICOM_TAG_INVALID', /BitsAllocated.*"32"/, [{ extra: [element('00280100', 'US', [32])] }]],
    ['too few pixels', 'DICOM_TRUNCATED', /needs 24 bytes and 4 are there/, [{ values: [1, 2] }]],
    ['no pixels', 'DICOM_TAG_MISSING', /PixelData/, [{ extra: [element('7FE00010', 'OW', '')] }]],
    ['a film', 'DICOM_TRANSFER_SYNTAX', /4\.102 \(MPEG-4 AVC/, [{ syntax: '1.2.840.10008.1.2.4.102' }]],
    ['JPEG without fragments', 'DICOM_PIXELS', /it has no fragment/, [{ syntax: '1.2.840.10008.1.2.4.70' }]],
    ['an unknown transfer syntax', 'DICOM_TRANSFER_SYNTAX', /1\.2\.3\.4 /, [{ syntax: '1.2.3.4' }]],
  ])('%s', async (_name, code, message, options) => {
    const error = await refusal(slices(...options));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test('a file cut off anywhere gives one sentence', async () => {
    const whole = ctSlice();
    for (let length = 0; length < whole.length; length += 7) {
      const error = await refusal([file(whole.subarray(0, length))]);
      expect(error.code).toMatch(/^DICOM_/);
    }
    expect((await refusal([file(whole.subarray(0, whole.length - 4))])).message).toMatch(/cut off/);
  });

  test('no file, a file that is not there, a file that is not DICOM', async () => {
    expect((await refusal([])).code).toBe('SERIES_EMPTY');
    expect((await refusal([join(folder, 'absent')])).code).toBe('FILE_UNREADABLE');
    expect((await refusal([file(Buffer.from('patient,age\n'.repeat(30)))])).code).toBe('DICOM_UNREADABLE');
  });
});
