import type { ReadFinding } from '../dicom/mask-result.js';
import { readBytes } from '../dicom/read-files.js';
import { readSeries } from '../dicom/series.js';
import { readSegmentation } from '../image-source/open-mask.js';
import type { RadiomicsSettings } from '../settings/settings.js';
import { type ImagingInput, maskChoice } from '../stage.js';
import { type Perturbation, type PerturbedFeatures, perturbedFeatures } from './perturb.js';
import type { PerturbationRanges } from './ranges.js';

/** A patient's features under perturbation, and what a person should know about how the files were read. */
export interface PerturbedPatient {
  readonly features: PerturbedFeatures;
  readonly findings: readonly ReadFinding[];
}

/**
 * {@link perturbedFeatures} of one patient's files; the patient's id decides the noise.
 * @throws ImagingError when files cannot be read, do not fit together, or the region as it is cannot be measured
 */
export async function perturbedPatient(
  input: ImagingInput,
  settings: RadiomicsSettings,
  perturbations: readonly Perturbation[],
  options: { readonly ranges: PerturbationRanges; readonly seed: number },
): Promise<PerturbedPatient> {
  const segmentation = await readBytes(input.segmentationFile);
  const { volume } = await readSeries(input.ctFiles);
  const choice = maskChoice(input, segmentation, settings);
  const { mask, findings } = await readSegmentation(input.segmentationFile, volume, choice);
  return { features: perturbedFeatures(input.patientId, volume, mask, settings, perturbations, options), findings };
}
