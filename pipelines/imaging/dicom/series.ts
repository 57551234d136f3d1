import { readFile } from 'node:fs/promises';
import { systemReason } from '../../../system-reason.js';
import { imagingError } from '../errors.js';
import type { DicomOrigin, Volume } from '../volume/volume.js';
import { type DicomItem, openDicom } from './data-set.js';
import { type Frame, framesOf } from './frames.js';
import { type PixelData, pixelDataOf, type StoredPixels, storedPixels } from './pixel-data.js';
import { frameName, orderSlices } from './slice-order.js';

/** A volume read from DICOM with the header facts that choosing a segmentation needs. */
export interface SeriesVolume {
  readonly volume: Volume;
  readonly modality: string;
  readonly seriesInstanceUid: string;
  /** Files in slice order, lowest along the slice normal first. */
  readonly files: readonly string[];
}

/** Modalities whose series are images on a patient grid. */
export const imagingModalities: readonly string[] = ['CT', 'PT', 'MR', 'NM'];

/**
 * Reads one CT, PET or MR series (single-frame files, or one enhanced or legacy converted multi-frame file) into a volume
 * in HU (CT) or the modality's unit, LPS mm. The order of `files` does not matter.
 * @param onBytes sees each file's bytes as they are read, so that a digest costs no second reading
 * @throws ImagingError DICOM_*, SERIES_*, FILE_UNREADABLE
 */
export async function readSeries(
  files: readonly string[],
  onBytes?: (file: string, bytes: Uint8Array) => void,
): Promise<SeriesVolume> {
  if (files.length === 0) throw imagingError('SERIES_EMPTY', 'an empty list of files');
  const items: DicomItem[] = [];
  for await (const [file, bytes] of readInTurn(files)) {
    onBytes?.(file, bytes);
    items.push(await openDicom(file, bytes));
  }
  return seriesVolume(items as [DicomItem, ...DicomItem[]]);
}

/** Files read ahead of the one that is looked at: enough to hide the disk, few enough for any limit of open files. */
const readAhead = 16;

/**
 * The bytes of files, in the order of `files`, the next ones being read meanwhile.
 * @throws ImagingError FILE_UNREADABLE
 */
export async function* readInTurn(
  files: readonly string[],
): AsyncGenerator<readonly [file: string, bytes: Uint8Array]> {
  const pending: Promise<Uint8Array>[] = [];
  for (let i = 0; i < files.length; i++) {
    while (pending.length < Math.min(files.length, i + readAhead)) {
      const reading = readBytes(files[pending.length] as string);
      // A file whose turn never comes, because an earlier one fails, must not end the process.
      reading.catch(() => undefined);
      pending.push(reading);
    }
    const bytes = await (pending[i] as Promise<Uint8Array>);
    delete pending[i];
    yield [files[i] as string, bytes];
  }
}

/** @throws ImagingError FILE_UNREADABLE */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw imagingError('FILE_UNREADABLE', file, systemReason(cause));
  }
}

/** The volume of parsed files. */
export function seriesVolume(items: readonly [DicomItem, ...DicomItem[]]): SeriesVolume {
  const [first] = items;
  const modality = first.requiredText('Modality');
  if (!imagingModalities.includes(modality))
    throw imagingError('DICOM_KIND', first.file, modality.slice(0, 64), imagingModalities.join(', '));
  checkSameSeries(items);
  const frames = items.flatMap((item) => framesOf(item)) as [Frame, ...Frame[]];
  checkSamePlanes(frames);
  const ordered = orderSlices(frames);
  const pixels = new Map(items.map((item) => [item, greyPixels(item)]));
  const slices = ordered.frames.map((frame) => sliceOf(frame, pixels.get(frame.item) as PixelData, modality));
  const { columns, rows } = (slices[0] as Slice).pixels;
  const seriesInstanceUid = first.requiredText('SeriesInstanceUID');
  const frameOfReferenceUid = first.text('FrameOfReferenceUID');
  const padding = slices.map(paddingOf);
  const dicom: DicomOrigin = {
    seriesInstanceUid,
    sliceUids: ordered.frames.map((frame) => frame.item.text('SOPInstanceUID') ?? ''),
    ...(padding.every((range) => range === null) ? {} : { padding }),
  };
  const volume: Volume = {
    voxels: assemble(slices, columns * rows),
    size: [columns, rows, slices.length],
    indexToLps: ordered.indexToLps,
    ...(frameOfReferenceUid === undefined ? {} : { frameOfReferenceUid }),
    dicom,
  };
  const inOrder = [...new Set(ordered.frames.map((frame) => frame.item.file))];
  return { volume, modality, seriesInstanceUid, files: inOrder };
}

function greyPixels(item: DicomItem): PixelData {
  const pixels = pixelDataOf(item);
  if (pixels.bitsAllocated === 1) throw item.invalid('BitsAllocated', '1', '8 or 16');
  return pixels;
}

