import type { DuckDBValue } from '@duckdb/node-api';
import { StoreError, storeError } from '../../errors.js';
import type { SqlParameter } from '../database.js';
import { oneSentence } from './messages.js';

/** A parameter as the driver takes it: whole numbers are BIGINT. */
export function bindable(value: SqlParameter): DuckDBValue {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** The system's words for a full disk, a used-up quota and a file that may grow no more. */
const isFull = /No space left on device|Disk quota exceeded|File too large|not enough space on the disk/i;

/** Calls the driver. @throws StoreError STORE_ENGINE or STORE_DISK_FULL with its message as one sentence */
export async function engineCall<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const what = oneSentence(error);
    const code = isFull.test(what) ? 'STORE_DISK_FULL' : 'STORE_ENGINE';
    throw new StoreError(code, storeError(code, what).message, { cause: error });
  }
}
