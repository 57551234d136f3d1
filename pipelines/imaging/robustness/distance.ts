import type { Mask } from '../volume/volume.js';

const far = 1e30;

/**
 * Exact Euclidean distance (mm) of every voxel centre to the nearest voxel centre that is in the mask (or is not),
 * whatever the spacing; Infinity where there is none. Beyond the edge of the grid there is nothing.
 * @param spacing mm along x, y, z
 * @see Felzenszwalb and Huttenlocher, Theory of Computing 2012;8:415-428
 */
export function distanceTo(
  voxels: Mask['voxels'],
  size: Mask['size'],
  spacing: readonly [number, number, number],
  target: 'inside' | 'outside',
): Float64Array {
  const wanted = target === 'inside' ? 1 : 0;
  const squares = Float64Array.from(voxels, (v) => (v === wanted ? 0 : far));
  const longest = Math.max(...size);
  const line = new Float64Array(longest);
  const site = new Int32Array(longest);
  const edge = new Float64Array(longest + 1);
  let stride = 1;
  for (let axis = 0; axis < 3; axis++) {
    const n = size[axis] as number;
    const unit = (spacing[axis] as number) ** 2;
    for (let start = 0; start < squares.length; start++) {
      if (Math.floor(start / stride) % n !== 0) continue;
      for (let i = 0; i < n; i++) line[i] = squares[start + i * stride] as number;
      alongLine(line, n, unit, site, edge, squares, start, stride);
    }
    stride *= n;
  }
  return squares.map((s) => (s >= far ? Number.POSITIVE_INFINITY : Math.sqrt(s)));
}

/** Lower envelope of the parabolas f(q) + unit (p - q)^2 over the positions p of a line. */
function alongLine(
  line: Float64Array,
  n: number,
  unit: number,
  site: Int32Array,
  edge: Float64Array,
  out: Float64Array,
  start: number,
  stride: number,
): void {
  let count = 0;
  for (let q = 0; q < n; q++) {
    if ((line[q] as number) >= far) continue;
    let from = Number.NEGATIVE_INFINITY;
    while (count > 0) {
      const p = site[count - 1] as number;
      from = ((line[q] as number) - (line[p] as number) + unit * (q * q - p * p)) / (2 * unit * (q - p));
      if (from > (edge[count - 1] as number)) break;
      count--;
      from = Number.NEGATIVE_INFINITY;
    }
    site[count] = q;
    edge[count++] = from;
  }
  if (count === 0) return;
  for (let p = 0, k = 0; p < n; p++) {
    while (k + 1 < count && (edge[k + 1] as number) < p) k++;
    const q = site[k] as number;
    out[start + p * stride] = (line[q] as number) + unit * (p - q) ** 2;
  }
}

/** Whether a growth (mm, either sign) is as long as a distance between voxel centres, although both are rounded. */
export function reaches(mm: number, distance: number): boolean {
  return distance <= Math.abs(mm) * (1 + 1e-9);
}

/**
 * A region grown (mm above 0) or shrunk (below 0): all voxels whose centre is at most so far from one inside; or those
 * that are further than that from every one outside. A length below the spacing changes nothing along that axis. The edge
 * of the grid does not count as outside.
 * @returns 1 inside; may be empty
 */
export function grownMask(
  voxels: Mask['voxels'],
  size: Mask['size'],
  spacing: readonly [number, number, number],
  mm: number,
): Uint8Array {
  if (mm === 0) return voxels.slice();
  const distance = distanceTo(voxels, size, spacing, mm > 0 ? 'inside' : 'outside');
  return Uint8Array.from(distance, (d) => (mm > 0 ? Number(reaches(mm, d)) : Number(!reaches(mm, d))));
}
