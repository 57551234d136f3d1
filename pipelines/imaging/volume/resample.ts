import type { Grid } from './affine.js';
import { type AxisTable, axisTable, type Boundary, type Kernel, SPLINE_REACH, tapFiller } from './axis-table.js';
import { splineCoefficients } from './bspline.js';
import { gridPositions } from './grid-positions.js';
import type { Mask, Volume } from './volume.js';

/** Voxels of a grid of any numeric type. */
export type Voxels = Volume['voxels'] | Mask['voxels'];

/**
 * Values of an image at the voxel centres of another grid, in double precision. Grids whose axes are parallel (any
 * spacing, origin and sign) are resampled axis by axis; others point by point.
 *
 * Only the part of the source that the target sees is read, so a small target in a large image costs little. Positions
 * follow ITK's arithmetic, so that a mask voxel half way between two goes to the same side.
 * @param voxels on the grid `from`
 * @returns shape of `to`; not rounded, whatever the type of the source
 * @throws ImagingError AFFINE_SINGULAR
 * @see Unser M, Splines: a perfect fit for signal and image processing, IEEE Signal Process Mag 1999;16(6):22-38
 */
export function resampleValues(
  voxels: Voxels,
  from: Grid,
  to: Grid,
  kernel: Kernel,
  boundary: Boundary = 'itk',
): Float64Array {
  const positions = gridPositions(from, to);
  if (positions.kind === 'oblique') return pointByPoint(voxels, from, to, kernel, boundary, positions.at);
  const tables = positions.axes.map((p, d) => axisTable(p, from.size[d] as number, kernel, boundary));
  let box = sourceBox(tables, from, kernel, boundary);
  let data = cut(voxels, from, box);
  for (const axis of axesByShrinkage(tables, box)) {
    const [inner, n] = [product(box.size.slice(0, axis)), box.size[axis] as number];
    if (kernel === 'bspline') splineCoefficients(data, inner, n);
    const table = tables[axis] as AxisTable;
    data = along(data, inner, n, box.start[axis] as number, table);
    box = { ...box, size: box.size.map((s, d) => (d === axis ? table.count : s)) };
  }
  return data;
}

/** A mask at the voxel centres of another grid, by the nearest voxel; outside the source it is 0. */
export function resampleMask(voxels: Mask['voxels'], from: Grid, to: Grid): Uint8Array {
  const positions = gridPositions(from, to);
  const [nx, ny, nz] = to.size;
  const out = new Uint8Array(nx * ny * nz);
  if (positions.kind === 'oblique') {
    out.set(pointByPoint(voxels, from, to, 'nearest', 'itk', positions.at));
    return out;
  }
  const [xs, ys, zs] = positions.axes.map((p, d) => axisTable(p, from.size[d] as number, 'nearest', 'itk')) as [
    AxisTable,
    AxisTable,
    AxisTable,
  ];
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = from.size[0] * ((ys.index[y] as number) + from.size[1] * (zs.index[z] as number));
      const within = (ys.weight[y] as number) * (zs.weight[z] as number);
      for (let x = 0; x < nx; x++, i++) {
        if (within * (xs.weight[x] as number) !== 0) out[i] = voxels[row + (xs.index[x] as number)] as number;
      }
    }
  }
  return out;
}

/** First source voxel (may be negative with `replicate`) and size of the part of the source that is read. */
interface SourceBox {
  readonly start: readonly number[];
  readonly size: readonly number[];
}

function sourceBox(tables: readonly AxisTable[], from: Grid, kernel: Kernel, boundary: Boundary): SourceBox {
  const reach = kernel === 'bspline' ? SPLINE_REACH : 0;
  const ranges = tables.map(({ index }, d) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < index.length; i++) {
      low = Math.min(low, index[i] as number);
      high = Math.max(high, index[i] as number);
    }
    if (boundary === 'replicate') return [low - reach, high + reach] as const;
    return [Math.max(0, low - reach), Math.min((from.size[d] as number) - 1, high + reach)] as const;
  });
  return { start: ranges.map((r) => r[0]), size: ranges.map((r) => r[1] - r[0] + 1) };
}

