import { stepsOf } from './directions.js';
import { defineFamily } from './family.js';
import { greyLevels } from './grey-levels.js';
import { addDependences } from './neighbourhoods.js';
import { SizeCounts, type SizeMatrix } from './size-counts.js';
import { type SizeFeature, sizeFeatureRows } from './size-features.js';

/** Dependence features with their IBSI codes (there: neighbouring grey level dependence, NGLDM). */
export const dependenceFeatures: readonly SizeFeature[] = [
  ['DependenceEntropy', 'entropy', 'FCBV'],
  ['DependenceNonUniformity', 'sizeNonUniformity', 'Z87G'],
  ['DependenceNonUniformityNormalized', 'sizeNonUniformityNormalised', 'OKJI'],
  ['DependenceVariance', 'sizeVariance', 'DNX2'],
  ['GrayLevelNonUniformity', 'levelNonUniformity', 'FP8K'],
  ['GrayLevelVariance', 'levelVariance', '1PFV'],
  ['HighGrayLevelEmphasis', 'highLevels', 'OAE7'],
  ['LargeDependenceEmphasis', 'largeSizes', 'IMOQ'],
  ['LargeDependenceHighGrayLevelEmphasis', 'largeSizesHighLevels', '9QMG'],
  ['LargeDependenceLowGrayLevelEmphasis', 'largeSizesLowLevels', 'NBZI'],
  ['LowGrayLevelEmphasis', 'lowLevels', 'TL9H'],
  ['SmallDependenceEmphasis', 'smallSizes', 'SODN'],
  ['SmallDependenceHighGrayLevelEmphasis', 'smallSizesHighLevels', 'JA6D'],
  ['SmallDependenceLowGrayLevelEmphasis', 'smallSizesLowLevels', 'EQ3F'],
];

/** Features of how many neighbours have nearly the grey level of a voxel (the setting gldm_a says how nearly). */
export const gldmFamily = defineFamily<SizeMatrix>({
  name: 'gldm',
  measures: 'intensity',
  rows: sizeFeatureRows(
    dependenceFeatures,
    'dependence, 1 + number of neighbours of the level',
    'PyRadiomics 3.x, GLDM; IBSI reference manual (arXiv:1612.07003), section 3.11',
  ),
  *contexts(roi, settings) {
    const grid = greyLevels(roi, settings);
    const counts = new SizeCounts(grid.values);
    const steps = stepsOf(roi, settings.distances, settings);
    addDependences(grid, steps, settings.gldm_a, counts);
    yield counts.matrix();
  },
});
