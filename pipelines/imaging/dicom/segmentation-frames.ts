import { imagingError } from '../errors.js';
import type { Volume } from '../volume/volume.js';
import type { DicomItem } from './data-set.js';
import type { Frame } from './frames.js';
import type { ReadFinding } from './mask-result.js';
import { type PixelData, pixelDataOf, type StoredPixels, storedPixels } from './pixel-data.js';
import { repaired, segmentationFrameCount, segmentationFrames } from './segmentation-planes.js';
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
 * The segments that a segmentation describes; of a label map the background (value 0) is left out, elsewhere a segment may
 * have the number 0, which early programs gave.
 * @throws ImagingError DICOM_TAG_MISSING
 */
export function segmentsOf(item: DicomItem): readonly Segment[] {
  const segments = item.items('SegmentSequence').map((segment) => {
    const number = segment.requiredUint16('SegmentNumber');
    return { number, label: segment.text('SegmentLabel') ?? `segment ${number}` };
  });
  if (segments.length === 0) item.missing('SegmentSequence');
  return item.text('SegmentationType') === 'LABELMAP' ? segments.filter((s) => s.number !== 0) : segments;
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
 * @param volume the image, for frames that say where they lie by naming its slices
 * @param findings gets what was read otherwise than the standard says
 * @throws ImagingError DICOM_TAG_MISSING, DICOM_TAG_INVALID
 */
export function segmentFrames(
  item: DicomItem,
  segment: Segment,
  volume: Volume,
  findings: ReadFinding[],
): SegmentFrames {
  const pixels = pixelDataOf(item, segmentationFrameCount(item));
  const type = item.text('SegmentationType') ?? item.missing('SegmentationType');
  const frames = segmentationFrames(item, volume, findings);
  if (type === 'LABELMAP') return { segment, frames, pixels, inside: (v) => v === segment.number };
  const own = framesOfSegment(item, frames, segment, findings);
  if (type === 'BINARY') {
    if (pixels.bitsAllocated !== 1) throw item.invalid('BitsAllocated', String(pixels.bitsAllocated), '1 (BINARY)');
    return { segment, frames: own, pixels, inside: (v) => v === 1 };
  }
  if (type !== 'FRACTIONAL') throw item.invalid('SegmentationType', type, 'BINARY, FRACTIONAL or LABELMAP');
  const most = item.requiredUint16('MaximumFractionalValue');
  if (most === 0) throw item.invalid('MaximumFractionalValue', '0', 'at least 1');
  return { segment, frames: own, pixels, inside: (v) => 2 * v >= most };
}

/** A lone segment owns all frames when they name no segment, or all name the same one that is not described. */
function framesOfSegment(
  item: DicomItem,
  frames: readonly Frame[],
  segment: Segment,
  findings: ReadFinding[],
): readonly Frame[] {
  const described = segmentsOf(item);
  const numbers = frames.map((frame) =>
    frame.group('SegmentIdentificationSequence')?.uint16('ReferencedSegmentNumber'),
  );
  const [first] = numbers;
  const same = numbers.every((n) => n === first);
  if (described.length === 1 && same && first !== segment.number) {
    const named = first === undefined ? 'name no segment' : `name segment ${first}`;
    findings.push(
      repaired(item, `its frames ${named}; they were taken for its only one, ${segment.number} "${segment.label}"`),
    );
    return frames;
  }
  return frames.filter((frame, i) => {
    const group = frame.group('SegmentIdentificationSequence') ?? item.missing('SegmentIdentificationSequence');
    return (numbers[i] ?? group.missing('ReferencedSegmentNumber')) === segment.number;
  });
}

/** Stored values of one of the segment's frames. */
export function framePixels(frames: SegmentFrames, frame: Frame): StoredPixels {
  return storedPixels(frames.pixels, frame.index);
}
