import type { DataSet } from 'dicom-parser';
import dicomParser from 'dicom-parser';
import { type ImagingError, imagingError } from '../errors.js';
import { type FrameCodec, loadCodec } from './codecs.js';
import { type Keyword, tagName, tags } from './tags.js';
import { transferSyntax } from './transfer-syntax.js';

/** What DICOM PS3.5 section 6.2 allows in DS and IS; JavaScript would take `0x10` as a number too. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * One data set of a file, or one item of a sequence in it, with typed reads that name the file and the attribute.
 * Wraps dicom-parser: no other file but this one and the pixel reader knows it.
 */
export class DicomItem {
  constructor(
    readonly file: string,
    readonly raw: DataSet,
    /** Unpacks compressed pixels; only a file opened by {@link openDicom} has one. */
    readonly codec?: FrameCodec | undefined,
  ) {}

  has(keyword: Keyword): boolean {
    return (this.raw.elements[tags[keyword]]?.length ?? 0) > 0;
  }

  /** Text of an attribute without padding, undefined when absent or empty. */
  text(keyword: Keyword): string | undefined {
    const element = this.raw.elements[tags[keyword]];
    if (element === undefined || element.length === 0) return undefined;
    const bytes = this.raw.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
    const text = decodeText(bytes)
      .replace(/[\0 ]+$/, '')
      .trimStart();
    return text === '' ? undefined : text;
  }

  /** @throws ImagingError DICOM_TAG_MISSING */
  requiredText(keyword: Keyword): string {
    return this.text(keyword) ?? this.missing(keyword);
  }

  /**
   * The numbers of a decimal or integer string (DS, IS), undefined when absent or empty.
   * @throws ImagingError DICOM_TAG_INVALID unless there are `count` finite numbers (any count when undefined)
   */
  numbers(keyword: Keyword, count?: number): readonly number[] | undefined {
    const text = this.text(keyword);
    if (text === undefined) return undefined;
    const parts = text.split('\\');
    const values = parts.map((part) => (decimal.test(part.trim()) ? Number(part) : Number.NaN));
    if (values.some((v) => !Number.isFinite(v)) || (count !== undefined && values.length !== count)) {
      const expected = count === undefined ? 'numbers' : count === 1 ? 'one number' : `${count} numbers`;
      throw this.invalid(keyword, text.slice(0, 60), expected);
    }
    return values;
  }

  /** @throws ImagingError DICOM_TAG_MISSING, DICOM_TAG_INVALID */
  requiredNumbers(keyword: Keyword, count: number): readonly number[] {
    return this.numbers(keyword, count) ?? this.missing(keyword);
  }

  /** A single decimal or integer string. */
  number(keyword: Keyword): number | undefined {
    return this.numbers(keyword, 1)?.[0];
  }

  /** An unsigned 16 bit number (US). */
  uint16(keyword: Keyword): number | undefined {
    const element = this.raw.elements[tags[keyword]];
    if (element === undefined || element.length === 0) return undefined;
    if (element.length < 2) throw this.invalid(keyword, `${element.length} bytes`, '2 bytes');
    return this.raw.uint16(tags[keyword]);
  }

  /** @throws ImagingError DICOM_TAG_MISSING */
  requiredUint16(keyword: Keyword): number {
    return this.uint16(keyword) ?? this.missing(keyword);
  }

  /** The items of a sequence; none when it is absent or empty. */
  items(keyword: Keyword): readonly DicomItem[] {
    const items = this.raw.elements[tags[keyword]]?.items ?? [];
    return items.flatMap((item) => (item.dataSet === undefined ? [] : [new DicomItem(this.file, item.dataSet)]));
  }

  missing(keyword: Keyword): never {
    throw imagingError('DICOM_TAG_MISSING', this.file, tagName(keyword));
  }

  invalid(keyword: Keyword, found: string, expected: string): ImagingError {
    return imagingError('DICOM_TAG_INVALID', this.file, tagName(keyword), found, expected);
  }
}

/** UTF-8 where the bytes are valid UTF-8 (ASCII is), else Latin-1: names of ROIs and segments are compared as text. */
function decodeText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the range that needs no decoder
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}

