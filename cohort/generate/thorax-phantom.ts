import type { RandomStream } from './random-stream.js';
import { type Tumour, tumourDepth, tumourHu } from './tumour.js';

/** An axial grid in patient space (LPS, mm): rows along +x, columns along +y, slices along +z. */
export interface Grid {
  readonly size: readonly [nx: number, ny: number, nz: number];
  readonly spacing: readonly [sx: number, sy: number, sz: number];
  /** Centre of voxel (0, 0, 0). */
  readonly origin: readonly [x: number, y: number, z: number];
}

export interface Phantom {
  readonly grid: Grid;
  /** x fastest, then y, then z. */
  readonly hu: Int16Array;
  /** 1 where the voxel's centre lies in the tumour; same order. */
  readonly mask: Uint8Array;
}

export function drawGrid(random: RandomStream): Grid {
  const nx = random.weighted([
    [80, 3],
    [79, 1],
  ]);
  const ny = nx - 8;
  const spacing = random.weighted([
    [3.75, 1],
    [4, 3],
    [4.125, 1],
  ]);
  const sz = random.weighted([
    [4, 3],
    [3.75, 1],
  ]);
  const at = (length: number) => Number((length + random.between(-6, 6)).toFixed(3));
  return {
    size: [nx, ny, 28],
    spacing: [spacing, spacing, sz],
    origin: [at((-(nx - 1) / 2) * spacing), at((-(ny - 1) / 2) * spacing), at(-420)],
  };
}

/** Middle of the grid, mm. */
export function gridCentre(grid: Grid): readonly [number, number, number] {
  const middle = (axis: 0 | 1 | 2) => grid.origin[axis] + ((grid.size[axis] - 1) / 2) * grid.spacing[axis];
  return [middle(0), middle(1), middle(2)];
}

const square = (value: number) => value * value;
const ellipse = (x: number, y: number, a: number, b: number) => square(x / a) + square(y / b);

/** Density of a thorax without lesion, HU; x, y, z in mm from the middle of the volume, LPS. */
function thoraxHu(x: number, y: number, z: number): number {
  const body = ellipse(x, y, 148, 104);
  if (body > 1) return -1000;
  if (body > 0.87) return -95;
  if (ellipse(x, y - 72, 17, 16) < 1) return ellipse(x, y - 76, 7, 6) < 1 ? 25 : 320;
  if (z > -8 && ellipse(x, y + 6, 9, 9) < 1) return -985;
  const lung = Math.min(ellipse(x + 70, y + 2, 48, 74), ellipse(x - 72, y + 2, 46, 72));
  if (lung < 1) {
    // Denser towards the back, where the patient lies; a few vessels.
    const vessel = Math.cos(x * 0.21 + z * 0.05) * Math.cos(y * 0.19 - z * 0.07) * Math.cos(z * 0.11 + x * 0.03);
    return vessel > 0.82 ? -150 : -870 + 0.6 * y;
  }
  if (lung < 1.22 && Math.cos(Math.atan2(y, x) * 14 + z * 0.12) > 0.6) return 420;
  if (z < 6 && ellipse(x - 18, y + 22, 42, 38) < 1) return 42;
  return body > 0.72 ? -60 : 52;
}

/**
 * A thorax with one lesion, with seeded noise.
 * @param tumour its centre is taken relative to the middle of the grid
 */
export function drawPhantom(grid: Grid, tumour: Tumour, random: RandomStream): Phantom {
  const [nx, ny, nz] = grid.size;
  const [sx, sy, sz] = grid.spacing;
  const centre = gridCentre(grid);
  const hu = new Int16Array(nx * ny * nz);
  const mask = new Uint8Array(nx * ny * nz);
  // Voxel (0, 0, 0) relative to the middle of the grid.
  const x0 = grid.origin[0] - centre[0];
  const y0 = grid.origin[1] - centre[1];
  const z0 = grid.origin[2] - centre[2];
  let i = 0;
  for (let k = 0; k < nz; k++) {
    const z = z0 + k * sz;
    for (let j = 0; j < ny; j++) {
      const y = y0 + j * sy;
      for (let c = 0; c < nx; c++, i++) {
        const x = x0 + c * sx;
        const depth = depthAt(tumour, x, y, z);
        if (depth <= 1) mask[i] = 1;
        hu[i] = noisy(depth <= 1 ? lesionHu(tumour, x, y, z, depth) : thoraxHu(x, y, z), random);
      }
    }
  }
  return { grid, hu, mask };
}

function depthAt(tumour: Tumour, x: number, y: number, z: number): number {
  const [cx, cy, cz] = tumour.centre;
  // Far away nothing needs to be computed: lobulation never nearly doubles the radius.
  const reach = tumour.radius * 1.9;
  if (Math.abs(x - cx) > reach || Math.abs(y - cy) > reach || Math.abs(z - cz) > reach) return 2;
  return tumourDepth(tumour, x - cx, y - cy, z - cz);
}

function lesionHu(tumour: Tumour, x: number, y: number, z: number, depth: number): number {
  const [cx, cy, cz] = tumour.centre;
  return tumourHu(tumour, x - cx, y - cy, z - cz, depth);
}

/** Adds triangular noise, standard deviation 10 HU: the sum of two even ones out of one draw. */
function noisy(clean: number, random: RandomStream): number {
  const bits = random.bits();
  const even = ((bits & 0xffff) + (bits >>> 16)) / 65536 - 1;
  return Math.min(3071, Math.max(-1024, Math.round(clean + even * 24.5)));
}
