import { imagingError } from '../errors.js';
import type { RadiomicsSettings, WeightingNorm } from '../settings/settings.js';
import { type Offset, stepsOf } from './directions.js';
import { greyLevels } from './grey-levels.js';
import { jumpOf, type LevelGrid } from './level-grid.js';
import type { Roi } from './roi.js';

/** A normalised grey-level co-occurrence matrix of one direction, or of all directions when they are summed. */
export interface CoOccurrence {
  /** Number of grey levels that occur: rows and columns of `p`. */
  readonly n: number;
  /** Level of each row and column; shape (n). */
  readonly levels: Float64Array;
  /** Largest level (Ng). */
  readonly highest: number;
  /** Joint probabilities, row-major, shape (n x n), sum 1. */
  readonly p: Float64Array;
}

/**
 * The co-occurrence matrices of a region, one per direction in which the region has pairs. With a weighting norm there
 * is a single one: the weighted sum over directions. The same buffer is filled anew for each.
 * @throws ImagingError RADIOMICS_NO_PAIRS when the region has no pair in any direction
 */
export function* coOccurrences(roi: Roi, settings: RadiomicsSettings): Generator<CoOccurrence> {
  const grey = greyLevels(roi, settings);
  const n = grey.values.length;
  const p = new Float64Array(n * n);
  const matrix: CoOccurrence = { n, levels: grey.values, highest: grey.highest, p };
  const offsets = stepsOf(roi, settings.distances, settings);
  const norm = settings.weightingNorm;
  let found = false;
  for (const offset of offsets) {
    if (norm === null) p.fill(0);
    addPairs(grey, offset, norm === null ? 1 : weight(offset, roi.spacing, norm), p);
    if (norm === null && toProbabilities(p, n, settings.symmetricalGLCM)) {
      found = true;
      yield matrix;
    }
  }
  if (norm !== null && toProbabilities(p, n, settings.symmetricalGLCM)) {
    found = true;
    yield matrix;
  }
  if (!found) throw imagingError('RADIOMICS_NO_PAIRS', settings.distances.join(', '));
}

/**
 * Adds `amount` to cell (level of voxel, level of voxel + step) for every pair inside the region.
 * @param p counts, row-major, shape (n x n) for the n levels of the grid
 * @param voxels all voxels of the grid, or those of one slice when the step stays within it
 */
export function addPairs(
  grid: LevelGrid,
  step: Offset,
  amount: number,
  p: Float64Array,
  voxels: Int32Array = grid.inside,
): void {
  const { cells } = grid;
  const n = grid.values.length;
  const jump = jumpOf(grid, step);
  for (let k = 0; k < voxels.length; k++) {
    const i = voxels[k] as number;
    const b = cells[i + jump] as number;
    if (b === 0) continue;
    const cell = ((cells[i] as number) - 1) * n + b - 1;
    p[cell] = (p[cell] as number) + amount;
  }
}

/** exp(-d^2), d = length of the step in mm by the given norm. */
function weight(offset: Offset, spacing: Roi['spacing'], norm: WeightingNorm): number {
  if (norm === 'no_weighting') return 1;
  const steps = offset.map((v, i) => Math.abs(v) * (spacing[i] as number));
  if (norm === 'infinity') return Math.exp(-(Math.max(...steps) ** 2));
  if (norm === 'manhattan') return Math.exp(-(steps.reduce((a, b) => a + b, 0) ** 2));
  return Math.exp(-steps.reduce((a, b) => a + b * b, 0));
}

/**
 * Turns counts into probabilities in place, counting each pair both ways when symmetric.
 * @param p counts, row-major, shape (n x n)
 * @returns false when there are no pairs
 */
export function toProbabilities(p: Float64Array, n: number, symmetric: boolean): boolean {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += p[i] as number;
  if (sum === 0) return false;
  if (!symmetric) {
    for (let i = 0; i < p.length; i++) p[i] = (p[i] as number) / sum;
    return true;
  }
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const both = ((p[i * n + j] as number) + (p[j * n + i] as number)) / (2 * sum);
      p[i * n + j] = both;
      p[j * n + i] = both;
    }
  }
  return true;
}
