import type { Roi } from './roi.js';

/** Largest distances (mm) between mesh vertices: at all, and within one plane across z, y and x. */
export interface Diameters {
  readonly maximum3D: number;
  /** Within a plane of constant z. */
  readonly slice: number;
  /** Within a plane of constant y. */
  readonly column: number;
  /** Within a plane of constant x. */
  readonly row: number;
}

/**
 * Largest distances between vertices.
 * The farthest pair of points lies on the convex hull, and a point of the hull lies on the hull of its own plane; so only
 * the corners of each plane's convex polygon are compared, farthest from the middle first until no pair can be longer.
 * @param vertices half voxels, x, y, z triples; shape (3 m)
 */
export function diametersOf(vertices: Int32Array, spacing: Roi['spacing']): Diameters {
  const slice = planes(vertices, 2, spacing);
  const column = planes(vertices, 1, spacing);
  const row = planes(vertices, 0, spacing);
  const fewest = [slice, column, row].reduce((a, b) => (b.corners.length < a.corners.length ? b : a));
  return {
    maximum3D: Math.sqrt(farthestSquare(fewest.corners, 0, fewest.corners.length / 3, 0)),
    slice: Math.sqrt(slice.longest),
    column: Math.sqrt(column.longest),
    row: Math.sqrt(row.longest),
  };
}

/** Convex corners (mm) of all planes across one axis, and the largest squared distance within a plane. */
interface PlaneHulls {
  readonly corners: Float64Array;
  readonly longest: number;
}

/**
 * The vertices that are corners of the convex polygon of their plane of constant z: every corner of the convex hull is one.
 * @param vertices half voxels, x, y, z triples; shape (3 m)
 * @returns those that are, each once
 */
export function planeCorners(vertices: Int32Array): Int32Array {
  const out = new Int32Array(vertices.length);
  let end = 0;
  for (const { level, corners } of planeHulls(vertices, 2)) {
    for (let k = 0; k < corners.length; k += 2) {
      out[end++] = corners[k] as number;
      out[end++] = corners[k + 1] as number;
      out[end++] = level;
    }
  }
  return out.slice(0, end);
}

function planes(vertices: Int32Array, axis: 0 | 1 | 2, spacing: Roi['spacing']): PlaneHulls {
  const [u, v] = otherAxes[axis];
  const points = new Float64Array(vertices.length);
  let end = 0;
  let longest = 0;
  for (const { level, corners } of planeHulls(vertices, axis)) {
    const start = end;
    for (let k = 0; k < corners.length; k += 2, end++) {
      points[end * 3 + axis] = (level / 2) * spacing[axis];
      points[end * 3 + u] = ((corners[k] as number) / 2) * spacing[u];
      points[end * 3 + v] = ((corners[k + 1] as number) / 2) * spacing[v];
    }
    longest = farthestSquare(points, start, end, longest);
  }
  return { corners: points.slice(0, end * 3), longest };
}

const otherAxes = [
  [1, 2],
  [0, 2],
  [0, 1],
] as const;

/**
 * The corners of the convex polygon of each plane across an axis, as pairs (u, v) along the two other axes. Only the first
 * and the last vertex of each line of constant v can be a corner, so vertices are sorted into lines, not compared.
 */
function* planeHulls(
  vertices: Int32Array,
  axis: 0 | 1 | 2,
): Generator<{ readonly level: number; readonly corners: Int32Array }> {
  const { lines, first, last } = lineEnds(vertices, axis);
  const points = new Int32Array(4 * lines);
  for (let level = 0; level < lines; level++) {
    let count = 0;
    for (let line = 0; line < lines; line++) {
      const from = first[level * lines + line] as number;
      const to = last[level * lines + line] as number;
      if (from > to) continue;
      points[count++] = from;
      points[count++] = line;
      if (from === to) continue;
      points[count++] = to;
      points[count++] = line;
    }
    if (count > 0) yield { level, corners: hull(points.subarray(0, count)) };
  }
}

