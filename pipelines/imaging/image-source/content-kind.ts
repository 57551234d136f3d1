import { open } from 'node:fs/promises';
import { systemReason } from '../../../system-reason.js';
import { looksLikeDicom } from '../dicom/data-set.js';
import { imagingError } from '../errors.js';
import { looksLikeNifti } from '../nifti/nifti-header.js';
import { looksLikeNrrd } from '../nrrd/nrrd-header.js';
import { gunzipStart, isGzip } from '../volume/gunzip.js';

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
  if (isGzip(start)) return looksLikeNifti(gunzipStart(start)) ? 'nifti' : 'other';
  if (looksLikeNifti(start)) return 'nifti';
  return looksLikeDicom(start) ? 'dicom' : 'other';
}
