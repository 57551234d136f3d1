import { imagingError } from '../errors.js';
import type { Volume } from './volume.js';

export type Vec3 = readonly [x: number, y: number, z: number];

/** Row-major 4x4 matrix, last row 0 0 0 1. */
export type Affine = readonly number[];

/** Where a grid lies: voxel counts and the map from voxel index to LPS mm. Volumes and masks are grids. */
export type Grid = Pick<Volume, 'size' | 'indexToLps'>;

export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const norm = (a: Vec3): number => Math.hypot(a[0], a[1], a[2]);
export const scale = (a: Vec3, s: number): Vec3 => [a[0] * s, a[1] * s, a[2] * s];
export const add = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** The affine whose columns are the steps (mm) of the three voxel axes and the centre (mm) of voxel 0, 0, 0. */
export function affineFromAxes(x: Vec3, y: Vec3, z: Vec3, origin: Vec3): Affine {
  // Adding 0 turns -0 into 0, so that equal grids have equal text.
  const row = (i: 0 | 1 | 2) => [x[i] + 0, y[i] + 0, z[i] + 0, origin[i] + 0];
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}

/** Column `i` of an affine: the step of voxel axis `i` in mm, or for 3 the centre of voxel 0, 0, 0. */
export function affineColumn(affine: Affine, i: 0 | 1 | 2 | 3): Vec3 {
  return [affine[i] as number, affine[4 + i] as number, affine[8 + i] as number];
}

/** Length (mm, always positive) of one step along each voxel axis. */
export function spacingOf(affine: Affine): Vec3 {
  return [norm(affineColumn(affine, 0)), norm(affineColumn(affine, 1)), norm(affineColumn(affine, 2))];
}

/** Unit vectors (LPS) of the three voxel axes. */
export function directionsOf(affine: Affine): readonly [Vec3, Vec3, Vec3] {
  const unit = (i: 0 | 1 | 2) => {
    const column = affineColumn(affine, i);
    return scale(column, 1 / norm(column));
  };
  return [unit(0), unit(1), unit(2)];
}

/** A point through the affine. */
export function applyAffine(affine: Affine, p: Vec3): Vec3 {
  return add(applyLinear(affine, p), affineColumn(affine, 3));
}

/** A direction through the affine, without its translation. */
export function applyLinear(affine: Affine, v: Vec3): Vec3 {
  const row = (i: number): Vec3 => [affine[i] as number, affine[i + 1] as number, affine[i + 2] as number];
  return [dot(row(0), v), dot(row(4), v), dot(row(8), v)];
}

/**
 * The inverse, LPS mm -> voxel index.
 * @throws ImagingError AFFINE_SINGULAR when the voxel axes lie in one plane or an axis has no length
 */
export function invertAffine(affine: Affine): Affine {
  const [x, y, z] = [affineColumn(affine, 0), affineColumn(affine, 1), affineColumn(affine, 2)];
  const determinant = dot(x, cross(y, z));
  const size = norm(x) * norm(y) * norm(z);
  if (!(Math.abs(determinant) > 1e-9 * size)) throw imagingError('AFFINE_SINGULAR', `[${x}], [${y}], [${z}]`);
  const rows = [cross(y, z), cross(z, x), cross(x, y)].map((r) => scale(r, 1 / determinant));
  const origin = affineColumn(affine, 3);
  return [...rows.flatMap((r) => [...r, -dot(r, origin)]), 0, 0, 0, 1];
}

/** LPS <-> RAS: both turn the first two patient axes round, so the same function goes both ways. */
export function flipLpsRas(affine: Affine): Affine {
  return affine.map((v, i) => (i < 8 ? 0 - v : v));
}

/** Short text of numbers for a message: at most 6 decimals, no trailing zeros. */
export function formatNumbers(values: readonly number[]): string {
  return values.map((v) => String(Number(v.toFixed(6)))).join(' x ');
}

/** What differs first between two grids, for a message. */
export interface GridDifference {
  readonly what: 'size' | 'spacing' | 'direction' | 'origin';
  readonly found: string;
  readonly expected: string;
}

/**
 * Compares two grids: size exactly; spacing within 0.1 % and 1e-4 mm; direction cosines within 1e-3; the origin within
 * 1 % of a voxel and 0.01 mm. Rounding of a header passes, half a voxel does not.
 * @returns null when the grids are the same
 */
export function gridDifference(found: Grid, expected: Grid): GridDifference | null {
  if (found.size.some((n, i) => n !== expected.size[i])) {
    return { what: 'size', found: formatNumbers(found.size), expected: formatNumbers(expected.size) };
  }
  const [a, b] = [spacingOf(found.indexToLps), spacingOf(expected.indexToLps)];
  if (a.some((v, i) => Math.abs(v - (b[i] as number)) > Math.max(1e-4, 1e-3 * (b[i] as number)))) {
    return { what: 'spacing', found: `${formatNumbers(a)} mm`, expected: `${formatNumbers(b)} mm` };
  }
  const [da, db] = [directionsOf(found.indexToLps).flat(), directionsOf(expected.indexToLps).flat()];
  if (da.some((v, i) => Math.abs(v - (db[i] as number)) > 1e-3)) {
    return { what: 'direction', found: formatNumbers(da), expected: formatNumbers(db) };
  }
  const [oa, ob] = [affineColumn(found.indexToLps, 3), affineColumn(expected.indexToLps, 3)];
  if (norm(subtract(oa, ob)) > 0.01 + 0.01 * Math.min(...b)) {
    return { what: 'origin', found: `${formatNumbers(oa)} mm (LPS)`, expected: `${formatNumbers(ob)} mm (LPS)` };
  }
  return null;
}
