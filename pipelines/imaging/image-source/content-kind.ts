import { looksLikeDicom } from '../dicom/data-set.js';
import { looksLikeNifti } from '../nifti/nifti-header.js';
import { looksLikeNrrd } from '../nrrd/nrrd-header.js';
import { gunzipStart, isGzip } from '../volume/gunzip.js';

export type ContentKind = 'dicom' | 'nifti' | 'nrrd' | 'other';

/** What a file is by its first bytes (a few hundred are enough); its name plays no part. */
export function contentKind(start: Uint8Array): ContentKind {
  if (looksLikeNrrd(start)) return 'nrrd';
  if (isGzip(start)) return looksLikeNifti(gunzipStart(start)) ? 'nifti' : 'other';
  if (looksLikeNifti(start)) return 'nifti';
  return looksLikeDicom(start) ? 'dicom' : 'other';
}
