/** Coefficients of a fourth-order recursive filter: causal n, anticausal m, feedback d and the constant borders. */
export interface RecursiveCoefficients {
  readonly n: readonly [number, number, number, number];
  readonly m: readonly [number, number, number, number];
  readonly d: readonly [number, number, number, number];
  readonly causalBorder: readonly [number, number, number, number];
  readonly anticausalBorder: readonly [number, number, number, number];
}

type Four = readonly [number, number, number, number];

/** Two damped oscillations that add up to a Gaussian (index 0) or its second derivative (index 1). */
const series = {
  a1: [1.353, -1.3563],
  b1: [1.8151, 5.2318],
  w1: 0.6681,
  l1: -1.3932,
  a2: [-0.3531, 0.3446],
  b2: [0.0902, -2.2355],
  w2: 2.0787,
  l2: -1.3732,
} as const;

/** Sums of coefficients: plain, weighted by the index and by its square. */
interface Sums {
  readonly s: number;
  readonly d: number;
  readonly e: number;
}

function causal(sigma: number, order: 0 | 1): { readonly n: Four; readonly sums: Sums } {
  const { w1, l1, w2, l2 } = series;
  const [a1, b1, a2, b2] = [series.a1[order], series.b1[order], series.a2[order], series.b2[order]];
  const [sin1, sin2] = [Math.sin(w1 / sigma), Math.sin(w2 / sigma)];
  const [cos1, cos2] = [Math.cos(w1 / sigma), Math.cos(w2 / sigma)];
  const [exp1, exp2] = [Math.exp(l1 / sigma), Math.exp(l2 / sigma)];
  const n0 = a1 + a2;
  const n1 = exp2 * (b2 * sin2 - (a2 + 2 * a1) * cos2) + exp1 * (b1 * sin1 - (a1 + 2 * a2) * cos1);
  const product = (a1 + a2) * cos2 * cos1 - (b1 * cos2 * sin1 + b2 * cos1 * sin2);
  const n2 = product * 2 * exp1 * exp2 + (a2 * exp1 * exp1 + a1 * exp2 * exp2);
  const n3 = exp2 * exp1 * exp1 * (b2 * sin2 - a2 * cos2) + exp1 * exp2 * exp2 * (b1 * sin1 - a1 * cos1);
  return { n: [n0, n1, n2, n3], sums: { s: n0 + n1 + n2 + n3, d: n1 + 2 * n2 + 3 * n3, e: n1 + 4 * n2 + 9 * n3 } };
}

function feedback(sigma: number): { readonly d: Four; readonly sums: Sums } {
  const { w1, l1, w2, l2 } = series;
  const [cos1, cos2] = [Math.cos(w1 / sigma), Math.cos(w2 / sigma)];
  const [exp1, exp2] = [Math.exp(l1 / sigma), Math.exp(l2 / sigma)];
  const d4 = exp1 * exp1 * exp2 * exp2;
  const d3 = -2 * cos1 * exp1 * exp2 * exp2 + -2 * cos2 * exp2 * exp1 * exp1;
  const d2 = 4 * cos2 * cos1 * exp1 * exp2 + (exp1 * exp1 + exp2 * exp2);
  const d1 = -2 * (exp2 * cos2 + exp1 * cos1);
  return {
    d: [d1, d2, d3, d4],
    sums: { s: 1 + d1 + d2 + d3 + d4, d: d1 + 2 * d2 + 3 * d3 + 4 * d4, e: d1 + 4 * d2 + 9 * d3 + 16 * d4 },
  };
}

const scaled = (v: Four, by: number): Four => [v[0] * by, v[1] * by, v[2] * by, v[3] * by];

/**
 * Smoothing by a Gaussian of a width in voxels, or its second derivative (per voxel^2) times `scale`.
 * @see Deriche R, Recursively implementing the Gaussian and its derivatives, INRIA report 1893 (1993); Farnebäck and Westin,
 *   Improving Deriche-style recursive Gaussian filters, J Math Imaging Vis 2006;26:293-299, doi:10.1007/s10851-006-8464-z
 */
export function recursiveGaussian(sigma: number, order: 'smooth' | 'second', scale = 1): RecursiveCoefficients {
  const { d, sums: D } = feedback(sigma);
  const smooth = causal(sigma, 0);
  if (order === 'smooth') {
    const total = (2 * smooth.sums.s) / D.s - smooth.n[0];
    return withBorders(scaled(smooth.n, scale / total), d);
  }
  const second = causal(sigma, 1);
  const beta = -(2 * second.sums.s - D.s * second.n[0]) / (2 * smooth.sums.s - D.s * smooth.n[0]);
  const mix = (k: 0 | 1 | 2 | 3) => second.n[k] + beta * smooth.n[k];
  const N = {
    s: second.sums.s + beta * smooth.sums.s,
    d: second.sums.d + beta * smooth.sums.d,
    e: second.sums.e + beta * smooth.sums.e,
  };
  const moment = (N.e * D.s * D.s - D.e * N.s * D.s - 2 * N.d * D.d * D.s + 2 * D.d * D.d * N.s) / (D.s * D.s * D.s);
  return withBorders(scaled([mix(0), mix(1), mix(2), mix(3)], scale / moment), d);
}

