import { chooseSegmentation } from '../dicom/choose-segmentation.js';
import { type DicomItem, openDicom } from '../dicom/data-set.js';
import type { MaskResult } from '../dicom/mask-result.js';
import { isSegmentation } from '../dicom/segmentation-frames.js';
import { segmentationMask } from '../dicom/segmentation-mask.js';
import { readBytes } from '../dicom/series.js';
import { isStructureSet, structureSetMask } from '../dicom/structure-set.js';
import { imagingError } from '../errors.js';
import { gridDifference } from '../volume/affine.js';
import type { Volume } from '../volume/volume.js';
import { contentKind } from './content-kind.js';
import { dicomSeriesIn } from './dicom-folder.js';
import { isFolder, readVoxelFile } from './open-image.js';

/** Which region of a file is meant. Each is optional where the file holds just one. */
export interface MaskChoice {
  /** RTSTRUCT: name or number of a ROI; SEG: label or number of a segment. */
  readonly roi?: string | number | undefined;
  /** SEG: label or number of a segment; RTSTRUCT: name or number of a ROI. */
  readonly segment?: string | number | undefined;
  /** NIfTI, NRRD: the voxel value of the region (default 1); SEG, RTSTRUCT: the number. */
  readonly label?: number | undefined;
}

export interface MaskRequest extends MaskChoice {
  /** The image the mask belongs to. */
  readonly volume: Volume;
}

/**
 * Opens a mask for an image: a DICOM SEG or RTSTRUCT, a folder in which exactly one fits the image, a NIfTI or an NRRD label
 * image on the image's grid.
 * @throws ImagingError FILE_*, SEG*, RTSTRUCT_*, MASK_*, GRID_DIFFERS, FRAME_OF_REFERENCE_DIFFERS, DICOM_*, NIFTI_INVALID, NRRD_INVALID
 */
export async function openMask(path: string, request: MaskRequest): Promise<MaskResult> {
  const { volume, ...choice } = request;
  const file = (await isFolder(path)) ? await onlySegmentation(path, volume) : path;
  return readSegmentation(file, volume, choice);
}

/** A lone SEG or RTSTRUCT is taken, and has to fit; several are told apart by the frame of reference. */
async function onlySegmentation(folder: string, volume: Volume): Promise<string> {
  const series = await dicomSeriesIn(folder);
  const files = series.filter((s) => s.modality === 'SEG' || s.modality === 'RTSTRUCT').flatMap((s) => s.files);
  if (files.length === 1) return files[0] as string;
  return chooseSegmentation(series, { seriesInstanceUid: '', frameOfReferenceUid: volume.frameOfReferenceUid }).file;
}

/**
 * Reads one region of one segmentation file onto the volume's grid: DICOM SEG, RTSTRUCT, NIfTI or NRRD, told apart by content.
 * @returns the mask, never empty, and what a person should know about how it was read
 * @throws ImagingError as {@link openMask}
 */
export async function readSegmentation(file: string, volume: Volume, choice: MaskChoice = {}): Promise<MaskResult> {
  const bytes = await readBytes(file);
  const kind = contentKind(bytes.subarray(0, 64 * 1024));
  if (kind === 'dicom') return dicomMask(await openDicom(file, bytes), volume, choice);
  for (const option of ['roi', 'segment'] as const) {
    if (choice[option] !== undefined) throw imagingError('MASK_OPTION', file, option, 'a label image');
  }
  const image = await readVoxelFile(file, bytes, kind);
  const difference = gridDifference(image, volume);
  if (difference !== null) {
    throw imagingError('GRID_DIFFERS', file, difference.what, difference.found, difference.expected);
  }
  return { mask: labelMask(file, image, volume, choice.label ?? 1), findings: [] };
}

function dicomMask(item: DicomItem, volume: Volume, choice: MaskChoice): MaskResult {
  if (isSegmentation(item)) return segmentationMask(item, volume, choice.segment ?? choice.roi ?? choice.label);
  if (isStructureSet(item)) return structureSetMask(item, volume, choice.roi ?? choice.segment ?? choice.label);
  throw imagingError('DICOM_KIND', item.file, `a ${item.text('Modality') ?? 'DICOM'} object`, 'a SEG or an RTSTRUCT');
}

function labelMask(file: string, image: Volume, volume: Volume, label: number): MaskResult['mask'] {
  const voxels = new Uint8Array(image.voxels.length);
  let found = false;
  for (let i = 0; i < voxels.length; i++) {
    if (image.voxels[i] !== label) continue;
    voxels[i] = 1;
    found = true;
  }
  if (!found) throw imagingError('MASK_LABEL_ABSENT', file, label, labelsPresent(image));
  return { voxels, size: volume.size, indexToLps: volume.indexToLps, label: String(label) };
}

function labelsPresent(image: Volume): string {
  const labels = new Set<number>();
  for (const v of image.voxels) {
    if (v !== 0) labels.add(v);
    if (labels.size > 50) return 'more than 50 (is it a label image?)';
  }
  return labels.size === 0 ? 'none' : [...labels].sort((a, b) => a - b).join(', ');
}
