import { StoreError, storeError } from '../../errors.js';

/** Failed serialisation and deadlock: SQLSTATE codes after which a transaction may be begun anew. */
const transientCodes: ReadonlySet<string> = new Set(['40001', '40P01']);

/** Failures after which nobody knows whether the transaction was committed. */
const undecided = new WeakSet<StoreError>();

/**
 * A failure of the driver or the server as the store's error. A connection that is lost while COMMIT is under way leaves it open
 * whether the transaction was committed; ingesting the same rows again is safe, and says so.
 */
export function engineError(error: unknown, step?: 'commit'): StoreError {
  if (error instanceof StoreError) return error;
  const code = sqlState(error);
  const message = String((error as Error | undefined)?.message ?? error)
    .replace(/\s+/g, ' ')
    .trim();
  if (code === '42501') return build('STORE_NOT_ALLOWED', error, message);
  if (isConnectionLoss(error)) {
    if (step !== 'commit') return build('STORE_CONNECTION', error, message);
    const failure = build('STORE_CONNECTION', error, `${message}, while a transaction was being committed`);
    undecided.add(failure);
    return failure;
  }
  if (code === '22021') return build('STORE_BAD_TEXT', error, message);
  if (code === '53100') return build('STORE_DISK_FULL', error, message);
  return build('STORE_ENGINE', error, message);
}

function build(
  code: 'STORE_NOT_ALLOWED' | 'STORE_CONNECTION' | 'STORE_DISK_FULL' | 'STORE_BAD_TEXT' | 'STORE_ENGINE',
  cause: unknown,
  message: string,
): StoreError {
  return new StoreError(code, storeError(code, message).message, { cause });
}

/** Whether a transaction that failed so was surely rolled back and may succeed when tried again. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof StoreError)) return false;
  if (error.code === 'STORE_CONNECTION') return !undecided.has(error);
  return transientCodes.has(sqlState(error.cause) ?? '');
}

/** SQLSTATE, or Node's code of a failed system call. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

function isConnectionLoss(error: unknown): boolean {
  const code = sqlState(error) ?? '';
  const message = String((error as Error | undefined)?.message);
  return (
    /^(08|57P0)/.test(code) ||
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT', 'ENOENT'].includes(code) ||
    /Connection terminated|connection error|timeout exceeded when trying to connect|not queryable/i.test(message)
  );
}
