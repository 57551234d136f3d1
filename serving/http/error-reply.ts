import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ServingError, type ServingErrorCode, servingErrors } from '../errors.js';
import { PredictError, type PredictErrorCode } from '../predict/index.js';
import { replyTypes } from './body-format.js';
import type { ErrorBody } from './error-body.js';

/** Unparseable: 400. Parsed, but a row cannot be used: 422. The store and the model disagree: 409. */
const servingStatus: Readonly<Record<ServingErrorCode, number>> = {
  SERVING_BAD_CSV: 400,
  SERVING_BAD_JSON: 400,
  SERVING_BAD_SHAPE: 400,
  SERVING_NO_ROWS: 400,
  SERVING_BAD_CASES: 400,
  SERVING_BAD_REQUEST: 400,
  SERVING_REQUEST_TIMEOUT: 408,
  SERVING_HEADERS_TOO_LARGE: 431,
  SERVING_HTTP_VERSION: 505,
  SERVING_NOT_FOUND: 404,
  SERVING_UNKNOWN_CASE: 404,
  SERVING_METHOD: 405,
  SERVING_NOT_ACCEPTABLE: 406,
  SERVING_NO_STORE: 409,
  SERVING_GROUP_MISSING: 409,
  SERVING_GROUP_CHANGED: 409,
  SERVING_BODY_TOO_LARGE: 413,
  SERVING_TOO_MANY_ROWS: 413,
  SERVING_UNSUPPORTED_MEDIA_TYPE: 415,
  SERVING_COMPRESSED_BODY: 415,
  SERVING_CHARSET: 415,
  SERVING_CASE_NOT_NUMERIC: 422,
  SERVING_CASE_UNUSABLE: 422,
  SERVING_BAD_MODEL_NAME: 400,
  SERVING_BAD_LOAD: 400,
  SERVING_BAD_INFER: 400,
  SERVING_BAD_TENSOR: 400,
  SERVING_BAD_ENDPOINT_REQUEST: 400,
  SERVING_BAD_LIST: 400,
  SERVING_MODEL_SOURCE: 400,
  SERVING_MODEL_NOT_FOUND: 404,
  SERVING_NO_CARD: 404,
  SERVING_NO_MODEL: 404,
  SERVING_MODEL_LOADED: 409,
  SERVING_MODEL_CURRENT: 409,
  SERVING_NOT_READY: 503,
  SERVING_NO_MEMORY: 507,
  SERVING_GROUP_VERSIONS: 500,
  SERVING_UNKNOWN_FORMAT: 500,
  SERVING_INTERNAL: 500,
  SERVING_PORT_TAKEN: 500,
  SERVING_PORT_FORBIDDEN: 500,
  SERVING_BAD_HOST: 500,
  SERVING_PROCESS_ENDED: 500,
  SERVING_PROCESSES_FAILED: 500,
  SERVING_BAD_PORT: 500,
  SERVING_REGISTRY: 503,
  SERVING_REGISTERED: 409,
  SERVING_UNKNOWN_VERSION: 404,
  SERVING_NO_ROLLBACK: 409,
  SERVING_CAPTURE: 500,
  SERVING_VERSION_IN_PRODUCTION: 409,
  SERVING_BAD_CHANGE: 400,
  SERVING_AUDIT_FILE: 500,
  SERVING_AUDIT_BROKEN: 500,
  SERVING_UNAUTHENTICATED: 401,
  SERVING_BAD_CREDENTIAL: 401,
  SERVING_FORBIDDEN: 403,
  SERVING_RATE_LIMIT: 429,
  SERVING_OVERLOADED: 503,
  SERVING_TOO_DEEP: 400,
  SERVING_BAD_KEY_FILE: 500,
  SERVING_UNKNOWN_KEY: 500,
  SERVING_BAD_JWKS: 500,
  SERVING_BAD_TLS: 500,
  SERVING_OPEN_ADDRESS: 500,
  SERVING_BAD_ENVIRONMENT: 500,
  SERVING_JOBS_FULL: 503,
  SERVING_JOB_NOT_FOUND: 404,
  SERVING_JOB_NOT_DONE: 409,
  SERVING_JOB_STORE: 507,
  SERVING_JOB_LOST: 500,
  SERVING_JOBS_FOLDER: 500,
  SERVING_BATCH_INPUT: 500,
  SERVING_BATCH_COLUMNS: 500,
  SERVING_BATCH_OUTPUT: 500,
  SERVING_BATCH_RESUME: 500,
  SERVING_BAD_ENDPOINTS: 500,
  SERVING_SHADOW_COLUMNS: 500,
};

