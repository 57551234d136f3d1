import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';
import { ServingError, servingErrors } from '../errors.js';
import type { ServerExtension } from '../http/extension.js';

/** Bounds of a server; whatever is left out has none. */
export interface ProtectionOptions {
  /** Of one caller, or of one address where nobody is asked who they are. */
  readonly requestsPerMinute?: number;
  /** Mean delay of the event loop, over a second, from which on requests are turned away. Default 1000 ms. */
  readonly mostDelayMs?: number;
  /** Memory of the process from which on requests are turned away. */
  readonly mostMemoryBytes?: number;
  /** The connection is encrypted, so that browsers may be told to insist on that. */
  readonly tls?: boolean;
}

const retryAfterSeconds = 5;

/** Security headers, rate limit and load limit. Open routes (health) are never turned away. */
export function protection(options: ProtectionOptions = {}): ServerExtension {
  const ofAll = securityHeaders({ ...always(options), contentSecurityPolicy: { directives: ofPages } });
  const ofData = securityHeaders({ ...always(options), ...dataOnly });
  let watched: FastifyInstance | undefined;
  const common: ServerExtension = {
    name: 'protection',
    headers: (scope) => (scope === 'predict' ? ofData : ofAll),
    setup: (app) => {
      watched = app;
      addLoadLimit(app, options);
      if (options.requestsPerMinute !== undefined) addRateLimit(app, options.requestsPerMinute);
    },
  };
  if (options.requestsPerMinute !== undefined) return common;
  return { ...common, allowsShortPath: () => watched?.isUnderPressure() === false };
}

/** Pages load their own files only; without TLS there is nothing to upgrade to. */
const ofPages = {
  upgradeInsecureRequests: null,
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
};

/** Answers to rows are data that no browser shows: they may load and embed nothing. What is left out says how pages behave, and each header costs a hundredth of an answer. */
const dataOnly = {
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  referrerPolicy: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};

function always({ tls }: ProtectionOptions) {
  return { strictTransportSecurity: tls === true && { maxAge: 15_552_000 } } as const;
}

/** What helmet would put on every reply: the same for all of them, so it is asked once. */
function securityHeaders(options: HelmetOptions): Readonly<Record<string, string>> {
  const reply = new ServerResponse(new IncomingMessage(new Socket()));
  helmet(options)(reply.req, reply, () => undefined);
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}

function addLoadLimit(app: FastifyInstance, { mostDelayMs = 1000, mostMemoryBytes }: ProtectionOptions): void {
  app.register(underPressure, {
    maxEventLoopDelay: mostDelayMs,
    ...(mostMemoryBytes === undefined ? {} : { maxRssBytes: mostMemoryBytes }),
    pressureHandler: (request, reply) => {
      if (request.routeOptions.config.scope === 'open') return undefined;
      reply.header('retry-after', retryAfterSeconds);
      const error = new ServingError('SERVING_OVERLOADED', servingErrors.SERVING_OVERLOADED(retryAfterSeconds));
      return Promise.reject(error);
    },
  });
}

function addRateLimit(app: FastifyInstance, max: number): void {
  // Loaded when there is a limit: most servers have none.
  app.register(import('@fastify/rate-limit'), {
    max,
    timeWindow: 60_000,
    allowList: (request) => request.routeOptions.config.scope === 'open',
    keyGenerator: (request) => request.facts.caller || request.ip,
    errorResponseBuilder: (_request, { ttl }) =>
      new ServingError('SERVING_RATE_LIMIT', servingErrors.SERVING_RATE_LIMIT(max, Math.ceil(ttl / 1000))),
  });
}