function checkSameSeries(items: readonly [DicomItem, ...DicomItem[]]): void {
  const facts: readonly (readonly [string, (item: DicomItem) => string])[] = [
    ['series (SeriesInstanceUID)', (item) => item.requiredText('SeriesInstanceUID')],
    ['modality', (item) => item.requiredText('Modality')],
    ['frame of reference', (item) => item.text('FrameOfReferenceUID') ?? 'none'],
    ['size', (item) => `${item.requiredUint16('Columns')} x ${item.requiredUint16('Rows')}`],
  ];
  const [first] = items;
  for (const [what, fact] of facts) {
    const expected = fact(first);
    for (const item of items) {
      const found = fact(item);
      if (found !== expected) throw imagingError('SERIES_MIXED', what, first.file, expected, item.file, found);
    }
  }
}

/** Same orientation and pixel spacing in every frame, within 1e-4. */
function checkSamePlanes(frames: readonly [Frame, ...Frame[]]): void {
  const [first] = frames;
  const facts: readonly (readonly [string, (frame: Frame) => readonly number[]])[] = [
    ['orientation', ({ plane }) => [...plane.rowDirection, ...plane.columnDirection]],
    ['pixel spacing', ({ plane }) => plane.spacing],
  ];
  for (const [what, fact] of facts) {
    const expected = fact(first);
    for (const frame of frames) {
      const found = fact(frame);
      if (found.some((v, i) => Math.abs(v - (expected[i] as number)) > 1e-4)) {
        throw imagingError(
          'SERIES_MIXED',
          what,
          frameName(first),
          expected.join('\\'),
          frameName(frame),
          found.join('\\'),
        );
      }
    }
  }
}

interface Slice {
  readonly frame: Frame;
  readonly pixels: PixelData;
  readonly slope: number;
  readonly intercept: number;
}

/** CT and PET always carry a rescale (DICOM PS3.3 C.8.2.1, C.8.9.4); MR may not, then stored values are the image. */
function sliceOf(frame: Frame, pixels: PixelData, modality: string): Slice {
  const source = frame.group('PixelValueTransformationSequence') ?? frame.item;
  const optional = modality !== 'CT' && modality !== 'PT';
  const read = (keyword: 'RescaleSlope' | 'RescaleIntercept', absent: number): number =>
    source.number(keyword) ?? (optional ? absent : source.missing(keyword));
  const slope = read('RescaleSlope', 1);
  const intercept = read('RescaleIntercept', 0);
  if (slope === 0) throw source.invalid('RescaleSlope', '0', 'a number other than 0');
  return { frame, pixels, slope, intercept };
}

/**
 * The rescaled range from PixelPaddingValue to PixelPaddingRangeLimit (DICOM PS3.3 C.7.5.1.1.2), null without. Voxels of
 * padding keep their value, as in other readers; a region that holds some is reported when its mask is read.
 */
function paddingOf({ frame: { item }, pixels, slope, intercept }: Slice): readonly [number, number] | null {
  const value = item.uint16('PixelPaddingValue');
  if (value === undefined) return null;
  const limit = item.uint16('PixelPaddingRangeLimit') ?? value;
  const ends = [value, limit].map((v) => Math.fround(slope * (pixels.signed ? (v << 16) >> 16 : v) + intercept));
  return [Math.min(...ends), Math.max(...ends)];
}

/** Int16 when no slice is scaled and every value fits, else Float32. */
function assemble(slices: readonly Slice[], sliceLength: number): Int16Array | Float32Array {
  const whole = slices.every((s) => s.slope === 1 && Number.isInteger(s.intercept) && Math.abs(s.intercept) < 2 ** 30);
  const count = sliceLength * slices.length;
  let voxels = whole ? new Int16Array(count) : new Float32Array(count);
  slices.forEach(({ frame, pixels, slope, intercept }, z) => {
    const stored = storedPixels(pixels, frame.index);
    const offset = z * sliceLength;
    if (voxels instanceof Int16Array && !shift(stored, intercept, voxels, offset)) voxels = Float32Array.from(voxels);
    if (voxels instanceof Float32Array) rescale(stored, slope, intercept, voxels, offset);
  });
  return voxels;
}

/** @returns false when a value does not fit 16 bits; `out` then holds nonsense for the slice */
function shift(stored: StoredPixels, intercept: number, out: Int16Array, offset: number): boolean {
  let beyond = 0;
  for (let i = 0; i < stored.length; i++) {
    const v = ((stored[i] as number) + intercept) | 0;
    beyond |= (v + 32768) & ~0xffff;
    out[offset + i] = v;
  }
  return beyond === 0;
}

function rescale(stored: StoredPixels, slope: number, intercept: number, out: Float32Array, offset: number): void {
  for (let i = 0; i < stored.length; i++) out[offset + i] = slope * (stored[i] as number) + intercept;
}
