import { imagingError } from '../errors.js';
import type { Discretisation, RadiomicsSettings } from '../settings/settings.js';
import { discretise, type Levels } from '../volume/discretise.js';
import { type LevelGrid, levelGrid } from './level-grid.js';
import { insideValues, type Roi, workedOutOnce } from './roi.js';

/** Highest level number that makes sense: a histogram of as many bins is the work of a wrong binWidth. */
const HIGHEST_LEVEL = 1 << 24;

/**
 * Grey levels of the voxels inside, in storage order. Worked out once for a region.
 * @throws ImagingError RADIOMICS_BIN_WIDTH when bins are so narrow that their number is absurd
 */
export function insideLevels(roi: Roi, rule: Discretisation): Levels {
  if (roi.levels !== undefined) return roi.levels;
  return workedOutOnce(roi, `levels ${JSON.stringify(rule)}`, () => {
    const found = discretise(insideValues(roi), rule);
    if (found.highest > HIGHEST_LEVEL && rule.method !== 'binCount') {
      throw imagingError('RADIOMICS_BIN_WIDTH', rule.binWidth, `${found.highest} bins`);
    }
    return found;
  });
}

/**
 * The region as a grid of grey levels, padded for the settings' distances. Worked out once for a region.
 * @throws ImagingError RADIOMICS_BIN_WIDTH, RADIOMICS_TOO_MANY_LEVELS
 */
export function greyLevels(roi: Roi, settings: RadiomicsSettings): LevelGrid {
  const margin = Math.max(...settings.distances);
  return workedOutOnce(roi, `grid ${margin} ${JSON.stringify(settings.discretisation)}`, () => {
    const { levels, highest } = insideLevels(roi, settings.discretisation);
    const box = new Uint32Array(roi.inside.length);
    for (let i = 0, n = 0; i < box.length; i++) if (roi.inside[i] !== 0) box[i] = levels[n++] as number;
    return { ...levelGrid(box, roi.size, margin), highest };
  });
}
