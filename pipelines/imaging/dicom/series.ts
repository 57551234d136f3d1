import { readFile } from 'node:fs/promises';
import { systemReason } from '../../../system-reason.js';
import { imagingError } from '../errors.js';
import type { Volume } from '../volume/volume.js';
import { type DicomItem, parseDicom } from './data-set.js';
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
  for (const file of files) {
    const bytes = await readBytes(file);
    onBytes?.(file, bytes);
    items.push(parseDicom(file, bytes));
  }
  return seriesVolume(items as [DicomItem, ...DicomItem[]]);
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
    throw imagingError('DICOM_KIND', first.file, modality, imagingModalities.join(', '));
  checkSameSeries(items);
  const frames = items.flatMap((item) => framesOf(item)) as [Frame, ...Frame[]];
  checkSamePlanes(frames);
  const ordered = orderSlices(frames);
  const slices = ordered.frames.map((frame) => sliceOf(frame, modality));
  const { columns, rows } = (slices[0] as Slice).pixels;
  const frameOfReferenceUid = first.text('FrameOfReferenceUID');
  const volume: Volume = {
    voxels: assemble(slices, columns * rows),
    size: [columns, rows, slices.length],
    indexToLps: ordered.indexToLps,
    ...(frameOfReferenceUid === undefined ? {} : { frameOfReferenceUid }),
  };
  const inOrder = [...new Set(ordered.frames.map((frame) => frame.item.file))];
  return { volume, modality, seriesInstanceUid: first.requiredText('SeriesInstanceUID'), files: inOrder };
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
  readonly pixels: PixelData;
  readonly stored: StoredPixels;
  readonly slope: number;
  readonly intercept: number;
}

/** CT and PET always carry a rescale (DICOM PS3.3 C.8.2.1, C.8.9.4); MR may not, then stored values are the image. */
function sliceOf(frame: Frame, modality: string): Slice {
  const source = frame.group('PixelValueTransformationSequence') ?? frame.item;
  const optional = modality !== 'CT' && modality !== 'PT';
  const read = (keyword: 'RescaleSlope' | 'RescaleIntercept', absent: number): number =>
    source.number(keyword) ?? (optional ? absent : source.missing(keyword));
  const slope = read('RescaleSlope', 1);
  const intercept = read('RescaleIntercept', 0);
  if (slope === 0) throw source.invalid('RescaleSlope', '0', 'a number other than 0');
  const pixels = pixelDataOf(frame.item);
  if (pixels.bitsAllocated === 1) throw frame.item.invalid('BitsAllocated', '1', '8 or 16');
  return { pixels, stored: storedPixels(pixels, frame.index), slope, intercept };
}

/** Int16 when no slice is scaled and every value fits, else Float32. */
function assemble(slices: readonly Slice[], sliceLength: number): Int16Array | Float32Array {
  const whole = slices.every((s) => s.slope === 1 && Number.isInteger(s.intercept) && fitsInt16(s));
  const voxels = whole ? new Int16Array(sliceLength * slices.length) : new Float32Array(sliceLength * slices.length);
  slices.forEach((slice, z) => {
    rescale(slice, voxels, z * sliceLength);
  });
  return voxels;
}

function fitsInt16({ pixels, stored, intercept }: Slice): boolean {
  // Few bits fit whatever the values are: no need to look at them.
  const top = 2 ** (pixels.signed ? pixels.bitsStored - 1 : pixels.bitsStored);
  if (top + intercept <= 32768 && (pixels.signed ? -top : 0) + intercept >= -32768) return true;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < stored.length; i++) {
    const v = stored[i] as number;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low + intercept >= -32768 && high + intercept <= 32767;
}

function rescale({ stored, slope, intercept }: Slice, out: Int16Array | Float32Array, offset: number): void {
  for (let i = 0; i < stored.length; i++) out[offset + i] = slope * (stored[i] as number) + intercept;
}
