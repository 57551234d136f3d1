import { planeCorners } from '../../radiomics/diameters.js';

/** A convex hull in half voxels. */
export interface ConvexHull {
  /** Corners, x, y, z triples in half voxels; shape (3 m). */
  readonly corners: Int32Array;
  /** Triangles as triples of indices into `corners`, counter-clockwise seen from outside; shape (3 t). */
  readonly triangles: Int32Array;
}

/** A triangle of the growing hull: corners a, b, c and the neighbours across ab, bc and ca. */
interface Facet {
  readonly corners: readonly [number, number, number];
  readonly neighbours: [Facet, Facet, Facet];
  /** Points beyond the facet that no other facet has taken. */
  outside: number[];
  alive: boolean;
}

/**
 * Convex hull of the vertices of a surface mesh by quickhull. Coordinates are whole numbers, so that every test of sides is
 * exact and points in one plane need no tolerance; convexity does not depend on the voxel size.
 * @param vertices half voxels from 0 to 40,000, each once, not all in one plane; shape (3 m)
 * @see Barber, Dobkin, Huhdanpaa, ACM Trans Math Softw 1996;22:469-483, doi:10.1145/235815.235821
 */
export function convexHull(vertices: Int32Array): ConvexHull {
  const points = planeCorners(vertices);
  const pending = firstTetrahedron(points);
  const kept: Facet[] = [...pending];
  while (pending.length > 0) {
    const facet = pending.pop() as Facet;
    if (!facet.alive || facet.outside.length === 0) continue;
    const added = addPoint(points, facet, farthest(points, facet));
    pending.push(...added);
    kept.push(...added);
  }
  return compact(
    points,
    kept.filter((f) => f.alive),
  );
}

/** Six times the signed volume of a facet and a point: above 0 when the point lies beyond the facet. Exact. */
function side(points: Int32Array, [a, b, c]: Facet['corners'], p: number): number {
  const at = (i: number, d: number) => points[i * 3 + d] as number;
  const [ax, ay, az] = [at(a, 0), at(a, 1), at(a, 2)];
  const [ux, uy, uz] = [at(b, 0) - ax, at(b, 1) - ay, at(b, 2) - az];
  const [vx, vy, vz] = [at(c, 0) - ax, at(c, 1) - ay, at(c, 2) - az];
  const [wx, wy, wz] = [at(p, 0) - ax, at(p, 1) - ay, at(p, 2) - az];
  return wx * (uy * vz - uz * vy) + wy * (uz * vx - ux * vz) + wz * (ux * vy - uy * vx);
}

/** The point beyond a facet that is farthest from its plane. */
function farthest(points: Int32Array, facet: Facet): number {
  let best = facet.outside[0] as number;
  let most = 0;
  for (const p of facet.outside) {
    const s = side(points, facet.corners, p);
    if (s > most) {
      most = s;
      best = p;
    }
  }
  return best;
}

/** Four points that span space, and the other points dealt out to the four facets. */
function firstTetrahedron(points: Int32Array): Facet[] {
  const count = points.length / 3;
  const at = (i: number, d: number) => points[i * 3 + d] as number;
  const most = (score: (i: number) => number) => {
    let best = 0;
    for (let i = 1; i < count; i++) if (score(i) > score(best)) best = i;
    return best;
  };
  const a = most((i) => -at(i, 0));
  const b = most((i) => (at(i, 0) - at(a, 0)) ** 2 + (at(i, 1) - at(a, 1)) ** 2 + (at(i, 2) - at(a, 2)) ** 2);
  const [ux, uy, uz] = [at(b, 0) - at(a, 0), at(b, 1) - at(a, 1), at(b, 2) - at(a, 2)];
  const c = most((i) => {
    const [vx, vy, vz] = [at(i, 0) - at(a, 0), at(i, 1) - at(a, 1), at(i, 2) - at(a, 2)];
    return (uy * vz - uz * vy) ** 2 + (uz * vx - ux * vz) ** 2 + (ux * vy - uy * vx) ** 2;
  });
  const d = most((i) => Math.abs(side(points, [a, b, c], i)));
  const outwards = side(points, [a, b, c], d) < 0;
  const [p, q, r] = outwards ? [a, b, c] : [a, c, b];
  const facets = [facet(p, q, r), facet(p, d, q), facet(q, d, r), facet(r, d, p)] as const;
  const [base, pq, qr, rp] = facets;
  base.neighbours.splice(0, 3, pq, qr, rp);
  pq.neighbours.splice(0, 3, rp, qr, base);
  qr.neighbours.splice(0, 3, pq, rp, base);
  rp.neighbours.splice(0, 3, qr, pq, base);
  const rest = Array.from({ length: count }, (_, i) => i).filter((i) => i !== a && i !== b && i !== c && i !== d);
  dealOut(points, rest, facets);
  return [...facets];
}

