import { CohortError, cohortErrors } from '../errors.js';

type TextVr = 'AS' | 'CS' | 'DA' | 'DS' | 'IS' | 'LO' | 'LT' | 'PN' | 'SH' | 'ST' | 'TM' | 'UI';

/** One element of a data set; `tag` is group << 16 | element. */
export type DicomElement =
  | { readonly tag: number; readonly vr: TextVr; readonly value: string | readonly string[] }
  | { readonly tag: number; readonly vr: 'US' | 'SS' | 'UL' | 'AT'; readonly value: readonly number[] }
  | { readonly tag: number; readonly vr: 'OB' | 'OW'; readonly value: Uint8Array }
  | { readonly tag: number; readonly vr: 'SQ'; readonly value: readonly DataSet[] };

/** Elements in any order; they are written by ascending tag. */
export type DataSet = readonly DicomElement[];

const explicitVrLittleEndian = '1.2.840.10008.1.2.1';
const longForm = new Set(['OB', 'OW', 'SQ']);

/** Longest values of PS3.5 table 6.2-1, in characters, of the representations that are written here. */
const longest: Readonly<Record<TextVr, number>> = {
  AS: 4,
  CS: 16,
  DA: 8,
  DS: 16,
  IS: 12,
  LO: 64,
  LT: 10240,
  PN: 64,
  SH: 16,
  ST: 1024,
  TM: 14,
  UI: 64,
};

function refuse(tag: number, found: string, expected: string): never {
  const hex = tag.toString(16).padStart(8, '0').toUpperCase();
  const name = `(${hex.slice(0, 4)},${hex.slice(4)})`;
  throw new CohortError('COHORT_DICOM_BAD_VALUE', cohortErrors.COHORT_DICOM_BAD_VALUE(name, found, expected));
}

/** A number as a decimal string of at most 16 characters (VR DS). */
export function decimal(value: number): string {
  return String(Number(value.toPrecision(9)));
}

export const text = (tag: number, vr: TextVr, value: string | readonly string[]): DicomElement => ({ tag, vr, value });
export const decimals = (tag: number, values: readonly number[]): DicomElement => ({
  tag,
  vr: 'DS',
  value: values.map(decimal),
});
export const unsigned = (tag: number, ...value: number[]): DicomElement => ({ tag, vr: 'US', value });
export const sequence = (tag: number, ...value: DataSet[]): DicomElement => ({ tag, vr: 'SQ', value });

function textBytes(tag: number, vr: TextVr, value: string | readonly string[]): Buffer {
  const parts = typeof value === 'string' ? [value] : value;
  for (const part of parts) {
    if (part.length > longest[vr]) refuse(tag, `${part.length} characters`, `at most ${longest[vr]} (VR ${vr})`);
    if (/[^\x20-\x7e]/.test(part)) refuse(tag, 'a character outside ASCII', 'printable ASCII');
  }
  const joined = parts.join('\\');
  const padding = vr === 'UI' ? '\0' : ' ';
  return Buffer.from(joined.length % 2 === 0 ? joined : joined + padding, 'latin1');
}

function numberBytes(tag: number, vr: 'US' | 'SS' | 'UL' | 'AT', values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * (vr === 'US' || vr === 'SS' ? 2 : 4));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [i, value] of values.entries()) {
    if (vr === 'US') view.setUint16(i * 2, value, true);
    else if (vr === 'SS') view.setInt16(i * 2, value, true);
    else if (vr === 'UL') view.setUint32(i * 4, value, true);
    else {
      view.setUint16(i * 4, value >>> 16, true);
      view.setUint16(i * 4 + 2, value & 0xffff, true);
    }
    if (!Number.isInteger(value)) refuse(tag, String(value), `a whole number (VR ${vr})`);
  }
  return bytes;
}

function valueBytes(element: DicomElement): Buffer {
  switch (element.vr) {
    case 'SQ':
      return Buffer.concat(element.value.flatMap(itemBytes));
    case 'OB':
    case 'OW': {
      const bytes = Buffer.from(element.value.buffer, element.value.byteOffset, element.value.byteLength);
      return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
    }
    case 'US':
    case 'SS':
    case 'UL':
    case 'AT':
      return numberBytes(element.tag, element.vr, element.value);
    default:
      return textBytes(element.tag, element.vr, element.value);
  }
}

function itemBytes(item: DataSet): Buffer[] {
  const content = encodeDataSet(item);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0xe000fffe, 0);
  head.writeUInt32LE(content.length, 4);
  return [head, content];
}

/**
 * A data set in explicit VR little endian, all lengths given (PS3.5 section 7.1).
 * @throws CohortError COHORT_DICOM_BAD_VALUE for a value that its VR cannot hold, or a tag given twice
 */
export function encodeDataSet(elements: DataSet): Buffer {
  const parts: Buffer[] = [];
  let last = -1;
  for (const element of [...elements].sort((a, b) => a.tag - b.tag)) {
    if (element.tag === last) refuse(element.tag, 'two values', 'one');
    last = element.tag;
    const value = valueBytes(element);
    const long = longForm.has(element.vr);
    if (!long && value.length > 0xffff) refuse(element.tag, `${value.length} bytes`, 'at most 65535');
    const head = Buffer.alloc(long ? 12 : 8);
    head.writeUInt16LE(element.tag >>> 16, 0);
    head.writeUInt16LE(element.tag & 0xffff, 2);
    head.write(element.vr, 4, 'latin1');
    if (long) head.writeUInt32LE(value.length, 8);
    else head.writeUInt16LE(value.length, 6);
    parts.push(head, value);
  }
  return Buffer.concat(parts);
}

/**
 * A DICOM file (PS3.10 section 7): preamble, mark, file meta information, data set. SOPClassUID and SOPInstanceUID of the
 * data set are written from the same values as the meta information.
 * @throws CohortError COHORT_DICOM_BAD_VALUE
 */
export function encodeDicomFile(
  identity: { readonly sopClassUid: string; readonly sopInstanceUid: string; readonly implementationUid: string },
  elements: DataSet,
): Buffer {
  const meta = encodeDataSet([
    { tag: 0x00020001, vr: 'OB', value: Uint8Array.of(0, 1) },
    text(0x00020002, 'UI', identity.sopClassUid),
    text(0x00020003, 'UI', identity.sopInstanceUid),
    text(0x00020010, 'UI', explicitVrLittleEndian),
    text(0x00020012, 'UI', identity.implementationUid),
    text(0x00020013, 'SH', 'THORACLE'),
  ]);
  const groupLength = encodeDataSet([{ tag: 0x00020000, vr: 'UL', value: [meta.length] }]);
  const body = encodeDataSet([
    ...elements,
    text(0x00080016, 'UI', identity.sopClassUid),
    text(0x00080018, 'UI', identity.sopInstanceUid),
  ]);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM', 'latin1'), groupLength, meta, body]);
}
