import { type DicomItem, openDicom } from '../dicom/data-set.js';
import { type MaskResult, paddingFindings } from '../dicom/mask-result.js';
import { readBytes } from '../dicom/read-files.js';
import { isSegmentation } from '../dicom/segmentation-frames.js';
import { segmentationMask } from '../dicom/segmentation-mask.js';
import { isStructureSet, structureSetMask } from '../dicom/structure-set.js';
import { imagingError } from '../errors.js';
import { gridDifference } from '../volume/affine.js';
import type { Mask, Volume } from '../volume/volume.js';
import { contentKind } from './content-kind.js';
import { isFolder, readVoxelFile } from './open-image.js';
import { segmentationIn } from './segmentation-in-folder.js';

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
  /** Which segmentation of a folder: its SeriesInstanceUID, its series description or the name of its file. */
  readonly segmentation?: string | undefined;
}

/**
 * Opens a mask for an image: a DICOM SEG or RTSTRUCT, a folder in which exactly one fits the image, a NIfTI or an NRRD label
 * image on the image's grid.
 * @throws ImagingError FILE_*, SEG*, RTSTRUCT_*, MASK_*, GRID_DIFFERS, FRAME_OF_REFERENCE_DIFFERS, DICOM_*, NIFTI_INVALID, NRRD_INVALID
 */
export async function openMask(path: string, request: MaskRequest): Promise<MaskResult> {
  const { volume, segmentation, ...choice } = request;
  const file = (await isFolder(path)) ? await segmentationIn(path, volume, segmentation) : path;
  return readSegmentation(file, volume, choice);
}

/**
 * Reads one region of one segmentation file onto the volume's grid: DICOM SEG, RTSTRUCT, NIfTI or NRRD, told apart by content.
 * @returns the mask, never empty, and what a person should know about how it was read
 * @throws ImagingError as {@link openMask}
 */
export async function readSegmentation(file: string, volume: Volume, choice: MaskChoice = {}): Promise<MaskResult> {
  const bytes = await readBytes(file);
  const kind = contentKind(bytes.subarray(0, 64 * 1024));
  const result =
    kind === 'dicom'
      ? dicomMask(await openDicom(file, bytes), volume, choice)
      : { mask: await labelImageMask(file, bytes, kind, volume, choice), findings: [] };
  return { mask: result.mask, findings: [...result.findings, ...paddingFindings(file, result.mask, volume)] };
}

async function labelImageMask(
  file: string,
  bytes: Uint8Array,
  kind: string,
  volume: Volume,
  choice: MaskChoice,
): Promise<Mask> {
  for (const option of ['roi', 'segment'] as const) {
    if (choice[option] !== undefined) throw imagingError('MASK_OPTION', file, option, 'a label image');
  }
  const image = await readVoxelFile(file, bytes, kind);
  const difference = gridDifference(image, volume);
  if (difference !== null) {
    throw imagingError('GRID_DIFFERS', file, difference.what, difference.found, difference.expected);
  }
  return labelMask(file, image, volume, choice.label ?? 1);
}

function dicomMask(item: DicomItem, volume: Volume, choice: MaskChoice): MaskResult {
  if (isSegmentation(item)) return segmentationMask(item, volume, choice.segment ?? choice.roi ?? choice.label);
  if (isStructureSet(item)) return structureSetMask(item, volume, choice.roi ?? choice.segment ?? choice.label);
  throw imagingError('DICOM_KIND', item.file, `a ${item.text('Modality') ?? 'DICOM'} object`, 'a SEG or an RTSTRUCT');
}

function labelMask(file: string, image: Volume, volume: Volume, label: number): Mask {
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