function facet(a: number, b: number, c: number): Facet {
  return { corners: [a, b, c], neighbours: [] as unknown as Facet['neighbours'], outside: [], alive: true };
}

/** Gives each point to the first facet it lies beyond; a point beyond none is inside for good. */
function dealOut(points: Int32Array, rest: Iterable<number>, facets: readonly Facet[]): void {
  for (const p of rest) facets.find((f) => side(points, f.corners, p) > 0)?.outside.push(p);
}

/** Replaces the facets that a point sees by facets to it from their rim. */
function addPoint(points: Int32Array, start: Facet, apex: number): Facet[] {
  const seen: Facet[] = [];
  const rim = new Map<number, { readonly to: number; readonly beyond: Facet; readonly edge: number }>();
  const stack = [start];
  start.alive = false;
  while (stack.length > 0) {
    const current = stack.pop() as Facet;
    seen.push(current);
    for (let e = 0; e < 3; e++) {
      const beyond = current.neighbours[e] as Facet;
      if (!beyond.alive) continue;
      const from = current.corners[e] as number;
      const to = current.corners[(e + 1) % 3] as number;
      if (side(points, beyond.corners, apex) > 0) {
        beyond.alive = false;
        stack.push(beyond);
      } else {
        rim.set(from, { to, beyond, edge: beyond.corners.indexOf(to) });
      }
    }
  }
  const added = closeRim(rim, apex);
  for (const old of seen) {
    dealOut(
      points,
      old.outside.filter((p) => p !== apex),
      added,
    );
    old.outside = [];
  }
  return added;
}

/** Facets from the edges of a closed rim to the apex, tied to each other and to the facets beyond the rim. */
function closeRim(
  rim: ReadonlyMap<number, { readonly to: number; readonly beyond: Facet; readonly edge: number }>,
  apex: number,
): Facet[] {
  const byStart = new Map<number, Facet>();
  for (const [from, { to, beyond, edge }] of rim) {
    const made = facet(from, to, apex);
    made.neighbours[0] = beyond;
    beyond.neighbours[edge] = made;
    byStart.set(from, made);
  }
  for (const made of byStart.values()) {
    const next = byStart.get(made.corners[1]) as Facet;
    made.neighbours[1] = next;
    next.neighbours[2] = made;
  }
  return [...byStart.values()];
}

/** Numbers the corners that are in use anew. */
function compact(points: Int32Array, facets: readonly Facet[]): ConvexHull {
  const number = new Map<number, number>();
  const triangles = Int32Array.from(
    facets.flatMap((f) => f.corners),
    (p) => {
      const known = number.get(p);
      if (known !== undefined) return known;
      number.set(p, number.size);
      return number.size - 1;
    },
  );
  const corners = new Int32Array(number.size * 3);
  for (const [p, n] of number) corners.set(points.subarray(p * 3, p * 3 + 3), n * 3);
  return { corners, triangles };
}

/** Volume (mm3) and surface (mm2) of a hull for a voxel size. */
export function hullMeasures(
  { corners, triangles }: ConvexHull,
  spacing: readonly [number, number, number],
): { readonly volume: number; readonly area: number } {
  const at = (i: number, d: number) => ((corners[i * 3 + d] as number) / 2) * (spacing[d] as number);
  let volume = 0;
  let area = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [triangles[t] as number, triangles[t + 1] as number, triangles[t + 2] as number];
    const [ux, uy, uz] = [at(b, 0) - at(a, 0), at(b, 1) - at(a, 1), at(b, 2) - at(a, 2)];
    const [vx, vy, vz] = [at(c, 0) - at(a, 0), at(c, 1) - at(a, 1), at(c, 2) - at(a, 2)];
    const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    area += Math.sqrt(nx * nx + ny * ny + nz * nz) / 2;
    volume += at(a, 0) * nx + at(a, 1) * ny + at(a, 2) * nz;
  }
  return { volume: volume / 6, area };
}
