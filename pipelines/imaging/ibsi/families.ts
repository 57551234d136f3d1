import type { IbsiFeatureInfo, IbsiRow } from './feature.js';
import { histogramOf, histogramRows } from './intensity-histogram.js';
import { volumeHistogram, volumeHistogramRows } from './intensity-volume-histogram.js';
import { intensityPeaks, localIntensityRows } from './local-intensity.js';
import { morphologyOf, morphologyRows } from './morphology/morphology.js';
import type { IbsiRegion } from './region.js';
import type { IbsiSettings } from './settings.js';
import { intensityStatistics, statisticsRows } from './statistics.js';
import { glcm } from './texture/glcm.js';
import { ngtdm } from './texture/ngtdm.js';
import { gldzm, glrlm, glszm, ngldm } from './texture/size-matrices.js';
import type { TextureFamily } from './texture/texture-family.js';

/** A family with one value per feature, whatever the aggregation. */
export interface PlainFamily {
  readonly prefix: string;
  readonly id: string;
  readonly name: string;
  readonly rows: readonly IbsiFeatureInfo[];
  /** Values in the order of `rows`; NaN where a feature is not defined. @param levels of the intensity mask */
  measure(region: IbsiRegion, levels: Uint32Array, settings: IbsiSettings): Float64Array;
}

/** IBSI id of the aggregation of families that have only one. */
export const VOLUME_AGGREGATION = 'DHQ4';

export const plainFamilies: readonly PlainFamily[] = [
  plain('morph', 'HCUG', 'Morphology', morphologyRows, morphologyOf),
  plain('loc', '9ST6', 'Local intensity', localIntensityRows, intensityPeaks),
  plain('stat', 'UHIW', 'Intensity-based statistics', statisticsRows, (r) => intensityStatistics(r.intensity)),
  plain('ih', 'ZVCW', 'Intensity histogram', histogramRows, (_r, levels) => histogramOf(levels)),
  plain('ivh', 'P88C', 'Intensity-volume histogram', volumeHistogramRows, (r, _levels, settings) =>
    volumeHistogram(r.intensity, settings),
  ),
];

export const textureFamilies: readonly TextureFamily[] = [glcm, glrlm, glszm, gldzm, ngtdm, ngldm];

function plain<Context>(
  prefix: string,
  id: string,
  name: string,
  rows: readonly IbsiRow<Context>[],
  contextOf: (region: IbsiRegion, levels: Uint32Array, settings: IbsiSettings) => Context,
): PlainFamily {
  return {
    prefix,
    id,
    name,
    rows,
    measure: (region, levels, settings) => {
      const context = contextOf(region, levels, settings);
      return Float64Array.from(rows, (r) => r.compute(context));
    },
  };
}
