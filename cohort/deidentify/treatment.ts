import type { ConfidentialityProfile, ProfileRow, RetainOption } from './confidentiality-profile.js';
import type { DataElement } from './data-elements.js';

/** What happens to an element. `words`: a text that is kept unless it repeats a removed name or number. */
export type Treatment =
  | { readonly kind: 'keep' | 'remove' | 'empty' | 'dummy' | 'uid' | 'patient' | 'shift' | 'words' }
  /** Elements of the file's own bookkeeping (group lengths, earlier statements of de-identification): no identifiers, written anew. */
  | { readonly kind: 'drop' };

/** The profile with the options that were chosen. */
export interface Policy {
  readonly profile: ConfidentialityProfile;
  readonly retain: ReadonlySet<RetainOption>;
}

const patientName = 0x00100010;
const patientId = 0x00100020;
/** PatientIdentityRemoved, DeidentificationMethod and its codes, LongitudinalTemporalInformationModified. */
export const statementTags: ReadonlySet<number> = new Set([0x00120062, 0x00120063, 0x00120064, 0x00280303]);

const textVrs = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC', 'UN']);
/** In implicit VR a text cannot be told from a number: what readers need to make sense of an image is left alone. */
const structuralGroups = new Set([0x0020, 0x0028, 0x3006, 0x5200]);
const structuralTags = new Set([0x00080005, 0x00080008, 0x00080016, 0x00080060, 0x00180015, 0x00185100]);

/** Private blocks of one data set level: `group << 8 | block` to creator. */
export type Creators = ReadonlyMap<number, string>;

/** Reads the private creator elements (gggg,0010-00FF) of one level (PS3.5 section 7.8.1). */
export function privateCreators(elements: readonly DataElement[], bytes: Buffer): Creators {
  const creators = new Map<number, string>();
  for (const { tag, valueStart, valueEnd } of elements) {
    const element = tag & 0xffff;
    if ((tag >>> 16) % 2 === 0 || element < 0x10 || element > 0xff) continue;
    const name = bytes.toString('latin1', valueStart, valueEnd).replace(/[\0 ]+$/, '');
    creators.set((tag >>> 16) * 0x100 + element, name);
  }
  return creators;
}

function treatPrivate(tag: number, policy: Policy, creators: Creators): Treatment {
  if (!policy.retain.has('safe-private')) return { kind: 'remove' };
  const element = tag & 0xffff;
  const block = element > 0xff ? element >>> 8 : element;
  const creator = creators.get((tag >>> 16) * 0x100 + block) ?? '';
  if (element > 0xff) return { kind: policy.profile.isSafePrivate(creator, tag) ? 'keep' : 'remove' };
  const group = (tag >>> 16) * 0x10000;
  for (let low = 0; low <= 0xff; low++) {
    if (policy.profile.isSafePrivate(creator, group + low)) return { kind: 'keep' };
  }
  return { kind: 'remove' };
}

/** A sequence that needs a dummy is emptied: content is not invented. */
function treatByRow(row: ProfileRow, isSequence: boolean): Treatment {
  switch (row.action) {
    case 'X':
      return { kind: 'remove' };
    case 'Z':
    case 'X/Z':
      return { kind: 'empty' };
    case 'D':
    case 'Z/D':
      return { kind: isSequence ? 'empty' : 'dummy' };
    case 'X/D':
    case 'X/Z/D':
      return { kind: isSequence ? 'remove' : 'dummy' };
    case 'U':
      return { kind: 'uid' };
    case 'X/Z/U*':
      return { kind: 'keep' };
  }
}

function treatKept(element: DataElement): Treatment {
  const { tag, vr } = element;
  if (element.items !== undefined) return { kind: 'keep' };
  if (vr === 'PN') return { kind: 'empty' };
  const plain =
    vr === undefined
      ? !structuralGroups.has(tag >>> 16) && !structuralTags.has(tag) && tag >>> 16 !== 0x7fe0
      : textVrs.has(vr);
  return { kind: plain ? 'words' : 'keep' };
}

/**
 * What the profile says about an element at any depth. Where the table leaves a choice by the kind of object, the one
 * that every kind allows is taken: X/Z empty, with D a dummy value.
 */
export function treatmentOf(element: DataElement, policy: Policy, creators: Creators): Treatment {
  const { tag } = element;
  if ((tag & 0xffff) === 0 || statementTags.has(tag)) return { kind: 'drop' };
  if ((tag >>> 16) % 2 === 1) return treatPrivate(tag, policy, creators);
  if (tag === patientName || tag === patientId) return { kind: 'patient' };
  const row = policy.profile.row(tag);
  if (row === undefined) return treatKept(element);
  if (row.keptBy.includes('dates')) return treatDate(row, policy) ?? treatByRow(row, element.items !== undefined);
  const kept = row.keptBy.some((option) => policy.retain.has(option as RetainOption));
  return kept ? { kind: 'keep' } : treatByRow(row, element.items !== undefined);
}

/** Dates follow the options for dates alone: one that a device keeps is still a date. */
function treatDate(row: ProfileRow, policy: Policy): Treatment | undefined {
  if (policy.retain.has('dates')) return { kind: 'keep' };
  if (!policy.retain.has('shifted-dates')) return undefined;
  if (row.vr === 'DA' || row.vr === 'DT') return { kind: 'shift' };
  return row.vr === 'TM' || row.vr === 'SH' ? { kind: 'keep' } : undefined;
}

const dummies: Readonly<Record<string, string>> = {
  DA: '19000101',
  TM: '000000',
  DT: '19000101000000',
  AS: '000Y',
  DS: '0',
  IS: '0',
  UR: 'urn:anonymous',
};

/** The value that stands for one that may not be empty, by value representation; two zero bytes for binary ones. */
export function dummyValue(vr: string): Buffer {
  if (['OB', 'OW', 'UN', 'US'].includes(vr)) return Buffer.alloc(2);
  return Buffer.from(dummies[vr] ?? 'ANONYMOUS', 'latin1');
}
