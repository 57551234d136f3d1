import { imagingError } from '../errors.js';
import type { DicomItem } from './data-set.js';
import { type Frame, framesOf } from './frames.js';
import { type PixelData, pixelDataOf, type StoredPixels, storedPixels } from './pixel-data.js';
import { sopClasses } from './tags.js';

/** One segment of a DICOM segmentation object. */
export interface Segment {
  readonly number: number;
  readonly label: string;
}

/** The frames that belong to one segment; `inside` tells which of a frame's stored values count. */
export interface SegmentFrames {
  readonly segment: Segment;
  readonly frames: readonly Frame[];
  readonly pixels: PixelData;
  readonly inside: (stored: number) => boolean;
}

export function isSegmentation(item: DicomItem): boolean {
  const uid = item.text('SOPClassUID');
  return uid === sopClasses.segmentation || uid === sopClasses.labelMapSegmentation || item.text('Modality') === 'SEG';
}

/**
 * The segments that a segmentation describes, background (label map value 0) left out.
 * @throws ImagingError DICOM_TAG_MISSING
 */
export function segmentsOf(item: DicomItem): readonly Segment[] {
  const segments = item.items('SegmentSequence').map((segment) => {
    const number = segment.requiredUint16('SegmentNumber');
    return { number, label: segment.text('SegmentLabel') ?? `segment ${number}` };
  });
  if (segments.length === 0) item.missing('SegmentSequence');
  return segments.filter((segment) => segment.number !== 0);
}

/**
 * Chooses a segment by number or label (a text of digits that is no label is a number); without a choice the only one.
 * @throws ImagingError SEG_SEGMENT_NOT_CHOSEN, SEG_SEGMENT_ABSENT, both with the list of segments
 */
export function chooseSegment(item: DicomItem, choice: string | number | undefined): Segment {
  const segments = segmentsOf(item);
  const list = segments.map((s) => `${s.number} "${s.label}"`).join(', ') || 'none';
  if (choice === undefined) {
    const [only] = segments;
    if (only === undefined || segments.length > 1) throw imagingError('SEG_SEGMENT_NOT_CHOSEN', item.file, list);
    return only;
  }
  const byLabel = typeof choice === 'string' ? segments.filter((s) => s.label === choice) : [];
  const matches = byLabel.length > 0 ? byLabel : segments.filter((s) => String(s.number) === String(choice));
  const [match] = matches;
  if (match === undefined) throw imagingError('SEG_SEGMENT_ABSENT', item.file, quoted(choice), list);
  if (matches.length > 1) throw imagingError('SEG_SEGMENT_NOT_CHOSEN', item.file, list);
  return match;
}

const quoted = (choice: string | number): string => (typeof choice === 'string' ? `"${choice}"` : String(choice));

/**
 * The frames of a segment and the rule for its stored values:
 * BINARY 1; FRACTIONAL at least half of MaximumFractionalValue; LABELMAP equal to the segment number.
 * @throws ImagingError DICOM_TAG_MISSING, DICOM_TAG_INVALID
 */
export function segmentFrames(item: DicomItem, segment: Segment): SegmentFrames {
  const pixels = pixelDataOf(item);
  const type = item.text('SegmentationType') ?? item.missing('SegmentationType');
  const frames = framesOf(item);
  if (type === 'LABELMAP') return { segment, frames, pixels, inside: (v) => v === segment.number };
  const own = frames.filter((frame) => segmentNumberOf(frame) === segment.number);
  if (type === 'BINARY') {
    if (pixels.bitsAllocated !== 1) throw item.invalid('BitsAllocated', String(pixels.bitsAllocated), '1 (BINARY)');
    return { segment, frames: own, pixels, inside: (v) => v === 1 };
  }
  if (type !== 'FRACTIONAL') throw item.invalid('SegmentationType', type, 'BINARY, FRACTIONAL or LABELMAP');
  const most = item.requiredUint16('MaximumFractionalValue');
  if (most === 0) throw item.invalid('MaximumFractionalValue', '0', 'at least 1');
  return { segment, frames: own, pixels, inside: (v) => 2 * v >= most };
}

function segmentNumberOf(frame: Frame): number {
  const group = frame.group('SegmentIdentificationSequence') ?? frame.item.missing('SegmentIdentificationSequence');
  return group.requiredUint16('ReferencedSegmentNumber');
}

/** Stored values of one of the segment's frames. */
export function framePixels(frames: SegmentFrames, frame: Frame): StoredPixels {
  return storedPixels(frames.pixels, frame.index);
}
