import { constants, gunzipSync } from 'node:zlib';
import { imagingError } from '../errors.js';

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Most that deflate can make of one byte (RFC 1951). */
const mostPerByte = 1032;

/** Bytes that may follow the voxels: more than that and the file is not what its header says. */
const slack = 1 << 20;

/**
 * Unpacks gzip bytes of a volume file.
 * @param needed bytes that the header asks for: a file that cannot hold them is refused before anything is unpacked, and no
 *   more than a little beyond them is unpacked
 * @throws ImagingError of the format's code when the bytes are damaged, cut off or not what the header says
 */
export function gunzip(
  code: 'NIFTI_INVALID' | 'NRRD_INVALID',
  file: string,
  bytes: Uint8Array,
  needed: number,
): Uint8Array {
  if (needed > mostPerByte * bytes.length) {
    throw imagingError(
      code,
      file,
      `its voxels need ${needed} bytes, more than its ${bytes.length} can hold (cut off?)`,
    );
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: needed + slack });
  } catch (cause) {
    const large = cause instanceof RangeError;
    const why = large
      ? `it holds more than the ${needed} bytes of its header`
      : `${cause instanceof Error ? cause.message : cause}`;
    throw imagingError(code, file, `it cannot be unzipped (${why})`);
  }
}

/** What the first bytes of a gzip stream unpack to, nothing when they are damaged. */
export function gunzipStart(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes.subarray(0, 4096), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array(0);
  }
}
