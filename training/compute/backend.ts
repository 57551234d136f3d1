import type { EigenPairs } from './symmetric-eigen.js';

/** `cpu`: TypeScript, float64; `lapack`: the system's library, float64; `webgpu`: a GPU, float32. */
export type BackendName = 'cpu' | 'lapack' | 'webgpu';
/** Every backend, slowest first. */
export const backendNames: readonly BackendName[] = ['cpu', 'lapack', 'webgpu'];

/** Who carries out the large products of a PCA. Matrices are row-major float64; calls return when the answer is there. */
export interface MatrixBackend {
  readonly name: BackendName;
  /** The library or device behind it, for reports: `OpenBLAS, liblapack.so.3`, the name of a GPU. */
  readonly description: string;
  /** Largest difference from exact arithmetic to expect, relative to the largest value of the result. */
  readonly relativeTolerance: number;
  /** A A' of a matrix of shape (m x k); shape (m x m). */
  gram(a: Float64Array, m: number, k: number): Float64Array;
  /** A B' of matrices of shape (m x k) and (n x k); shape (m x n). */
  rowDotProducts(a: Float64Array, m: number, b: Float64Array, n: number, k: number): Float64Array;
  /** Eigenvalues, falling, and unit eigenvectors of a symmetric matrix of shape (n x n). */
  symmetricEigen(matrix: Float64Array, n: number): EigenPairs;
  /** Frees what the backend holds; nothing may be called afterwards. */
  close(): void;
}
