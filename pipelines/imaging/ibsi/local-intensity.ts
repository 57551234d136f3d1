import { spacingOf } from '../volume/affine.js';
import type { Volume } from '../volume/volume.js';
import type { IbsiRow } from './feature.js';
import type { IbsiRegion } from './region.js';

/** Mean intensity of the image within 1 cm3 around voxels of the region. */
export interface IntensityPeaks {
  /** Around the voxel of greatest intensity, the greatest of several such voxels' peaks. */
  readonly local: number;
  /** The greatest around any voxel of the region. */
  readonly global: number;
}

/** Radius (mm) of a sphere of 1 cm3. */
const RADIUS = 10 * (3 / (4 * Math.PI)) ** (1 / 3);

/** A row of voxels of the sphere: its offset along y and z, and how far it reaches either way along x. */
interface SphereRow {
  readonly dy: number;
  readonly dz: number;
  readonly reach: number;
}

/**
 * Local and global intensity peak: voxels whose centres lie within the sphere are averaged, inside the mask or not; those
 * beyond the image, or without a number, are left out.
 * @see IBSI reference manual (arXiv:1612.07003), section 3.2
 */
export function intensityPeaks({ image, box, intensity }: IbsiRegion): IntensityPeaks {
  const rows = sphereRows(spacingOf(image.indexToLps));
  const sums = rowSums(image, box, rows);
  let [highest, local, global] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const [nx, ny] = box.size;
  for (let i = 0; i < intensity.inside.length; i++) {
    if (intensity.inside[i] === 0) continue;
    const x = i % nx;
    const y = ((i - x) / nx) % ny;
    const z = Math.floor(i / (nx * ny));
    const peak = sums.mean(x + box.start[0], y + box.start[1], z + box.start[2]);
    const value = intensity.values[i] as number;
    if (peak > global) global = peak;
    if (value > highest || (value === highest && peak > local)) [highest, local] = [value, peak];
  }
  return { local, global };
}

function sphereRows([sx, sy, sz]: readonly [number, number, number]): readonly SphereRow[] {
  const rows: SphereRow[] = [];
  const [ry, rz] = [Math.floor(RADIUS / sy), Math.floor(RADIUS / sz)];
  for (let dz = -rz; dz <= rz; dz++) {
    for (let dy = -ry; dy <= ry; dy++) {
      const left = RADIUS * RADIUS - (dy * sy) ** 2 - (dz * sz) ** 2;
      if (left >= 0) rows.push({ dy, dz, reach: Math.floor(Math.sqrt(left) / sx) });
    }
  }
  return rows;
}

/** Sums along x from the start of each image row, so that a row of the sphere costs two look-ups. */
function rowSums(
  { voxels, size }: Volume,
  { start, size: boxSize }: IbsiRegion['box'],
  sphere: readonly SphereRow[],
): { mean(x: number, y: number, z: number): number } {
  const [nx, ny, nz] = size;
  const wide = nx + 1;
  const sum = new Float64Array(wide * ny * nz);
  const count = new Uint32Array(sum.length);
  const reach = (pick: (r: SphereRow) => number) => sphere.reduce((most, r) => Math.max(most, pick(r)), 0);
  const [ry, rz] = [reach((r) => r.dy), reach((r) => r.dz)];
  for (let z = Math.max(0, start[2] - rz); z < Math.min(nz, start[2] + boxSize[2] + rz); z++) {
    for (let y = Math.max(0, start[1] - ry); y < Math.min(ny, start[1] + boxSize[1] + ry); y++) {
      let to = wide * (y + ny * z);
      for (let x = 0, from = nx * (y + ny * z); x < nx; x++, from++, to++) {
        const v = voxels[from] as number;
        const counts = Number.isFinite(v);
        sum[to + 1] = (sum[to] as number) + (counts ? v : 0);
        count[to + 1] = (count[to] as number) + (counts ? 1 : 0);
      }
    }
  }
  return {
    mean(x, y, z) {
      let [total, n] = [0, 0];
      for (let k = 0; k < sphere.length; k++) {
        const { dy, dz, reach: dx } = sphere[k] as SphereRow;
        const [v, w] = [y + dy, z + dz];
        if (v < 0 || w < 0 || v >= ny || w >= nz) continue;
        const row = wide * (v + ny * w);
        const [from, to] = [row + Math.max(0, x - dx), row + Math.min(nx, x + dx + 1)];
        total += (sum[to] as number) - (sum[from] as number);
        n += (count[to] as number) - (count[from] as number);
      }
      return total / n;
    },
  };
}

export const localIntensityRows: readonly IbsiRow<IntensityPeaks>[] = [
  { tag: 'loc_peak_loc', id: 'VJGA', name: 'Local intensity peak', unit: 'HU', compute: (p) => p.local },
  { tag: 'loc_peak_glob', id: '0F91', name: 'Global intensity peak', unit: 'HU', compute: (p) => p.global },
];
