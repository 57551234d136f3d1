import { imagingError } from '../errors.js';
import type { PixelEncoding } from './transfer-syntax.js';

/** What a compressed frame says of itself. */
export interface CodestreamHeader {
  readonly columns: number;
  readonly rows: number;
  readonly components: number;
  /** Bits per sample. */
  readonly precision: number;
  /** JPEG and JPEG-LS: last byte of the marker that starts the frame header (0xC0 baseline ... 0xC3 lossless, 0xF7 JPEG-LS). */
  readonly process: number;
}

/**
 * Reads the header of a JPEG, JPEG-LS or JPEG 2000 codestream, before anything is allocated for its pixels, and checks that
 * the stream has its end mark: decoders fill what is missing with grey and say nothing.
 * @throws ImagingError DICOM_PIXELS
 */
export function readCodestreamHeader(file: string, bytes: Uint8Array, encoding: PixelEncoding): CodestreamHeader {
  const invalid = (why: string) => imagingError('DICOM_PIXELS', file, why);
  const header = encoding === 'jpeg-2000' || encoding === 'htj2k' ? readSizeMarker(bytes) : readFrameMarker(bytes);
  if (header === null) throw invalid('a frame has no header of a compressed image');
  let end = bytes.length;
  while (end > 2 && bytes[end - 1] === 0) end--;
  if (bytes[end - 2] !== 0xff || bytes[end - 1] !== 0xd9) throw invalid('a frame has no end mark (cut off?)');
  return header;
}

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
const u32 = (bytes: Uint8Array, at: number): number => u16(bytes, at) * 65536 + u16(bytes, at + 2);

/** JPEG (ITU-T T.81 B.2.2) and JPEG-LS (T.87 C.2.2): the frame header is the first marker of kind SOFn. */
function readFrameMarker(bytes: Uint8Array): CodestreamHeader | null {
  if (u16(bytes, 0) !== 0xffd8) return null;
  let at = 2;
  while (at + 10 <= bytes.length) {
    const marker = bytes[at + 1] as number;
    if (bytes[at] !== 0xff) return null;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;
    if (isFrame) {
      return {
        precision: bytes[at + 4] as number,
        rows: u16(bytes, at + 5),
        columns: u16(bytes, at + 7),
        components: bytes[at + 9] as number,
        process: marker,
      };
    }
    if (marker === 0xda || marker === 0xd9) return null;
    at += 2 + u16(bytes, at + 2);
  }
  return null;
}

/** JPEG 2000 (T.800 A.5.1): the SIZ marker follows SOC; the codestream may lie in a JP2 box. */
function readSizeMarker(bytes: Uint8Array): CodestreamHeader | null {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096)).indexOf('ff4fff51', 0, 'hex');
  if (start < 0 || bytes.length < start + 43) return null;
  const at = start + 2;
  const columns = u32(bytes, at + 6) - u32(bytes, at + 14);
  const rows = u32(bytes, at + 10) - u32(bytes, at + 18);
  const precision = ((bytes[at + 40] as number) & 0x7f) + 1;
  return { columns, rows, precision, components: u16(bytes, at + 38), process: 0x51 };
}
