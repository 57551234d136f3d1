import type { Element } from 'dicom-parser';
import { imagingError } from '../errors.js';
import type { DicomItem } from './data-set.js';

/** Part of an encapsulated element: `offset` counts from the first fragment's item tag, as offset tables do. */
interface Fragment {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * The compressed bytes of each frame, DICOM PS3.5 annex A.4. With as many fragments as frames each is one; else frames are
 * found by the extended offset table, else the basic one; without a table a fragment that starts a codestream starts a
 * frame.
 * @returns one array per frame: a view of the file where the frame is one fragment
 * @throws ImagingError DICOM_PIXELS when frames and fragments cannot be matched
 */
export function encapsulatedFrames(item: DicomItem, element: Element, frames: number): readonly Uint8Array[] {
  const fragments = fragmentsOf(item, element);
  if (fragments.length === 0) throw imagingError('DICOM_PIXELS', item.file, 'it has no fragment');
  if (frames === 1) return [joined(fragments)];
  // A frame has at least one fragment, so equal numbers leave no choice, whatever a table says.
  if (fragments.length === frames) return fragments.map((f) => f.bytes);
  const table = extendedOffsets(item) ?? element.basicOffsetTable ?? [];
  if (table.length > 0) return byOffsets(item.file, fragments, table, frames);
  const starts = fragments.filter((f) => startsCodestream(f.bytes));
  if (starts.length !== frames || starts[0] !== fragments[0]) {
    const why = `it has ${fragments.length} fragments for ${frames} frames and no offset table`;
    throw imagingError('DICOM_PIXELS', item.file, why);
  }
  return byOffsets(
    item.file,
    fragments,
    starts.map((f) => f.offset),
    frames,
  );
}

function fragmentsOf(item: DicomItem, element: Element): readonly Fragment[] {
  const all = item.raw.byteArray;
  return (element.fragments ?? []).map(({ offset, position, length }) => {
    if (position + length > all.length) {
      throw imagingError('DICOM_TRUNCATED', item.file, all.length - position, length);
    }
    return { offset, bytes: all.subarray(position, position + length) };
  });
}

/** 64 bit offsets of (7FE0,0001); undefined when absent. */
function extendedOffsets(item: DicomItem): readonly number[] | undefined {
  const element = item.raw.elements.x7fe00001;
  if (element === undefined || element.length < 8) return undefined;
  const { byteArray } = item.raw;
  const view = new DataView(byteArray.buffer, byteArray.byteOffset + element.dataOffset, element.length);
  return Array.from({ length: Math.floor(element.length / 8) }, (_, i) => Number(view.getBigUint64(8 * i, true)));
}

function byOffsets(
  file: string,
  fragments: readonly Fragment[],
  offsets: readonly number[],
  frames: number,
): readonly Uint8Array[] {
  if (offsets.length !== frames) {
    throw imagingError('DICOM_PIXELS', file, `its offset table has ${offsets.length} entries for ${frames} frames`);
  }
  const place = new Map(fragments.map((f, i) => [f.offset, i]));
  const starts = offsets.map((offset) => place.get(offset) ?? -1);
  const bad = starts.findIndex((start, i) => start <= (i === 0 ? -1 : (starts[i - 1] as number)));
  if (bad >= 0) {
    throw imagingError(
      'DICOM_PIXELS',
      file,
      `the offset of frame ${bad + 1} (${offsets[bad]}) is no start of a fragment`,
    );
  }
  return starts.map((start, i) => joined(fragments.slice(start, starts[i + 1])));
}

function joined(fragments: readonly Fragment[]): Uint8Array {
  const [only] = fragments;
  return only !== undefined && fragments.length === 1 ? only.bytes : Buffer.concat(fragments.map((f) => f.bytes));
}

/** JPEG and JPEG-LS start with FFD8, JPEG 2000 with FF4F. */
const startsCodestream = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && ((bytes[1] === 0xd8 && bytes[2] === 0xff) || (bytes[1] === 0x4f && bytes[2] === 0xff));
