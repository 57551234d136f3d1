import { createHmac } from 'node:crypto';

const standardRoot = '1.2.840.10008.';
const dayMs = 86_400_000;
/** Longest way that dates are moved back, in days: ten years. */
const furthestShift = 3652;

/** Values that stand for the original ones: the same for the same secret, and not to be turned back without it. */
export interface Pseudonyms {
  patientId(original: string): string;
  /** A UID below 2.25 (PS3.5 annex B.2); UIDs of the standard itself stay. */
  uid(original: string): string;
  /** Whole days (negative) by which all dates of a patient move. */
  dayShift(patientId: string): number;
}

/** How this program writes patient ids that it makes. */
export const pseudonymPattern = /^P-[0-9A-F]{12}$/;

/** True for a UID that this program made or that belongs to the standard. */
export function isReplacedUid(uid: string): boolean {
  return uid === '' || uid.startsWith('2.25.') || uid.startsWith(standardRoot);
}

/**
 * @param secret key of the keyed hash (HMAC-SHA-256)
 * @param chosenIds patient ids given by a person, original to new
 */
export function createPseudonyms(secret: Buffer, chosenIds: ReadonlyMap<string, string> = new Map()): Pseudonyms {
  const digest = (kind: string, value: string) => createHmac('sha256', secret).update(`${kind}\0${value}`).digest();
  return {
    patientId: (original) =>
      chosenIds.get(original) ?? `P-${digest('patient', original).toString('hex', 0, 6).toUpperCase()}`,
    uid: (original) => {
      if (original === '' || original.startsWith(standardRoot)) return original;
      const bytes = digest('uid', original).subarray(0, 16);
      // Version 8 and variant of RFC 9562: a UUID whose other bits are the maker's own.
      bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
      bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
      return `2.25.${BigInt(`0x${bytes.toString('hex')}`)}`;
    },
    dayShift: (patientId) => -1 - (digest('days', patientId).readUInt32BE(0) % furthestShift),
  };
}

/** `YYYYMMDD`, moved by whole days; undefined for text that is no date. */
export function shiftDate(text: string, days: number): string | undefined {
  const parts = /^(\d{4})[.]?(\d{2})[.]?(\d{2})$/.exec(text);
  if (parts === null) return undefined;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const moved = new Date(date.getTime() + days * dayMs);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${String(moved.getUTCFullYear()).padStart(4, '0')}${two(moved.getUTCMonth() + 1)}${two(moved.getUTCDate())}`;
}

/** A date and time (VR DT) with its date moved; undefined for text without a whole date. */
export function shiftDateTime(text: string, days: number): string | undefined {
  const moved = shiftDate(text.slice(0, 8), days);
  return moved === undefined ? undefined : moved + text.slice(8);
}
