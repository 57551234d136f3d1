import { trainingError } from '../errors.js';

/** Eigenvalues and eigenvectors of a symmetric matrix. */
export interface EigenPairs {
  /** Falling; shape (n). */
  readonly values: Float64Array;
  /** Row k is the unit eigenvector of value k; row-major, shape (n x n). */
  readonly vectors: Float64Array;
}

/** Rotations after which an eigenvalue that does not converge is given up; two or three are usual. */
const mostIterations = 60;

/**
 * All eigenvalues and eigenvectors of a symmetric matrix: Householder reflections to a tridiagonal matrix, then implicit
 * QL with Wilkinson's shift. Every inner loop runs along a row, so that a matrix of 1000 x 1000 stays in reach.
 * @param matrix row-major, shape (n x n), finite, symmetric (the lower triangle is read); not changed
 * @throws TrainingError TRAIN_EIGEN when an eigenvalue does not converge
 * @see Golub & Van Loan, Matrix Computations, 4th ed. (2013), sections 8.3.1 and 8.3.3
 */
export function symmetricEigen(matrix: Float64Array, n: number): EigenPairs {
  const a = matrix.slice();
  const diagonal = new Float64Array(n);
  const off = new Float64Array(n);
  const scales = tridiagonalise(a, n, diagonal, off);
  const vectors = accumulate(a, scales, n);
  const lines = transpose(vectors, n);
  implicitQl(diagonal, off, lines, n);
  return sortFalling(diagonal, transpose(lines, n), n);
}

/**
 * Entries below this share of the largest are taken as 0. Where rows repeat, what is left of them shrinks from reflection to
 * reflection until its square is no number any more.
 */
const negligibleShare = Number.EPSILON ** 2;

/**
 * Reduces the lower triangle from the last row up. Row i (columns 0 … i - 1) then holds its Householder vector v, with
 * reflection I - scale v v'.
 * @returns the scale of each row's reflection; 0 where there was nothing to do
 */
function tridiagonalise(a: Float64Array, n: number, diagonal: Float64Array, off: Float64Array): Float64Array {
  const scales = new Float64Array(n);
  const product = new Float64Array(n);
  let norm = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) norm = Math.max(norm, Math.abs(a[i * n + j] as number));
  for (let i = n - 1; i > 0; i--) {
    const row = i * n;
    const below = householder(a, row, i, negligibleShare * norm);
    diagonal[i] = a[row + i] as number;
    off[i] = below.offDiagonal;
    scales[i] = below.scale;
    if (below.scale !== 0) reflect(a, n, row, i, below.scale, product);
  }
  diagonal[0] = a[0] as number;
  return scales;
}

/** Turns a[row … row + length - 1] into the vector whose reflection leaves only its last element, which is returned. */
function householder(
  a: Float64Array,
  row: number,
  length: number,
  negligible: number,
): { scale: number; offDiagonal: number } {
  const last = row + length - 1;
  let largest = 0;
  for (let k = row; k < last; k++) largest = Math.max(largest, Math.abs(a[k] as number));
  if (largest <= negligible) return { scale: 0, offDiagonal: a[last] as number };
  largest = Math.max(largest, Math.abs(a[last] as number));
  let squares = 0;
  for (let k = row; k <= last; k++) squares += ((a[k] as number) / largest) ** 2;
  const end = a[last] as number;
  const length2 = largest * Math.sqrt(squares);
  const offDiagonal = end > 0 ? -length2 : length2;
  a[last] = end - offDiagonal;
  // v'v / 2 = length2 (length2 + |end|), so that scale = 2 / v'v.
  return { scale: 1 / (length2 * (length2 + Math.abs(end))), offDiagonal };
}

