import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dicomClaim } from '../indexing/dicom-header.js';
import { NotDicomError, tagText } from '../indexing/dicom-scan.js';
import { walkFolder } from '../indexing/walk-folder.js';
import { burnedInAnnotation } from './burned-in.js';
import { loadConfidentialityProfile, type RetainOption } from './confidentiality-profile.js';
import type { DataElement } from './data-elements.js';
import { type DicomBytes, readDicomBytes, textValue } from './dicom-bytes.js';
import { isReplacedUid, pseudonymPattern } from './pseudonyms.js';
import { dummyValue, type Policy, privateCreators, type Treatment, treatmentOf } from './treatment.js';

/** What a check looks for. */
export interface CheckOptions {
  readonly retain: readonly RetainOption[];
  /** Patient ids that are no identifiers, since a person chose them. */
  readonly patientIds?: ReadonlySet<string>;
  readonly onProgress?: (done: number, total: number, failed: number) => void;
}

/** An attribute that may still identify; its value is not repeated. */
export interface IdentifierFound {
  readonly file: string;
  readonly tag: string;
  readonly name: string;
  readonly reason: string;
}

/** The answer of a check: no findings and no unreadable files mean that it passed. */
export interface CheckedFolder {
  readonly checked: number;
  readonly notDicom: number;
  readonly findings: readonly IdentifierFound[];
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
}

interface Found {
  readonly tag: number;
  readonly reason: string;
}

/** Meta information that names a place: AE titles, private information (PS3.10 section 7.1). */
const metaAllowed = new Set([0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013]);

/** Treatments that leave a value which can be told from an original one; others need no look at the value. */
const judged: ReadonlySet<Treatment['kind']> = new Set(['remove', 'empty', 'dummy', 'uid', 'patient']);

/** Why the value is not what the profile leaves; undefined when it is. */
function whyIdentifying(kind: Treatment['kind'], text: string, vr: string, known: ReadonlySet<string>) {
  if (text === '') return undefined;
  const dummy = dummyValue(vr).toString('latin1').replace(/\0+$/, '');
  switch (kind) {
    case 'remove':
      return 'is there; the profile removes it';
    case 'empty':
      return 'has a value; the profile empties it';
    case 'dummy':
      return text === dummy || (vr === 'UI' && isReplacedUid(text)) ? undefined : 'has a value that is no dummy';
    case 'uid':
      return text.split('\\').every((uid) => isReplacedUid(uid.trim()))
        ? undefined
        : 'holds a UID that was not replaced';
    case 'patient':
      return pseudonymPattern.test(text) || known.has(text) ? undefined : 'is neither a pseudonym nor a chosen id';
    default:
      return undefined;
  }
}

function findIdentifiers(
  elements: readonly DataElement[],
  bytes: Buffer,
  policy: Policy,
  known: ReadonlySet<string>,
): Found[] {
  const creators = privateCreators(elements, bytes);
  return elements.flatMap((element): Found[] => {
    const { kind } = treatmentOf(element, policy, creators);
    if (element.items !== undefined && kind === 'keep') {
      return element.items.flatMap((item) => findIdentifiers(item.elements, bytes, policy, known));
    }
    const vr = policy.profile.row(element.tag)?.vr ?? element.vr ?? 'UN';
    if (!judged.has(kind)) return [];
    const text = element.items === undefined ? textValue(bytes, element) : element.items.length === 0 ? '' : 'items';
    const reason = whyIdentifying(kind, text, vr, known);
    return reason === undefined ? [] : [{ tag: element.tag, reason }];
  });
}

function findInObject(object: DicomBytes, policy: Policy, known: ReadonlySet<string>): Found[] {
  const found = findIdentifiers(object.elements, object.bytes, policy, known);
  const statement = object.elements.find(({ tag }) => tag === 0x00120062);
  if (statement === undefined || textValue(object.bytes, statement) !== 'YES') {
    found.push({ tag: 0x00120062, reason: 'is not YES: the file does not say that it was de-identified' });
  }
  if (burnedInAnnotation(object.elements, object.bytes) === 'yes') {
    found.push({ tag: 0x00280301, reason: 'is YES: the pixels show names' });
  }
  for (const { tag, valueStart, valueEnd } of object.meta) {
    const identifying = !metaAllowed.has(tag) && valueEnd > valueStart;
    if (identifying) found.push({ tag, reason: 'is in the meta information; it names a place or a program' });
  }
  const instance = object.meta.find(({ tag }) => tag === 0x00020003);
  if (instance !== undefined && !policy.retain.has('uids') && !isReplacedUid(textValue(object.metaBytes, instance))) {
    found.push({ tag: 0x00020003, reason: 'holds a UID that was not replaced' });
  }
  if (object.hasPreamble) found.push({ tag: 0, reason: 'the 128 bytes before the data are not empty' });
  return found;
}

/**
 * Looks for what the profile would have taken out, in every DICOM object of a folder. Strict: a value passes only when
 * it is one that de-identification leaves, so a UID or patient id of other origin is a finding unless it is retained or
 * named as chosen.
 * @throws CohortError COHORT_ROOT_*
 */
export async function checkFolder(root: string, options: CheckOptions): Promise<CheckedFolder> {
  const { files, notUnderstood } = await walkFolder(root);
  const policy = { profile: loadConfidentialityProfile(), retain: new Set(options.retain) };
  const findings: IdentifierFound[] = [];
  const unreadable = notUnderstood.map(({ path, reason }) => ({ file: path, reason }));
  let checked = 0;
  let notDicom = 0;
  for (const [i, file] of files.entries()) {
    const bytes = await readFile(join(root, file));
    if (dicomClaim(bytes) === 'none') notDicom++;
    else {
      checked++;
      try {
        for (const { tag, reason } of findInObject(readDicomBytes(bytes), policy, options.patientIds ?? new Set())) {
          findings.push({ file, tag: tagText(tag), name: nameOf(tag, policy), reason });
        }
      } catch (error) {
        if (!(error instanceof NotDicomError)) throw error;
        unreadable.push({ file, reason: error.message });
      }
    }
    options.onProgress?.(i + 1, files.length, unreadable.length);
  }
  return { checked, notDicom, findings, unreadable };
}

const furtherNames: Readonly<Record<number, string>> = {
  0: 'preamble',
  1048592: "Patient's Name",
  1179746: 'Patient Identity Removed',
  2622209: 'Burned In Annotation',
};

function nameOf(tag: number, policy: Policy): string {
  if ((tag >>> 16) % 2 === 1) return 'private';
  return policy.profile.row(tag)?.name ?? furtherNames[tag] ?? '-';
}