/** Errors of a row; any other PredictError is the model's fault, not the caller's. */
const rowErrors: ReadonlySet<PredictErrorCode> = new Set<PredictErrorCode>([
  'PREDICT_UNKNOWN_COLUMN',
  'PREDICT_DUPLICATE_COLUMN',
  'PREDICT_NOT_A_NUMBER',
  'PREDICT_OUT_OF_FLOAT32',
  'PREDICT_NO_LOGARITHM',
  'PREDICT_COLUMN_COUNT',
  'PREDICT_EMPTY_RECORD',
  'PREDICT_BAD_FEATURES',
  'PREDICT_NOT_A_RECORD',
]);

/** An error as status and body. Whatever is not the caller's doing becomes one sentence that gives nothing away. */
export function errorReply(error: unknown): { readonly status: number; readonly body: ErrorBody } {
  if (error instanceof PredictError && rowErrors.has(error.code)) return { status: 422, body: rowBody(error) };
  const known = error instanceof ServingError ? error : frameworkError(error);
  if (known !== undefined && servingStatus[known.code] !== 500) {
    return { status: servingStatus[known.code], body: { error: { code: known.code, message: known.message } } };
  }
  return { status: 500, body: { error: { code: 'SERVING_INTERNAL', message: servingErrors.SERVING_INTERNAL() } } };
}

function rowBody({ code, message, record, column, reason }: PredictError): ErrorBody {
  const row = record === undefined ? {} : { row: record + 1 };
  return { error: { code, message, ...row, ...(column === undefined ? {} : { column }), reason } };
}

/** The web framework's own refusals, in our words. */
function frameworkError(error: unknown): ServingError | undefined {
  const status = error instanceof Error ? (error as FastifyError).statusCode : undefined;
  if (status === 415) {
    const message = servingErrors.SERVING_UNSUPPORTED_MEDIA_TYPE(Object.values(replyTypes));
    return new ServingError('SERVING_UNSUPPORTED_MEDIA_TYPE', message);
  }
  if (status === 404) return new ServingError('SERVING_NOT_FOUND', servingErrors.SERVING_NOT_FOUND('this address'));
  if (status !== undefined && status >= 400 && status < 500) {
    return new ServingError('SERVING_BAD_REQUEST', servingErrors.SERVING_BAD_REQUEST());
  }
  return undefined;
}

/** An error with what the request says about it: the framework does not name the limit of a body. */
export function requestError(error: unknown, request: FastifyRequest): unknown {
  if ((error as Partial<FastifyError>).code !== 'FST_ERR_CTP_BODY_TOO_LARGE') return error;
  const limit = request.routeOptions.bodyLimit;
  return new ServingError('SERVING_BODY_TOO_LARGE', servingErrors.SERVING_BODY_TOO_LARGE(limit));
}

/** A failure with its stack, a refusal with its code and row only: a message may name a column. A server that is busy or full has not failed. */
export function logError(
  error: unknown,
  { log }: FastifyRequest,
  status: number,
  { error: { code, row } }: ErrorBody,
): void {
  if (status === 500) log.error({ err: error }, 'request failed');
  else log.info({ code, row }, 'request refused');
}

/** Fastify's error handler. */
export function replyWithError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body } = errorReply(requestError(error, request));
  request.facts.code = body.error.code;
  logError(error, request, status, body);
  reply.code(status).type('application/json').serializer(JSON.stringify).send(body);
}
