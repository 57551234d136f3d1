import { imagingError } from '../errors.js';
import type { Mask, Volume } from '../volume/volume.js';

/** Something a person should know about how a mask was read, that did not stop it. */
export interface ReadFinding {
  /** Stable, upper case. */
  readonly code: string;
  /** One sentence: what was found and what was done about it. */
  readonly message: string;
}

/** A mask on the volume's grid, never empty. */
export interface MaskResult {
  readonly mask: Mask;
  readonly findings: readonly ReadFinding[];
}

/**
 * @returns a finding when one side names no frame of reference, so that only the positions speak for a fit
 * @throws ImagingError FRAME_OF_REFERENCE_DIFFERS when both name one and they differ
 */
export function checkFrameOfReference(file: string, found: string | undefined, volume: Volume): ReadFinding[] {
  const expected = volume.frameOfReferenceUid;
  if (found === undefined || expected === undefined) {
    const side = found === undefined ? 'the segmentation' : 'the image';
    return [
      {
        code: 'IMAGING_FRAME_OF_REFERENCE_UNKNOWN',
        message: `${file}: ${side} names no frame of reference, so it was placed by its coordinates alone`,
      },
    ];
  }
  if (found !== expected) throw imagingError('FRAME_OF_REFERENCE_DIFFERS', file, found, expected);
  return [];
}

/**
 * What a person should know when voxels of a region are padding: they hold no image, and nothing that is measured there
 * means anything. They are measured as they are, since leaving them out would change the region unasked.
 */
export function paddingFindings(file: string, mask: Mask, volume: Volume): readonly ReadFinding[] {
  const padding = volume.dicom?.padding;
  if (padding === undefined) return [];
  const slice = volume.size[0] * volume.size[1];
  let count = 0;
  for (let i = mask.voxels.indexOf(1); i >= 0; i = mask.voxels.indexOf(1, i + 1)) {
    const range = padding[Math.floor(i / slice)];
    const value = volume.voxels[i] as number;
    if (range != null && value >= range[0] && value <= range[1]) count++;
  }
  if (count === 0) return [];
  return [
    {
      code: 'IMAGING_MASK_ON_PADDING',
      message: `${file}: ${count} voxels of "${mask.label}" are padding of the image (PixelPaddingValue), not tissue, and are measured as they are`,
    },
  ];
}
