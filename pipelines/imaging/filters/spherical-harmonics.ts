/** How strongly a pattern on a sphere has harmonics of a level. */
export interface Harmonics {
  /** @param pattern one value per point @param level from 0 */
  strength(pattern: Float64Array, level: number): number;
}

/** Real and imaginary part at each point. */
interface Harmonic {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * Spherical harmonics at points on a sphere. PyRadiomics passes the angle from the z axis where SciPy expects the one around
 * it and the other way round; so does this, since the images are defined by it.
 */
export function sphericalHarmonics(points: readonly (readonly number[])[], radius: number, levels: number): Harmonics {
  const azimuth = points.map((p) => Math.acos(Math.max(-1, Math.min(1, (p[2] as number) / radius))));
  const polar = points.map((p) => Math.atan2(p[1] as number, p[0] as number));
  const byLevel = Array.from({ length: levels }, (_, n) =>
    Array.from({ length: 2 * n + 1 }, (__, k) => harmonic(k - n, n, azimuth, polar)),
  );
  return {
    strength(pattern, level) {
      const chosen = byLevel[level] as readonly Harmonic[];
      const sums = chosen.map((h) => ({ re: dot(pattern, h.re), im: dot(pattern, h.im) }));
      let [squareRe, squareIm] = [0, 0];
      for (let v = 0; v < pattern.length; v++) {
        let [re, im] = [0, 0];
        for (let k = 0; k < chosen.length; k++) {
          const c = sums[k] as { re: number; im: number };
          const [a, b] = [(chosen[k] as Harmonic).re[v] as number, (chosen[k] as Harmonic).im[v] as number];
          re += c.re * a - c.im * b;
          im += c.re * b + c.im * a;
        }
        squareRe += re * re - im * im;
        squareIm += 2 * re * im;
      }
      // Real part of the complex square root.
      return Math.sqrt(Math.max(0, (Math.hypot(squareRe, squareIm) + squareRe) / 2));
    },
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function harmonic(m: number, n: number, azimuth: readonly number[], polar: readonly number[]): Harmonic {
  const order = Math.abs(m);
  let ratio = 1;
  for (let k = n - order + 1; k <= n + order; k++) ratio /= k;
  const scale = Math.sqrt(((2 * n + 1) / (4 * Math.PI)) * ratio) * (m < 0 && order % 2 === 1 ? -1 : 1);
  const re = new Float64Array(polar.length);
  const im = new Float64Array(polar.length);
  for (let v = 0; v < polar.length; v++) {
    const value = scale * legendre(order, n, Math.cos(polar[v] as number));
    re[v] = value * Math.cos(m * (azimuth[v] as number));
    im[v] = value * Math.sin(m * (azimuth[v] as number));
  }
  return { re, im };
}

/** Associated Legendre function with the sign (-1)^m, by its recurrence in n. */
function legendre(m: number, n: number, x: number): number {
  let before = 0;
  let value = 1;
  for (let k = 1; k <= m; k++) value *= -(2 * k - 1) * Math.sqrt(1 - x * x);
  for (let k = m + 1; k <= n; k++) {
    const next = ((2 * k - 1) * x * value - (k + m - 1) * before) / (k - m);
    before = value;
    value = next;
  }
  return value;
}
