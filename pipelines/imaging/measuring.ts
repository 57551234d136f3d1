/**
 * The narrow door of this room: an image, its region and what PyRadiomics measures of it, without the modules of maps,
 * pictures, perturbations, tables and IBSI. What starts anew for every patient enters here.
 */
export type { ReadFinding } from './dicom/mask-result.js';
export { imagingError } from './errors.js';
export { openImage } from './image-source/open-image.js';
export { openMask } from './image-source/open-mask.js';
export { mapClasses } from './radiomics/families.js';
export { measure } from './radiomics/measure.js';
export { defaultRanges, type PerturbationRanges } from './robustness/ranges.js';
export { defaultSettings, type RadiomicsSettings } from './settings/settings.js';
export type { Mask, Volume } from './volume/volume.js';
