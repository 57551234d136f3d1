import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import { systemReason } from '../../../system-reason.js';
import { looksLikeDicom } from '../dicom/data-set.js';
import { imagingError } from '../errors.js';
import { looksLikeNifti } from '../nifti/nifti-header.js';
import { isGzip } from '../nifti/read-nifti.js';
import { looksLikeNrrd } from '../nrrd/nrrd-header.js';

export type ContentKind = 'dicom' | 'nifti' | 'nrrd' | 'other';

/** The first bytes of a file. @throws ImagingError FILE_UNREADABLE */
export async function readStart(file: string, length: number): Promise<Uint8Array> {
  try {
    const handle = await open(file);
    try {
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await handle.read(buffer, 0, length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw imagingError('FILE_UNREADABLE', file, systemReason(cause));
  }
}

/** What a file is by its first bytes (a few hundred are enough); its name plays no part. */
export function contentKind(start: Uint8Array): ContentKind {
  if (looksLikeNrrd(start)) return 'nrrd';
  if (isGzip(start)) return looksLikeNifti(unzipStart(start)) ? 'nifti' : 'other';
  if (looksLikeNifti(start)) return 'nifti';
  return looksLikeDicom(start) ? 'dicom' : 'other';
}

/** What the start of a gzip stream unpacks to, nothing when it is damaged. */
function unzipStart(start: Uint8Array): Uint8Array {
  try {
    return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array(0);
  }
}
