import { affineColumn, affineFromAxes, type Grid, scale, spacingOf, type Vec3 } from '../volume/affine.js';

/**
 * The grid that IBSI interpolates to: along each axis ceil(n * old spacing / new spacing) voxels, and the centre of the old grid.
 * @param spacing mm along x, y, z; null keeps the voxels of that axis
 * @see IBSI reference manual (arXiv:1612.07003), section 2.4, align by centre
 */
export function workingGrid(grid: Grid, spacing: readonly [number | null, number | null, number | null]): Grid {
  const old = spacingOf(grid.indexToLps);
  const axes = [0, 1, 2].map((d) => {
    const axis = affineColumn(grid.indexToLps, d as 0 | 1 | 2);
    const n = grid.size[d] as number;
    const step = spacing[d];
    if (step === null || step === undefined) return { n, axis, first: 0 };
    const ratio = step / (old[d] as number);
    // A hair below, so that 60 slices of 3 mm are 90 of 2 mm, however the division is rounded.
    const count = Math.max(1, Math.ceil(n / ratio - 1e-6));
    return { n: count, axis: scale(axis, ratio), first: 0.5 * (n - 1 - ratio * (count - 1)) };
  });
  const origin = [0, 1, 2].map((row) =>
    axes.reduce(
      (sum, { first }, d) => sum + first * (grid.indexToLps[row * 4 + d] as number),
      grid.indexToLps[row * 4 + 3] as number,
    ),
  ) as unknown as Vec3;
  const [x, y, z] = axes.map((a) => a.axis) as [Vec3, Vec3, Vec3];
  return { size: axes.map((a) => a.n) as [number, number, number], indexToLps: affineFromAxes(x, y, z, origin) };
}
