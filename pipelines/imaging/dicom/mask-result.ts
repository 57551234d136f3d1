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