/** A <- (I - scale v v') A (I - scale v v') on the leading block of `m` rows, lower triangle only. */
function reflect(a: Float64Array, n: number, row: number, m: number, scale: number, product: Float64Array): void {
  for (let r = 0; r < m; r++) {
    const start = r * n;
    const v = a[row + r] as number;
    let sum = 0;
    for (let c = 0; c < r; c++) {
      const value = a[start + c] as number;
      sum += value * (a[row + c] as number);
      product[c] = (product[c] as number) + value * v;
    }
    product[r] = sum + (a[start + r] as number) * v;
  }
  let dot = 0;
  for (let r = 0; r < m; r++) dot += (product[r] as number) * (a[row + r] as number);
  const correction = (scale * scale * dot) / 2;
  for (let r = 0; r < m; r++) product[r] = scale * (product[r] as number) - correction * (a[row + r] as number);
  for (let r = 0; r < m; r++) {
    const start = r * n;
    const v = a[row + r] as number;
    const w = product[r] as number;
    for (let c = 0; c <= r; c++) {
      a[start + c] = (a[start + c] as number) - v * (product[c] as number) - w * (a[row + c] as number);
    }
  }
}

/** The product of the reflections, transposed: row k is where eigenvector k of the tridiagonal matrix starts from. */
function accumulate(a: Float64Array, scales: Float64Array, n: number): Float64Array {
  const q = new Float64Array(n * n);
  const product = new Float64Array(n);
  q[0] = 1;
  for (let i = 1; i < n; i++) {
    q[i * n + i] = 1;
    const scale = scales[i] as number;
    if (scale === 0) continue;
    const row = i * n;
    rowSums(q, n, i, a, row, scale, product);
    for (let r = 0; r < i; r++) {
      const start = r * n;
      const w = product[r] as number;
      for (let c = 0; c < i; c++) q[start + c] = (q[start + c] as number) - w * (a[row + c] as number);
    }
  }
  return q;
}

/** product[r] = scale x (row r of q) . (the vector in a), r below i; four rows at a time, whose sums do not wait for each other. */
function rowSums(
  q: Float64Array,
  n: number,
  i: number,
  a: Float64Array,
  row: number,
  scale: number,
  product: Float64Array,
): void {
  let r = 0;
  for (; r + 3 < i; r += 4) {
    const first = r * n;
    const second = first + n;
    const third = second + n;
    const fourth = third + n;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let c = 0; c < i; c++) {
      const v = a[row + c] as number;
      s0 += (q[first + c] as number) * v;
      s1 += (q[second + c] as number) * v;
      s2 += (q[third + c] as number) * v;
      s3 += (q[fourth + c] as number) * v;
    }
    product[r] = s0 * scale;
    product[r + 1] = s1 * scale;
    product[r + 2] = s2 * scale;
    product[r + 3] = s3 * scale;
  }
  for (; r < i; r++) {
    let sum = 0;
    for (let c = 0; c < i; c++) sum += (q[r * n + c] as number) * (a[row + c] as number);
    product[r] = sum * scale;
  }
}

function transpose(square: Float64Array, n: number): Float64Array {
  const turned = new Float64Array(n * n);
  for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) turned[c * n + r] = square[r * n + c] as number;
  return turned;
}

/**
 * Diagonalises the tridiagonal matrix in place (off[i] couples i - 1 and i). `lines` holds a vector per column and is rotated along,
 * a whole sweep at a time.
 */
function implicitQl(diagonal: Float64Array, off: Float64Array, lines: Float64Array, n: number): void {
  off.copyWithin(0, 1);
  off[n - 1] = 0;
  const rotations = { cosine: new Float64Array(n), sine: new Float64Array(n) };
  for (let l = 0; l < n; l++) {
    for (let iteration = 0; ; iteration++) {
      const m = firstSplit(diagonal, off, l, n);
      if (m === l) break;
      if (iteration === mostIterations) throw trainingError('TRAIN_EIGEN', l + 1, n);
      const lowest = sweep(diagonal, off, rotations, l, m);
      rotateLines(lines, n, lowest, m, rotations);
    }
  }
}

