import type { Roi } from './roi.js';

/**
 * Marching-squares outline of a region that is one voxel thick: its length (mm) and the area inside (mm2).
 * The outline cuts each square of four pixel centres half-way between inside and outside. Two pixels that touch by a
 * corner only are not joined. The number of corners inside says all about a square, but for two, which may be neighbours
 * or opposite.
 * @param u axis (0 = x, 1 = y, 2 = z) of the plane that runs faster; `v` the other one
 * @see PyRadiomics 3.x documentation, shape (2D), perimeter and mesh surface
 */
export function outlineOf(roi: Roi, u: 0 | 1, v: 1 | 2): { readonly perimeter: number; readonly surface: number } {
  const width = roi.size[u];
  const height = roi.size[v];
  const pixel = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : (roi.inside[x + width * y] as number);
  // How many squares have one corner inside, two along u, two along v, two opposite ones, three, four.
  const counts = new Float64Array(7);
  for (let y = -1; y < height; y++) {
    for (let x = -1; x < width; x++) {
      const kind = squares[pixel(x, y) + 2 * pixel(x + 1, y) + 4 * pixel(x, y + 1) + 8 * pixel(x + 1, y + 1)] as number;
      counts[kind] = (counts[kind] as number) + 1;
    }
  }
  const [, one, alongU, alongV, opposite, three, four] = counts as unknown as Counts;
  const cut = Math.hypot(roi.spacing[u], roi.spacing[v]) / 2;
  return {
    perimeter: (one + 2 * opposite + three) * cut + alongU * roi.spacing[u] + alongV * roi.spacing[v],
    surface:
      (one / 8 + (alongU + alongV) / 2 + opposite / 4 + (7 * three) / 8 + four) * roi.spacing[u] * roi.spacing[v],
  };
}

type Counts = readonly [number, number, number, number, number, number, number];

/** Kind of a square by its corners inside: bit 0 at (0, 0), bit 1 at (1, 0), bit 2 at (0, 1), bit 3 at (1, 1). */
const squares = [0, 1, 1, 2, 1, 3, 4, 5, 1, 4, 3, 5, 2, 5, 5, 6] as const;
