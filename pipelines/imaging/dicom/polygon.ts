/** A closed polygon in pixel coordinates, x and y in turn: pixel centres are whole numbers. */
export type Polygon = Float64Array;

/**
 * Fills polygons by the even-odd rule: a pixel is inside when its centre is inside an odd number of them, so that a
 * contour within a contour is a hole. A centre exactly on a left or upper edge is inside, on a right or lower one not;
 * "exactly" is within half a millionth of a pixel, since contours drawn through pixel centres (many programs do) come
 * here through a matrix, whose rounding must not decide.
 * @param out one slice, nx * ny, 1 written where inside
 */
export function fillEvenOdd(polygons: readonly Polygon[], nx: number, ny: number, out: Uint8Array): void {
  const crossings: number[][] = Array.from({ length: ny }, () => []);
  for (const polygon of polygons) addCrossings(polygon, ny, crossings);
  for (let y = 0; y < ny; y++) {
    const xs = crossings[y] as number[];
    if (xs.length === 0) continue;
    xs.sort((a, b) => a - b);
    for (let i = 0; i + 1 < xs.length; i += 2) {
      const from = Math.max(0, Math.ceil(xs[i] as number));
      const to = Math.min(nx, Math.ceil(xs[i + 1] as number));
      for (let x = from; x < to; x++) out[x + nx * y] = 1;
    }
  }
}

/** Where each edge crosses each line of pixel centres; an edge owns its upper end and not its lower one. */
function addCrossings(polygon: Polygon, ny: number, crossings: readonly number[][]): void {
  const points = polygon.length / 2;
  for (let i = 0; i < points; i++) {
    const j = i + 1 === points ? 0 : i + 1;
    const [x0, y0] = [polygon[2 * i] as number, snapped(polygon[2 * i + 1] as number)];
    const [x1, y1] = [polygon[2 * j] as number, snapped(polygon[2 * j + 1] as number)];
    const from = Math.max(0, Math.ceil(Math.min(y0, y1)));
    const to = Math.min(ny, Math.ceil(Math.max(y0, y1)));
    for (let y = from; y < to; y++) (crossings[y] as number[]).push(snapped(x0 + ((y - y0) * (x1 - x0)) / (y1 - y0)));
  }
}

/** To a millionth of a pixel, so that what was meant as a whole number is one. */
const snapped = (value: number): number => Math.round(value * 1e6) / 1e6;
