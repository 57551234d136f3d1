/** What the worker answers: state of the shared flag. */
export const flag = { waiting: 0, done: 1, failed: 2 } as const;

/** Work for the worker that owns the GPU. Large numbers travel in shared memory, nothing is copied twice. */
export type GpuTask =
  | { readonly kind: 'open' }
  /** Keeps a matrix on the GPU under a number until it is dropped. */
  | { readonly kind: 'upload'; readonly id: number; readonly values: SharedArrayBuffer }
  | { readonly kind: 'drop'; readonly id: number }
  /** A B' of two kept matrices of shape (m x k) and (n x k) into `out`, float32. */
  | {
      readonly kind: 'product';
      readonly a: number;
      readonly b: number;
      readonly m: number;
      readonly n: number;
      readonly k: number;
      readonly out: SharedArrayBuffer;
    }
  | { readonly kind: 'close' };

export interface GpuMessage {
  readonly task: GpuTask;
  /** Int32: the flag, then the length of the answer's text in bytes. */
  readonly state: SharedArrayBuffer;
  /** UTF-8: the device's name, or why the task failed. */
  readonly text: SharedArrayBuffer;
}
