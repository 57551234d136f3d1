import type { IncomingMessage } from 'node:http';
import type { RequestFacts } from './request-facts.js';

/** What was done for a request before the framework got it. */
export interface BegunRequest {
  readonly facts: RequestFacts;
  /** Guards of the extensions that have let it in, from the first. */
  readonly guardsPassed: number;
  /** Its whole body, when that was read. */
  readonly body: Buffer | undefined;
}

const begun = Symbol('begun');

type Incoming = IncomingMessage & { [begun]?: BegunRequest };

/** Notes it with the request. */
export function noteBegun<Request extends BegunRequest>(raw: IncomingMessage, request: Request): void {
  (raw as Incoming)[begun] = request;
}

/** What was done for it; undefined when the framework is the first to see it. */
export function begunBefore(raw: IncomingMessage): BegunRequest | undefined {
  return (raw as Incoming)[begun];
}
