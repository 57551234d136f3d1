/** How values between voxels are found. */
export type Kernel =
  | 'nearest'
  | 'linear'
  | 'bspline'
  | 'gaussian'
  | 'hamming'
  | 'cosine'
  | 'welch'
  | 'lanczos'
  | 'blackman';

/**
 * What lies beyond the outermost voxel centres. `itk`: nothing beyond half a voxel (positions there give 0); inside it a
 * spline mirrors the image at the outermost centres and the other kernels see the edge voxel. `replicate`: the edge voxel
 * goes on for ever, for the prefilter of the spline too.
 */
export type Boundary = 'itk' | 'replicate';

/**
 * Weights of source voxels for positions along one axis: value(i) = sum over t of weight[i, t] * source[index[i, t]].
 * A position outside the image has weights 0. With `replicate` an index may lie up to {@link SPLINE_REACH} + 2 voxels
 * outside the source and stands for the edge voxel.
 */
export interface AxisTable {
  readonly count: number;
  readonly taps: number;
  /** Shape (count, taps). */
  readonly index: Int32Array;
  /** Shape (count, taps). */
  readonly weight: Float64Array;
}

/** Voxels after which a change of the source no longer moves a spline coefficient: |sqrt(3) - 2|^30 = 7e-18. */
export const SPLINE_REACH = 30;

/** Radius (voxels) of the windowed sinc kernels, that of SimpleITK. */
const SINC_RADIUS = 5;
/** Standard deviation and cut-off (in standard deviations) of the Gaussian kernel in voxels, those of SimpleITK. */
const GAUSSIAN_SIGMA = 0.8;
const GAUSSIAN_CUTOFF = 4;
const GAUSSIAN_REACH = Math.ceil(GAUSSIAN_SIGMA * GAUSSIAN_CUTOFF);

const tapsOf: Readonly<Record<Kernel, number>> = {
  nearest: 1,
  linear: 2,
  bspline: 4,
  gaussian: 2 * GAUSSIAN_REACH + 2,
  hamming: 2 * SINC_RADIUS,
  cosine: 2 * SINC_RADIUS,
  welch: 2 * SINC_RADIUS,
  lanczos: 2 * SINC_RADIUS,
  blackman: 2 * SINC_RADIUS,
};

/** Fills the taps of one position; `at` is where they start in both arrays. */
type Filler = (position: number, n: number, index: Int32Array, weight: Float64Array, at: number) => void;

/** Number of taps of a kernel and how they are filled, for one position at a time. */
export function tapFiller(kernel: Kernel, boundary: Boundary): { readonly taps: number; readonly fill: Filler } {
  const taps = tapsOf[kernel];
  const resolve = boundary === 'itk' && kernel === 'bspline' ? mirrored : kernel === 'bspline' ? kept : clamped;
  const spread = fillers[kernel];
  const fill: Filler = (position, n, index, weight, at) => {
    const x = boundary === 'replicate' ? Math.max(-SPLINE_REACH, Math.min(n - 1 + SPLINE_REACH, position)) : position;
    if (boundary === 'itk' && !(x >= -0.5 && x < n - 0.5)) {
      index.fill(0, at, at + taps);
      weight.fill(0, at, at + taps);
      return;
    }
    spread(x, n, index, weight, at);
    for (let t = at; t < at + taps; t++) index[t] = resolve(index[t] as number, n);
  };
  return { taps, fill };
}

/**
 * @param positions continuous voxel indices along the axis, 0 = centre of the first voxel; shape (count)
 * @param n voxels of the source along the axis
 */
export function axisTable(positions: Float64Array, n: number, kernel: Kernel, boundary: Boundary): AxisTable {
  const { taps, fill } = tapFiller(kernel, boundary);
  const count = positions.length;
  const index = new Int32Array(count * taps);
  const weight = new Float64Array(count * taps);
  for (let i = 0; i < count; i++) fill(positions[i] as number, n, index, weight, i * taps);
  return { count, taps, index, weight };
}

