/** Pole of the cubic B-spline prefilter. */
const POLE = Math.sqrt(3) - 2;
/** Terms of the causal start after which the pole's powers are below double precision. */
const HORIZON = 30;

/**
 * Turns values into cubic B-spline coefficients along one axis, in place, exactly: a spline with these coefficients
 * passes through the values. The image is mirrored at the centres of the outermost voxels.
 * @param data shape (outer, n, inner), inner fastest
 * @see Unser, Aldroubi and Eden, B-spline signal processing II, IEEE Trans Signal Process 1993;41(2):834-848
 */
export function splineCoefficients(data: Float64Array, inner: number, n: number): void {
  if (n === 1) return;
  for (let start = 0; start < data.length; start += inner * n) {
    for (let j = start; j < start + inner * n; j++) data[j] = (data[j] as number) * 6;
    causalStart(data, start, inner, n);
    for (let k = 1; k < n; k++) {
      const row = start + k * inner;
      for (let j = row; j < row + inner; j++) data[j] = (data[j] as number) + POLE * (data[j - inner] as number);
    }
    const last = start + (n - 1) * inner;
    const scale = POLE / (POLE * POLE - 1);
    for (let j = last; j < last + inner; j++) {
      data[j] = scale * (POLE * (data[j - inner] as number) + (data[j] as number));
    }
    for (let k = n - 2; k >= 0; k--) {
      const row = start + k * inner;
      for (let j = row; j < row + inner; j++) data[j] = POLE * ((data[j + inner] as number) - (data[j] as number));
    }
  }
}

/** The first causal coefficient: the sum over the mirrored image before it, cut where its terms vanish. */
function causalStart(data: Float64Array, start: number, inner: number, n: number): void {
  const period = 2 * (n - 1);
  let power = POLE;
  for (let k = 1; k < HORIZON; k++) {
    const folded = k % period;
    const from = start + (folded < n ? folded : period - folded) * inner;
    if (folded === 0) {
      // The mirrored image begins again: the sum over all its periods is that over one times a geometric series.
      const factor = 1 / (1 - POLE ** period);
      for (let j = start; j < start + inner; j++) data[j] = (data[j] as number) * factor;
      return;
    }
    for (let j = 0; j < inner; j++) {
      data[start + j] = (data[start + j] as number) + power * (data[from + j] as number);
    }
    power *= POLE;
  }
}
