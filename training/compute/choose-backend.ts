import { TrainingError, trainingError } from '../errors.js';
import { type BackendName, backendNames, type MatrixBackend } from './backend.js';
import { cpuBackend } from './cpu-backend.js';
import { openLapackBackend } from './lapack/lapack-backend.js';
import { openWebGpuBackend } from './webgpu/webgpu-backend.js';

/** A backend by name, or the one that fits the size. */
export type BackendChoice = BackendName | 'auto';
/** What `--pca-backend` takes. */
export const backendChoices: readonly BackendChoice[] = ['auto', ...backendNames];

/** Multiplications (of the smaller Gram matrix) from which a LAPACK is worth looking for: about a second of one core. */
const largeProduct = 2e9;

/** An open backend, to be closed by whoever asked for it. */
export interface ChosenBackend {
  readonly backend: MatrixBackend;
  /** One sentence for a person: which one, and why. */
  readonly reason: string;
}

/**
 * Opens a backend for a matrix of shape (n x p). `auto` takes TypeScript for all but large matrices, for which it takes
 * a LAPACK where there is one. It never takes float32: a GPU is used when it is asked for.
 * @throws TrainingError TRAIN_BACKEND_UNKNOWN, TRAIN_BACKEND_UNAVAILABLE (only when asked for by name)
 */
export function openBackend(choice: string, n: number, p: number): ChosenBackend {
  if (choice === 'cpu') return { backend: cpuBackend, reason: 'cpu: asked for' };
  if (choice === 'lapack') return asked(openLapackBackend());
  if (choice === 'webgpu') return asked(openWebGpuBackend());
  if (choice !== 'auto') throw trainingError('TRAIN_BACKEND_UNKNOWN', choice, backendChoices);
  const size = `${n} x ${p}`;
  const work = (Math.min(n, p) ** 2 * Math.max(n, p)) / 2;
  if (work < largeProduct) return { backend: cpuBackend, reason: `cpu: ${size} is small` };
  try {
    const backend = openLapackBackend();
    return { backend, reason: `lapack (${backend.description}): ${size} is large` };
  } catch (error) {
    if (!(error instanceof TrainingError) || error.code !== 'TRAIN_BACKEND_UNAVAILABLE') throw error;
    return { backend: cpuBackend, reason: `cpu: ${size} is large, and no LAPACK was found` };
  }
}

function asked(backend: MatrixBackend): ChosenBackend {
  return { backend, reason: `${backend.name} (${backend.description}): asked for` };
}
