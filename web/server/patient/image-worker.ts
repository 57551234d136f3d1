import {
  ImagingError,
  type Mask,
  type MaskResult,
  readSegmentation,
  readSeries,
  renderOverlays,
  type Volume,
  writeNifti,
} from '../../../pipelines/imaging/index.js';
import type { RegionFacts, Triple } from '../replies/patient-reply.js';
import { mostVoxels, reduceMask, reduceVolume, reductionOf } from './reduce-grid.js';
import { regionFacts, spacingMm } from './region-facts.js';

/** The files of one patient's image, as paths. */
export interface ImageTask {
  readonly ctFiles: readonly string[];
  readonly segmentationFile?: string;
  /** Which region, where a file has several: the name that was measured. */
  readonly region?: string;
}

/** What the pages show of it; the files are gzipped NIfTI. */
export interface ReadImage {
  readonly slices: number;
  readonly size: Triple;
  readonly spacingMm: Triple;
  readonly reducedBy: Triple;
  readonly region: RegionFacts | null;
  readonly regionReason: string | null;
  readonly findings: readonly string[];
  readonly volume: Uint8Array;
  readonly mask: Uint8Array | null;
  readonly pictures: readonly { readonly name: string; readonly png: Uint8Array }[];
}

/** A read image, or why there is none. */
export type ImageAnswer =
  | { readonly ok: true; readonly image: ReadImage }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Reads an image and its segmentation in a thread of its own, since that keeps a processor busy for seconds. */
export async function readImage(task: ImageTask): Promise<ImageAnswer> {
  try {
    return { ok: true, image: await read(task) };
  } catch (error) {
    if (!(error instanceof ImagingError)) throw error;
    return { ok: false, code: error.code, message: error.message };
  }
}

async function read({ ctFiles, segmentationFile, region }: ImageTask): Promise<ReadImage> {
  const { volume, files } = await readSeries(ctFiles);
  const spacing = spacingMm(volume);
  const factors = reductionOf(volume.size, spacing, mostVoxels);
  const drawn = segmentationFile === undefined ? undefined : await segmentation(segmentationFile, volume, region);
  const mask = drawn?.mask;
  return {
    slices: files.length,
    size: volume.size,
    spacingMm: spacing,
    reducedBy: factors,
    region: mask === undefined ? null : regionFacts(volume, mask),
    regionReason: drawn?.reason ?? null,
    findings: drawn?.findings ?? [],
    volume: writeNifti(reduceVolume(volume, factors)),
    mask: mask === undefined ? null : writeNifti(reduceMask(mask, factors)),
    pictures: mask === undefined ? [] : renderOverlays(volume, mask),
  };
}

interface Drawn {
  readonly mask?: Mask;
  readonly findings: readonly string[];
  /** Why there is no mask: the CT can be looked at without it. */
  readonly reason?: string;
}

/** The only region of a file, else the one that was measured. */
async function segmentation(file: string, volume: Volume, region: string | undefined): Promise<Drawn> {
  const tries = region === undefined ? [{}] : [{}, { roi: region, segment: region }];
  let reason = '';
  for (const choice of tries) {
    try {
      const { mask, findings }: MaskResult = await readSegmentation(file, volume, choice);
      return { mask, findings: findings.map(({ message }) => message) };
    } catch (error) {
      if (!(error instanceof ImagingError)) throw error;
      reason = error.message;
    }
  }
  return { reason, findings: [] };
}
