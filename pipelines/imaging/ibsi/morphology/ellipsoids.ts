import { symmetricEigenvalues } from '../../radiomics/principal-axes.js';

/** Volume of an ellipsoid with the given semi-axes. */
export function ellipsoidVolume([a, b, c]: readonly [number, number, number]): number {
  return (4 * Math.PI * a * b * c) / 3;
}

/**
 * Surface of an ellipsoid as IBSI prescribes it: a series in Legendre polynomials, up to degree 20, of the eccentricities
 * sqrt(1 - (b/a)^2) and sqrt(1 - (c/a)^2). It is exact for a sphere only (the true surface follows from the eccentricities
 * sqrt(1 - (c/a)^2) and sqrt(1 - (c/b)^2)), but it is what the reference values were made with.
 * @param axes semi-axes, in any order; 0 where the ellipsoid is flat
 * @see IBSI reference manual (arXiv:1612.07003), section 3.1, RDD2
 */
export function ellipsoidArea(axes: readonly [number, number, number]): number {
  const [c, b, a] = [...axes].sort((p, q) => p - q) as [number, number, number];
  if (a === 0) return 0;
  const alpha2 = 1 - (b / a) ** 2;
  const beta2 = 1 - (c / a) ** 2;
  // q(v) = (alpha beta)^v P_v((alpha^2 + beta^2) / (2 alpha beta)), by the recurrence of the Legendre polynomials P_v: no
  // division, so that round ellipsoids (alpha = 0) need no case of their own.
  const half = (alpha2 + beta2) / 2;
  let [before, q] = [1, half];
  let sum = 1;
  for (let v = 1; v <= 20; v++) {
    sum += q / (1 - 4 * v * v);
    [before, q] = [q, ((2 * v + 1) * half * q - v * alpha2 * beta2 * before) / (v + 1)];
  }
  return 4 * Math.PI * a * b * sum;
}

/** Largest relative excess of a point's squared distance, and of a supporting point's shortfall, when the search ends. */
const TOLERANCE = 1e-7;

/** Upper triangle of a symmetric 3 x 3 matrix: xx, xy, xz, yy, yz, zz. */
type Symmetric3 = [number, number, number, number, number, number];

/** Points with weights: their centre and the inverse of their covariance. */
interface Spread {
  readonly centre: readonly [number, number, number];
  readonly covariance: Symmetric3;
  readonly inverse: Symmetric3;
}

/**
 * Semi-axes (in the unit of the points, ascending) of the smallest ellipsoid that encloses points, by Khachiyan's algorithm with
 * steps away from points inside, which converges where the plain one creeps.
 * @param points x, y, z triples that span space
 * @see Todd, Yildirim, Discrete Appl Math 2007;155:1731-1744, doi:10.1016/j.dam.2007.02.013
 */
export function enclosingEllipsoid(points: Float64Array): readonly [number, number, number] {
  const n = points.length / 3;
  const weights = new Float64Array(n).fill(1 / n);
  for (let round = 0; ; round++) {
    const spread = spreadOf(points, weights);
    let [far, near, most, least] = [0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let i = 0; i < n; i++) {
      const d = squaredDistance(points, i, spread);
      if (d > most) [most, far] = [d, i];
      if (d < least && (weights[i] as number) > 0) [least, near] = [d, i];
    }
    const [excess, shortfall] = [most / 3 - 1, 1 - least / 3];
    if (Math.max(excess, shortfall) < TOLERANCE || round === 100_000) {
      // Blown up until the farthest point lies on it: the ellipsoid encloses every point whenever the search ended.
      const [a, b, c] = symmetricEigenvalues(spread.covariance).map((v) => Math.sqrt(v * most));
      return [a as number, b as number, c as number];
    }
    if (excess >= shortfall) moveWeight(weights, far, most);
    else moveWeight(weights, near, least);
  }
}

function spreadOf(points: Float64Array, weights: Float64Array): Spread {
  let [sx, sy, sz, xx, xy, xz, yy, yz, zz] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i] as number;
    if (w === 0) continue;
    const [x, y, z] = [points[i * 3] as number, points[i * 3 + 1] as number, points[i * 3 + 2] as number];
    sx += w * x;
    sy += w * y;
    sz += w * z;
    xx += w * x * x;
    xy += w * x * y;
    xz += w * x * z;
    yy += w * y * y;
    yz += w * y * z;
    zz += w * z * z;
  }
  const covariance: Symmetric3 = [xx - sx * sx, xy - sx * sy, xz - sx * sz, yy - sy * sy, yz - sy * sz, zz - sz * sz];
  return { centre: [sx, sy, sz], covariance, inverse: inverseOf(covariance) };
}

function inverseOf([xx, xy, xz, yy, yz, zz]: Symmetric3): Symmetric3 {
  const [a, b, c] = [yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy];
  const determinant = xx * a + xy * b + xz * c;
  const adjugate: Symmetric3 = [a, b, c, xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy];
  return adjugate.map((v) => v / determinant) as Symmetric3;
}

/** Squared distance of a point from the centre, measured by the covariance; its weighted mean is 3. */
function squaredDistance(points: Float64Array, i: number, { centre, inverse }: Spread): number {
  const x = (points[i * 3] as number) - centre[0];
  const y = (points[i * 3 + 1] as number) - centre[1];
  const z = (points[i * 3 + 2] as number) - centre[2];
  const [xx, xy, xz, yy, yz, zz] = inverse;
  return x * (xx * x + 2 * (xy * y + xz * z)) + y * (yy * y + 2 * yz * z) + zz * z * z;
}

/** The step along one point that makes the determinant largest; a point whose weight would go below 0 is dropped. */
function moveWeight(weights: Float64Array, point: number, squared: number): void {
  const own = weights[point] as number;
  const best = (squared - 3) / (4 * squared);
  const step = Math.max(best, -own / (1 - own));
  for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] as number) * (1 - step);
  weights[point] = step === best ? (weights[point] as number) + step : 0;
}
