import { type Encoding, isVr, longVrs, NotDicomError, tagText } from '../indexing/dicom-scan.js';

/** An element of a data set in memory; positions are byte offsets into the bytes it was parsed from. */
export interface DataElement {
  /** group << 16 | element, unsigned. */
  readonly tag: number;
  /** As written; absent in implicit VR. */
  readonly vr?: string;
  readonly start: number;
  readonly valueStart: number;
  /** First byte after the value, before a sequence delimiter. */
  readonly valueEnd: number;
  /** First byte after the element, delimiter included. */
  readonly end: number;
  readonly undefinedLength: boolean;
  /** The items of a sequence; absent for everything else, fragments of pixel data included. */
  readonly items?: readonly SequenceItem[];
  /** How the items are written: a UN sequence holds implicit little endian (PS3.5 section 6.2.2). */
  readonly inside: Encoding;
}

/** One item of a sequence. */
export interface SequenceItem {
  readonly start: number;
  readonly end: number;
  readonly undefinedLength: boolean;
  readonly elements: readonly DataElement[];
}

const undefinedLength = 0xffffffff;
const itemTag = 0xfffee000;
const itemEnd = 0xfffee00d;
const sequenceEnd = 0xfffee0dd;
const implicitLittle: Encoding = { explicitVr: false, bigEndian: false };
const deepest = 64;

class Reader {
  constructor(readonly bytes: Buffer) {}

  uint16(at: number, bigEndian: boolean): number {
    return bigEndian ? this.bytes.readUInt16BE(at) : this.bytes.readUInt16LE(at);
  }

  uint32(at: number, bigEndian: boolean): number {
    return bigEndian ? this.bytes.readUInt32BE(at) : this.bytes.readUInt32LE(at);
  }

  tag(at: number, end: number, bigEndian: boolean): number {
    if (at + 8 > end) throw new NotDicomError(`the data set breaks off at byte ${at}`);
    return this.uint16(at, bigEndian) * 0x10000 + this.uint16(at + 2, bigEndian);
  }
}

interface Head {
  readonly tag: number;
  readonly vr?: string;
  readonly length: number;
  readonly valueStart: number;
}

function readHead(reader: Reader, at: number, end: number, encoding: Encoding): Head {
  const { bigEndian } = encoding;
  const tag = reader.tag(at, end, bigEndian);
  if (!encoding.explicitVr || tag >>> 16 === 0xfffe) {
    return { tag, length: reader.uint32(at + 4, bigEndian), valueStart: at + 8 };
  }
  const vr = reader.bytes.toString('latin1', at + 4, at + 6);
  if (!isVr(vr)) throw new NotDicomError(`element ${tagText(tag)} at byte ${at} has no DICOM value representation`);
  if (!longVrs.has(vr)) return { tag, vr, length: reader.uint16(at + 6, bigEndian), valueStart: at + 8 };
  if (at + 12 > end) throw new NotDicomError(`the data set breaks off at byte ${at}`);
  return { tag, vr, length: reader.uint32(at + 8, bigEndian), valueStart: at + 12 };
}

/** Pixels and other bulk data: never a sequence, whatever their bytes look like. */
function isBulk(head: Head): boolean {
  return head.tag >>> 16 === 0x7fe0 || (head.vr !== undefined && head.vr !== 'SQ' && head.vr !== 'UN');
}

function looksLikeItems(reader: Reader, head: Head, inside: Encoding): boolean {
  return head.length >= 8 && reader.tag(head.valueStart, head.valueStart + 8, inside.bigEndian) === itemTag;
}

/** Fragments of encapsulated pixel data: jumped over up to the delimiter. */
function skipFragments(reader: Reader, from: number, end: number, encoding: Encoding): number {
  for (let at = from; ; ) {
    const tag = reader.tag(at, end, encoding.bigEndian);
    if (tag === sequenceEnd) return at;
    if (tag !== itemTag) throw new NotDicomError(`expected a fragment at byte ${at}, found ${tagText(tag)}`);
    at += 8 + reader.uint32(at + 4, encoding.bigEndian);
  }
}

function readItems(reader: Reader, from: number, end: number, encoding: Encoding, open: boolean, depth: number) {
  if (depth > deepest) throw new NotDicomError(`sequences are nested more than ${deepest} deep`);
  const items: SequenceItem[] = [];
  let at = from;
  while (open || at < end) {
    const tag = reader.tag(at, end, encoding.bigEndian);
    if (open && tag === sequenceEnd) break;
    if (tag !== itemTag) throw new NotDicomError(`expected an item at byte ${at}, found ${tagText(tag)}`);
    const length = reader.uint32(at + 4, encoding.bigEndian);
    const undefinedItem = length === undefinedLength;
    const itemStop = undefinedItem ? end : at + 8 + length;
    if (itemStop > end) throw new NotDicomError(`the item at byte ${at} reaches beyond its sequence`);
    const content = readElements(reader, at + 8, itemStop, encoding, undefinedItem, depth);
    items.push({ start: at, end: content.end, undefinedLength: undefinedItem, elements: content.elements });
    at = content.end;
  }
  return { items, end: at };
}

function readElement(reader: Reader, at: number, end: number, encoding: Encoding, depth: number): DataElement {
  const head = readHead(reader, at, end, encoding);
  const inside = head.vr === 'UN' ? implicitLittle : encoding;
  const open = head.length === undefinedLength;
  const stop = open ? end : head.valueStart + head.length;
  if (stop > end)
    throw new NotDicomError(`element ${tagText(head.tag)} reaches to byte ${stop}, its data ends at ${end}`);
  const { tag, vr, valueStart } = head;
  const base = { tag, ...(vr !== undefined && { vr }), start: at, valueStart, undefinedLength: open, inside };
  if (isBulk(head)) {
    const valueEnd = open ? skipFragments(reader, valueStart, end, encoding) : stop;
    return { ...base, valueEnd, end: open ? valueEnd + 8 : valueEnd };
  }
  if (vr !== 'SQ' && !open && !looksLikeItems(reader, head, inside)) return { ...base, valueEnd: stop, end: stop };
  try {
    const { items, end: valueEnd } = readItems(reader, valueStart, stop, inside, open, depth + 1);
    return { ...base, items, valueEnd, end: open ? valueEnd + 8 : valueEnd };
  } catch (error) {
    // A private value may begin with the bytes of an item by chance; it is one block then.
    if (!(error instanceof NotDicomError) || open || vr === 'SQ' || (tag >>> 16) % 2 === 0) throw error;
    return { ...base, valueEnd: stop, end: stop };
  }
}

function readElements(reader: Reader, from: number, end: number, encoding: Encoding, open: boolean, depth: number) {
  const elements: DataElement[] = [];
  let at = from;
  while (open || at < end) {
    if (open && reader.tag(at, end, encoding.bigEndian) === itemEnd) return { elements, end: at + 8 };
    const element = readElement(reader, at, end, encoding, depth);
    elements.push(element);
    at = element.end;
  }
  return { elements, end: at };
}

/**
 * Every element of a data set with the bytes it takes, sequences walked; values are not decoded.
 * @param bytes the whole file, or an inflated data set
 * @param from first byte of the data set
 * @throws NotDicomError when the bytes are no data set, or break off
 */
export function parseDataElements(bytes: Buffer, from: number, encoding: Encoding): readonly DataElement[] {
  return readElements(new Reader(bytes), from, bytes.length, encoding, false, 0).elements;
}
