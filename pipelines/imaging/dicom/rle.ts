import { imagingError } from '../errors.js';

/**
 * Unpacks a frame of RLE Lossless, DICOM PS3.5 annex G: a header of 16 numbers, then one PackBits segment per byte of a
 * pixel, most significant byte first.
 * @param pixels of the frame
 * @param bytesPerPixel 1 or 2
 * @returns pixels * bytesPerPixel bytes, little endian
 * @throws ImagingError DICOM_PIXELS
 */
export function unpackRle(file: string, bytes: Uint8Array, pixels: number, bytesPerPixel: 1 | 2): Uint8Array {
  const invalid = (why: string) => imagingError('DICOM_PIXELS', file, why);
  if (bytes.length < 64) throw invalid('an RLE frame is shorter than its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const segments = view.getUint32(0, true);
  if (segments !== bytesPerPixel) throw invalid(`an RLE frame has ${segments} segments, expected ${bytesPerPixel}`);
  // Two bytes make at most 128: what cannot be there need not be allocated.
  if (pixels * bytesPerPixel > 64 * bytes.length) throw invalid('an RLE frame is too short for its pixels');
  const out = new Uint8Array(pixels * bytesPerPixel);
  for (let s = 0; s < segments; s++) {
    const start = view.getUint32(4 + 4 * s, true);
    const end = s + 1 < segments ? view.getUint32(8 + 4 * s, true) : bytes.length;
    if (start < 64 || end < start || end > bytes.length) throw invalid(`RLE segment ${s + 1} lies outside its frame`);
    const filled = unpackBytes(bytes.subarray(start, end), out, segments - 1 - s, bytesPerPixel);
    if (filled < out.length) throw invalid(`RLE segment ${s + 1} ends before its last pixel`);
  }
  return out;
}

/** PackBits into every `step`-th byte from `first` on. @returns the next place, past the end of `out` when it is full */
function unpackBytes(packed: Uint8Array, out: Uint8Array, first: number, step: number): number {
  let to = first;
  let from = 0;
  while (from < packed.length && to < out.length) {
    const control = packed[from++] as number;
    if (control < 128) {
      const end = Math.min(packed.length, from + control + 1);
      for (; from < end && to < out.length; to += step) out[to] = packed[from++] as number;
    } else if (control > 128 && from < packed.length) {
      const value = packed[from++] as number;
      for (let n = 257 - control; n > 0 && to < out.length; n--, to += step) out[to] = value;
    }
  }
  return to;
}