const clamped = (i: number, n: number) => Math.max(0, Math.min(n - 1, i));
const kept = (i: number) => i;

/** Mirror at the centre of the outermost voxels. */
function mirrored(i: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const k = ((i % period) + period) % period;
  return k < n ? k : period - k;
}

const fillers: Readonly<Record<Kernel, Filler>> = {
  // Halves go up, as in ITK.
  nearest(x, _n, index, weight, at) {
    index[at] = Math.floor(x + 0.5);
    weight[at] = 1;
  },
  linear(x, _n, index, weight, at) {
    const first = Math.floor(x);
    index[at] = first;
    index[at + 1] = first + 1;
    weight[at] = 1 - (x - first);
    weight[at + 1] = x - first;
  },
  bspline(x, _n, index, weight, at) {
    const first = Math.floor(x) - 1;
    const t = x - first - 1;
    const last = (1 / 6) * t * t * t;
    const start = 1 / 6 + 0.5 * t * (t - 1) - last;
    const third = t + start - 2 * last;
    weight[at] = start;
    weight[at + 1] = 1 - start - third - last;
    weight[at + 2] = third;
    weight[at + 3] = last;
    for (let k = 0; k < 4; k++) index[at + k] = first + k;
  },
  gaussian(x, n, index, weight, at) {
    const from = Math.max(0, Math.floor(x + 0.5 - GAUSSIAN_SIGMA * GAUSSIAN_CUTOFF));
    const to = Math.min(n, Math.ceil(x + 0.5 + GAUSSIAN_SIGMA * GAUSSIAN_CUTOFF));
    const taps = tapsOf.gaussian;
    const erfAt = (edge: number) => erf((edge - 0.5 - x) / (Math.SQRT2 * GAUSSIAN_SIGMA));
    let below = erfAt(from);
    let sum = 0;
    for (let t = 0; t < taps; t++) {
      const i = from + t;
      const above = i < to ? erfAt(i + 1) : below;
      index[at + t] = i;
      weight[at + t] = above - below;
      sum += above - below;
      below = above;
    }
    for (let t = at; t < at + taps; t++) weight[t] = (weight[t] as number) / sum;
  },
  hamming: windowedSinc((x, m) => 0.54 + 0.46 * Math.cos((Math.PI * x) / m)),
  cosine: windowedSinc((x, m) => Math.cos((Math.PI * x) / (2 * m))),
  welch: windowedSinc((x, m) => 1 - (x * x) / (m * m)),
  lanczos: windowedSinc((x, m) => (x === 0 ? 1 : Math.sin((Math.PI * x) / m) / ((Math.PI * x) / m))),
  blackman: windowedSinc((x, m) => 0.42 + 0.5 * Math.cos((Math.PI * x) / m) + 0.08 * Math.cos((2 * Math.PI * x) / m)),
};

function windowedSinc(window: (x: number, radius: number) => number): Filler {
  return (x, _n, index, weight, at) => {
    const first = Math.floor(x) - SINC_RADIUS + 1;
    const whole = x === Math.floor(x);
    for (let t = 0; t < 2 * SINC_RADIUS; t++) {
      index[at + t] = first + t;
      const d = x - (first + t);
      const sinc = d === 0 ? 1 : Math.sin(Math.PI * d) / (Math.PI * d);
      weight[at + t] = whole ? Number(d === 0) : sinc * window(d, SINC_RADIUS);
    }
  };
}

/** Error function to double precision: its Taylor series below 3, the continued fraction of erfc above (Abramowitz and Stegun 7.1.6, 7.1.14). */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 3) {
    let term = (2 / Math.sqrt(Math.PI)) * x * Math.exp(-x * x);
    let sum = term;
    for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
      term *= (2 * x * x) / (2 * k + 1);
      sum += term;
    }
    return sum;
  }
  let fraction = a;
  for (let k = 60; k >= 1; k--) fraction = a + k / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * fraction));
}
