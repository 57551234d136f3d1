import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignatureError } from '../../../featurestore/http/signature/index.js';
import type { ServingErrorCode } from '../../errors.js';
import { errorReply, logError, requestError } from '../error-reply.js';

/** Names and statuses of the runtime client's own error classes (service model 2017-05-13) and of errors common to the cloud's services. */
const statuses = {
  ValidationError: 400,
  AccessDeniedException: 403,
  ModelError: 424,
  ModelNotReadyException: 429,
  ThrottlingException: 429,
  InternalFailure: 500,
  ServiceUnavailable: 503,
} as const;

type RuntimeErrorName = keyof typeof statuses;

/** Errors of what was asked for. All other refusals below 500 are the model's word on a body, and so is a failure while it answers. */
const ofTheRequest: Readonly<Partial<Record<ServingErrorCode, RuntimeErrorName>>> = {
  SERVING_BAD_ENDPOINT_REQUEST: 'ValidationError',
  SERVING_BAD_MODEL_NAME: 'ValidationError',
  SERVING_MODEL_NOT_FOUND: 'ValidationError',
  SERVING_BODY_TOO_LARGE: 'ValidationError',
  SERVING_BAD_REQUEST: 'ValidationError',
  SERVING_MODEL_SOURCE: 'ModelNotReadyException',
  SERVING_NO_MEMORY: 'ModelNotReadyException',
  SERVING_NOT_READY: 'ServiceUnavailable',
};

/** What authentication and load protection say by status alone. */
const ofTheServer: Readonly<Record<number, RuntimeErrorName>> = {
  401: 'AccessDeniedException',
  403: 'AccessDeniedException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailable',
};

/** Error handler of the routes that the cloud's runtime client calls: its error names in `x-amzn-errortype`, its members in the body. */
export function replyToRuntime(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof SignatureError) {
    request.facts.code = error.awsName;
    request.log.info({ code: error.awsName }, 'request refused');
    send(reply, error.awsName, error.status, { Message: error.message, message: error.message });
    return;
  }
  const { status, body } = errorReply(requestError(error, request));
  const { code, message } = body.error;
  request.facts.code = code;
  logError(error, request, status, body);
  const name = ofTheRequest[code as ServingErrorCode] ?? ofTheServer[status] ?? 'ModelError';
  if (name !== 'ModelError') {
    send(reply, name, statuses[name], { Message: message, message });
    return;
  }
  const side = status < 500 ? 'client' : 'server';
  const sentence = `Received ${side} error (${status}) from the model: ${message}`;
  send(reply, name, statuses.ModelError, {
    Message: sentence,
    message: sentence,
    OriginalStatusCode: status,
    OriginalMessage: JSON.stringify(body),
  });
}

function send(reply: FastifyReply, name: string, status: number, body: object): void {
  reply.code(status).header('x-amzn-errortype', name).header('x-amzn-requestid', reply.request.id);
  reply.type('application/json').serializer(JSON.stringify).send(body);
}
