import { gunzipSync } from 'node:zlib';
import { imagingError } from '../errors.js';

/** Unpacks gzip bytes of a volume file. @throws ImagingError of the format's code when they are damaged or cut off */
export function gunzip(code: 'NIFTI_INVALID' | 'NRRD_INVALID', file: string, bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw imagingError(code, file, `it cannot be unzipped (${cause instanceof Error ? cause.message : cause})`);
  }
}
