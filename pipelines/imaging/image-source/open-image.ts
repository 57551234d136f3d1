import { readFile, stat } from 'node:fs/promises';
import { systemReason } from '../../../system-reason.js';
import { readBytes } from '../dicom/read-files.js';
import { readSeries } from '../dicom/series.js';
import { imagingError } from '../errors.js';
import { readNifti } from '../nifti/read-nifti.js';
import { readNrrd } from '../nrrd/read-nrrd.js';
import type { Volume } from '../volume/volume.js';
import { contentKind } from './content-kind.js';
import { imageSeries } from './dicom-folder.js';

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

/** What narrows the choice where a folder holds several images. */
export interface ImageChoice {
  /** SeriesInstanceUID or series description of the DICOM series that is meant. */
  readonly series?: string | undefined;
}

/**
 * Opens an image: a folder with exactly one DICOM image series (or the one asked for), one DICOM file, .nii, .nii.gz,
 * .hdr or .img with the other half beside it, .nrrd or .nhdr, told apart by content.
 * @throws ImagingError FILE_*, DICOM_*, SERIES_*, NIFTI_INVALID, NRRD_INVALID
 */
export async function openImage(path: string, choice: ImageChoice = {}): Promise<OpenedImage> {
  if (await isFolder(path)) return fromSeries(await imageSeries(path, choice.series));
  const bytes = await readBytes(path);
  const kind = contentKind(bytes.subarray(0, 64 * 1024));
  if (kind === 'dicom') return fromSeries([path]);
  return {
    volume: await readVoxelFile(path, bytes, kind),
    source: { kind: kind === 'nrrd' ? kind : 'nifti', files: [path] },
  };
}

async function fromSeries(files: readonly string[]): Promise<OpenedImage> {
  const { volume, ...source } = await readSeries(files);
  return { volume, source: { kind: 'dicom', ...source } };
}

/**
 * A NIfTI or NRRD file. Either half of a NIfTI pair stands for both: the other is looked for beside it.
 * @throws ImagingError FILE_NOT_RECOGNISED for anything else
 */
export async function readVoxelFile(path: string, bytes: Uint8Array, kind: string): Promise<Volume> {
  if (kind === 'nrrd') return readNrrd(path, bytes);
  if (kind === 'nifti') return readNifti(path, bytes, await sibling(path, /\.hdr(\.gz)?$/i, '.img'));
  const header = await sibling(path, /\.img(\.gz)?$/i, '.hdr');
  if (header !== undefined && contentKind(header) === 'nifti') return readNifti(path, header, bytes);
  throw imagingError('FILE_NOT_RECOGNISED', path, 'DICOM, NIfTI (.nii, .nii.gz, .hdr with .img) or NRRD');
}

/** Content of the file of the same name with the other ending, zipped or not; undefined when there is none. */
async function sibling(path: string, ending: RegExp, other: string): Promise<Uint8Array | undefined> {
  if (!ending.test(path)) return undefined;
  const stem = path.replace(ending, '');
  for (const name of [`${stem}${other}`, `${stem}${other}.gz`, `${stem}${other.toUpperCase()}`]) {
    const bytes = await readFile(name).catch(() => undefined);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

/** @throws ImagingError FILE_UNREADABLE when there is nothing at the path */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw imagingError('FILE_UNREADABLE', path, systemReason(cause));
  }
}
