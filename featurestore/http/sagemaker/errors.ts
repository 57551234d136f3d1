import { StoreError, type StoreErrorCode } from '../../errors.js';
import { SignatureError } from '../signature/index.js';

/** Which of the cloud's two clients is answered: records (`client-sagemaker-featurestore-runtime`) or groups (`client-sagemaker`). */
export type Door = 'records' | 'groups';

/** What can be wrong, whatever a client calls it. */
export type Fault = 'validation' | 'not-found' | 'in-use' | 'conflict' | 'forbidden' | 'unknown-operation' | 'internal';

/** Names and statuses of the service models of the two clients (version 2020-07-01 and 2017-07-24) and of AWS's common errors. */
const faults: Readonly<Record<Door, Readonly<Record<Fault, readonly [name: string, status: number]>>>> = {
  records: {
    validation: ['ValidationError', 400],
    'not-found': ['ResourceNotFound', 404],
    'in-use': ['ConflictException', 409],
    conflict: ['ConflictException', 409],
    forbidden: ['AccessForbidden', 403],
    'unknown-operation': ['UnknownOperationException', 404],
    internal: ['InternalFailure', 500],
  },
  groups: {
    validation: ['ValidationException', 400],
    'not-found': ['ResourceNotFound', 400],
    'in-use': ['ResourceInUse', 400],
    conflict: ['ConflictException', 400],
    forbidden: ['AccessDeniedException', 400],
    'unknown-operation': ['UnknownOperationException', 404],
    internal: ['InternalFailure', 500],
  },
};

/** A request that is refused for what it asks. */
export class RequestError extends Error {
  constructor(
    readonly fault: Fault,
    message: string,
  ) {
    super(message);
    this.name = 'RequestError';
  }
}

/** @returns an error that says which field is wrong and how */
export function badField(field: string, what: string): RequestError {
  return new RequestError('validation', `${field} ${what}`);
}

/** Refusals of the store that are the caller's to mend; all others are failures of the server. */
const storeFaults: Readonly<Partial<Record<StoreErrorCode, Fault>>> = {
  STORE_UNKNOWN_GROUP: 'not-found',
  STORE_NAME_CLASH: 'in-use',
  STORE_GROUP_EXISTS: 'in-use',
  STORE_GROUP_CHANGED: 'conflict',
  STORE_READ_ONLY: 'forbidden',
  STORE_BAD_NAME: 'validation',
  STORE_RESERVED_NAME: 'validation',
  STORE_BAD_GROUP: 'validation',
  STORE_BAD_SETTINGS: 'validation',
  STORE_BAD_TABLE: 'validation',
  STORE_BAD_ROW: 'validation',
  STORE_BAD_VALUE: 'validation',
  STORE_BAD_TEXT: 'validation',
  STORE_UNKNOWN_FEATURE: 'validation',
  STORE_NOT_ONLINE: 'validation',
};

/** An error as its reply: the name that the client's own error classes bear, the status, one sentence. */
export interface ErrorReply {
  readonly name: string;
  readonly status: number;
  readonly message: string;
}

/** @returns the reply; a failure of the server gives nothing away */
export function errorReply(error: unknown, door: Door): ErrorReply {
  if (error instanceof SignatureError) {
    return { name: error.awsName, status: error.status, message: error.message };
  }
  const fault =
    error instanceof RequestError
      ? error.fault
      : error instanceof StoreError
        ? (storeFaults[error.code] ?? 'internal')
        : 'internal';
  const [name, status] = faults[door][fault];
  const message =
    fault === 'internal' ? 'The server failed on this request; its log says why' : (error as Error).message;
  return { name, status, message };
}
