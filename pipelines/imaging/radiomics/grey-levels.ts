import { imagingError } from '../errors.js';
import type { Discretisation } from '../settings/settings.js';
import { discretise } from '../volume/discretise.js';
import { insideValues, type Roi } from './roi.js';

/** Most different grey levels a texture matrix may have: its 64-bit cells then take 128 MB. */
export const MOST_LEVELS = 4096;

/** Highest level number that makes sense: a histogram of as many bins is the work of a wrong binWidth. */
const HIGHEST_LEVEL = 1 << 24;

/** The region as grey levels, numbered without gaps for use as matrix indices. */
export interface GreyLevels {
  /** 0 outside the region, else 1 + index into `values`; layout of the region's box. */
  readonly grid: Uint16Array;
  /** Levels that occur, ascending; shape (n). */
  readonly values: Float64Array;
  /** Largest level that occurs (Ng), which may exceed n. */
  readonly highest: number;
}

/** @throws ImagingError RADIOMICS_BIN_WIDTH when bins are so narrow that their number is absurd */
export function checkLevelCount(highest: number, rule: Discretisation): void {
  if (highest <= HIGHEST_LEVEL || rule.method === 'binCount') return;
  throw imagingError('RADIOMICS_BIN_WIDTH', rule.binWidth, `${highest} bins`);
}

/** @throws ImagingError RADIOMICS_BIN_WIDTH, RADIOMICS_TOO_MANY_LEVELS */
export function greyLevels(roi: Roi, rule: Discretisation): GreyLevels {
  const { levels, highest } = discretise(insideValues(roi), rule);
  checkLevelCount(highest, rule);
  const slot = new Uint32Array(highest + 1);
  for (let i = 0; i < levels.length; i++) slot[levels[i] as number] = 1;
  const values: number[] = [];
  for (let level = 1; level <= highest; level++) {
    if (slot[level] === 0) continue;
    values.push(level);
    slot[level] = values.length;
  }
  if (values.length > MOST_LEVELS) throw imagingError('RADIOMICS_TOO_MANY_LEVELS', values.length, MOST_LEVELS);
  const grid = new Uint16Array(roi.inside.length);
  for (let i = 0, n = 0; i < grid.length; i++) {
    if (roi.inside[i] !== 0) grid[i] = slot[levels[n++] as number] as number;
  }
  return { grid, values: Float64Array.from(values), highest };
}
