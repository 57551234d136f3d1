type Point = readonly [number, number, number];

/**
 * Corners of an icosahedron whose triangles are split into four `subdivisions` times, pushed out onto a sphere:
 * 12, 42, 162, 642 … points.
 */
export function icosphere(subdivisions: number, radius: number): readonly Point[] {
  const t = (1 + Math.sqrt(5)) / 2;
  const signs = [-1, 1];
  let points: Point[] = signs.flatMap((a) =>
    signs.flatMap((b): Point[] => [
      [a, b * t, 0],
      [0, a, b * t],
      [b * t, 0, a],
    ]),
  );
  let faces = triangles(points);
  points = points.map((p) => onSphere(p, 1));
  for (let k = 0; k < subdivisions; k++) {
    const middles = new Map<string, number>();
    const middle = (a: number, b: number): number => {
      const key = a < b ? `${a} ${b}` : `${b} ${a}`;
      const known = middles.get(key);
      if (known !== undefined) return known;
      const [p, q] = [points[a] as Point, points[b] as Point];
      points.push(onSphere([p[0] + q[0], p[1] + q[1], p[2] + q[2]], 1));
      middles.set(key, points.length - 1);
      return points.length - 1;
    };
    faces = faces.flatMap(([a, b, c]) => {
      const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
      return [
        [a, ab, ca],
        [b, bc, ab],
        [c, ca, bc],
        [ab, bc, ca],
      ] as const;
    });
  }
  return points.map((p) => onSphere(p, radius));
}

function onSphere(p: Point, radius: number): Point {
  const s = radius / Math.hypot(...p);
  return [p[0] * s, p[1] * s, p[2] * s];
}

/** The triples of corners that are all an edge (2) apart. */
function triangles(points: readonly Point[]): (readonly [number, number, number])[] {
  const near = (a: number, b: number) => {
    const [p, q] = [points[a] as Point, points[b] as Point];
    return Math.abs(Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) - 2) < 1e-9;
  };
  const found: (readonly [number, number, number])[] = [];
  for (let a = 0; a < points.length; a++) {
    for (let b = a + 1; b < points.length; b++) {
      if (!near(a, b)) continue;
      for (let c = b + 1; c < points.length; c++) if (near(a, c) && near(b, c)) found.push([a, b, c]);
    }
  }
  return found;
}