/** True when the bytes start like DICOM: the `DICM` mark after the preamble, or a bare data set of group 0008. */
export function looksLikeDicom(bytes: Uint8Array): boolean {
  return hasPreamble(bytes) || bareTransferSyntax(bytes) !== undefined;
}

function hasPreamble(bytes: Uint8Array): boolean {
  return bytes.length >= 132 && String.fromCharCode(...bytes.subarray(128, 132)) === 'DICM';
}

/** Transfer syntax of a data set without preamble and meta header (written by some old systems), by its first element. */
function bareTransferSyntax(bytes: Uint8Array): string | undefined {
  if (bytes.length < 16 || bytes[0] !== 8 || bytes[1] !== 0 || bytes[3] !== 0) return undefined;
  const vr = String.fromCharCode(bytes[4] as number, bytes[5] as number);
  if (/^(UL|CS|UI|SH|LO|DA|TM|ST)$/.test(vr)) return '1.2.840.10008.1.2.1';
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  return length <= 256 && length % 2 === 0 ? '1.2.840.10008.1.2' : undefined;
}

/**
 * Parses a DICOM file held in memory (implicit or explicit VR, either endian, deflated).
 * @param options.headerOnly stop before the pixel data, so that the first part of a file is enough
 * @throws ImagingError DICOM_UNREADABLE
 */
export function parseDicom(
  file: string,
  bytes: Uint8Array,
  options: { readonly headerOnly?: boolean } = {},
): DicomItem {
  const bare = hasPreamble(bytes) ? undefined : bareTransferSyntax(bytes);
  if (bare === undefined && !hasPreamble(bytes)) {
    throw imagingError('DICOM_UNREADABLE', file, 'it has neither the DICM mark nor a data set at its start');
  }
  try {
    const parserOptions = {
      ...(options.headerOnly === true ? { untilTag: tags.PixelData } : {}),
      ...(bare === undefined ? {} : { TransferSyntaxUID: bare }),
    };
    return new DicomItem(file, dicomParser.parseDicom(parsable(bytes), parserOptions));
  } catch (cause) {
    throw imagingError('DICOM_UNREADABLE', file, reason(cause));
  }
}

/**
 * The bytes as dicom-parser understands them: it takes OV, the type of extended offset tables, for one with a short length.
 * Only files with encapsulated pixels are looked at, and copied when they have such a table.
 */
function parsable(bytes: Uint8Array): Buffer {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const meta = buffer.subarray(132, 1024).toString('latin1');
  if (!/1\.2\.840\.10008\.1\.2\.(4\.|5|8|1\.98)/.test(meta)) return buffer;
  const places = ['e07f01004f560000', 'e07f02004f560000'].map((start) => buffer.lastIndexOf(start, undefined, 'hex'));
  if (places.every((at) => at < 0)) return buffer;
  const copy = Buffer.from(buffer);
  for (const at of places) if (at >= 0) copy.write('OB', at + 4);
  return copy;
}

/**
 * Parses a DICOM file for its pixels: compressed ones get their codec, which is loaded when it is first met. A file whose
 * transfer syntax cannot be read is refused here.
 * @throws ImagingError DICOM_UNREADABLE, DICOM_TRANSFER_SYNTAX
 */
export async function openDicom(file: string, bytes: Uint8Array): Promise<DicomItem> {
  const item = parseDicom(file, bytes);
  if (!item.has('PixelData')) return item;
  const codec = await loadCodec(transferSyntax(file, transferSyntaxUid(item)).encoding);
  return codec === undefined ? item : new DicomItem(file, item.raw, codec);
}

function reason(cause: unknown): string {
  const inner = typeof cause === 'object' && cause !== null && 'exception' in cause ? cause.exception : cause;
  const text = inner instanceof Error ? inner.message : String(inner);
  if (/overr|past end|seek|outside|unexpected end/i.test(text)) return 'it ends in the middle of an element (cut off?)';
  return text.replace(/^dicomParser[.:]\S*\s*/, '');
}

/** UID of the transfer syntax; a data set without meta header is read as what it looks like. */
export function transferSyntaxUid(item: DicomItem): string {
  return item.text('TransferSyntaxUID') ?? bareTransferSyntax(item.raw.byteArray) ?? item.missing('TransferSyntaxUID');
}
