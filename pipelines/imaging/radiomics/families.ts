import { type DegenerateRegion, degenerateRegions, degenerateResult, resultText } from './degenerate-results.js';
import type { FeatureClassName, FeatureFamily, FeatureInfo } from './family.js';
import { firstOrderFamily } from './first-order.js';
import { glcmFamily } from './glcm.js';
import { gldmFamily } from './gldm.js';
import { glrlmFamily } from './glrlm.js';
import { glszmFamily } from './glszm.js';
import { modeDifference, modeDifferences } from './mode-differences.js';
import { ngtdmFamily } from './ngtdm.js';
import { shapeFamily } from './shape.js';
import { shape2DFamily } from './shape-2d.js';

/** Every feature class that can be computed, in the order of a result's features. */
export const families: readonly FeatureFamily[] = [
  shapeFamily,
  shape2DFamily,
  firstOrderFamily,
  glcmFamily,
  glrlmFamily,
  glszmFamily,
  gldmFamily,
  ngtdmFamily,
];

/** Feature classes that have maps: those of grey values. A shape is one of the whole region. */
export const mapClasses: readonly string[] = families.filter((f) => f.measures === 'intensity').map((f) => f.name);

/** Feature classes of PyRadiomics 3.x, computed here or not. */
export const pyradiomicsClasses = [
  'firstorder',
  'shape',
  'shape2D',
  'glcm',
  'glrlm',
  'glszm',
  'gldm',
  'ngtdm',
] as const;

/** One line of the feature reference. */
export interface CatalogueEntry extends FeatureInfo {
  /** Column name: `original_glcm_Contrast`. */
  readonly column: string;
  readonly featureClass: FeatureClassName;
  /** How it stands to its counterpart in the IBSI mode. */
  readonly comparedWithIbsi: string;
  /** What degenerate regions give: a number, a rule or an error code; '' where the formula has an ordinary value. */
  readonly degenerate: Readonly<Record<DegenerateRegion, string>>;
}

/** Column name of a feature of an image: `original`, or the name of a filtered one. */
export function featureColumn(featureClass: string, name: string, image = 'original'): string {
  return `${image}_${featureClass}_${name}`;
}

/** Every feature that can be computed, with unit, IBSI code and the source of its formula. */
export function featureCatalogue(): readonly CatalogueEntry[] {
  return families.flatMap((family) =>
    family.features.map(({ name, reference, unit, description, source, onRequest }) => ({
      column: featureColumn(family.name, name),
      featureClass: family.name,
      name,
      ...(reference === undefined ? {} : { reference }),
      unit,
      description,
      source,
      comparedWithIbsi: modeDifference(family.name, name).text,
      degenerate: degenerateTexts(family.name, name),
      ...(onRequest === undefined ? {} : { onRequest }),
    })),
  );
}

function degenerateTexts(featureClass: FeatureClassName, name: string): CatalogueEntry['degenerate'] {
  const regions = Object.keys(degenerateRegions) as DegenerateRegion[];
  const texts = regions.map((region) => [region, resultText(degenerateResult(featureClass, name, region))] as const);
  return Object.fromEntries(texts) as CatalogueEntry['degenerate'];
}

/** What the IBSI mode does differently before the formulas of a class. */
export function classDifference(featureClass: FeatureClassName): string {
  return modeDifferences[featureClass].before;
}
