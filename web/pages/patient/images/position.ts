import type { Triple } from './nifti.js';

const sides = [
  ['R', 'L'],
  ['A', 'P'],
  ['S', 'I'],
] as const;

/** `L 12.3 mm` of a coordinate along one axis of the patient, RAS mm. */
export function sideText(mm: number, axis: 0 | 1 | 2): string {
  return `${sides[axis][mm < 0 ? 1 : 0]} ${Math.abs(mm).toFixed(1)} mm`;
}

/** A position in words of the patient's sides: right or left, front (A) or back (P), head (S) or feet (I). */
export function positionText([x, y, z]: Triple): string {
  return [sideText(x, 0), sideText(y, 1), sideText(z, 2)].join(', ');
}
