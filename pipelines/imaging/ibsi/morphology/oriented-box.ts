import { cross, dot, norm, scale, subtract, type Vec3 } from '../../volume/affine.js';
import type { ConvexHull } from './convex-hull.js';

/** Lengths (mm) of the sides of a box. */
export type BoxSides = Vec3;

/** A box in space: its sides and the unit vectors along them. */
interface OrientedBox {
  readonly sides: BoxSides;
  readonly axes: readonly [Vec3, Vec3, Vec3];
  readonly volume: number;
}

/**
 * The smallest box in any orientation around a convex hull: for each face of the hull the smallest box that lies flush with
 * it, the best of these improved by boxes flush with an edge seen along each of its own axes until none is smaller. The smallest
 * box need not be flush with a face, so the result may be a little larger than it, never smaller.
 * @see IBSI reference manual (arXiv:1612.07003), section 3.1, ZH1A; Chan, Tan, Comput-Aided Des 2001;33:777-788
 */
export function orientedBox(hull: ConvexHull, spacing: Vec3): BoxSides {
  const points = Float64Array.from(hull.corners, (v, i) => (v / 2) * (spacing[i % 3] as number));
  let best: OrientedBox | undefined;
  for (const normal of faceNormals(hull, points)) {
    const box = boxAlong(points, normal);
    if (best === undefined || box.volume < best.volume) best = box;
  }
  let [found, improved] = [best as OrientedBox, true];
  while (improved) {
    improved = false;
    for (const axis of found.axes) {
      const box = boxAlong(points, axis);
      if (box.volume < found.volume * (1 - 1e-9)) [found, improved] = [box, true];
    }
  }
  return found.sides;
}

/** Unit normals of the faces, one of each pair of opposite ones, triangles of one face taken together. */
function faceNormals({ triangles }: ConvexHull, points: Float64Array): readonly Vec3[] {
  const normals = new Map<string, Vec3>();
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => pointAt(points, triangles[t + k] as number)) as [Vec3, Vec3, Vec3];
    const normal = unit(cross(subtract(b, a), subtract(c, a)));
    const first = normal.find((v) => Math.abs(v) > 1e-9) as number;
    const upright = first < 0 ? (normal.map((v) => -v) as unknown as Vec3) : normal;
    normals.set(upright.map((v) => v.toFixed(8)).join(), upright);
  }
  return [...normals.values()];
}

/** The smallest box with one axis given: the smallest rectangle around the shadow along it, times the height. */
function boxAlong(points: Float64Array, axis: Vec3): OrientedBox {
  const helper: Vec3 = Math.abs(axis[0]) < 0.6 ? [1, 0, 0] : [0, 1, 0];
  const u = unit(cross(axis, helper));
  const v = cross(axis, u);
  const count = points.length / 3;
  const shadow: [number, number][] = [];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < count; i++) {
    const p = pointAt(points, i);
    const h = dot(p, axis);
    if (h < low) low = h;
    if (h > high) high = h;
    shadow.push([dot(p, u), dot(p, v)]);
  }
  const { width, depth, angle } = smallestRectangle(shadowHull(shadow));
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const first = [0, 1, 2].map((d) => c * (u[d] as number) + s * (v[d] as number)) as unknown as Vec3;
  return {
    sides: [width, depth, high - low],
    axes: [first, cross(axis, first), axis],
    volume: width * depth * (high - low),
  };
}

/** Corners of the convex polygon around points of a plane, counter-clockwise: Andrew's monotone chain. */
function shadowHull(points: [number, number][]): readonly (readonly [number, number])[] {
  const sorted = points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const chain: [number, number][] = [];
  const extend = (p: [number, number], keep: number) => {
    while (chain.length > keep && turn(chain[chain.length - 2], chain[chain.length - 1], p) <= 0) chain.pop();
    chain.push(p);
  };
  for (const p of sorted) extend(p, 1);
  const lower = chain.length;
  for (let i = sorted.length - 2; i >= 0; i--) extend(sorted[i] as [number, number], lower);
  chain.pop();
  return chain;
}

function turn(o: [number, number] | undefined, a: [number, number] | undefined, b: [number, number]): number {
  if (o === undefined || a === undefined) return 1;
  return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
}

/** The smallest rectangle around a convex polygon lies flush with one of its edges. */
function smallestRectangle(polygon: readonly (readonly [number, number])[]): {
  readonly width: number;
  readonly depth: number;
  readonly angle: number;
} {
  let best = { width: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY, angle: 0 };
  for (let i = 0; i < polygon.length; i++) {
    const [a, b] = [
      polygon[i] as readonly [number, number],
      polygon[(i + 1) % polygon.length] as readonly [number, number],
    ];
    const angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    let [x0, x1, y0, y1] = [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ];
    for (const [px, py] of polygon) {
      const [x, y] = [c * px + s * py, c * py - s * px];
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
    }
    if ((x1 - x0) * (y1 - y0) < best.width * best.depth) best = { width: x1 - x0, depth: y1 - y0, angle };
  }
  return best;
}

function pointAt(points: Float64Array, i: number): Vec3 {
  return [points[i * 3] as number, points[i * 3 + 1] as number, points[i * 3 + 2] as number];
}

function unit(v: Vec3): Vec3 {
  return scale(v, 1 / norm(v));
}
