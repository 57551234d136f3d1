import { stat } from 'node:fs/promises';
import { systemReason } from '../../../system-reason.js';
import { readBytes, readSeries } from '../dicom/series.js';
import { imagingError } from '../errors.js';
import { readNifti } from '../nifti/read-nifti.js';
import { readNrrd } from '../nrrd/read-nrrd.js';
import type { Volume } from '../volume/volume.js';
import { contentKind } from './content-kind.js';
import { onlyImageSeries } from './dicom-folder.js';

/** Where a volume came from. */
export interface ImageSource {
  readonly kind: 'dicom' | 'nifti' | 'nrrd';
  /** DICOM: in slice order, lowest first. */
  readonly files: readonly string[];
  /** DICOM only. */
  readonly modality?: string;
  readonly seriesInstanceUid?: string;
}

/** A volume and where it came from. */
export interface OpenedImage {
  readonly volume: Volume;
  readonly source: ImageSource;
}

/**
 * Opens an image: a folder with exactly one DICOM image series, one DICOM file, .nii, .nii.gz or .nrrd, told apart by
 * content.
 * @throws ImagingError FILE_*, DICOM_*, SERIES_*, NIFTI_INVALID, NRRD_INVALID
 */
export async function openImage(path: string): Promise<OpenedImage> {
  if (await isFolder(path)) return fromSeries(await onlyImageSeries(path));
  const bytes = await readBytes(path);
  const kind = contentKind(bytes.subarray(0, 64 * 1024));
  if (kind === 'dicom') return fromSeries([path]);
  return {
    volume: await readVoxelFile(path, bytes, kind),
    source: { kind: kind === 'nifti' ? kind : 'nrrd', files: [path] },
  };
}

async function fromSeries(files: readonly string[]): Promise<OpenedImage> {
  const { volume, ...source } = await readSeries(files);
  return { volume, source: { kind: 'dicom', ...source } };
}

/** A NIfTI or NRRD file. @throws ImagingError FILE_NOT_RECOGNISED for anything else */
export async function readVoxelFile(path: string, bytes: Uint8Array, kind: string): Promise<Volume> {
  if (kind === 'nifti') return readNifti(path, bytes);
  if (kind === 'nrrd') return readNrrd(path, bytes);
  throw imagingError('FILE_NOT_RECOGNISED', path, 'DICOM, NIfTI (.nii, .nii.gz) or NRRD');
}

/** @throws ImagingError FILE_UNREADABLE when there is nothing at the path */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw imagingError('FILE_UNREADABLE', path, systemReason(cause));
  }
}
