import type { RowMatrix } from '../bundle/index.js';
import { type BackendChoice, openBackend } from '../compute/index.js';
import { fitPca } from './pca.js';
import type { PcaFit, PcaSize } from './pca-fit.js';

/**
 * A PCA on a backend that is opened for it and closed after it.
 * @throws TrainingError of `fitPca`, TRAIN_BACKEND_UNKNOWN, TRAIN_BACKEND_UNAVAILABLE, TRAIN_BACKEND_FAILED
 */
export function fitPcaWith(choice: BackendChoice, matrix: RowMatrix, size: PcaSize): PcaFit {
  const { backend } = openBackend(choice, matrix.n, matrix.p);
  try {
    return fitPca(matrix, size, { backend });
  } finally {
    backend.close();
  }
}
