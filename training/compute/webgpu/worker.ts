import { parentPort } from 'node:worker_threads';
import { GpuProducts } from './gpu-products.js';
import { flag, type GpuMessage, type GpuTask } from './messages.js';

/**
 * The thread that owns the GPU. WebGPU only answers through promises; the thread that asks sleeps on the shared flag,
 * so that a PCA on the GPU is called like one on the CPU.
 */
let products: GpuProducts | undefined;

parentPort?.on('message', (message: GpuMessage) => {
  void answer(message);
});

async function answer({ task, state, text }: GpuMessage): Promise<void> {
  const flags = new Int32Array(state);
  try {
    report(flags, text, await carryOut(task), flag.done);
  } catch (error) {
    report(flags, text, error instanceof Error ? error.message : String(error), flag.failed);
  }
}

async function carryOut(task: GpuTask): Promise<string> {
  if (task.kind === 'open') {
    products = await GpuProducts.open();
    return products.description;
  }
  if (products === undefined) throw new Error('the device is not open');
  if (task.kind === 'upload') products.upload(task.id, new Float32Array(task.values));
  else if (task.kind === 'drop') products.drop(task.id);
  else if (task.kind === 'close') products.close();
  else await products.product(task.a, task.b, task.m, task.n, task.k, new Float32Array(task.out));
  return '';
}

function report(flags: Int32Array, text: SharedArrayBuffer, words: string, outcome: number): void {
  const bytes = new TextEncoder().encode(words).subarray(0, text.byteLength);
  new Uint8Array(text).set(bytes);
  Atomics.store(flags, 1, bytes.length);
  Atomics.store(flags, 0, outcome);
  Atomics.notify(flags, 0);
}
