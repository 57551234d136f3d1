import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LoadedModel } from '../models/loaded-model.js';
import type { Prediction } from '../predict/index.js';
import type { InputRows } from '../rows/input-names.js';
import { begunBefore } from './begun-request.js';
import { RequestFacts, type Scope } from './request-facts.js';

/** What a shadow variant made of a request, beside what production had answered. */
export interface ShadowAnswer {
  readonly variant: string;
  readonly model: LoadedModel;
  readonly inputs: InputRows;
  readonly predictions: readonly Prediction[];
  readonly production: readonly Prediction[];
}

/** What hooks see of a request, whichever way it is answered. */
export interface HookedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** There is no route of that address. */
  readonly is404: boolean;
  readonly facts: RequestFacts;
  readonly routeOptions: { readonly url?: string | undefined; readonly config: FastifyContextConfig };
}

/** What a hook may do to the reply of a request that it refuses. */
export interface HookedReply {
  header(name: string, value: string): unknown;
}

/**
 * Something beside the answers: authentication, metrics, audit, capture. Hooks are called in the order in which extensions are given; they
 * are synchronous because they run for every request, so what takes time is to be queued by them; only `onRequest` may return a promise. What is no HTTP, or has an address that
 * cannot be decoded, meets none of them.
 */
export interface ServerExtension {
  readonly name: string;
  /** Adds routes of its own, such as `GET /metrics`; each says its scope in `config`. */
  routes?(app: FastifyInstance): void;
  /** The headers are there, the body is not. `request.routeOptions.config.scope` is what the route asks for. Throwing refuses the request. */
  onRequest?(request: HookedRequest, reply: HookedReply): void | Promise<void>;
  /** Headers of every reply from routes of a scope, whoever makes it; asked once for each scope. */
  headers?(scope: Scope): Readonly<Record<string, string>>;
  /** Before any route is added: plugins for all of them. Their hooks run after `onRequest` of all extensions. */
  setup?(app: FastifyInstance): void;
  /**
   * Says of an extension with `setup` that what it adds has nothing to say about plain rows for `POST /invocations` at the moment, so that they may be answered without the
   * framework; asked for every one of them. With an extension that has `setup` and not this, none is answered so.
   */
  allowsShortPath?(): boolean;
  /**
   * Rows of raw features have been answered, the reply is not yet written. Not called for rows that came as components.
   * @param rows row-major, shape (n x featureNames.length), NaN = missing; not to be kept or changed
   */
  onPredictions?(facts: RequestFacts, model: LoadedModel, rows: Float64Array, predictions: readonly Prediction[]): void;
  /** A shadow variant has answered a copy of a request, after the reply. */
  onShadow?(facts: RequestFacts, answer: ShadowAnswer): void;
  /** The reply has been sent, or its connection was lost; `facts` are whole. */
  onResponse?(facts: RequestFacts, request: HookedRequest): void;
}

/** Gives every request its facts and calls the extensions' hooks. */
export function addExtensions(app: FastifyInstance, extensions: readonly ServerExtension[]): void {
  app.decorateRequest('facts', null as unknown as RequestFacts);
  const { guards, watchers } = hooksOf(extensions);
  app.addHook('onRequest', (request, reply, done) => {
    const before = begunBefore(request.raw);
    request.facts = before?.facts ?? new RequestFacts();
    if (watchers.length > 0) reply.raw.once('close', () => finish(request, reply, watchers));
    admit({ request, reply, guards, done }, before?.guardsPassed ?? 0);
  });
  if (watchers.length > 0) {
    app.addHook('onResponse', (request, reply, done) => {
      finish(request, reply, watchers);
      done();
    });
  }
  addHeaders(app, extensions);
  for (const extension of extensions) {
    extension.setup?.(app);
    if (extension.routes !== undefined) app.register(async (routes) => extension.routes?.(routes));
  }
}

/** Those with hooks, in their order. */
export function hooksOf(extensions: readonly ServerExtension[]) {
  return {
    guards: extensions.filter((extension) => extension.onRequest !== undefined),
    watchers: extensions.filter((extension) => extension.onResponse !== undefined),
  };
}

/** Headers of every reply from routes of a scope, as names and values. */
export function headersOfScope(
  extensions: readonly ServerExtension[],
  scope: Scope,
): readonly (readonly [string, string])[] {
  return extensions.flatMap((extension) => Object.entries(extension.headers?.(scope) ?? {}));
}

function addHeaders(app: FastifyInstance, extensions: readonly ServerExtension[]): void {
  const byScope = new Map<Scope, readonly (readonly [string, string])[]>();
  const headersOf = (scope: Scope) => {
    const known = byScope.get(scope);
    if (known !== undefined) return known;
    const headers = headersOfScope(extensions, scope);
    byScope.set(scope, headers);
    return headers;
  };
  app.addHook('onSend', ({ routeOptions }, reply, payload, done) => {
    for (const [name, value] of headersOf(routeOptions.config.scope ?? 'admin')) reply.header(name, value);
    done(null, payload);
  });
}

interface Admission {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly guards: readonly ServerExtension[];
  readonly done: (error?: Error) => void;
}

/** Asks the guards one after the other; whoever has to wait (for a signature to be checked) lets the rest wait. */
function admit(admission: Admission, from: number): void {
  const { request, reply, guards, done } = admission;
  try {
    for (let i = from; i < guards.length; i++) {
      const waits = guards[i]?.onRequest?.(request, reply);
      if (!(waits instanceof Promise)) continue;
      waits.then(() => admit(admission, i + 1), done);
      return;
    }
  } catch (error) {
    done(error as Error);
    return;
  }
  done();
}

/** Once for each request: the reply has been handed over, or its connection was closed before that, which leaves the status 0. */
function finish(request: FastifyRequest, reply: FastifyReply, watchers: readonly ServerExtension[]): void {
  const { facts } = request;
  if (facts.totalMs > 0) return;
  facts.totalMs = performance.now() - facts.startMs;
  if (reply.raw.writableEnded) facts.status = reply.statusCode;
  for (const watcher of watchers) watcher.onResponse?.(facts, request);
}
