import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { dicomClaim } from '../indexing/dicom-header.js';
import { type Encoding, isVr, NotDicomError } from '../indexing/dicom-scan.js';
import { type DataElement, parseDataElements } from './data-elements.js';

const explicitLittle: Encoding = { explicitVr: true, bigEndian: false };
const deflatedSyntax = '1.2.840.10008.1.2.1.99';
const implicitSyntax = '1.2.840.10008.1.2';
const bigEndianSyntax = '1.2.840.10008.1.2.2';
const explicitLittleSyntax = '1.2.840.10008.1.2.1';

/** A DICOM file taken apart: its meta information and the data set, in memory. */
export interface DicomBytes {
  readonly meta: readonly DataElement[];
  readonly metaBytes: Buffer;
  readonly transferSyntax: string;
  readonly encoding: Encoding;
  /** The data set's own bytes (inflated when it was deflated); element positions refer to them. */
  readonly bytes: Buffer;
  readonly elements: readonly DataElement[];
  /** True when the 128 bytes before the mark hold anything. */
  readonly hasPreamble: boolean;
}

/** Text of an element's value without padding. */
export function textValue(bytes: Buffer, element: DataElement): string {
  return bytes
    .toString('latin1', element.valueStart, element.valueEnd)
    .replace(/[\0 ]+$/, '')
    .trimStart();
}

function metaEnd(file: Buffer, from: number): number {
  let at = from;
  while (at + 8 <= file.length && file.readUInt16LE(at) === 0x0002) {
    const vr = file.toString('latin1', at + 4, at + 6);
    const long = ['OB', 'UN', 'UT', 'OW', 'SQ', 'UC', 'UR'].includes(vr);
    at += long ? 12 + file.readUInt32LE(at + 8) : 8 + file.readUInt16LE(at + 6);
  }
  return at;
}

function syntaxOf(file: Buffer, from: number, meta: readonly DataElement[]): string {
  const element = meta.find(({ tag }) => tag === 0x00020010);
  if (element !== undefined) return textValue(file, element);
  return isVr(file.toString('latin1', from + 4, from + 6)) ? explicitLittleSyntax : implicitSyntax;
}

/**
 * Takes a DICOM file apart.
 * @throws NotDicomError when it is none, breaks off, or does not inflate
 */
export function readDicomBytes(file: Buffer): DicomBytes {
  const claim = dicomClaim(file);
  if (claim === 'none') throw new NotDicomError('it is no DICOM file');
  const metaStart = claim === 'marked' ? 132 : 0;
  const from = metaEnd(file, metaStart);
  if (from > file.length) throw new NotDicomError('its meta information breaks off');
  const metaBytes = file.subarray(0, from);
  const meta = parseDataElements(metaBytes, metaStart, explicitLittle);
  const transferSyntax = syntaxOf(file, from, meta);
  const encoding = { explicitVr: transferSyntax !== implicitSyntax, bigEndian: transferSyntax === bigEndianSyntax };
  const bytes = transferSyntax === deflatedSyntax ? inflate(file.subarray(from)) : file;
  const start = bytes === file ? from : 0;
  const elements = parseDataElements(bytes, start, encoding);
  const hasPreamble = claim === 'marked' && file.subarray(0, 128).some((byte) => byte !== 0);
  return { meta, metaBytes, transferSyntax, encoding, bytes, elements, hasPreamble };
}

function inflate(bytes: Buffer): Buffer {
  try {
    return inflateRawSync(bytes);
  } catch (error) {
    throw new NotDicomError('its deflated data set does not inflate', { cause: error });
  }
}

/** The data set in the form that its transfer syntax asks for. */
export function packDataSet(dataSet: Buffer, transferSyntax: string): Buffer {
  if (transferSyntax !== deflatedSyntax) return dataSet;
  const deflated = deflateRawSync(dataSet);
  return deflated.length % 2 === 0 ? deflated : Buffer.concat([deflated, Buffer.alloc(1)]);
}
