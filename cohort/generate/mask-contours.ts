/** A closed polygon in pixel coordinates, pixel centres at whole numbers; the last point joins the first. */
export type Polygon = readonly (readonly [x: number, y: number])[];

/**
 * The outlines of a slice of a mask, along the pixels' edges: "pixel centre inside, even-odd" gives back exactly the mask,
 * holes included.
 * @param slice nx * ny, x fastest
 */
export function maskContours(slice: Uint8Array, nx: number, ny: number): Polygon[] {
  const edges = boundaryEdges(slice, nx, ny);
  const polygons: Polygon[] = [];
  for (const start of [...edges.keys()].sort((a, b) => a - b)) {
    while ((edges.get(start)?.length ?? 0) > 0) polygons.push(traceLoop(edges, start, nx + 1));
  }
  return polygons;
}

/** Directed edges between corners, tumour on the right hand; a corner is y * (nx + 1) + x. */
function boundaryEdges(slice: Uint8Array, nx: number, ny: number): Map<number, number[]> {
  const edges = new Map<number, number[]>();
  const add = (x0: number, y0: number, x1: number, y1: number) => {
    const from = y0 * (nx + 1) + x0;
    const to = y1 * (nx + 1) + x1;
    const list = edges.get(from);
    if (list === undefined) edges.set(from, [to]);
    else list.push(to);
  };
  const inside = (x: number, y: number) => x >= 0 && y >= 0 && x < nx && y < ny && slice[y * nx + x] === 1;
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      if (!inside(x, y)) continue;
      if (!inside(x, y - 1)) add(x, y, x + 1, y);
      if (!inside(x + 1, y)) add(x + 1, y, x + 1, y + 1);
      if (!inside(x, y + 1)) add(x + 1, y + 1, x, y + 1);
      if (!inside(x - 1, y)) add(x, y + 1, x, y);
    }
  }
  return edges;
}

function traceLoop(edges: Map<number, number[]>, start: number, width: number): Polygon {
  const corners: number[] = [];
  let at = start;
  do {
    corners.push(at);
    // Every corner has as many edges in as out, so a loop always closes at its start.
    at = edges.get(at)?.pop() as number;
  } while (at !== start);
  return corners.filter((corner, i) => !straight(corners, i, corner)).map((corner) => place(corner, width));
}

/** True when the loop goes straight on at corner i. */
function straight(corners: readonly number[], i: number, corner: number): boolean {
  const before = corners[(i + corners.length - 1) % corners.length] as number;
  const after = corners[(i + 1) % corners.length] as number;
  return corner - before === after - corner;
}

function place(corner: number, width: number): readonly [number, number] {
  return [(corner % width) - 0.5, Math.floor(corner / width) - 0.5];
}
