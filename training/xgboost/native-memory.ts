import koffi from 'koffi';
import { trainingError } from '../errors.js';
import type { Handle, Out } from './native-library.js';

/** Copies memory that the library owns and will reuse. */
export function copyBytes(pointer: Handle, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(koffi.view(pointer, length)).slice();
}

/** Copies float32 numbers that the library owns. */
export function copyFloats(pointer: Handle, count: number): Float32Array {
  return new Float32Array(copyBytes(pointer, count * Float32Array.BYTES_PER_ELEMENT).buffer);
}

/** Copies a list of 64-bit counts. */
export function copyCounts(pointer: Handle, count: number): readonly number[] {
  return [...new BigUint64Array(copyBytes(pointer, count * BigUint64Array.BYTES_PER_ELEMENT).buffer)].map(Number);
}

/** Copies a list of C strings. */
export function copyTexts(pointer: Handle, count: number): readonly string[] {
  if (count === 0) return [];
  return (koffi.decode(pointer, koffi.array('str', count)) as string[]).slice();
}

/** What the library wrote into an out-parameter. @throws TrainingError TRAIN_XGBOOST_FAILED when it left it empty */
export function filled<T>(out: Out<T>): T {
  if (out[0] === null) throw trainingError('TRAIN_XGBOOST_FAILED', 'an out-parameter', 'it was left empty');
  return out[0];
}
