/** Natural logarithm of the gamma function for x > 0 (Lanczos, g = 7, n = 9; relative error near 1e-15). */
function logGamma(x: number): number {
  const [first = 0, ...rest] = lanczos;
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const base = shifted + 7.5;
  const series = rest.reduce((sum, coefficient, k) => sum + coefficient / (shifted + k + 1), first);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(series);
}
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/**
 * Upper tail of the chi-squared distribution: the regularised incomplete gamma function Q(df / 2, x / 2), by its power series
 * or its continued fraction.
 * @see Abramowitz & Stegun, Handbook of Mathematical Functions, 6.5.29 and 6.5.31
 */
export function chiSquareTail(chiSquare: number, degreesOfFreedom: number): number {
  const a = degreesOfFreedom / 2;
  const x = chiSquare / 2;
  if (x <= 0) return 1;
  const front = Math.exp(-x + a * Math.log(x) - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; Math.abs(term) > Math.abs(sum) * 1e-17 && k < 10_000; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return 1 - front * sum;
  }
  let fraction = x + 401 - a;
  for (let k = 200; k >= 1; k--) fraction = x + 2 * k - 1 - a - (k * (k - a)) / fraction;
  return front / fraction;
}

/** Regularised incomplete beta function I_x(a, b) by its continued fraction (Abramowitz & Stegun 26.5.8, Lentz's method). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let value = d;
  for (let m = 1; m < 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return front * value;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** Chance that a Student t variable lies at least this far from 0, on either side. */
export function studentTwoSided(t: number, degreesOfFreedom: number): number {
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}

/** The t above which the given share (0, 0.5) of a Student t variable lies: 1.96 for 0.025 and many degrees of freedom. */
export function studentQuantile(upperShare: number, degreesOfFreedom: number): number {
  let low = 0;
  let high = 1;
  while (studentTwoSided(high, degreesOfFreedom) / 2 > upperShare) high *= 2;
  for (let k = 0; k < 200 && high - low > 1e-15 * high; k++) {
    const middle = (low + high) / 2;
    if (studentTwoSided(middle, degreesOfFreedom) / 2 > upperShare) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Chance that a standard normal variable lies at least this far from 0, on either side. */
export function normalTwoSided(z: number): number {
  return chiSquareTail(z * z, 1);
}
