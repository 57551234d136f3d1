import type { ResegmentMode } from '../settings/settings.js';
import type { Volume } from './volume.js';

/**
 * The part of a mask whose values lie in a range, bounds included; one bound is a lower bound.
 * `absolute`: the image's unit; `relative`: fractions of the largest value inside; `sigma`: standard deviations
 * (divided by n) around the mean inside.
 * @see PyRadiomics 3.x, resegmentMask
 */
export function resegment(volume: Volume, mask: Uint8Array, range: readonly number[], mode: ResegmentMode): Uint8Array {
  const [low, high = Number.POSITIVE_INFINITY] = thresholds(volume, mask, range, mode);
  const kept = new Uint8Array(mask.length);
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const v = volume.voxels[i] as number;
    if (v >= (low as number) && v <= high) kept[i] = 1;
  }
  return kept;
}

function thresholds(volume: Volume, mask: Uint8Array, range: readonly number[], mode: ResegmentMode): number[] {
  const sorted = [...range].sort((a, b) => a - b);
  if (mode === 'absolute') return sorted;
  let n = 0;
  let sum = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const v = volume.voxels[i] as number;
    n++;
    sum += v;
    if (v > most) most = v;
  }
  if (mode === 'relative') return sorted.map((t) => most * t);
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) squares += ((volume.voxels[i] as number) - mean) ** 2;
  const deviation = Math.sqrt(squares / n);
  return sorted.map((t) => mean + deviation * t);
}
