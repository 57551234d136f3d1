import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SignatureVerifier } from '../../../featurestore/http/signature/index.js';
import { ServingError, servingErrors } from '../../errors.js';
import { isModelName } from '../../models/model-name.js';
import { answerInvocation, pending, targetModelHeader } from '../invocations.js';
import { type Server, withModel } from '../server.js';
import { type Endpoint, isEndpointName, type ProductionVariant } from './endpoints.js';
import { replyToRuntime } from './runtime-errors.js';
import { endpointSchema } from './schemas.js';
import { Shadows } from './shadows.js';
import { TrafficSplit } from './traffic.js';

/** What the routes of the cloud's runtime client answer from. */
export interface RuntimeOptions {
  /** Beside these, every model is an endpoint of its name with one variant, `AllTraffic`. */
  readonly endpoints: readonly Endpoint[];
  /** Each request must be signed; absent: a signature is not looked at. */
  readonly verify: SignatureVerifier | undefined;
}

/** An endpoint with its state. */
interface OpenEndpoint extends Endpoint {
  readonly split: TrafficSplit;
  readonly shadowing: Shadows;
}

const header = (name: string): string => `x-amzn-sagemaker-${name}`;

/** What this server has no counterpart for: refused rather than passed over, each with the client's name for it. */
const notOffered: Readonly<Record<string, string>> = {
  [header('target-container-hostname')]: 'TargetContainerHostname',
  [header('inference-component')]: 'InferenceComponentName',
  [header('enable-explanations')]: 'EnableExplanations (POST /explain gives contributions)',
  [header('session-id')]: 'SessionId',
  [header('prefix-aware-id')]: 'PrefixAwareId',
};

/**
 * `POST /endpoints/{name}/invocations`: InvokeEndpoint of the cloud's runtime clients, whose `endpoint` setting is this server's address. Bodies and answers as in
 * `POST /invocations`; errors by the client's names. A target model is any model of this server; custom attributes come back as they were sent.
 */
export function addRuntimeRoutes(app: FastifyInstance, server: Server, { endpoints, verify }: RuntimeOptions): void {
  const known = new Map(endpoints.map((endpoint) => [endpoint.name, open(endpoint, server)]));
  app.register(async (routes) => {
    routes.removeAllContentTypeParsers();
    // Bytes, since the signature covers them.
    routes.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    routes.setErrorHandler(replyToRuntime);
    if (verify !== undefined) routes.addHook('preHandler', async (request) => identify(request, verify));
    routes.post(
      '/endpoints/:name/invocations',
      { schema: endpointSchema, config: { scope: 'predict', protocol: 'sagemaker-runtime' } },
      (request, reply) => {
        const { name } = request.params as { readonly name: string };
        return invoke(server, known.get(name) ?? endpointOfModel(name, server), request, reply);
      },
    );
  });
}

function open(endpoint: Endpoint, server: Server): OpenEndpoint {
  const { variants, shadows } = endpoint;
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  return {
    ...endpoint,
    split: new TrafficSplit(variants.map(({ weight }) => weight)),
    shadowing: new Shadows(server, shadows, total),
  };
}

/** The endpoint that a model is by itself. @throws ServingError when there is neither */
function endpointOfModel(name: string, server: Server): OpenEndpoint {
  if (!isModelName(name) || (server.models.peek(name) === undefined && !server.models.mayLoad)) {
    throw refuse(`there is no endpoint of that name`);
  }
  return open({ name, variants: [{ name: 'AllTraffic', model: name, weight: 1 }], shadows: [] }, server);
}

/** Whose signature a request carries. A request that repeats one whose signature was checked has none. */
export function identify(request: FastifyRequest, verify: SignatureVerifier): void {
  if (request.facts.admitted) return;
  const { method = '', url = '/', headers } = request.raw;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  request.facts.caller = verify({ method, url, headers, body }).accessKeyId;
}

function invoke(server: Server, endpoint: OpenEndpoint, request: FastifyRequest, reply: FastifyReply) {
  const { headers, facts } = request;
  for (const [name, parameter] of Object.entries(notOffered)) {
    if (headers[name] !== undefined) throw refuse(`${parameter} is not offered by this server`);
  }
  const attributes = textHeader(request, 'custom-attributes', 'CustomAttributes', /^[\x20-\x7e]{1,1024}$/);
  facts.inferenceId = textHeader(request, 'inference-id', 'InferenceId', /^[\x20-\x7e]{1,64}$/) ?? '';
  const target = headers[targetModelHeader] as string | undefined;
  const variant = chosenVariant(endpoint, textHeader(request, 'target-variant', 'TargetVariant', /^.{1,63}$/));
  facts.variant = variant.name;
  reply.header('x-amzn-invoked-production-variant', variant.name).header('x-amzn-requestid', request.id);
  if (attributes !== undefined) reply.header(header('custom-attributes'), attributes);
  const answer = withModel(
    server,
    request,
    target ?? variant.model,
    (model) =>
      answerInvocation(server, model, request, reply, (inputs, predictions) => {
        if (target === undefined) endpoint.shadowing.copy(request, model, inputs, predictions);
      }),
    target === undefined ? variant.version : undefined,
  );
  return pending(answer);
}

function chosenVariant({ variants, split }: OpenEndpoint, wanted: string | undefined): ProductionVariant {
  if (wanted === undefined) return variants[split.next()] as ProductionVariant;
  const variant = isEndpointName(wanted) ? variants.find(({ name }) => name === wanted) : undefined;
  if (variant === undefined) throw refuse('TargetVariant names no production variant of the endpoint');
  return variant;
}

function textHeader(request: FastifyRequest, name: string, parameter: string, shape: RegExp): string | undefined {
  const value = request.headers[header(name)];
  if (value === undefined || (typeof value === 'string' && shape.test(value))) return value;
  throw refuse(`${parameter} is too long or holds other characters than ASCII`);
}

function refuse(what: string): ServingError {
  return new ServingError('SERVING_BAD_ENDPOINT_REQUEST', servingErrors.SERVING_BAD_ENDPOINT_REQUEST(what));
}
