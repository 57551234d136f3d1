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
 * @returns those that are, each once where `vertices` has each once
 */
export function planeCorners(vertices: Int32Array): Int32Array {
  const order = sortedBy(vertices, 2, 0, 1);
  const out = new Int32Array(vertices.length);
  let end = 0;
  for (const plane of levels(vertices, order, 2)) {
    for (const index of hull(vertices, plane, 0, 1)) {
      out.set(vertices.subarray(index * 3, index * 3 + 3), end);
      end += 3;
    }
  }
  return out.slice(0, end);
}

/** Runs of equal coordinate in a sorted order. */
function* levels(vertices: Int32Array, order: Uint32Array, axis: 0 | 1 | 2): Generator<Uint32Array> {
  for (let from = 0; from < order.length; ) {
    const level = vertices[(order[from] as number) * 3 + axis];
    let to = from;
    while (to < order.length && vertices[(order[to] as number) * 3 + axis] === level) to++;
    yield order.subarray(from, to);
    from = to;
  }
}

function planes(vertices: Int32Array, axis: 0 | 1 | 2, spacing: Roi['spacing']): PlaneHulls {
  const [u, v] = axis === 0 ? [1, 2] : axis === 1 ? [0, 2] : [0, 1];
  const order = sortedBy(vertices, axis, u, v);
  const corners = new Float64Array(vertices.length);
  let end = 0;
  let longest = 0;
  for (const plane of levels(vertices, order, axis)) {
    const start = end;
    for (const index of hull(vertices, plane, u, v)) {
      for (let d = 0; d < 3; d++) {
        corners[end * 3 + d] = ((vertices[index * 3 + d] as number) / 2) * (spacing[d] as number);
      }
      end++;
    }
    longest = farthestSquare(corners, start, end, longest);
  }
  return { corners: corners.slice(0, end * 3), longest };
}

/** Vertex indices ordered by one coordinate, then the second, then the third. */
function sortedBy(vertices: Int32Array, first: number, second: number, third: number): Uint32Array {
  let most = 0;
  for (let i = 0; i < vertices.length; i++) if ((vertices[i] as number) > most) most = vertices[i] as number;
  const radix = most + 1;
  const count = vertices.length / 3;
  // One sortable number per vertex: its coordinates as digits, its index as the last one.
  const keys = new Float64Array(count);
  const at = (i: number, d: number) => vertices[i * 3 + d] as number;
  if (radix ** 3 * count > Number.MAX_SAFE_INTEGER) {
    return Uint32Array.from(keys.keys()).sort(
      (a, b) => at(a, first) - at(b, first) || at(a, second) - at(b, second) || at(a, third) - at(b, third),
    );
  }
  for (let i = 0; i < count; i++) keys[i] = ((at(i, first) * radix + at(i, second)) * radix + at(i, third)) * count + i;
  keys.sort();
  return Uint32Array.from(keys, (k) => k % count);
}

/** Corners of the convex hull of points that are sorted by (u, v): Andrew's monotone chain, exact in integers. */
function hull(vertices: Int32Array, sorted: Uint32Array, u: number, v: number): readonly number[] {
  if (sorted.length < 3) return [...sorted];
  const at = (i: number, d: number) => vertices[i * 3 + d] as number;
  const turn = (o: number, a: number, b: number) =>
    (at(a, u) - at(o, u)) * (at(b, v) - at(o, v)) - (at(a, v) - at(o, v)) * (at(b, u) - at(o, u));
  const chain: number[] = [];
  const extend = (index: number, keep: number) => {
    while (
      chain.length > keep &&
      turn(chain[chain.length - 2] as number, chain[chain.length - 1] as number, index) <= 0
    ) {
      chain.pop();
    }
    chain.push(index);
  };
  for (let i = 0; i < sorted.length; i++) extend(sorted[i] as number, 1);
  const lower = chain.length;
  for (let i = sorted.length - 2; i >= 0; i--) extend(sorted[i] as number, lower);
  if (chain.length > 1) chain.pop();
  return chain;
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
