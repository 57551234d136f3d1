export {
  type ChosenSegmentation,
  chooseSegmentation,
  type SegmentationChoice,
  type SeriesRecord,
} from './dicom/choose-segmentation.js';
export type { MaskResult, ReadFinding } from './dicom/mask-result.js';
export { readSeries, type SeriesVolume } from './dicom/series.js';
export { ImagingError, type ImagingErrorCode, imagingError, imagingErrors } from './errors.js';
export { type AggregationInfo as IbsiAggregation, aggregations as ibsiAggregations } from './ibsi/aggregation.js';
export { type IbsiFamilyInfo, ibsiCatalogue } from './ibsi/catalogue.js';
export type { IbsiFeatureInfo } from './ibsi/feature.js';
export { type IbsiRadiomics, type IbsiValue, measureIbsi } from './ibsi/measure-ibsi.js';
export { parseIbsiSettings } from './ibsi/parse-ibsi-settings.js';
export type {
  IbsiDimension,
  IbsiDirections,
  IbsiDiscretisation,
  IbsiInterpolation,
  IbsiResegmentation,
  IbsiSettings,
  IvhDiscretisation,
} from './ibsi/settings.js';
export { type ImageChoice, type ImageSource, type OpenedImage, openImage } from './image-source/open-image.js';
export { type MaskChoice, type MaskRequest, openMask, readSegmentation } from './image-source/open-mask.js';
export { imagingGroup, imagingGroupName } from './imaging-group.js';
export { type FeatureMaps, featureMaps, type MapSettings, type MapSlice } from './maps/feature-maps.js';
export { writeFeatureMaps } from './maps/write-maps.js';
export { type NiftiOptions, writeNifti } from './nifti/write-nifti.js';
export { type DetachedNrrd, type NrrdOptions, writeDetachedNrrd, writeNrrd } from './nrrd/write-nrrd.js';
export { type OverlayOptions, renderOverlay, renderOverlays } from './overlay/render-overlay.js';
export { type DegenerateRegion, degenerateRegions } from './radiomics/degenerate-results.js';
export type { Diagnostics } from './radiomics/diagnostics.js';
export {
  type CatalogueEntry,
  classDifference,
  featureCatalogue,
  mapClasses,
  pyradiomicsClasses,
} from './radiomics/families.js';
export type { FeatureClassName, FeatureInfo } from './radiomics/family.js';
export { measure, type Radiomics } from './radiomics/measure.js';
export {
  type RadiomicsTableInput,
  type RadiomicsTableSettings,
  radiomicsTableStage,
} from './radiomics-table/radiomics-table-stage.js';
export { regionArtifacts } from './region-artifacts.js';
export { type Icc, type IccSet, intraclassCorrelations } from './robustness/icc.js';
export {
  drawPerturbations,
  type Perturbation,
  type PerturbedFeatures,
  perturbedFeatures,
} from './robustness/perturb.js';
export { type PerturbedPatient, perturbedPatient } from './robustness/perturbed-patient.js';
export { defaultRanges, type PerturbationRanges } from './robustness/ranges.js';
export {
  type FeatureRobustness,
  type FeatureSpread,
  featureRobustness,
  featureSpread,
  type Reliability,
  reliability,
} from './robustness/summary.js';
export { parseSettings } from './settings/parse-settings.js';
export { type SettingEntry, settingCatalogue } from './settings/setting-catalogue.js';
export {
  type Discretisation,
  defaultSettings,
  type FeatureSelection,
  type RadiomicsSettings,
  type RadiomicsSettings as ImagingSettings,
  type ResegmentMode,
  type WeightingNorm,
} from './settings/settings.js';
export { type ImagingInput, imagingStage } from './stage.js';
export type { DicomOrigin, Mask, Volume } from './volume/volume.js';
