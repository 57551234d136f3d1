import type { LoadedModel } from '../models/loaded-model.js';
import type { Slices } from './slices.js';

/** What a caller needs to be allowed to do for a route: `open` asks for nothing, `known` only who it is. */
export type Scope = 'open' | 'known' | 'predict' | 'read' | 'admin';

/** The protocol that a route speaks, which is also the shape of its errors. */
export type Protocol = 'thoracle' | 'sagemaker' | 'sagemaker-runtime' | 'open-inference';

declare module 'fastify' {
  interface FastifyRequest {
    /** What is known of the request so far; one object for each request. */
    facts: RequestFacts;
  }
  interface FastifyContextConfig {
    /** Default `admin`: a route that says nothing is closed to everybody else. */
    readonly scope?: Scope;
    /** Default `thoracle`. */
    readonly protocol?: Protocol;
  }
}

/**
 * What is known of one request, filled in as it goes through the server; whole when its reply has been sent. Holds no features and no
 * answers, so that it can be counted and logged as it is.
 */
export class RequestFacts {
  /** `performance.now()` when its headers had arrived. */
  readonly startMs = performance.now();
  /** Name and version of the model that answered; empty when none did. */
  model = '';
  version = '';
  /** Production variant of the endpoint that was called; empty for other routes. */
  variant = '';
  /** The client's own id of the inference; empty when it gave none. */
  inferenceId = '';
  /** Ids of the stored patients that were asked about; the one thing here that is not to be written anywhere as it is. */
  cases: readonly string[] = [];
  rows = 0;
  /** Status of the reply; 0 until it is sent. */
  status = 0;
  /** Code of the error (`SERVING_…`, `PREDICT_…`); empty when there was none. */
  code = '';
  /** Who asked, as authentication puts it; empty when nobody was asked to say so. */
  caller = '';
  /** What the caller was given; undefined when nobody was asked. */
  scopes: readonly Scope[] | undefined = undefined;
  /** Who asked was found out before, when the request that this one repeats was taken. */
  admitted = false;
  /** Present when it is to let other requests go first. */
  slices: Slices | undefined = undefined;
  /** From the headers' arrival to the body's, in milliseconds; like the other steps 0 when there was none. */
  receiveMs = 0;
  /** From text to a matrix of numbers. */
  parseMs = 0;
  predictMs = 0;
  /** From predictions to the text of the reply. */
  encodeMs = 0;
  /** From the headers' arrival to the last byte of the reply. */
  totalMs = 0;

  /** Notes the model that answers. */
  answeredBy(model: LoadedModel): void {
    this.model = model.name;
    this.version = model.version;
  }
}
