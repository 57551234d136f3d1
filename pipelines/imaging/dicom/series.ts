import { imagingError } from '../errors.js';
import type { DicomOrigin, Volume } from '../volume/volume.js';
import { type DicomItem, transferSyntaxUid } from './data-set.js';
import { type Frame, framesOf } from './frames.js';
import { type PixelLayout, pixelLayoutOf } from './pixel-data.js';
import { eachFile, headerOf, readHeaderBytes } from './read-files.js';
import { frameName, orderSlices } from './slice-order.js';
import { transferSyntax } from './transfer-syntax.js';
import { assembleVoxels, type Slice } from './voxels.js';

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
  const headers = await eachFile(files, async (file) => {
    const header = await headerOf(file, await readHeaderBytes(file));
    // What no codec reads is refused before anything else is said about the file.
    if (header.raw.elements.x7fe00010 !== undefined) transferSyntax(file, transferSyntaxUid(header));
    return header;
  });
  return seriesVolume(headers as [DicomItem, ...DicomItem[]], onBytes);
}

/** The volume of files whose headers are known. */
async function seriesVolume(
  items: readonly [DicomItem, ...DicomItem[]],
  onBytes: ((file: string, bytes: Uint8Array) => void) | undefined,
): Promise<SeriesVolume> {
  const [first] = items;
  const modality = first.requiredText('Modality');
  if (!imagingModalities.includes(modality))
    throw imagingError('DICOM_KIND', first.file, modality.slice(0, 64), imagingModalities.join(', '));
  checkSameSeries(items);
  const frames = items.flatMap((item) => framesOf(item)) as [Frame, ...Frame[]];
  checkSamePlanes(frames);
  const ordered = orderSlices(frames);
  const layouts = new Map(items.map((item) => [item, greyLayout(item)]));
  const slices = ordered.frames.map((frame) => sliceOf(frame, layouts.get(frame.item) as PixelLayout, modality));
  const { columns, rows } = (slices[0] as Slice).layout;
  const seriesInstanceUid = first.requiredText('SeriesInstanceUID');
  const frameOfReferenceUid = first.text('FrameOfReferenceUID');
  const padding = slices.map(paddingOf);
  const dicom: DicomOrigin = {
    seriesInstanceUid,
    sliceUids: ordered.frames.map((frame) => frame.item.text('SOPInstanceUID') ?? ''),
    ...(padding.every((range) => range === null) ? {} : { padding }),
  };
  const volume: Volume = {
    ...(await assembleVoxels(slices, onBytes)),
    size: [columns, rows, slices.length],
    indexToLps: ordered.indexToLps,
    ...(frameOfReferenceUid === undefined ? {} : { frameOfReferenceUid }),
    dicom,
  };
  const inOrder = [...new Set(ordered.frames.map((frame) => frame.item.file))];
  return { volume, modality, seriesInstanceUid, files: inOrder };
}

function greyLayout(item: DicomItem): PixelLayout {
  const layout = pixelLayoutOf(item);
  if (layout.bitsAllocated === 1) throw item.invalid('BitsAllocated', '1', '8 or 16');
  return layout;
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

/** CT and PET always carry a rescale (DICOM PS3.3 C.8.2.1, C.8.9.4); MR may not, then stored values are the image. */
function sliceOf(frame: Frame, layout: PixelLayout, modality: string): Slice {
  const source = frame.group('PixelValueTransformationSequence') ?? frame.item;
  const optional = modality !== 'CT' && modality !== 'PT';
  const read = (keyword: 'RescaleSlope' | 'RescaleIntercept', absent: number): number =>
    source.number(keyword) ?? (optional ? absent : source.missing(keyword));
  const slope = read('RescaleSlope', 1);
  const intercept = read('RescaleIntercept', 0);
  if (slope === 0) throw source.invalid('RescaleSlope', '0', 'a number other than 0');
  return { frame, layout, slope, intercept };
}

/**
 * The rescaled range from PixelPaddingValue to PixelPaddingRangeLimit (DICOM PS3.3 C.7.5.1.1.2), null without. Voxels of
 * padding keep their value, as in other readers; a region that holds some is reported when its mask is read.
 */
function paddingOf({ frame: { item }, layout, slope, intercept }: Slice): readonly [number, number] | null {
  const value = item.uint16('PixelPaddingValue');
  if (value === undefined) return null;
  const limit = item.uint16('PixelPaddingRangeLimit') ?? value;
  const ends = [value, limit].map((v) => Math.fround(slope * (layout.signed ? (v << 16) >> 16 : v) + intercept));
  return [Math.min(...ends), Math.max(...ends)];
}
