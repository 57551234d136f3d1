import type { FeatureSettings, Filter } from '../settings/settings.js';
import type { FilteredImage, FilterInput } from './filter-input.js';
import { gradientMagnitude } from './gradient.js';
import { localBinaryPattern2D } from './lbp-2d.js';
import { lbp3DNames, localBinaryPatterns3D } from './lbp-3d.js';
import { laplacianOfGaussian } from './log.js';
import { pointwise } from './pointwise.js';
import { waveletImages, waveletNamesOf } from './wavelet.js';

/** Name of a LoG image. */
const logName = (text: string) => `log-sigma-${text.replace('.', '-')}-mm-3D`;

/** Names of the images that a filter gives, in the order of {@link filteredImages}; the same for every patient. */
export function imageNames(filter: Filter, settings: FeatureSettings): readonly string[] {
  switch (filter.type) {
    case 'LoG':
      return filter.sigma.map((s) => logName(s.text));
    case 'Wavelet':
      return waveletNamesOf(filter, settings);
    case 'LBP2D':
      return ['lbp-2D'];
    case 'LBP3D':
      return lbp3DNames(filter.levels);
    default:
      return [filter.type.toLowerCase()];
  }
}

/**
 * The images of a type, one at a time, so that one is held at once. Each filter reads as much of the image around the box as
 * its result depends on.
 * @throws ImagingError RADIOMICS_FILTER_SIZE, RADIOMICS_FILTER_RANGE
 */
export function* filteredImages(
  input: FilterInput,
  filter: Filter,
  settings: FeatureSettings,
): Generator<FilteredImage> {
  switch (filter.type) {
    case 'LoG':
      for (const s of filter.sigma) yield { name: logName(s.text), values: laplacianOfGaussian(input, s.mm) };
      return;
    case 'Wavelet':
      yield* waveletImages(input, filter, settings);
      return;
    case 'Gradient':
      yield { name: 'gradient', values: gradientMagnitude(input, filter.useSpacing) };
      return;
    case 'LBP2D':
      yield { name: 'lbp-2D', values: localBinaryPattern2D(input, filter, settings.force2Ddimension) };
      return;
    case 'LBP3D':
      yield* localBinaryPatterns3D(input, filter);
      return;
    default:
      yield { name: filter.type.toLowerCase(), values: pointwise(input, filter.type) };
  }
}
