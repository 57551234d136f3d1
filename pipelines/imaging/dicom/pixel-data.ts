import type { Element } from 'dicom-parser';
import { imagingError } from '../errors.js';
import { type DicomItem, transferSyntaxUid } from './data-set.js';
import { encapsulatedFrames } from './encapsulated.js';
import { transferSyntax } from './transfer-syntax.js';

/** Stored values of one frame, row by row from the first row, before rescaling. */
export type StoredPixels = Uint8Array | Int8Array | Uint16Array | Int16Array;

/** How the bits of a file's pixels lie, as its header says. */
export interface PixelLayout {
  readonly file: string;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly bitsAllocated: 1 | 8 | 16;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
}

/** The pixel data of one file: the layout of its bits and a way to its frames. */
export interface PixelData extends PixelLayout {
  /** Frame `index` with one number per pixel, unpacked but not masked: a view of the file where it can be. */
  readonly words: (index: number) => Uint8Array | Uint16Array;
}

/**
 * Finds and checks the pixel data of a file.
 * @param item of a file that was opened with its codec when its pixels are compressed
 * @param frames how many there are, when NumberOfFrames is not to be believed
 * @throws ImagingError DICOM_TRANSFER_SYNTAX, DICOM_TAG_MISSING, DICOM_TAG_INVALID, DICOM_TRUNCATED, DICOM_PIXELS
 */
export function pixelDataOf(item: DicomItem, frames = frameCount(item)): PixelData {
  const syntax = transferSyntax(item.file, transferSyntaxUid(item));
  const element = item.raw.elements.x7fe00010 ?? item.missing('PixelData');
  const layout = pixelLayoutOf(item, frames);
  const { codec } = item;
  if (syntax.encoding === 'native') {
    if (element.fragments !== undefined) {
      throw imagingError('DICOM_PIXELS', item.file, 'they are encapsulated, which its transfer syntax does not allow');
    }
    return { ...layout, words: nativeWords(layout, bytesOf(element, item.raw.byteArray), syntax.bigEndian) };
  }
  if (codec === undefined) throw new TypeError(`The codec of ${syntax.name} was not loaded`);
  const parts = encapsulatedFrames(item, element, frames);
  return { ...layout, words: (index) => decodedWords(layout, codec(parts[index] as Uint8Array, layout)) };
}

/**
 * The pixel data of a file of which the header was parsed before, where its pixels are plain bytes behind it.
 * @param bytes the whole file
 * @returns undefined when the file has to be parsed to find them
 * @throws ImagingError DICOM_TRANSFER_SYNTAX, DICOM_TRUNCATED
 */
export function plainPixelData(header: DicomItem, layout: PixelLayout, bytes: Uint8Array): PixelData | undefined {
  const { encoding, bigEndian, deflated } = transferSyntax(header.file, transferSyntaxUid(header));
  const element = header.raw.elements.x7fe00010;
  if (encoding !== 'native' || deflated || element === undefined || element.fragments !== undefined) return undefined;
  if (element.dataOffset + element.length > bytes.length) return undefined;
  return { ...layout, words: nativeWords(layout, bytesOf(element, bytes), bigEndian) };
}

function bytesOf(element: Element, bytes: Uint8Array): Uint8Array {
  return bytes.subarray(element.dataOffset, element.dataOffset + element.length);
}

/**
 * The layout that a header gives.
 * @throws ImagingError DICOM_TAG_MISSING, DICOM_TAG_INVALID
 */
export function pixelLayoutOf(item: DicomItem, frames = frameCount(item)): PixelLayout {
  const bitsAllocated = item.requiredUint16('BitsAllocated');
  if (bitsAllocated !== 1 && bitsAllocated !== 8 && bitsAllocated !== 16) {
    throw item.invalid('BitsAllocated', String(bitsAllocated), '1, 8 or 16');
  }
  const samples = item.uint16('SamplesPerPixel') ?? 1;
  if (samples !== 1) throw item.invalid('SamplesPerPixel', String(samples), '1 (a grey image)');
  const bitsStored = item.uint16('BitsStored') ?? bitsAllocated;
  const highBit = item.uint16('HighBit') ?? bitsStored - 1;
  if (bitsStored < 1 || bitsStored > bitsAllocated) {
    throw item.invalid('BitsStored', String(bitsStored), `1 to ${bitsAllocated}`);
  }
  if (highBit < bitsStored - 1 || highBit >= bitsAllocated) {
    throw item.invalid('HighBit', String(highBit), `${bitsStored - 1} to ${bitsAllocated - 1}`);
  }
  const [rows, columns] = [item.requiredUint16('Rows'), item.requiredUint16('Columns')];
  if (rows === 0) throw item.invalid('Rows', '0', 'at least 1');
  if (columns === 0) throw item.invalid('Columns', '0', 'at least 1');
  return {
    file: item.file,
    rows,
    columns,
    frames,
    bitsAllocated,
    bitsStored,
    highBit,
    signed: item.uint16('PixelRepresentation') === 1,
  };
}

