import { imagingError } from '../errors.js';
import type { Roi } from '../radiomics/roi.js';
import type { IbsiDiscretisation } from './settings.js';

/** Most grey levels of a region: a histogram of more is the work of a wrong bin width. */
const MOST_LEVELS = 1 << 24;

/**
 * Grey levels of a region: 0 outside, else 1, 2, …; layout of the region's box.
 *
 * `fixed-bin-size`: floor((x - lowest) / width) + 1. `fixed-bin-number`: floor(count (x - min) / (max - min)) + 1, the
 * maximum in the last bin; a region of one intensity is in bin 1.
 * @throws ImagingError IBSI_LEVELS when intensities are no grey levels, or lie below the lowest edge
 * @see IBSI reference manual (arXiv:1612.07003), section 2.7
 */
export function ibsiLevels(roi: Roi, rule: IbsiDiscretisation): Uint32Array {
  const levelOf = levelRule(roi, rule);
  const levels = new Uint32Array(roi.inside.length);
  for (let i = 0; i < levels.length; i++) {
    if (roi.inside[i] === 0) continue;
    const value = roi.values[i] as number;
    const level = levelOf(value);
    if (!(level >= 1 && level <= MOST_LEVELS) || !Number.isInteger(level)) {
      throw imagingError('IBSI_LEVELS', value, ruleText(rule));
    }
    levels[i] = level;
  }
  return levels;
}

function levelRule(roi: Roi, rule: IbsiDiscretisation): (value: number) => number {
  if (rule.method === 'none') return (v) => v;
  if (rule.method === 'fixed-bin-size') return (v) => Math.floor((v - rule.lowest) / rule.width) + 1;
  const [min, max] = intensityRange(roi);
  const { count } = rule;
  return (v) => (v === min ? 1 : v === max ? count : Math.floor((count * (v - min)) / (max - min)) + 1);
}

function ruleText(rule: IbsiDiscretisation): string {
  if (rule.method === 'none') return 'without discretisation';
  if (rule.method === 'fixed-bin-size') return `in bins of ${rule.width} from ${rule.lowest}`;
  return `in ${rule.count} bins`;
}

/** Least and greatest value inside. */
export function intensityRange({ inside, values }: Roi): readonly [min: number, max: number] {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < inside.length; i++) {
    if (inside[i] === 0) continue;
    const v = values[i] as number;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return [min, max];
}
