import type { FastifyReply, FastifyRequest } from 'fastify';
import { StoreError, type StoreErrorCode } from '../../errors.js';
import { RequestError } from '../sagemaker/errors.js';
import { SignatureError } from '../signature/index.js';

/** The one shape of every error reply of our own routes. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}

/** Refusals of the store that are not simply a bad request (400). Codes that are absent here and not the caller's are 500. */
const statuses: Readonly<Partial<Record<StoreErrorCode, number>>> = {
  STORE_UNKNOWN_GROUP: 404,
  STORE_UNKNOWN_VERSION: 404,
  STORE_GROUP_CHANGED: 409,
  STORE_NAME_CLASH: 409,
  STORE_GROUP_EXISTS: 409,
  STORE_CONFLICT: 409,
  STORE_NOT_ONLINE: 409,
  STORE_NOT_CONFIRMED: 409,
  STORE_READ_ONLY: 403,
  STORE_NOT_ALLOWED: 403,
  STORE_CONNECTION: 503,
  STORE_DISK_FULL: 507,
  STORE_QUERY_SIZE: 413,
  STORE_BAD_ROW: 422,
  STORE_BAD_VALUE: 422,
  STORE_DUPLICATE_ROW: 422,
  STORE_INVALID_ROWS: 422,
  STORE_MISSING_RATE: 422,
  STORE_BAD_OUTCOME: 422,
  STORE_NOT_NUMERIC: 422,
  STORE_QUERY_TIME: 504,
  STORE_CLOSED: 503,
  STORE_ENGINE: 500,
};

const faultStatus = {
  validation: 400,
  'not-found': 404,
  'in-use': 409,
  conflict: 409,
  forbidden: 403,
  'unknown-operation': 404,
  internal: 500,
} as const;

/** An error as status and body. Whatever is not the caller's doing becomes one sentence that gives nothing away. */
export function errorReply(error: unknown): { readonly status: number; readonly body: ErrorBody } {
  const { status, code } = kindOf(error);
  if (status === 500) {
    const message = 'The server failed on this request; its log says why';
    return { status, body: { error: { code: 'STORE_ENGINE', message } } };
  }
  return { status, body: { error: { code, message: (error as Error).message } } };
}

function kindOf(error: unknown): { readonly status: number; readonly code: string } {
  if (error instanceof StoreError) return { status: statuses[error.code] ?? 400, code: error.code };
  if (error instanceof SignatureError) return { status: error.status, code: error.awsName };
  if (error instanceof RequestError)
    return { status: faultStatus[error.fault], code: `REQUEST_${error.fault.toUpperCase().replace('-', '_')}` };
  const status = error instanceof Error ? (error as { readonly statusCode?: number }).statusCode : undefined;
  if (status !== undefined && status >= 400 && status < 500) return { status, code: 'REQUEST_VALIDATION' };
  return { status: 500, code: 'STORE_ENGINE' };
}

/** Fastify's error handler for our own routes. */
export function replyWithError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body } = errorReply(error);
  if (status >= 500) request.log.error({ err: error }, 'request failed');
  else request.log.info({ code: body.error.code }, 'request refused');
  reply.code(status).type('application/json').send(body);
}
