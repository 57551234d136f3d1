import { trainingError } from '../../errors.js';
import type { MatrixBackend } from '../backend.js';
import { gramOfRows, rowDotProducts } from '../blocked-product.js';
import type { EigenPairs } from '../symmetric-eigen.js';
import { type LapackRoutines, loadLapack } from './library.js';

const int = (value: number): Int32Array => Int32Array.of(value);
const double = (value: number): Float64Array => Float64Array.of(value);

/**
 * BLAS and LAPACK of the system. Fortran counts columns first, so a row-major matrix is its transpose there: the calls
 * below are written for that and copy nothing.
 * @throws TrainingError TRAIN_BACKEND_UNAVAILABLE when there is no LAPACK, or when it fails a small product (some builds
 *   compute wrong numbers on processors that they do not know)
 */
export function openLapackBackend(routines: LapackRoutines = loadLapack()): MatrixBackend {
  const backend: MatrixBackend = {
    name: 'lapack',
    description: routines.path,
    relativeTolerance: 1e-10,
    gram: (a, m, k) => gram(routines, a, m, k),
    rowDotProducts: (a, m, b, n, k) => products(routines, a, m, b, n, k),
    symmetricEigen: (matrix, n) => eigen(routines, matrix, n),
    close: () => undefined,
  };
  assertRight(backend);
  return backend;
}

function products(lapack: LapackRoutines, a: Float64Array, m: number, b: Float64Array, n: number, k: number) {
  const out = new Float64Array(m * n);
  lapack.dgemm('T', 'N', int(n), int(m), int(k), double(1), b, int(k), a, int(k), double(0), out, int(n));
  return out;
}

function gram(lapack: LapackRoutines, a: Float64Array, m: number, k: number): Float64Array {
  const out = new Float64Array(m * m);
  // 'U' of Fortran is the lower triangle of a row-major matrix.
  lapack.dsyrk('U', 'T', int(m), int(k), double(1), a, int(k), double(0), out, int(m));
  for (let i = 0; i < m; i++) for (let j = i + 1; j < m; j++) out[i * m + j] = out[j * m + i] as number;
  return out;
}

/** `dsyevd` gives rising values and puts vector k into Fortran's column k: our row k. */
function eigen(lapack: LapackRoutines, matrix: Float64Array, n: number): EigenPairs {
  const rows = matrix.slice();
  const rising = new Float64Array(n);
  const work = new Float64Array(1 + 6 * n + 2 * n * n);
  const integers = new Int32Array(3 + 5 * n);
  const info: [number | null] = [null];
  lapack.dsyevd('V', 'U', int(n), rows, int(n), rising, work, int(work.length), integers, int(integers.length), info);
  if (info[0] !== 0) throw trainingError('TRAIN_BACKEND_FAILED', 'lapack', `dsyevd ended with info ${info[0]}`);
  const vectors = new Float64Array(n * n);
  for (let k = 0; k < n; k++) vectors.set(rows.subarray((n - 1 - k) * n, (n - k) * n), k * n);
  return { values: rising.reverse(), vectors };
}

/** Odd sizes, so that the kernels for the edges of blocks are tried too. */
function assertRight(backend: MatrixBackend): void {
  const [m, n, k] = [37, 21, 131];
  const a = Float64Array.from({ length: m * k }, (_, i) => ((i * 7919) % 1009) / 1009 - 0.5);
  const b = Float64Array.from({ length: n * k }, (_, i) => ((i * 6101) % 997) / 997 - 0.5);
  const right = rowDotProducts(a, m, b, n, k);
  const square = gramOfRows(a, m, k);
  const wrong =
    backend.rowDotProducts(a, m, b, n, k).some((value, i) => !(Math.abs(value - (right[i] as number)) < 1e-11)) ||
    backend.gram(a, m, k).some((value, i) => !(Math.abs(value - (square[i] as number)) < 1e-11));
  if (wrong) {
    throw trainingError('TRAIN_BACKEND_UNAVAILABLE', 'lapack', `${backend.description} gets a small product wrong`);
  }
}
