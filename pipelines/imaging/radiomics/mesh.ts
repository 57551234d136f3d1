import { area, cross, meshCase, type Point, type Triangle } from './mesh-cases.js';
import type { Roi } from './roi.js';

/** What shape features need of the surface mesh of a region. */
export interface Mesh {
  /** mm2 */
  readonly surfaceArea: number;
  /** mm3; signed volume under the triangles, as seen from the first padding voxel. */
  readonly volume: number;
  /** Vertices in half voxels of the padded grid, as x, y, z triples; shape (3 m), each vertex once. */
  readonly vertices: Int32Array;
}

/** How often each case occurs, and the sum of the positions of its cubes. */
interface CaseCounts {
  readonly counts: Float64Array;
  /** Sums of x, y, z; shape (256 x 3). */
  readonly origins: Float64Array;
}

/**
 * Marching-cubes mesh of a region padded with one voxel of background.
 *
 * Triangles need not be visited one by one: the area of a case is the same wherever it occurs, and the signed volume of
 * a triangle moved by o is det(a,b,c) + o . (a x b + b x c + c x a), so counts and position sums per case are enough.
 */
export function meshOf(roi: Roi): Mesh {
  const [nx, ny, nz] = roi.size;
  const padded: Point = [nx + 2, ny + 2, nz + 2];
  const grid = pad(roi, padded);
  const { counts, origins } = countCases(grid, padded);
  let surfaceArea = 0;
  let volume = 0;
  for (let index = 0; index < 256; index++) {
    const count = counts[index] as number;
    if (count === 0) continue;
    const at = (d: 0 | 1 | 2) => (origins[index * 3 + d] as number) * roi.spacing[d];
    for (const triangle of meshCase(index)) {
      const t = triangle.map((p) => p.map((v, d) => v * (roi.spacing[d] as number))) as unknown as Triangle;
      surfaceArea += count * area(t);
      const [ab, bc, ca] = [cross(t[0], t[1]), cross(t[1], t[2]), cross(t[2], t[0])];
      volume += count * (ab[0] * t[2][0] + ab[1] * t[2][1] + ab[2] * t[2][2]);
      volume += at(0) * (ab[0] + bc[0] + ca[0]) + at(1) * (ab[1] + bc[1] + ca[1]) + at(2) * (ab[2] + bc[2] + ca[2]);
    }
  }
  return { surfaceArea, volume: volume / 6, vertices: verticesOf(grid, padded) };
}

/** Corners of the mesh of a region, as {@link Mesh.vertices}. */
export function verticesOfRegion(roi: Roi): Int32Array {
  const [nx, ny, nz] = roi.size;
  const padded: Point = [nx + 2, ny + 2, nz + 2];
  return verticesOf(pad(roi, padded), padded);
}

function pad(roi: Roi, [px, py]: Point): Uint8Array {
  const [nx, ny, nz] = roi.size;
  const grid = new Uint8Array(px * py * (nz + 2));
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const from = nx * (y + ny * z);
      grid.set(roi.inside.subarray(from, from + nx), 1 + px * (y + 1 + py * (z + 1)));
    }
  }
  return grid;
}

/** Bit k of a case is corner k of the cube. Each face between two cubes is looked at once. */
function countCases(grid: Uint8Array, [px, py, pz]: Point): CaseCounts {
  const found = new Float64Array(256);
  // Sums of x, y and z of the cubes of each case, in the order of `found`.
  const sums = new Float64Array(256 * 3);
  const plane = px * py;
  for (let z = 0; z < pz - 1; z++) {
    for (let y = 0; y < py - 1; y++) {
      let i = px * (y + py * z);
      let face = 0;
      for (let x = 0; x < px - 1; x++, i++) {
        const next =
          (grid[i + 1] as number) |
          ((grid[i + px + 1] as number) << 1) |
          ((grid[i + plane + 1] as number) << 2) |
          ((grid[i + plane + px + 1] as number) << 3);
        const faces = face | (next << 4);
        face = next;
        if (faces === 0 || faces === 255) continue;
        found[faces] = (found[faces] as number) + 1;
        sums[faces * 3] = (sums[faces * 3] as number) + x;
        sums[faces * 3 + 1] = (sums[faces * 3 + 1] as number) + y;
        sums[faces * 3 + 2] = (sums[faces * 3 + 2] as number) + z;
      }
    }
  }
  const counts = new Float64Array(256);
  const origins = new Float64Array(256 * 3);
  for (let faces = 0; faces < 256; faces++) {
    const bits = cornerBits.reduce<number>((b, corner, k) => b | (((faces >> k) & 1) << corner), 0);
    counts[bits] = found[faces] as number;
    origins.set(sums.subarray(faces * 3, faces * 3 + 3), bits * 3);
  }
  return { counts, origins };
}

/** Corner of the cube that each bit of its two faces across x stands for: (y, z) = (0, 0), (1, 0), (0, 1), (1, 1), twice. */
const cornerBits = [0, 3, 4, 7, 1, 2, 5, 6] as const;

/** Half-way points between neighbouring voxels of which one is inside. */
function verticesOf(grid: Uint8Array, [px, py]: Point): Int32Array {
  const steps = [1, px, px * py] as const;
  // The last plane is background, and so are the voxels that a step along x or y wraps round to.
  const end = grid.length - px * py;
  let count = 0;
  for (let i = 0; i < end; i++) {
    const own = grid[i] as number;
    count += own ^ (grid[i + 1] as number);
    count += own ^ (grid[i + px] as number);
    count += own ^ (grid[i + px * py] as number);
  }
  const out = new Int32Array(3 * count);
  for (let i = 0, n = 0; i < end; i++) {
    const own = grid[i] as number;
    for (let d = 0; d < 3; d++) {
      if (grid[i + (steps[d] as number)] === own) continue;
      const row = Math.floor(i / px);
      out[n] = 2 * (i - row * px);
      out[n + 1] = 2 * (row % py);
      out[n + 2] = 2 * Math.floor(row / py);
      out[n + d] = (out[n + d] as number) + 1;
      n += 3;
    }
  }
  return out;
}
