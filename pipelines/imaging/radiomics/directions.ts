import type { RadiomicsSettings } from '../settings/settings.js';
import type { Roi } from './roi.js';

/** A step between the two voxels of a pair, in voxels along x, y, z. */
export type Offset = readonly [dx: number, dy: number, dz: number];

/**
 * Half of all steps whose largest component is one of `distances`, one of each pair of opposite steps: 13 in 3D at
 * distance 1, 4 in 2D.
 * @param flat array dimension (0 = z, 1 = y, 2 = x) along which no step is taken, or null
 * @see IBSI reference manual (arXiv:1612.07003), section 3.6
 */
export function directions(distances: readonly number[], flat: 0 | 1 | 2 | null): readonly Offset[] {
  const reach = Math.max(...distances);
  const range = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  const steps = range.flatMap((dz) => range.flatMap((dy) => range.map((dx): Offset => [dx, dy, dz])));
  // Steps come in opposite pairs around the zero step in the middle: the later half has one of each.
  return steps
    .slice((steps.length + 1) / 2)
    .filter(([dx, dy, dz]) => flat === null || [dz, dy, dx][flat] === 0)
    .filter((step) => distances.includes(Math.max(...step.map(Math.abs))));
}

/** {@link directions} in the dimensions of the settings; worked out once for regions that are cut one after another. */
export function stepsOf(roi: Roi, distances: readonly number[], settings: RadiomicsSettings): readonly Offset[] {
  const flat = settings.force2D ? settings.force2Ddimension : null;
  const name = `directions ${distances} ${flat}`;
  const kept = roi.lasting?.get(name);
  if (kept !== undefined) return kept as readonly Offset[];
  const steps = directions(distances, flat);
  roi.lasting?.set(name, steps);
  return steps;
}