/** The anticausal half of a symmetric filter, and what an image that goes on with its edge value adds. */
function withBorders(n: Four, d: Four): RecursiveCoefficients {
  const m: Four = [n[1] - d[0] * n[0], n[2] - d[1] * n[0], n[3] - d[2] * n[0], -d[3] * n[0]];
  const sd = 1 + d[0] + d[1] + d[2] + d[3];
  const border = (v: Four): Four => {
    const sum = v[0] + v[1] + v[2] + v[3];
    return [(d[0] * sum) / sd, (d[1] * sum) / sd, (d[2] * sum) / sd, (d[3] * sum) / sd];
  };
  return { n, m, d, causalBorder: border(n), anticausalBorder: border(m) };
}

/** Lines that are filtered side by side: a cache line of single precision. */
const WIDTH = 16;

/** Scratch for lines of up to `n` voxels. */
export interface LineScratch {
  readonly input: Float64Array;
  readonly forward: Float64Array;
  readonly backward: Float64Array;
}

export function lineScratch(n: number): LineScratch {
  const make = () => new Float64Array(n * WIDTH);
  return { input: make(), forward: make(), backward: make() };
}

/** How lines lie in an array: `step` between voxels of a line, `next` between neighbouring lines. */
export interface Lines {
  readonly first: number;
  readonly step: number;
  readonly next: number;
}

/** Runs the filter over up to {@link WIDTH} lines of `n` voxels and writes the voxels from `low` on, `keep` of them. */
export function filterLines(
  from: ArrayLike<number>,
  source: Lines,
  to: { [i: number]: number },
  target: Lines,
  shape: { readonly lines: number; readonly n: number; readonly low: number; readonly keep: number },
  c: RecursiveCoefficients,
  scratch: LineScratch,
): void {
  const { lines, n, low, keep } = shape;
  const { input, forward, backward } = scratch;
  for (let i = 0; i < n; i++) {
    const at = source.first + i * source.step;
    for (let b = 0; b < lines; b++) input[i * WIDTH + b] = from[at + b * source.next] as number;
  }
  for (let b = 0; b < lines; b++) {
    forwardPass(input, forward, n, b, c);
    backwardPass(input, backward, n, b, c);
  }
  for (let i = 0; i < keep; i++) {
    const at = target.first + i * target.step;
    const row = (i + low) * WIDTH;
    for (let b = 0; b < lines; b++)
      to[at + b * target.next] = (forward[row + b] as number) + (backward[row + b] as number);
  }
}

function forwardPass(x: Float64Array, y: Float64Array, n: number, b: number, c: RecursiveCoefficients): void {
  const [n0, n1, n2, n3] = c.n;
  const [d1, d2, d3, d4] = c.d;
  const edge = x[b] as number;
  let [x1, x2, x3] = [edge, edge, edge];
  for (let i = 0; i < 4; i++) {
    const x0 = x[i * WIDTH + b] as number;
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      sum += k < i ? (y[(i - 1 - k) * WIDTH + b] as number) * (c.d[k] as number) : edge * (c.causalBorder[k] as number);
    }
    y[i * WIDTH + b] = x0 * n0 + x1 * n1 + x2 * n2 + x3 * n3 - sum;
    [x3, x2, x1] = [x2, x1, x0];
  }
  let [y4, y3, y2, y1] = [
    y[b] as number,
    y[WIDTH + b] as number,
    y[2 * WIDTH + b] as number,
    y[3 * WIDTH + b] as number,
  ];
  for (let i = 4 * WIDTH + b; i < n * WIDTH; i += WIDTH) {
    const x0 = x[i] as number;
    const y0 = x0 * n0 + x1 * n1 + x2 * n2 + x3 * n3 - (y1 * d1 + y2 * d2 + y3 * d3 + y4 * d4);
    y[i] = y0;
    x3 = x2;
    x2 = x1;
    x1 = x0;
    y4 = y3;
    y3 = y2;
    y2 = y1;
    y1 = y0;
  }
}

function backwardPass(x: Float64Array, y: Float64Array, n: number, b: number, c: RecursiveCoefficients): void {
  const [m1, m2, m3, m4] = c.m;
  const [d1, d2, d3, d4] = c.d;
  const last = (n - 1) * WIDTH + b;
  const edge = x[last] as number;
  let [x1, x2, x3, x4] = [edge, edge, edge, edge];
  for (let i = 0; i < 4; i++) {
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      const after = last - (i - 1 - k) * WIDTH;
      sum += k < i ? (y[after] as number) * (c.d[k] as number) : edge * (c.anticausalBorder[k] as number);
    }
    y[last - i * WIDTH] = x1 * m1 + x2 * m2 + x3 * m3 + x4 * m4 - sum;
    [x4, x3, x2, x1] = [x3, x2, x1, x[last - i * WIDTH] as number];
  }
  let [y4, y3, y2, y1] = [0, 1, 2, 3].map((k) => y[last - k * WIDTH] as number) as [number, number, number, number];
  for (let i = last - 4 * WIDTH; i >= 0; i -= WIDTH) {
    const y0 = x1 * m1 + x2 * m2 + x3 * m3 + x4 * m4 - (y1 * d1 + y2 * d2 + y3 * d3 + y4 * d4);
    y[i] = y0;
    x4 = x3;
    x3 = x2;
    x2 = x1;
    x1 = x[i] as number;
    y4 = y3;
    y3 = y2;
    y2 = y1;
    y1 = y0;
  }
}

export const LINES_AT_ONCE = WIDTH;
