import { type Affine, affineColumn, applyAffine, type Grid, invertAffine, spacingOf, type Vec3 } from './affine.js';

/** Where the voxels of a target grid lie in the voxel indices of a source grid. */
export type GridPositions =
  | { readonly kind: 'parallel'; readonly axes: readonly [Float64Array, Float64Array, Float64Array] }
  | { readonly kind: 'oblique'; readonly at: (x: number, y: number, z: number, out: Float64Array) => void };

/** Axes count as parallel when the far end of the target moves by less than this (voxels) along the other axes. */
const PARALLEL = 1e-6;

/**
 * Positions in double precision. For grids along the patient axes they are computed in ITK's order (through millimetres,
 * along x from the first voxel of a row to the one past its last), which decides positions half way between voxels.
 */
export function gridPositions(from: Grid, to: Grid): GridPositions {
  const inverse = inverseOf(from.indexToLps);
  const toSource = (p: Vec3): Vec3 => {
    const q = applyAffine(to.indexToLps, p);
    return through(inverse, q, from.indexToLps);
  };
  if (!isParallel(inverse, to)) {
    const origin = toSource([0, 0, 0]);
    const steps = [0, 1, 2].map((d) => linear(inverse, affineColumn(to.indexToLps, d as 0 | 1 | 2)));
    const at = (x: number, y: number, z: number, out: Float64Array) => {
      for (let d = 0; d < 3; d++) {
        out[d] =
          (origin[d] as number) +
          x * (steps[0]?.[d] as number) +
          y * (steps[1]?.[d] as number) +
          z * (steps[2]?.[d] as number);
      }
    };
    return { kind: 'oblique', at };
  }
  const [nx, ny, nz] = to.size;
  return {
    kind: 'parallel',
    axes: [
      alongX(toSource([0, 0, 0])[0], toSource([nx, 0, 0])[0], nx),
      Float64Array.from({ length: ny }, (_, y) => toSource([0, y, 0])[1]),
      Float64Array.from({ length: nz }, (_, z) => toSource([0, 0, z])[2]),
    ],
  };
}

/** Along the patient axes the inverse is that of three numbers, without the rounding of a determinant. */
function inverseOf(affine: Affine): Affine {
  const inverse = invertAffine(affine);
  const scales = [affine[0] as number, affine[5] as number, affine[10] as number];
  const diagonal = [1, 2, 4, 6, 8, 9].every((i) => affine[i] === 0);
  return diagonal ? inverse.map((v, i) => (i % 5 === 0 && i < 15 ? 1 / (scales[i / 5] as number) : v)) : inverse;
}

function alongX(start: number, end: number, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, x) => start + (x / n) * (end - start));
}

function linear(inverse: Affine, v: Vec3): Vec3 {
  const row = (r: number) =>
    (inverse[r] as number) * v[0] + (inverse[r + 1] as number) * v[1] + (inverse[r + 2] as number) * v[2];
  return [row(0), row(4), row(8)];
}

/** Millimetres to index, subtracting the origin before the rotation as ITK does. */
function through(inverse: Affine, point: Vec3, affine: Affine): Vec3 {
  const origin = affineColumn(affine, 3);
  return linear(inverse, [point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]]);
}

function isParallel(inverse: Affine, to: Grid): boolean {
  return [0, 1, 2].every((d) => {
    const step = linear(inverse, affineColumn(to.indexToLps, d as 0 | 1 | 2));
    return step.every((v, e) => e === d || Math.abs(v) * (to.size[d] as number) < PARALLEL);
  });
}

/** A grid of the same directions with another spacing (mm), size and place of its first voxel (LPS mm). */
export function gridLike(grid: Grid, spacing: Vec3, size: Vec3, origin: Vec3): Grid {
  const own = spacingOf(grid.indexToLps);
  const indexToLps = grid.indexToLps.map((v, i) => {
    const column = i % 4;
    if (i > 11) return v;
    return column === 3 ? (origin[(i - 3) / 4] as number) : (v / (own[column] as number)) * (spacing[column] as number);
  });
  return { size, indexToLps };
}
