import { NotDicomError } from '../indexing/dicom-scan.js';
import { type BurnedIn, burnedInAnnotation } from './burned-in.js';
import { optionCodes, profileEdition } from './confidentiality-profile.js';
import type { DataElement } from './data-elements.js';
import { type DicomBytes, packDataSet, readDicomBytes, textValue } from './dicom-bytes.js';
import type { Pseudonyms } from './pseudonyms.js';
import { elementHead, type Rewriting, rewriteElements, wholeElement } from './rewrite-elements.js';
import type { Policy } from './treatment.js';

/** A de-identified file, with what may be said about it. */
export interface DeidentifiedObject {
  readonly bytes: Buffer;
  readonly patientId: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instanceUid: string;
  readonly burnedIn: BurnedIn;
  /** Tag (eight hexadecimal digits) and what was done to it, in the order met. */
  readonly changes: readonly (readonly [tag: string, what: string])[];
}

const explicitLittle = { explicitVr: true, bigEndian: false };
const dicomDirectory = '1.2.840.10008.1.3.10';
/** Root of this program's own class of implementation, a UUID made once (PS3.5 annex B.2). */
const implementationUid = '2.25.128885098186135031103671296163952579757';
const tags = {
  sopClass: 0x00080016,
  sopInstance: 0x00080018,
  patientId: 0x00100020,
  study: 0x0020000d,
  series: 0x0020000e,
};

function find(elements: readonly DataElement[], bytes: Buffer, tag: number): string {
  const element = elements.find((e) => e.tag === tag);
  return element === undefined ? '' : textValue(bytes, element);
}

/** Names and numbers that identify; a text that is kept must not repeat them. */
const namingTags = new Set([
  ...[0x00100010, 0x00100020, 0x00101000, 0x00101001, 0x00101005, 0x00101060, 0x00102154, 0x00080050, 0x00200010],
  ...[0x00080080, 0x00080090, 0x00081048, 0x00081050, 0x00081060, 0x00081070, 0x00321032],
]);
const shortestWord = 4;

function removedWords(object: DicomBytes, policy: Policy): readonly string[] {
  const words = new Set<string>();
  for (const element of object.elements) {
    if (!namingTags.has(element.tag)) continue;
    if (element.tag === 0x00080080 && policy.retain.has('institution')) continue;
    const parts = textValue(object.bytes, element)
      .toLowerCase()
      .split(/[\\^=]/);
    for (const part of parts) if (part.trim().length >= shortestWord) words.add(part.trim());
  }
  return [...words];
}

function statement(policy: Policy, encoding: DicomBytes['encoding']): readonly (readonly [number, Buffer])[] {
  const retained = [...policy.retain].sort();
  const codes = (['basic', ...retained] as const).map((option) => optionCodes[option]);
  const element = (tag: number, vr: string, value: string) =>
    wholeElement(tag, vr, Buffer.from(value, 'latin1'), encoding);
  const items = codes.map(([code, meaning]) => {
    const item = Buffer.concat([
      element(0x00080100, 'SH', code),
      element(0x00080102, 'SH', 'DCM'),
      element(0x00080104, 'LO', meaning.slice(0, 64)),
    ]);
    // The head of an item is that of an element in implicit VR.
    return Buffer.concat([elementHead(0xfffee000, '', item.length, { ...encoding, explicitVr: false }), item]);
  });
  const sequence = Buffer.concat(items);
  const dates = policy.retain.has('dates') ? 'UNMODIFIED' : policy.retain.has('shifted-dates') ? 'MODIFIED' : 'REMOVED';
  return [
    [0x00120062, element(0x00120062, 'CS', 'YES')],
    [0x00120063, element(0x00120063, 'LO', `thoracle: ${profileEdition}`)],
    [0x00120064, Buffer.concat([elementHead(0x00120064, 'SQ', sequence.length, encoding), sequence])],
    [0x00280303, element(0x00280303, 'CS', dates)],
  ];
}

/** Meta information of the new file: classes and transfer syntax stay, everything that names a place or program goes. */
function newMeta(sopClass: string, instanceUid: string, transferSyntax: string): Buffer {
  const element = (tag: number, vr: string, value: Buffer | string) =>
    wholeElement(tag, vr, typeof value === 'string' ? Buffer.from(value, 'latin1') : value, explicitLittle);
  const body = Buffer.concat([
    element(0x00020001, 'OB', Buffer.from([0, 1])),
    element(0x00020002, 'UI', sopClass),
    element(0x00020003, 'UI', instanceUid),
    element(0x00020010, 'UI', transferSyntax),
    element(0x00020012, 'UI', implementationUid),
    element(0x00020013, 'SH', 'THORACLE'),
  ]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM', 'latin1'), element(0x00020000, 'UL', size), body]);
}

function rewrite(object: DicomBytes, rewriting: Rewriting): Buffer {
  const { bytes, encoding, elements } = object;
  const additions = [...statement(rewriting.policy, encoding)];
  const parts: Buffer[] = [];
  let from = 0;
  // Level by level in ascending tags: the statement's elements are put in where they belong.
  for (const [tag, addition] of additions) {
    const next = elements.findIndex((e, i) => i >= from && e.tag >= tag);
    const to = next < 0 ? elements.length : next;
    parts.push(...rewriteRange(object, from, to, rewriting), addition);
    from = to;
  }
  parts.push(...rewriteRange(object, from, elements.length, rewriting));
  return Buffer.concat(bytes.length > 0 ? parts : []);
}

function rewriteRange(object: DicomBytes, from: number, to: number, rewriting: Rewriting): Buffer[] {
  return rewriteElements(object.elements.slice(from, to), object.bytes, object.encoding, rewriting);
}

/**
 * De-identifies one DICOM file by the Basic Application Level Confidentiality Profile (PS3.15 section E.2). Elements that
 * stay, pixel data among them, are copied byte for byte; the transfer syntax stays.
 * @param file all bytes of the file
 * @throws NotDicomError for what is no DICOM object with class, instance, study and series
 */
export function deidentifyObject(file: Buffer, policy: Policy, pseudonyms: Pseudonyms): DeidentifiedObject {
  const object = readDicomBytes(file);
  const { elements, bytes, transferSyntax } = object;
  const [sopClass, instance, study, series] = [tags.sopClass, tags.sopInstance, tags.study, tags.series].map((tag) =>
    find(elements, bytes, tag),
  ) as [string, string, string, string];
  if (find(object.meta, object.metaBytes, 0x00020002) === dicomDirectory || sopClass === dicomDirectory) {
    throw new NotDicomError('it is a DICOMDIR, a list of patients and files; it is not needed to read them');
  }
  if ([sopClass, instance, study, series].includes('')) {
    throw new NotDicomError('its class, instance, study or series UID is missing');
  }
  const original = find(elements, bytes, tags.patientId);
  const changes: (readonly [string, string])[] = [];
  const patientId = pseudonyms.patientId(original);
  const uid = (value: string) => (policy.retain.has('uids') ? value : pseudonyms.uid(value));
  const body = rewrite(object, {
    policy,
    pseudonyms,
    patientId,
    days: pseudonyms.dayShift(original),
    removedWords: removedWords(object, policy),
    onChange: (tag, what) => changes.push([tag.toString(16).toUpperCase().padStart(8, '0'), what]),
  });
  return {
    bytes: Buffer.concat([newMeta(sopClass, uid(instance), transferSyntax), packDataSet(body, transferSyntax)]),
    ...{ patientId, studyUid: uid(study), seriesUid: uid(series), instanceUid: uid(instance) },
    burnedIn: burnedInAnnotation(elements, bytes),
    changes,
  };
}
