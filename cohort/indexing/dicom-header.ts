import type { FileHandle } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';
import dicomParser from 'dicom-parser';
import { ByteWindow, CutOffError } from './byte-window.js';
import { type Encoding, isVr, NotDicomError, scanElement } from './dicom-scan.js';

/** The raw bytes of the elements that identify an object, parsed; pixel data is never among them. */
export interface DicomHeader {
  readonly dataSet: dicomParser.DataSet;
}

const deflated = '1.2.840.10008.1.2.1.99';
const explicitLittle = '1.2.840.10008.1.2.1';
const implicitLittle = '1.2.840.10008.1.2';
const explicitBig = '1.2.840.10008.1.2.2';

const transferSyntaxTag = 0x00020010;
const pixelDataTags = new Set([0x7fe00008, 0x7fe00009, 0x7fe00010]);

/** What identifies an object and ties a segmentation to its image; everything else is jumped over. */
const wantedTags = new Set([
  0x00080005, // SpecificCharacterSet
  0x00080016, // SOPClassUID
  0x00080018, // SOPInstanceUID
  0x00080020, // StudyDate
  0x00080060, // Modality
  0x0008103e, // SeriesDescription
  0x00081115, // ReferencedSeriesSequence
  0x00100020, // PatientID
  0x0020000d, // StudyInstanceUID
  0x0020000e, // SeriesInstanceUID
  0x00200052, // FrameOfReferenceUID
  0x30060010, // ReferencedFrameOfReferenceSequence
  0x30060020, // StructureSetROISequence
]);

/** How the bytes claim to be DICOM: by the `DICM` mark, by a group that begins at byte 0, or not at all. */
export type DicomClaim = 'marked' | 'bare' | 'none';

/** @param head the first bytes of a file */
export function dicomClaim(head: Buffer): DicomClaim {
  if (head.length >= 132 && head.toString('latin1', 128, 132) === 'DICM') return 'marked';
  if (head.length < 16) return 'none';
  const group = head.readUInt16LE(0);
  const explicit = isVr(head.toString('latin1', 4, 6));
  if (group === 0x0002 && explicit) return 'bare';
  if (group !== 0x0008 || head.readUInt16LE(2) > 0x0070) return 'none';
  return explicit || head.readUInt32LE(4) <= 256 ? 'bare' : 'none';
}

function guessEncoding(window: ByteWindow, at: number): Encoding {
  return { explicitVr: isVr(window.take(at + 4, 2).toString('latin1')), bigEndian: false };
}

function encodingOf(transferSyntax: string): Encoding {
  return { explicitVr: transferSyntax !== implicitLittle, bigEndian: transferSyntax === explicitBig };
}

interface Meta {
  readonly transferSyntax: string | undefined;
  readonly end: number;
}

/** File meta information (PS3.10 section 7.1): always explicit VR little endian. */
async function readMeta(window: ByteWindow, from: number): Promise<Meta> {
  let at = from;
  let transferSyntax: string | undefined;
  for (;;) {
    await window.load(at, 8);
    if (window.uint16(at, false) !== 0x0002) return { transferSyntax, end: at };
    const element = await scanElement(window, at, { explicitVr: true, bigEndian: false });
    if (element.tag === transferSyntaxTag) {
      const length = element.end - element.valueStart;
      await window.load(element.valueStart, length);
      transferSyntax = window
        .take(element.valueStart, length)
        .toString('latin1')
        .replace(/[\0 ]+$/, '');
    }
    at = element.end;
  }
}

/** Adds the wanted elements to `kept`, which holds what came before when it throws. */
async function collectWanted(window: ByteWindow, from: number, encoding: Encoding, kept: Buffer[]): Promise<void> {
  let at = from;
  while (at < window.size) {
    const element = await scanElement(window, at, encoding);
    if (wantedTags.has(element.tag)) {
      const length = element.end - element.start;
      if (!window.has(element.start, length)) await window.load(element.start, length);
      kept.push(Buffer.from(window.take(element.start, length)));
    }
    if (pixelDataTags.has(element.tag)) break;
    at = element.end;
  }
}

async function inflated(window: ByteWindow, from: number): Promise<ByteWindow> {
  await window.load(from, window.size - from);
  try {
    return ByteWindow.ofBytes(inflateRawSync(window.take(from, window.size - from)));
  } catch (error) {
    throw new NotDicomError('its deflated data set does not inflate', { cause: error });
  }
}

/**
 * Reads the identifying elements of a DICOM file: every top-level element is located, so that a file that ends too
 * early is noticed, but only a few are read; pixel data never is.
 * @param head first bytes of the file, at least 4 kB of it or all of it
 * @param size of the whole file in bytes
 * @throws CutOffError when an element reaches beyond the file's end; NotDicomError when it is no data set
 */
export async function readDicomHeader(handle: FileHandle, head: Buffer, size: number): Promise<DicomHeader> {
  let window = ByteWindow.ofFile(handle, head, size);
  const meta = await readMeta(window, dicomClaim(head) === 'marked' ? 132 : 0);
  let from = meta.end;
  let transferSyntax = meta.transferSyntax;
  if (transferSyntax === deflated) {
    window = await inflated(window, from);
    from = 0;
    transferSyntax = explicitLittle;
  }
  await window.load(from, 8);
  if (transferSyntax === undefined && window.uint16(from, false) !== 0x0008) {
    throw new NotDicomError('neither a transfer syntax (0002,0010) nor a data set that begins with group 0008');
  }
  const encoding = transferSyntax === undefined ? guessEncoding(window, from) : encodingOf(transferSyntax);
  const kept: Buffer[] = [];
  try {
    await collectWanted(window, from, encoding, kept);
  } catch (error) {
    if (!(error instanceof CutOffError)) throw error;
    throw new CutOffError(error.message, patientIdOf(kept, encoding));
  }
  return { dataSet: parseElements(Buffer.concat(kept), encoding) };
}

/** Whose file it is, from the elements that stood before it broke off: then that patient can be told, not only the file. */
function patientIdOf(kept: readonly Buffer[], encoding: Encoding): string | undefined {
  const id = parseElements(Buffer.concat(kept), encoding).string('x00100020')?.trim();
  return id === '' ? undefined : id;
}

function parseElements(bytes: Buffer, encoding: Encoding): dicomParser.DataSet {
  let syntax = implicitLittle;
  if (encoding.explicitVr) syntax = encoding.bigEndian ? explicitBig : explicitLittle;
  try {
    // Pixel data is not among the bytes; the tag is named so that no later change can make this read it.
    return dicomParser.parseDicom(bytes, { TransferSyntaxUID: syntax, untilTag: 'x7fe00010' });
  } catch (error) {
    throw new NotDicomError('a sequence in its header does not parse', { cause: error });
  }
}
