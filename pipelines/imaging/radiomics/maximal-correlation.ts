/**
 * Maximal correlation coefficient of a joint distribution: the second largest singular value of
 * a(i,j) = p(i,j) / sqrt(px(i) py(j)), whose largest is 1.
 *
 * PyRadiomics takes the root of the second largest eigenvalue of the unsymmetric Q = Dx^-1 P Dy^-1 P'; Q is similar to
 * a a', so the values are the same, and the symmetric form keeps them real. The known first singular pair is taken off,
 * which leaves the wanted value as the largest.
 * @param p row-major, shape (n x n), sum 1
 * @param px row sums, `py` column sums; a level without pairs has 0 and does not take part
 * @returns value in [0, 1]
 * @see Haralick et al., IEEE Trans Syst Man Cybern 1973;SMC-3:610-621, f14
 */
export function maximalCorrelation(n: number, p: Float64Array, px: Float64Array, py: Float64Array): number {
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const scale = Math.sqrt((px[i] as number) * (py[j] as number));
      if (scale > 0) a[i * n + j] = (p[i * n + j] as number) / scale;
    }
  }
  const b = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = -Math.sqrt((px[i] as number) * (px[j] as number));
      for (let k = 0; k < n; k++) sum += (a[i * n + k] as number) * (a[j * n + k] as number);
      b[i * n + j] = sum;
      b[j * n + i] = sum;
    }
  }
  return Math.sqrt(Math.min(1, Math.max(0, largestEigenvalue(n, b))));
}

/** Largest eigenvalue of a symmetric matrix (row-major, overwritten). */
function largestEigenvalue(n: number, a: Float64Array): number {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  tridiagonalise(n, a, diagonal, beside);
  return largestOfTridiagonal(diagonal, beside);
}

/**
 * Householder reduction to tridiagonal form, from the last row upwards; `beside[i]` couples i - 1 and i.
 * @see Golub and Van Loan, Matrix Computations, 4th ed., section 8.3.1
 */
function tridiagonalise(n: number, a: Float64Array, diagonal: Float64Array, beside: Float64Array): void {
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let m = n - 1; m > 0; m--) {
    diagonal[m] = a[m * n + m] as number;
    let square = 0;
    for (let j = 0; j < m; j++) {
      v[j] = a[m * n + j] as number;
      square += (v[j] as number) ** 2;
    }
    const pivot = v[m - 1] as number;
    const alpha = pivot > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    beside[m] = alpha;
    v[m - 1] = pivot - alpha;
    const half = square - alpha * pivot;
    if (half > 0) reflect(n, m, a, v, w, half);
  }
  diagonal[0] = a[0] as number;
}

/** Applies I - v v' / half from both sides to the leading m x m block (lower triangle kept up to date). */
function reflect(n: number, m: number, a: Float64Array, v: Float64Array, w: Float64Array, half: number): void {
  w.fill(0, 0, m);
  for (let i = 0; i < m; i++) {
    const vi = v[i] as number;
    let sum = (a[i * n + i] as number) * vi;
    for (let j = 0; j < i; j++) {
      const x = a[i * n + j] as number;
      sum += x * (v[j] as number);
      w[j] = (w[j] as number) + x * vi;
    }
    w[i] = (w[i] as number) + sum;
  }
  let k = 0;
  for (let i = 0; i < m; i++) {
    w[i] = (w[i] as number) / half;
    k += (v[i] as number) * (w[i] as number);
  }
  k /= 2 * half;
  for (let i = 0; i < m; i++) w[i] = (w[i] as number) - k * (v[i] as number);
  for (let i = 0; i < m; i++) {
    const vi = v[i] as number;
    const wi = w[i] as number;
    for (let j = 0; j <= i; j++) {
      a[i * n + j] = (a[i * n + j] as number) - vi * (w[j] as number) - wi * (v[j] as number);
    }
  }
}

/** Bisection on the number of eigenvalues below a trial value, within Gershgorin's bounds, down to neighbouring doubles. */
function largestOfTridiagonal(diagonal: Float64Array, beside: Float64Array): number {
  const n = diagonal.length;
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const d = diagonal[i] as number;
    const radius = Math.abs(beside[i] as number) + (i + 1 < n ? Math.abs(beside[i + 1] as number) : 0);
    if (d > low) low = d;
    if (d + radius > high) high = d + radius;
  }
  for (let step = 0; step < 200 && high > low; step++) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (allBelow(diagonal, beside, middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Whether every eigenvalue lies below x: all pivots of (T - x I) are negative. */
function allBelow(diagonal: Float64Array, beside: Float64Array, x: number): boolean {
  let pivot = (diagonal[0] as number) - x;
  for (let i = 1; i < diagonal.length; i++) {
    if (pivot >= 0) return false;
    pivot = (diagonal[i] as number) - x - (beside[i] as number) ** 2 / pivot;
  }
  return pivot < 0;
}
