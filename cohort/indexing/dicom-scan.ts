import { type ByteWindow, CutOffError } from './byte-window.js';

/** How a data set is written (PS3.5 section 7). */
export interface Encoding {
  readonly explicitVr: boolean;
  readonly bigEndian: boolean;
}

export interface ScannedElement {
  /** (group << 16 | element) as an unsigned number. */
  readonly tag: number;
  readonly start: number;
  readonly valueStart: number;
  /** First byte after the element, delimiters included. */
  readonly end: number;
}

/** Bytes that are no DICOM data set. */
export class NotDicomError extends Error {
  override readonly name = 'NotDicomError';
}

const undefinedLength = 0xffffffff;
const item = 0xfffee000;
const itemEnd = 0xfffee00d;
const sequenceEnd = 0xfffee0dd;

/** Value representations with a 32-bit length (PS3.5 table 7.1-1). */
export const longVrs: ReadonlySet<string> = new Set([
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SQ',
  'SV',
  'UC',
  'UN',
  'UR',
  'UT',
  'UV',
]);
// PS3.5 table 7.1-2.
const shortVrs = new Set(
  ['AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT', 'PN', 'SH', 'SL', 'SS', 'ST', 'TM'].concat([
    'UI',
    'UL',
    'US',
  ]),
);

/** True for the two letters of a value representation that DICOM defines. */
export function isVr(letters: string): boolean {
  return longVrs.has(letters) || shortVrs.has(letters);
}

/** `(0008,0016)` */
export function tagText(tag: number): string {
  const hex = tag.toString(16).toUpperCase().padStart(8, '0');
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}

interface ElementHead {
  readonly tag: number;
  readonly vr: string | undefined;
  readonly length: number;
  readonly valueStart: number;
}

async function readHead(window: ByteWindow, at: number, encoding: Encoding): Promise<ElementHead> {
  if (!window.has(at, 8)) await window.load(at, 8);
  const { bigEndian } = encoding;
  const tag = window.uint16(at, bigEndian) * 0x10000 + window.uint16(at + 2, bigEndian);
  // Items and delimiters carry no VR in any encoding.
  if (!encoding.explicitVr || tag >>> 16 === 0xfffe) {
    return { tag, vr: undefined, length: window.uint32(at + 4, bigEndian), valueStart: at + 8 };
  }
  const vr = window.take(at + 4, 2).toString('latin1');
  if (shortVrs.has(vr)) return { tag, vr, length: window.uint16(at + 6, bigEndian), valueStart: at + 8 };
  if (!longVrs.has(vr)) {
    throw new NotDicomError(`element ${tagText(tag)} at byte ${at} has no DICOM value representation`);
  }
  if (!window.has(at, 12)) await window.load(at, 12);
  return { tag, vr, length: window.uint32(at + 8, bigEndian), valueStart: at + 12 };
}

/**
 * Finds where the element at `at` begins and ends, without reading its value; sequences of undefined length are walked.
 * @throws CutOffError when it reaches beyond the file, NotDicomError when it is no element
 */
export async function scanElement(window: ByteWindow, at: number, encoding: Encoding): Promise<ScannedElement> {
  const head = await readHead(window, at, encoding);
  if (head.length === undefinedLength) {
    // PS3.5 section 6.2.2: a UN of undefined length holds implicit VR little endian.
    const inside = head.vr === 'UN' ? { explicitVr: false, bigEndian: false } : encoding;
    const end = await skipItems(window, head.valueStart, inside);
    return { tag: head.tag, start: at, valueStart: head.valueStart, end };
  }
  const end = head.valueStart + head.length;
  if (end > window.size) {
    throw new CutOffError(`element ${tagText(head.tag)} reaches to byte ${end}, the file ends after ${window.size}`);
  }
  return { tag: head.tag, start: at, valueStart: head.valueStart, end };
}

async function skipItems(window: ByteWindow, from: number, encoding: Encoding): Promise<number> {
  let at = from;
  for (;;) {
    const head = await readHead(window, at, encoding);
    if (head.tag === sequenceEnd) return head.valueStart;
    if (head.tag !== item) throw new NotDicomError(`expected an item at byte ${at}, found ${tagText(head.tag)}`);
    at =
      head.length === undefinedLength
        ? await skipElements(window, head.valueStart, encoding)
        : head.valueStart + head.length;
  }
}

async function skipElements(window: ByteWindow, from: number, encoding: Encoding): Promise<number> {
  let at = from;
  for (;;) {
    const head = await readHead(window, at, encoding);
    if (head.tag === itemEnd) return head.valueStart;
    at = (await scanElement(window, at, encoding)).end;
  }
}
