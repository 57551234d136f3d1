import { imagingError } from '../errors.js';
import type { RadiomicsSettings, WeightingNorm } from '../settings/settings.js';
import { type Offset, stepsOf } from './directions.js';
import { defineFamily } from './family.js';
import { greyLevels } from './grey-levels.js';
import type { Roi } from './roi.js';
import { addRuns, someLineHoldsTwo } from './runs.js';
import { SizeCounts, type SizeMatrix } from './size-counts.js';
import { type SizeFeature, sizeFeatureRows } from './size-features.js';

/** Run length features with their IBSI codes. */
export const runLengthFeatures: readonly SizeFeature[] = [
  ['GrayLevelNonUniformity', 'levelNonUniformity', 'R5YN'],
  ['GrayLevelNonUniformityNormalized', 'levelNonUniformityNormalised', 'OVBL'],
  ['GrayLevelVariance', 'levelVariance', '8CE5'],
  ['HighGrayLevelRunEmphasis', 'highLevels', 'G3QZ'],
  ['LongRunEmphasis', 'largeSizes', 'W4KF'],
  ['LongRunHighGrayLevelEmphasis', 'largeSizesHighLevels', '3KUM'],
  ['LongRunLowGrayLevelEmphasis', 'largeSizesLowLevels', 'IVPO'],
  ['LowGrayLevelRunEmphasis', 'lowLevels', 'V3SW'],
  ['RunEntropy', 'entropy', 'HJ9O'],
  ['RunLengthNonUniformity', 'sizeNonUniformity', 'W92Y'],
  ['RunLengthNonUniformityNormalized', 'sizeNonUniformityNormalised', 'IC23'],
  ['RunPercentage', 'percentage', '9ZK5'],
  ['RunVariance', 'sizeVariance', 'SXLW'],
  ['ShortRunEmphasis', 'smallSizes', '22OV'],
  ['ShortRunHighGrayLevelEmphasis', 'smallSizesHighLevels', 'GD3A'],
  ['ShortRunLowGrayLevelEmphasis', 'smallSizesLowLevels', 'HTZT'],
];

/** Features of the lengths of runs: rows of voxels of one grey level, averaged over directions. */
export const glrlmFamily = defineFamily<SizeMatrix>({
  name: 'glrlm',
  measures: 'intensity',
  rows: sizeFeatureRows(
    runLengthFeatures,
    'run length',
    'PyRadiomics 3.x, GLRLM; IBSI reference manual (arXiv:1612.07003), section 3.7',
  ),
  contexts: runLengths,
});

/**
 * The run length matrices, one per direction in which some line holds two voxels of the region (in the others every run
 * is a single voxel whatever its level). With a weighting norm there is a single one: the weighted sum over directions.
 * @throws ImagingError RADIOMICS_NO_RUNS
 */
function* runLengths(roi: Roi, settings: RadiomicsSettings): Generator<SizeMatrix> {
  const grid = greyLevels(roi, settings);
  const steps = stepsOf(roi, [1], settings);
  const norm = settings.weightingNorm;
  const counts = new SizeCounts(grid.values);
  let found = false;
  for (const step of steps) {
    if (!someLineHoldsTwo(grid, step)) continue;
    found = true;
    if (norm === null) counts.clear();
    addRuns(grid, step, counts, norm === null ? 1 : length(step, roi.spacing, norm));
    if (norm === null) yield counts.matrix();
  }
  if (!found) throw imagingError('RADIOMICS_NO_RUNS');
  if (norm !== null) yield counts.matrix();
}

/** Length of a step in mm by the given norm: here PyRadiomics weights by it, where its GLCM weights by exp(-length^2). */
function length(step: Offset, spacing: Roi['spacing'], norm: WeightingNorm): number {
  if (norm === 'no_weighting') return 1;
  const parts = step.map((v, i) => Math.abs(v) * (spacing[i] as number));
  if (norm === 'infinity') return Math.max(...parts);
  if (norm === 'manhattan') return parts.reduce((a, b) => a + b, 0);
  return Math.hypot(...parts);
}
