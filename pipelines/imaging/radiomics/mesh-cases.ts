/** The eight corners of a cube between eight voxel centres, as (x, y, z); corner 6 is opposite to corner 0. */
const CORNERS: readonly Point[] = [
  [0, 0, 0],
  [1, 0, 0],
  [1, 1, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 0, 1],
  [1, 1, 1],
  [0, 1, 1],
];
/** Corners of each face in turn. */
const FACES = [
  [0, 1, 2, 3],
  [4, 5, 6, 7],
  [0, 1, 5, 4],
  [1, 2, 6, 5],
  [2, 3, 7, 6],
  [3, 0, 4, 7],
] as const;

export type Point = readonly [x: number, y: number, z: number];

/** A triangle with corners in half-way positions between voxel centres; its normal points out of the region. */
export type Triangle = readonly [a: Point, b: Point, c: Point];

/**
 * The triangles of marching cubes for one of the 256 ways in which the corners of a cube can be inside (bit k set) or
 * outside a region, as PyRadiomics has them: vertices in the middle of the edges; where a face has two inside corners
 * across a diagonal, the corners that differ from corner 7 are cut off from each other. So a cube and its complement
 * have the same triangles (with opposite normals), and a face that is ambiguous may be left open between two cubes.
 *
 * The outlines follow from that rule alone. A region of a face that is not flat can be filled in several ways, which
 * differ in area: a fan is laid from one of its vertices, chosen in the unit cube. That is the vertex whose fan has the
 * largest area; for outlines of seven vertices the one on their mirror line. Both fill the outlines with exactly the
 * area and volume of PyRadiomics' table (checked for each of the 256 cases).
 * @see Lorensen and Cline, Comput Graph (ACM) 1987;21(4):163-169
 */
export function meshCase(bits: number): readonly Triangle[] {
  const flipped = (bits & 0x80) !== 0;
  const set = flipped ? bits ^ 0xff : bits;
  const triangles = outlines(set).flatMap((outline) => fill(outwards(outline, set)));
  return flipped ? triangles.map(([a, b, c]): Triangle => [a, c, b]) : triangles;
}

/** A cut edge: the middle of an edge with one corner inside. */
interface Cut {
  readonly inside: number;
  readonly outside: number;
}

const key = (cut: Cut) => cut.inside * 8 + cut.outside;

/** Closed outlines of the surface in a cube. */
function outlines(set: number): Cut[][] {
  const next = new Map<number, Cut[]>();
  const link = (a: Cut, b: Cut) => {
    next.set(key(a), [...(next.get(key(a)) ?? []), b]);
    next.set(key(b), [...(next.get(key(b)) ?? []), a]);
  };
  for (const face of FACES) for (const [a, b] of faceSegments(face, set)) link(a, b);
  const seen = new Set<number>();
  const loops: Cut[][] = [];
  for (const start of next.keys()) {
    if (seen.has(start)) continue;
    const loop: Cut[] = [];
    let cut: Cut | undefined = { inside: Math.floor(start / 8), outside: start % 8 };
    while (cut !== undefined) {
      seen.add(key(cut));
      loop.push(cut);
      cut = next.get(key(cut))?.find((c) => !seen.has(key(c)));
    }
    loops.push(loop);
  }
  return loops;
}

/** Lines that the surface draws on a face: one, or one around each inside corner when two of them are across. */
function faceSegments(face: (typeof FACES)[number], set: number): [Cut, Cut][] {
  const isIn = face.map((corner) => ((set >> corner) & 1) === 1);
  const cutAfter = (k: number): Cut | undefined => {
    const [a, b] = [k % 4, (k + 1) % 4];
    if (isIn[a] === isIn[b]) return undefined;
    const [i, o] = isIn[a] ? [a, b] : [b, a];
    return { inside: face[i] as number, outside: face[o] as number };
  };
  const cuts = [0, 1, 2, 3].map(cutAfter);
  const present = cuts.filter((c) => c !== undefined);
  if (present.length === 2) return [[present[0] as Cut, present[1] as Cut]];
  if (present.length === 0) return [];
  return [0, 1, 2, 3].filter((k) => isIn[k]).map((k) => [cuts[(k + 3) % 4] as Cut, cuts[k] as Cut]);
}

const middle = (cut: Cut): Point => {
  const [a, b] = [CORNERS[cut.inside] as Point, CORNERS[cut.outside] as Point];
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
};

/** The outline's points, in the order that makes its normal point from inside to outside corners. */
function outwards(outline: readonly Cut[], set: number): Point[] {
  const points = outline.map(middle);
  const normal: [number, number, number] = [0, 0, 0];
  for (let k = 0; k < points.length; k++) {
    const n = cross(points[k] as Point, points[(k + 1) % points.length] as Point);
    for (let d = 0; d < 3; d++) normal[d as 0] += n[d as 0];
  }
  let side = 0;
  for (const cut of outline) {
    const [a, b] = [CORNERS[cut.inside] as Point, CORNERS[cut.outside] as Point];
    side += normal[0] * (b[0] - a[0]) + normal[1] * (b[1] - a[1]) + normal[2] * (b[2] - a[2]);
  }
  if (side === 0) throw new TypeError(`Marching cubes case ${set} has an outline without a side`);
  return side > 0 ? points : points.reverse();
}

/** Fills an outline with the fan described at {@link meshCases}. */
function fill(points: readonly Point[]): Triangle[] {
  const fans = points.map((_, k) => fan(points, k));
  const areas = fans.map((f) => f.reduce((sum, t) => sum + area(t), 0));
  const close = (a: number, b: number) => Math.abs(a - b) < 1e-9;
  const wanted =
    points.length === 7 ? areas.find((a) => areas.filter((b) => close(a, b)).length === 1) : Math.max(...areas);
  const chosen = fans.find((_, k) => close(areas[k] as number, wanted ?? Number.NaN));
  if (chosen === undefined) throw new TypeError(`No fan fills an outline of ${points.length} vertices`);
  return chosen;
}

function fan(points: readonly Point[], apex: number): Triangle[] {
  const n = points.length;
  const at = (k: number) => points[(apex + k) % n] as Point;
  return Array.from({ length: n - 2 }, (_, k): Triangle => [at(0), at(k + 1), at(k + 2)]);
}

/** Cross product. */
export function cross(a: Point, b: Point): Point {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** Area of a triangle. */
export function area([a, b, c]: Triangle): number {
  const u: Point = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const v: Point = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
  return Math.hypot(...cross(u, v)) / 2;
}
