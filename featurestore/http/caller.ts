import type { FastifyRequest } from 'fastify';
import { RequestError } from './sagemaker/errors.js';
import type { Caller, SignatureVerifier } from './signature/index.js';

/** Who made a request that has been checked; requests live shorter than their entry. */
const callers = new WeakMap<FastifyRequest, Caller>();

/** Checks the signature of a request whose body has been read, and remembers who made it. @throws SignatureError */
export function identify(request: FastifyRequest, verify: SignatureVerifier): void {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const { method, url, headers } = request.raw;
  callers.set(request, verify({ method: method ?? '', url: url ?? '/', headers, body }));
}

/** Who made a request. @throws Error when nobody checked it: a route outside the checked ones is a mistake of the server */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error('the signature of the request was not checked');
  return caller;
}

/** @throws RequestError when the key of the caller may only read */
export function requireWriteAccess(request: FastifyRequest): void {
  if (callerOf(request).access === 'read') {
    throw new RequestError('forbidden', 'The access key may only read');
  }
}