/** The first index from l at which the matrix falls apart for all that float64 can tell. */
function firstSplit(diagonal: Float64Array, off: Float64Array, l: number, n: number): number {
  let m = l;
  while (m < n - 1) {
    const near = Math.abs(diagonal[m] as number) + Math.abs(diagonal[m + 1] as number);
    if (Math.abs(off[m] as number) <= Number.EPSILON * near) break;
    m++;
  }
  return m;
}

/** Of the pairs (i, i + 1), by i. */
interface Rotations {
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

/** One implicit QL step on rows l … m. @returns the lowest pair that was rotated; m when none was */
function sweep(d: Float64Array, e: Float64Array, rotations: Rotations, l: number, m: number): number {
  const first = d[l] as number;
  let g = ((d[l + 1] as number) - first) / (2 * (e[l] as number));
  const root = Math.hypot(g, 1);
  g = (d[m] as number) - first + (e[l] as number) / (g + (g >= 0 ? root : -root));
  let sine = 1;
  let cosine = 1;
  let p = 0;
  for (let i = m - 1; i >= l; i--) {
    const f = sine * (e[i] as number);
    const b = cosine * (e[i] as number);
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The rotation vanished: the matrix has split here, and the next step starts from what is left.
      d[i + 1] = (d[i + 1] as number) - p;
      e[m] = 0;
      return i + 1;
    }
    sine = f / r;
    cosine = g / r;
    const next = (d[i + 1] as number) - p;
    const turned = ((d[i] as number) - next) * sine + 2 * cosine * b;
    p = sine * turned;
    d[i + 1] = next + p;
    g = cosine * turned - b;
    rotations.cosine[i] = cosine;
    rotations.sine[i] = sine;
  }
  d[l] = (d[l] as number) - p;
  e[l] = g;
  e[m] = 0;
  return l;
}

/** Rotates the columns m … l of every line, from the last pair down: four lines at a time, each with its moving value in hand. */
function rotateLines(v: Float64Array, n: number, l: number, m: number, { cosine, sine }: Rotations): void {
  let k = 0;
  for (; k + 3 < n; k += 4) {
    const a = k * n;
    const b = a + n;
    const c = b + n;
    const d = c + n;
    let ya = v[a + m] as number;
    let yb = v[b + m] as number;
    let yc = v[c + m] as number;
    let yd = v[d + m] as number;
    for (let i = m - 1; i >= l; i--) {
      const co = cosine[i] as number;
      const si = sine[i] as number;
      const xa = v[a + i] as number;
      const xb = v[b + i] as number;
      const xc = v[c + i] as number;
      const xd = v[d + i] as number;
      v[a + i + 1] = si * xa + co * ya;
      v[b + i + 1] = si * xb + co * yb;
      v[c + i + 1] = si * xc + co * yc;
      v[d + i + 1] = si * xd + co * yd;
      ya = co * xa - si * ya;
      yb = co * xb - si * yb;
      yc = co * xc - si * yc;
      yd = co * xd - si * yd;
    }
    v[a + l] = ya;
    v[b + l] = yb;
    v[c + l] = yc;
    v[d + l] = yd;
  }
  for (; k < n; k++) {
    const a = k * n;
    let y = v[a + m] as number;
    for (let i = m - 1; i >= l; i--) {
      const x = v[a + i] as number;
      v[a + i + 1] = (sine[i] as number) * x + (cosine[i] as number) * y;
      y = (cosine[i] as number) * x - (sine[i] as number) * y;
    }
    v[a + l] = y;
  }
}

function sortFalling(values: Float64Array, vectors: Float64Array, n: number): EigenPairs {
  const order = Array.from(values, (_, k) => k).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  const sorted = new Float64Array(n * n);
  for (const [to, from] of order.entries()) sorted.set(vectors.subarray(from * n, (from + 1) * n), to * n);
  return { values: Float64Array.from(order, (k) => values[k] as number), vectors: sorted };
}
