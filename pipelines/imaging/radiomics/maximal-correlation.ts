/**
 * Maximal correlation coefficient of a joint distribution: the second largest singular value of
 * a(i,j) = p(i,j) / sqrt(px(i) py(j)), whose largest is 1.
 *
 * PyRadiomics takes the root of the second largest eigenvalue of the unsymmetric Q = Dx^-1 P Dy^-1 P'; Q is similar to
 * a a', so the values are the same, and the symmetric form keeps them real. The known first singular pair is taken off,
 * which leaves the wanted value as the largest.
 * @param m its rows and columns without pairs do not take part
 * @returns value in [0, 1]
 * @see Haralick et al., IEEE Trans Syst Man Cybern 1973;SMC-3:610-621, f14
 */
export function maximalCorrelation(m: Pairs): number {
  const { n, py, cellCount, cellRow, cellColumn, cellValue } = m;
  const { columns, columnRoot, product, lines } = roomFor(m);
  let size = 0;
  for (let j = 0; j < n; j++) {
    if (py[j] === 0) continue;
    columnRoot[size] = Math.sqrt(py[j] as number);
    columns[j] = size++;
  }
  // a' a, whose eigenvalues are those of a a', less the first singular pair; the lower triangle only.
  for (let i = 0, at = 0; i < size; i++, at += size) {
    const root = columnRoot[i] as number;
    for (let j = 0; j <= i; j++) product[at + j] = -root * (columnRoot[j] as number);
  }
  for (let k = 0, start = 0; k < cellCount; k++) {
    const row = cellRow[k] as number;
    if (row !== cellRow[start]) start = k;
    const column = columns[cellColumn[k] as number] as number;
    const scale = (cellValue[k] as number) / ((m.px[row] as number) * (columnRoot[column] as number));
    for (let l = start, at = column * size; l <= k; l++) {
      const other = columns[cellColumn[l] as number] as number;
      product[at + other] =
        (product[at + other] as number) + (scale * (cellValue[l] as number)) / (columnRoot[other] as number);
    }
  }
  return Math.sqrt(Math.min(1, Math.max(0, largestEigenvalue(size, product, lines))));
}

/** What the coefficient is worked out from: a matrix as its cells that are not empty, row by row, and its marginals. */
export interface Pairs {
  readonly n: number;
  readonly px: Float64Array;
  readonly py: Float64Array;
  readonly cellCount: number;
  readonly cellRow: Uint16Array;
  readonly cellColumn: Uint16Array;
  readonly cellValue: Float64Array;
  readonly work: CorrelationWork;
}

/** Room that is made when first needed and used again for matrices of the same number of levels. */
export interface CorrelationWork {
  room?: Room;
}

interface Room {
  /** Index among the columns with pairs; shape (n). */
  readonly columns: Int32Array;
  /** Roots of the sums of those columns; shape (n). */
  readonly columnRoot: Float64Array;
  readonly product: Float64Array;
  readonly lines: Lines;
}

interface Lines {
  readonly diagonal: Float64Array;
  readonly beside: Float64Array;
  readonly v: Float64Array;
  readonly w: Float64Array;
}

function roomFor({ n, work }: Pairs): Room {
  const line = () => new Float64Array(n);
  work.room ??= {
    columns: new Int32Array(n),
    columnRoot: line(),
    product: new Float64Array(n * n),
    lines: { diagonal: line(), beside: line(), v: line(), w: line() },
  };
  return work.room;
}

/** Largest eigenvalue of a symmetric matrix of which the lower triangle is given (row-major, overwritten). */
function largestEigenvalue(n: number, a: Float64Array, lines: Lines): number {
  tridiagonalise(n, a, lines);
  return largestOfTridiagonal(n, lines.diagonal, lines.beside);
}

/**
 * Householder reduction to tridiagonal form, from the last row upwards; `beside[i]` couples i - 1 and i.
 * @see Golub and Van Loan, Matrix Computations, 4th ed., section 8.3.1
 */
function tridiagonalise(n: number, a: Float64Array, { diagonal, beside, v, w }: Lines): void {
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
function largestOfTridiagonal(n: number, diagonal: Float64Array, beside: Float64Array): number {
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
    if (allBelow(n, diagonal, beside, middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Whether every eigenvalue lies below x: all pivots of (T - x I) are negative. */
function allBelow(n: number, diagonal: Float64Array, beside: Float64Array, x: number): boolean {
  let pivot = (diagonal[0] as number) - x;
  for (let i = 1; i < n; i++) {
    if (pivot >= 0) return false;
    pivot = (diagonal[i] as number) - x - (beside[i] as number) ** 2 / pivot;
  }
  return pivot < 0;
}
