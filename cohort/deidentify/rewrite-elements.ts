import { type Encoding, longVrs } from '../indexing/dicom-scan.js';
import type { DataElement, SequenceItem } from './data-elements.js';
import { textValue } from './dicom-bytes.js';
import { type Pseudonyms, shiftDate, shiftDateTime } from './pseudonyms.js';
import { dummyValue, type Policy, privateCreators, type Treatment, treatmentOf } from './treatment.js';

/** What one file's elements are rewritten with. */
export interface Rewriting {
  readonly policy: Policy;
  readonly pseudonyms: Pseudonyms;
  /** The patient's id, new, and the days by which that patient's dates move. */
  readonly patientId: string;
  readonly days: number;
  /** Names and numbers that were removed, in lower case: a kept text that repeats one is emptied. */
  readonly removedWords: readonly string[];
  /** Called for every element that is not what it was. */
  readonly onChange: (tag: number, what: string) => void;
}

/** The tag as it is written. */
function tagBytes(tag: number, bigEndian: boolean): Buffer {
  const bytes = Buffer.alloc(4);
  if (bigEndian) bytes.writeUInt32BE(tag, 0);
  else {
    bytes.writeUInt16LE(tag >>> 16, 0);
    bytes.writeUInt16LE(tag & 0xffff, 2);
  }
  return bytes;
}

function lengthBytes(length: number, size: 2 | 4, bigEndian: boolean): Buffer {
  const bytes = Buffer.alloc(size);
  if (size === 2) bigEndian ? bytes.writeUInt16BE(length) : bytes.writeUInt16LE(length);
  else bigEndian ? bytes.writeUInt32BE(length) : bytes.writeUInt32LE(length);
  return bytes;
}

/** Tag, value representation and length of an element (PS3.5 section 7.1). */
export function elementHead(tag: number, vr: string, length: number, encoding: Encoding): Buffer {
  const { bigEndian } = encoding;
  if (!encoding.explicitVr) return Buffer.concat([tagBytes(tag, bigEndian), lengthBytes(length, 4, bigEndian)]);
  const letters = Buffer.from(vr, 'latin1');
  const long = longVrs.has(vr);
  return Buffer.concat([
    ...[tagBytes(tag, bigEndian), letters],
    ...(long ? [Buffer.alloc(2), lengthBytes(length, 4, bigEndian)] : [lengthBytes(length, 2, bigEndian)]),
  ]);
}

/** A whole element with a value of bytes, padded to even length. */
export function wholeElement(tag: number, vr: string, value: Buffer, encoding: Encoding): Buffer {
  const padding = vr === 'UI' || vr === 'OB' || vr === 'UN' ? 0 : 0x20;
  const even = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.from([padding])]);
  return Buffer.concat([elementHead(tag, vr, even.length, encoding), even]);
}

function repeatsRemoved(text: string, words: readonly string[]): boolean {
  if (words.length === 0) return false;
  const lower = text.toLowerCase();
  return words.some((word) => {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
      const before = lower[at - 1] ?? ' ';
      const after = lower[at + word.length] ?? ' ';
      if (!/[a-z0-9]/.test(before) && !/[a-z0-9]/.test(after)) return true;
    }
    return false;
  });
}

function eachValue(text: string, change: (value: string) => string): Buffer {
  return Buffer.from(
    text
      .split('\\')
      .map((value) => change(value.trim()))
      .join('\\'),
    'latin1',
  );
}

function shifted(vr: string, text: string, days: number): Buffer {
  const move = vr === 'DT' ? shiftDateTime : shiftDate;
  return eachValue(text, (value) => (value === '' ? '' : (move(value, days) ?? dummyValue(vr).toString('latin1'))));
}

/** Value and word for the report of an element that gets a new value; undefined when it stays. */
function newValue(element: DataElement, kind: Treatment['kind'], vr: string, bytes: Buffer, rewriting: Rewriting) {
  const text = () => textValue(bytes, element);
  switch (kind) {
    case 'empty':
      return { value: Buffer.alloc(0), what: 'emptied' };
    case 'dummy':
      return { value: vr === 'UI' ? eachValue(text(), rewriting.pseudonyms.uid) : dummyValue(vr), what: 'dummy value' };
    case 'uid':
      return { value: eachValue(text(), rewriting.pseudonyms.uid), what: 'new UID' };
    case 'patient':
      return { value: Buffer.from(rewriting.patientId, 'latin1'), what: 'pseudonym' };
    case 'shift':
      return { value: shifted(vr, text(), rewriting.days), what: 'date moved' };
    case 'words':
      if (!repeatsRemoved(text(), rewriting.removedWords)) return undefined;
      return { value: Buffer.alloc(0), what: 'emptied: repeated a removed identifier' };
    default:
      return undefined;
  }
}

function rewriteItem(item: SequenceItem, bytes: Buffer, encoding: Encoding, rewriting: Rewriting): Buffer[] {
  const content = rewriteElements(item.elements, bytes, encoding, rewriting);
  const size = content.reduce((sum, part) => sum + part.length, 0);
  const head = bytes.subarray(item.start, item.start + 4);
  if (item.undefinedLength) {
    return [bytes.subarray(item.start, item.start + 8), ...content, bytes.subarray(item.end - 8, item.end)];
  }
  return [head, lengthBytes(size, 4, encoding.bigEndian), ...content];
}

function rewriteSequence(element: DataElement, bytes: Buffer, encoding: Encoding, rewriting: Rewriting): Buffer[] {
  const items = (element.items ?? []).flatMap((item) => rewriteItem(item, bytes, element.inside, rewriting));
  if (element.undefinedLength) {
    return [
      ...[bytes.subarray(element.start, element.valueStart), ...items],
      bytes.subarray(element.valueEnd, element.end),
    ];
  }
  const size = items.reduce((sum, part) => sum + part.length, 0);
  return [elementHead(element.tag, element.vr ?? 'SQ', size, encoding), ...items];
}

function rewriteElement(
  element: DataElement,
  treatment: Treatment,
  bytes: Buffer,
  encoding: Encoding,
  rewriting: Rewriting,
) {
  const { kind } = treatment;
  if (kind === 'drop') return [];
  if (kind === 'remove') {
    rewriting.onChange(element.tag, 'removed');
    return [];
  }
  if (kind === 'keep' && element.items !== undefined) return rewriteSequence(element, bytes, encoding, rewriting);
  const profileVr = rewriting.policy.profile.row(element.tag)?.vr;
  const vr = element.vr === undefined || element.vr === 'UN' ? (profileVr ?? element.vr ?? 'UN') : element.vr;
  const replaced = newValue(element, kind, vr, bytes, rewriting);
  if (replaced === undefined) return [bytes.subarray(element.start, element.end)];
  if (element.valueEnd > element.valueStart) rewriting.onChange(element.tag, replaced.what);
  return [wholeElement(element.tag, vr, replaced.value, encoding)];
}

/**
 * The elements of one level as they are written out: those that stay, pixel data among them, are the original bytes.
 * @returns pieces to be joined; kept ones are views of `bytes`
 */
export function rewriteElements(
  elements: readonly DataElement[],
  bytes: Buffer,
  encoding: Encoding,
  rewriting: Rewriting,
): Buffer[] {
  const creators = privateCreators(elements, bytes);
  return elements.flatMap((element) =>
    rewriteElement(element, treatmentOf(element, rewriting.policy, creators), bytes, encoding, rewriting),
  );
}