/** @throws ImagingError DICOM_TRUNCATED, before anything is allocated for what a header claims */
function nativeWords(layout: PixelLayout, bytes: Uint8Array, bigEndian: boolean): PixelData['words'] {
  const { file, rows, columns, frames, bitsAllocated } = layout;
  const count = rows * columns;
  const expected = Math.ceil((count * frames * bitsAllocated) / 8);
  if (bytes.length < expected) throw imagingError('DICOM_TRUNCATED', file, bytes.length, expected);
  if (bitsAllocated === 1) return (index) => unpackBits(bytes, index * count, count);
  if (bitsAllocated === 8) return (index) => bytes.subarray(index * count, (index + 1) * count);
  return (index) => words16(bytes.subarray(2 * index * count, 2 * (index + 1) * count), bigEndian);
}

/** What a codec gave, as wide as the data set says; 1 bit pixels come packed from some codecs, a byte each from others. */
function decodedWords({ rows, columns, bitsAllocated }: PixelLayout, decoded: Uint8Array | Uint16Array) {
  const count = rows * columns;
  if (bitsAllocated === 1 && decoded instanceof Uint8Array && decoded.length < count)
    return unpackBits(decoded, 0, count);
  return bitsAllocated === 16 && decoded instanceof Uint8Array ? Uint16Array.from(decoded) : decoded;
}

/** NumberOfFrames, 1 when absent. */
export function frameCount(item: DicomItem): number {
  const frames = item.number('NumberOfFrames') ?? 1;
  if (!Number.isInteger(frames) || frames < 1) {
    throw item.invalid('NumberOfFrames', String(frames), 'a whole number of at least 1');
  }
  return frames;
}

/**
 * Stored values of frame `index` (0-based): only the bits that count, sign extended when signed.
 * Returns a view of the file's bytes where they can be used as they are; do not write to it.
 */
export function storedPixels(pixels: PixelData, index: number): StoredPixels {
  const words = pixels.words(index);
  if (pixels.bitsAllocated === 1) return words;
  const { bitsAllocated, bitsStored, highBit, signed } = pixels;
  if (bitsStored === bitsAllocated) return signed ? asSigned(words) : words;
  const low = highBit + 1 - bitsStored;
  const count = words.length;
  const out = bitsAllocated === 8 ? (signed ? new Int8Array(count) : new Uint8Array(count)) : newWords(count, signed);
  const left = 31 - highBit;
  const right = left + low;
  for (let i = 0; i < count; i++) {
    // Shifting the highest bit that counts to the top of a 32 bit word drops the others and extends the sign.
    const top = (words[i] as number) << left;
    out[i] = signed ? top >> right : top >>> right;
  }
  return out;
}

function newWords(count: number, signed: boolean): Int16Array | Uint16Array {
  return signed ? new Int16Array(count) : new Uint16Array(count);
}

function asSigned(words: Uint8Array | Uint16Array): Int8Array | Int16Array {
  return words instanceof Uint8Array
    ? new Int8Array(words.buffer, words.byteOffset, words.length)
    : new Int16Array(words.buffer, words.byteOffset, words.length);
}

const hostIsBigEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

function words16(bytes: Uint8Array, bigEndian: boolean): Uint16Array {
  if (bigEndian === hostIsBigEndian && bytes.byteOffset % 2 === 0) {
    return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  }
  const copy = Buffer.from(bytes);
  if (bigEndian !== hostIsBigEndian) copy.swap16();
  // A small copy may lie at an odd place of Node's buffer pool.
  const aligned = copy.byteOffset % 2 === 0 ? copy : new Uint8Array(copy);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2);
}

/**
 * Bits -> 0 or 1. The first pixel is the least significant bit; frames run on without padding between them
 * (DICOM PS3.5 section 8.1.1 and PS3.3 C.8.20.2).
 */
function unpackBits(bytes: Uint8Array, firstBit: number, count: number): Uint8Array {
  const out = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const bit = firstBit + i;
    out[i] = ((bytes[bit >> 3] as number) >> (bit & 7)) & 1;
  }
  return out;
}
