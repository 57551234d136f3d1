import { readFileSync } from 'node:fs';

/** An array of a NumPy file, whatever the order of its values in the file. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** Value at an index along each axis. */
  at(...index: readonly number[]): number;
}

/** Reads a NumPy file of little-endian doubles. */
export function readNpy(file: string): NpyArray {
  const bytes = readFileSync(file);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.subarray(10, start).toString('latin1');
  const order = /'descr': '<f8', 'fortran_order': (True|False)/.exec(header)?.[1];
  if (order === undefined) throw new Error(`${file} does not hold little-endian doubles: ${header}`);
  const shape = (/\(([^)]*)\)/.exec(header)?.[1] ?? '').split(',').map(Number);
  const data = new Float64Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
  const strides = shape.map((_, d) => {
    const faster = order === 'True' ? shape.slice(0, d) : shape.slice(d + 1);
    return faster.reduce((a, b) => a * b, 1);
  });
  return {
    shape,
    at: (...index) => data[index.reduce((sum, i, d) => sum + i * (strides[d] as number), 0)] as number,
  };
}
