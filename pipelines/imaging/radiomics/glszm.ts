import { stepsOf } from './directions.js';
import { defineFamily } from './family.js';
import { greyLevels } from './grey-levels.js';
import { SizeCounts, type SizeMatrix } from './size-counts.js';
import { type SizeFeature, sizeFeatureRows } from './size-features.js';
import { addZones } from './zones.js';

/** Zone size features with their IBSI codes. */
export const zoneSizeFeatures: readonly SizeFeature[] = [
  ['GrayLevelNonUniformity', 'levelNonUniformity', 'JNSA'],
  ['GrayLevelNonUniformityNormalized', 'levelNonUniformityNormalised', 'Y1RO'],
  ['GrayLevelVariance', 'levelVariance', 'BYLV'],
  ['HighGrayLevelZoneEmphasis', 'highLevels', '5GN9'],
  ['LargeAreaEmphasis', 'largeSizes', '48P8'],
  ['LargeAreaHighGrayLevelEmphasis', 'largeSizesHighLevels', 'J17V'],
  ['LargeAreaLowGrayLevelEmphasis', 'largeSizesLowLevels', 'YH51'],
  ['LowGrayLevelZoneEmphasis', 'lowLevels', 'XMSY'],
  ['SizeZoneNonUniformity', 'sizeNonUniformity', '4JP3'],
  ['SizeZoneNonUniformityNormalized', 'sizeNonUniformityNormalised', 'VB3A'],
  ['SmallAreaEmphasis', 'smallSizes', '5QRC'],
  ['SmallAreaHighGrayLevelEmphasis', 'smallSizesHighLevels', 'HW1V'],
  ['SmallAreaLowGrayLevelEmphasis', 'smallSizesLowLevels', '5RAI'],
  ['ZoneEntropy', 'entropy', 'GU8N'],
  ['ZonePercentage', 'percentage', 'P30P'],
  ['ZoneVariance', 'sizeVariance', '3NSA'],
];

/** Features of the sizes of zones: connected voxels of one grey level (26 neighbours, or the 8 in the plane of force2D). */
export const glszmFamily = defineFamily<SizeMatrix>({
  name: 'glszm',
  measures: 'intensity',
  rows: sizeFeatureRows(
    zoneSizeFeatures,
    'zone size in voxels',
    'PyRadiomics 3.x, GLSZM; IBSI reference manual (arXiv:1612.07003), section 3.8',
  ),
  *contexts(roi, settings) {
    const grid = greyLevels(roi, settings);
    const counts = new SizeCounts(grid.values);
    addZones(grid, stepsOf(roi, [1], settings), counts);
    yield counts.matrix();
  },
});