/** Copies a box out of the source; beyond its edges the edge voxel. */
function cut(voxels: Voxels, from: Grid, box: SourceBox): Float64Array {
  const [nx, ny, nz] = box.size as [number, number, number];
  const [x0, y0, z0] = box.start as [number, number, number];
  const [sx, sy, sz] = from.size;
  const out = new Float64Array(nx * ny * nz);
  const clamp = (i: number, n: number) => Math.max(0, Math.min(n - 1, i));
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = sx * (clamp(y0 + y, sy) + sy * clamp(z0 + z, sz));
      for (let x = x0; x < x0 + nx; x++, i++) out[i] = voxels[row + clamp(x, sx)] as number;
    }
  }
  return out;
}

/** The axes, that which shrinks the data most first, so that later passes have less to do. */
function axesByShrinkage(tables: readonly AxisTable[], box: SourceBox): readonly number[] {
  const ratio = (d: number) => (tables[d] as AxisTable).count / (box.size[d] as number);
  return [0, 1, 2].sort((a, b) => ratio(a) - ratio(b));
}

const product = (values: readonly number[]): number => values.reduce((a, b) => a * b, 1);

/** Weighted sums along one axis. Data has shape (outer, n, inner), the result (outer, table.count, inner). */
function along(data: Float64Array, inner: number, n: number, first: number, table: AxisTable): Float64Array {
  const { count, taps, index, weight } = table;
  const outer = data.length / (inner * n);
  const out = new Float64Array(outer * count * inner);
  for (let o = 0; o < outer; o++) {
    const base = o * n - first;
    for (let i = 0; i < count; i++) {
      const to = (o * count + i) * inner;
      for (let t = i * taps; t < (i + 1) * taps; t++) {
        const w = weight[t] as number;
        if (w === 0) continue;
        const from = (base + (index[t] as number)) * inner;
        for (let j = 0; j < inner; j++) out[to + j] = (out[to + j] as number) + w * (data[from + j] as number);
      }
    }
  }
  return out;
}

/** For grids at an angle: the weights of each target voxel on their own. */
function pointByPoint(
  voxels: Voxels,
  from: Grid,
  to: Grid,
  kernel: Kernel,
  boundary: Boundary,
  at: (x: number, y: number, z: number, out: Float64Array) => void,
): Float64Array {
  const { taps, fill } = tapFiller(kernel, boundary);
  const source = wholeSource(voxels, from, kernel, boundary);
  const index = new Int32Array(3 * taps);
  const weight = new Float64Array(3 * taps);
  const position = new Float64Array(3);
  const [nx, ny, nz] = to.size;
  const out = new Float64Array(nx * ny * nz);
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, i++) {
        at(x, y, z, position);
        for (let d = 0; d < 3; d++) fill(position[d] as number, from.size[d] as number, index, weight, d * taps);
        out[i] = weightedSum(source, taps, index, weight);
      }
    }
  }
  return out;
}

interface Source {
  readonly data: Float64Array;
  readonly box: SourceBox;
}

function wholeSource(voxels: Voxels, from: Grid, kernel: Kernel, boundary: Boundary): Source {
  const margin = boundary === 'replicate' && kernel === 'bspline' ? 2 * SPLINE_REACH : 0;
  const box = { start: [-margin, -margin, -margin], size: from.size.map((n) => n + 2 * margin) };
  const data = cut(voxels, from, box);
  if (kernel === 'bspline') {
    for (let d = 0; d < 3; d++) splineCoefficients(data, product(box.size.slice(0, d)), box.size[d] as number);
  }
  return { data, box };
}

/** Sum over the taps of all three axes; `index` and `weight` hold x, y and z one after another. */
function weightedSum({ data, box }: Source, taps: number, index: Int32Array, weight: Float64Array): number {
  const [x0, y0, z0] = box.start as [number, number, number];
  const [nx, ny] = box.size as [number, number, number];
  let sum = 0;
  for (let c = 2 * taps; c < 3 * taps; c++) {
    const plane = ny * ((index[c] as number) - z0) - y0;
    for (let b = taps; b < 2 * taps; b++) {
      const row = nx * (plane + (index[b] as number)) - x0;
      const outer = (weight[c] as number) * (weight[b] as number);
      if (outer === 0) continue;
      for (let a = 0; a < taps; a++) {
        sum += outer * (weight[a] as number) * (data[row + (index[a] as number)] as number);
      }
    }
  }
  return sum;
}
