import { basename } from 'node:path';
import {
  defaultSettings,
  imagingError,
  type Mask,
  openImage,
  openMask,
  type RadiomicsSettings,
  type ReadFinding,
  type Volume,
} from '../../pipelines/imaging/measuring.js';
import { readTextFile } from '../input-file.js';

/** Which image and which region: as the options of the same names say. */
export interface RegionChoice {
  readonly series?: string;
  readonly segmentation?: string;
  readonly roi?: string | number;
  readonly label?: number;
}

/** An image, the region on its grid, and what a person should know about how they were read. */
export interface OpenedRegion {
  readonly volume: Volume;
  readonly mask: Mask;
  readonly findings: readonly ReadFinding[];
}

/**
 * Opens an image and one region of a mask.
 * @param maskPath left out where the image is a folder that holds its mask too
 * @throws ImagingError when they cannot be read or do not fit together
 */
export async function openRegion(
  imagePath: string,
  maskPath: string | undefined,
  choice: RegionChoice,
  settings: Pick<RadiomicsSettings, 'label'>,
): Promise<OpenedRegion> {
  const { volume, source } = await openImage(imagePath, { series: choice.series });
  if (maskPath === undefined && source.files.includes(imagePath)) throw imagingError('MASK_NOT_GIVEN', imagePath);
  const { mask, findings } = await openMask(maskPath ?? imagePath, {
    volume,
    segmentation: choice.segmentation,
    roi: choice.roi,
    label: choice.label ?? (settings.label === defaultSettings.label ? undefined : settings.label),
  });
  return { volume, mask, findings };
}

/** PyRadiomics' defaults, or what a parameter file says. */
export async function radiomicsSettings(file: string | undefined): Promise<RadiomicsSettings> {
  if (file === undefined) return defaultSettings;
  const { parseSettings } = await import('../../pipelines/imaging/index.js');
  return parseSettings(await readTextFile(file), basename(file));
}
