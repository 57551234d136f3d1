import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../../package-facts.js';
import { trainingError } from '../../errors.js';
import type { MatrixBackend } from '../backend.js';
import { symmetricEigen } from '../symmetric-eigen.js';
import { flag, type GpuTask } from './messages.js';

/** A GPU that has not answered by then is taken for hung, in milliseconds. */
const patienceMs = 120_000;

/** Matrices that stay on the device: the data, its transpose and both factors of the product under way. */
const mostKept = 4;

/**
 * Products on a GPU through WebGPU (float32), on any vendor's card. The decomposition of the small matrix stays on the
 * CPU in float64.
 * @throws TrainingError TRAIN_BACKEND_UNAVAILABLE when the optional package `webgpu` or a driver is missing
 */
export function openWebGpuBackend(): MatrixBackend {
  const file = join(packageRoot(), 'dist', 'training', 'compute', 'webgpu', 'worker.js');
  if (!existsSync(file)) throw trainingError('TRAIN_BACKEND_UNAVAILABLE', 'webgpu', `${file} is missing`);
  const thread = new GpuThread(new Worker(file, { execArgv: [] }));
  let description: string;
  try {
    description = thread.ask({ kind: 'open' });
  } catch (error) {
    thread.end();
    const why = error instanceof Error ? error.message : String(error);
    throw trainingError('TRAIN_BACKEND_UNAVAILABLE', 'webgpu', why);
  }
  const kept = new KeptMatrices(thread);
  const rowDotProducts: MatrixBackend['rowDotProducts'] = (a, m, b, n, k) => {
    const out = new SharedArrayBuffer(m * n * 4);
    const [first, second] = [kept.idOf(a), kept.idOf(b)];
    thread.run({ kind: 'product', a: first, b: second, m, n, k, out });
    return Float64Array.from(new Float32Array(out));
  };
  return {
    name: 'webgpu',
    description,
    relativeTolerance: 1e-4,
    gram: (a, m, k) => rowDotProducts(a, m, a, m, k),
    rowDotProducts,
    symmetricEigen,
    close: () => {
      thread.run({ kind: 'close' });
      thread.end();
    },
  };
}

/** Tasks for the worker, one at a time, each waited for. */
class GpuThread {
  readonly #state = new SharedArrayBuffer(8);
  readonly #text = new SharedArrayBuffer(4096);

  constructor(private readonly worker: Worker) {
    worker.unref();
  }

  /** @throws Error in the worker's words */
  ask(task: GpuTask): string {
    const flags = new Int32Array(this.#state);
    Atomics.store(flags, 0, flag.waiting);
    this.worker.postMessage({ task, state: this.#state, text: this.#text });
    if (Atomics.wait(flags, 0, flag.waiting, patienceMs) === 'timed-out') {
      throw new Error(`the device has not answered for ${patienceMs / 1000} s`);
    }
    const words = new TextDecoder().decode(new Uint8Array(this.#text).slice(0, Atomics.load(flags, 1)));
    if (Atomics.load(flags, 0) === flag.failed) throw new Error(words);
    return words;
  }

  /** @throws TrainingError TRAIN_BACKEND_FAILED */
  run(task: GpuTask): void {
    try {
      this.ask(task);
    } catch (error) {
      throw trainingError('TRAIN_BACKEND_FAILED', 'webgpu', error instanceof Error ? error.message : String(error));
    }
  }

  end(): void {
    void this.worker.terminate();
  }
}

/** Matrices on the device, by identity: whoever passes a matrix again must not have changed it. */
class KeptMatrices {
  /** Oldest use first. */
  readonly #ids = new Map<Float64Array, number>();
  #next = 1;

  constructor(private readonly thread: GpuThread) {}

  idOf(matrix: Float64Array): number {
    const id = this.#ids.get(matrix) ?? this.#upload(matrix);
    this.#ids.delete(matrix);
    this.#ids.set(matrix, id);
    this.#makeRoom();
    return id;
  }

  #upload(matrix: Float64Array): number {
    const values = new SharedArrayBuffer(matrix.length * 4);
    new Float32Array(values).set(matrix);
    const id = this.#next++;
    this.thread.run({ kind: 'upload', id, values });
    return id;
  }

  /** Drops the smallest matrix, which costs least to bring again, but neither factor of the product under way. */
  #makeRoom(): void {
    if (this.#ids.size <= mostKept) return;
    const idle = [...this.#ids].slice(0, -2).sort(([a], [b]) => a.length - b.length);
    const smallest = idle[0];
    if (smallest === undefined) return;
    this.thread.run({ kind: 'drop', id: smallest[1] });
    this.#ids.delete(smallest[0]);
  }
}
