/** How long a client may take. Whoever takes longer is answered 408 where that is still possible, and the connection ends. */
export interface TimeLimits {
  /** From the first byte of a request (or the start of the connection) to the end of its headers. Default 20 s. */
  readonly headersMs?: number;
  /** To the end of the body. Default 60 s. */
  readonly requestMs?: number;
  /** A connection that is kept open between two requests. Default 72 s, more than the 60 s of common load balancers. */
  readonly keepAliveMs?: number;
}

const defaults = { headersMs: 20_000, requestMs: 60_000, keepAliveMs: 72_000 } as const;
/** A connection on which neither side gets a byte across: a client that does not read its answer. */
const idleMs = 120_000;
/** Node looks at the clocks of all connections now and then: often enough that a limit is met within a tenth of it. */
const lookMs = { least: 100, most: 5000 } as const;

/** The web framework's settings for the limits. */
export function timeSettings(limits: TimeLimits = {}) {
  const { headersMs, requestMs, keepAliveMs } = { ...defaults, ...limits };
  const headersTimeout = Math.min(headersMs, requestMs);
  const connectionsCheckingInterval = Math.max(lookMs.least, Math.min(lookMs.most, Math.floor(headersTimeout / 10)));
  return {
    framework: { requestTimeout: requestMs, keepAliveTimeout: keepAliveMs, connectionTimeout: idleMs },
    server: { headersTimeout, connectionsCheckingInterval },
  };
}
