import type { MatrixBackend } from './backend.js';
import { gramOfRows, rowDotProducts } from './blocked-product.js';
import { symmetricEigen } from './symmetric-eigen.js';

/** Plain TypeScript on one core: always there, the same bytes on every machine. */
export const cpuBackend: MatrixBackend = {
  name: 'cpu',
  description: 'TypeScript, one core, float64',
  relativeTolerance: 1e-10,
  gram: gramOfRows,
  rowDotProducts,
  symmetricEigen,
  close: () => undefined,
};