/** Smallest and largest u of the vertices of each line of constant v in each plane; first > last where there is none. */
function lineEnds(vertices: Int32Array, axis: 0 | 1 | 2): { lines: number; first: Int32Array; last: Int32Array } {
  const [u, v] = otherAxes[axis];
  let highest = 0;
  for (let i = 0; i < vertices.length; i++) if ((vertices[i] as number) > highest) highest = vertices[i] as number;
  const lines = highest + 1;
  const first = new Int32Array(lines * lines).fill(lines);
  const last = new Int32Array(lines * lines).fill(-1);
  for (let i = 0; i < vertices.length; i += 3) {
    const line = (vertices[i + axis] as number) * lines + (vertices[i + v] as number);
    const at = vertices[i + u] as number;
    if (at < (first[line] as number)) first[line] = at;
    if (at > (last[line] as number)) last[line] = at;
  }
  return { lines, first, last };
}

/** Corners of the convex hull of points (u, v) that are sorted by (v, u): Andrew's monotone chain, exact in integers. */
function hull(points: Int32Array): Int32Array {
  const count = points.length / 2;
  if (count < 3) return points.slice();
  const chain = new Int32Array(count + 2);
  let end = 0;
  const at = (k: number) => points[k] as number;
  const turn = (o: number, a: number, b: number) =>
    (at(2 * a + 1) - at(2 * o + 1)) * (at(2 * b) - at(2 * o)) -
    (at(2 * a) - at(2 * o)) * (at(2 * b + 1) - at(2 * o + 1));
  const extend = (index: number, keep: number) => {
    while (end > keep && turn(chain[end - 2] as number, chain[end - 1] as number, index) <= 0) end--;
    chain[end++] = index;
  };
  for (let i = 0; i < count; i++) extend(i, 1);
  const lower = end;
  for (let i = count - 2; i >= 0; i--) extend(i, lower);
  // The chain ends where it began.
  const corners = new Int32Array(2 * Math.max(1, end - 1));
  for (let k = 0; k < corners.length / 2; k++) {
    corners[2 * k] = at(2 * (chain[k] as number));
    corners[2 * k + 1] = at(2 * (chain[k] as number) + 1);
  }
  return corners;
}

/** Largest squared distance among points from … to of x, y, z triples, or `atLeast` when none is larger. */
function farthestSquare(points: Float64Array, from: number, to: number, atLeast: number): number {
  const middle = [0, 1, 2].map((d) => {
    let sum = 0;
    for (let i = from; i < to; i++) sum += points[i * 3 + d] as number;
    return sum / (to - from);
  });
  const radius = new Float64Array(to - from);
  for (let i = from; i < to; i++) {
    radius[i - from] = Math.hypot(
      (points[i * 3] as number) - (middle[0] as number),
      (points[i * 3 + 1] as number) - (middle[1] as number),
      (points[i * 3 + 2] as number) - (middle[2] as number),
    );
  }
  const order = Uint32Array.from(radius.keys()).sort((a, b) => (radius[b] as number) - (radius[a] as number));
  return longestPair(points, from, order, radius, atLeast);
}

/** Compares pairs in order of falling radius; a pair cannot be longer than its radii together. */
function longestPair(
  points: Float64Array,
  from: number,
  order: Uint32Array,
  radius: Float64Array,
  atLeast: number,
): number {
  let best = atLeast;
  // A hair more than the bound, so that rounding never rules out the longest pair.
  let reach = Math.sqrt(best) * (1 - 1e-12);
  for (let a = 0; a < order.length; a++) {
    const i = order[a] as number;
    const ri = radius[i] as number;
    if (2 * ri < reach) break;
    for (let b = a + 1; b < order.length; b++) {
      const j = order[b] as number;
      if (ri + (radius[j] as number) < reach) break;
      const dx = (points[(from + i) * 3] as number) - (points[(from + j) * 3] as number);
      const dy = (points[(from + i) * 3 + 1] as number) - (points[(from + j) * 3 + 1] as number);
      const dz = (points[(from + i) * 3 + 2] as number) - (points[(from + j) * 3 + 2] as number);
      const square = dx * dx + dy * dy + dz * dz;
      if (square > best) {
        best = square;
        reach = Math.sqrt(best) * (1 - 1e-12);
      }
    }
  }
  return best;
}
