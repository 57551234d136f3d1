import type { Artifact } from '../stage.js';
import { writeNifti } from './nifti/write-nifti.js';
import { renderOverlays } from './overlay/render-overlay.js';
import type { Mask, Volume } from './volume/volume.js';

/**
 * The files that let a person look at a region: `ct.nii.gz`, `mask.nii.gz` and a picture per grey window
 * (`overlay-lung.png` and `overlay-mediastinum.png`, or `overlay-range.png` for an image that is not in HU).
 * @param folder relative to where artifacts go, or empty
 * @throws ImagingError GRID_DIFFERS, MASK_EMPTY
 */
export function regionArtifacts(folder: string, volume: Volume, mask: Mask): readonly Artifact[] {
  const file = (name: string, mediaType: string, bytes: Uint8Array): Artifact => ({
    fileName: folder === '' ? name : `${folder}/${name}`,
    mediaType,
    bytes,
  });
  return [
    file('ct.nii.gz', 'application/gzip', writeNifti(volume)),
    file('mask.nii.gz', 'application/gzip', writeNifti(mask)),
    ...renderOverlays(volume, mask).map(({ name, png }) => file(`overlay-${name}.png`, 'image/png', png)),
  ];
}
