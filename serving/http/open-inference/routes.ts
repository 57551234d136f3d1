import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { packageVersion } from '../../../package-facts.js';
import { ServingError, servingErrors } from '../../errors.js';
import type { LoadedModel } from '../../models/loaded-model.js';
import type { ModelRepository } from '../../models/model-folder.js';
import { assertModelName } from '../../models/model-name.js';
import { parseJson } from '../../rows/json-records.js';
import { requireJson } from '../body-format.js';
import { errorReply, logError, requestError } from '../error-reply.js';
import { pending } from '../invocations.js';
import { nothingThere, type RouteMethods } from '../route-methods.js';
import { ownFeatures, predictInputs, type Server, withModel } from '../server.js';
import { chosenOutputs, outputsOf, outputTensors } from './outputs.js';
import { checkParameters } from './parameters.js';
import { addRepositoryRoutes } from './repository.js';
import { inferSchema, modelReadySchema, modelSchema, serverSchema } from './schemas.js';
import { tensorRows } from './tensors.js';

/**
 * The Open Inference Protocol, version 2, over REST (https://github.com/kserve/open-inference-protocol), with the extension `model_repository`. Errors are
 * `{"error": "…"}`; a body that cannot be used is 400.
 */
export function addOpenInference(
  app: FastifyInstance,
  server: Server,
  repository: ModelRepository | undefined,
  methods: RouteMethods,
): void {
  app.register(
    async (routes) => {
      routes.setErrorHandler(replyWithText);
      routes.setNotFoundHandler((request, reply) =>
        replyWithText(nothingThere(methods, request, reply), request, reply),
      );
      addServerRoutes(routes, server, repository);
      addModelRoutes(routes, server);
      if (repository !== undefined) addRepositoryRoutes(routes, server, repository);
    },
    { prefix: '/v2' },
  );
}

const open = { scope: 'open', protocol: 'open-inference' } as const;
const read = { scope: 'read', protocol: 'open-inference' } as const;

function addServerRoutes(app: FastifyInstance, server: Server, repository: ModelRepository | undefined): void {
  const about = {
    name: 'thoracle',
    version: packageVersion(),
    extensions: repository === undefined ? [] : ['model_repository'],
  };
  app.get('/', { schema: serverSchema('Name, version and extensions of the server'), config: open }, async () => about);
  app.get('/health/live', { schema: serverSchema('Is the server alive?'), config: open }, async () => ({ live: true }));
  app.get('/health/ready', { schema: serverSchema('Can its model answer?'), config: open }, async () => {
    const { defaultModel, models } = server;
    if (defaultModel !== undefined && models.peek(defaultModel) === undefined) {
      const message = servingErrors.SERVING_NOT_READY(`model "${defaultModel}" is not loaded`);
      throw new ServingError('SERVING_NOT_READY', message);
    }
    return { live: true, ready: true };
  });
}

function addModelRoutes(app: FastifyInstance, server: Server): void {
  for (const path of ['/models/:name', '/models/:name/versions/:version']) {
    app.get(path, { schema: modelSchema, config: read }, (request) => {
      const { name, version } = addressOf(request);
      return withModel(server, request, name, (model) => metadata(server, model), version);
    });
    app.get(`${path}/ready`, { schema: modelReadySchema, config: open }, async (request) => {
      const { name } = loaded(server, request);
      return { name, ready: true };
    });
    const config = { scope: 'predict', protocol: 'open-inference' } as const;
    app.post(`${path}/infer`, { schema: inferSchema(ownFeatures(server)), config }, (request, reply) => {
      const { name, version } = addressOf(request);
      return pending(withModel(server, request, name, (model) => infer(server, model, request, reply), version));
    });
  }
}

function addressOf(request: FastifyRequest): { readonly name: string; readonly version?: string } {
  const address = request.params as { readonly name: string; readonly version?: string };
  assertModelName(address.name);
  if (address.version !== undefined) assertModelName(address.version);
  return address;
}

function loaded(server: Server, request: FastifyRequest): LoadedModel {
  const { name, version } = addressOf(request);
  const model = server.models.peek(name, version);
  if (model === undefined) {
    throw new ServingError('SERVING_MODEL_NOT_FOUND', servingErrors.SERVING_MODEL_NOT_FOUND(name, version));
  }
  request.facts.answeredBy(model);
  return model;
}

function metadata({ models }: Server, { name, manifest, names: { features, components } }: LoadedModel): object {
  const tensor = (list: string, columns: readonly string[]) => ({
    name: list,
    datatype: 'FP64',
    shape: [-1, columns.length],
    parameters: { columns },
  });
  return {
    name,
    versions: models.list().flatMap((model) => (model.name === name ? [model.version] : [])),
    platform: 'thoracle',
    inputs: [tensor('features', features.names)],
    outputs: outputsOf(manifest).map((output) => ({ name: output.name, datatype: output.datatype, shape: [-1] })),
    parameters: components.names.length === 0 ? {} : { alternative_input: tensor('components', components.names) },
  };
}

function infer(server: Server, model: LoadedModel, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  requireJson(request);
  const { facts } = request;
  const start = performance.now();
  facts.receiveMs = start - facts.startMs;
  const { id, inputs, requested } = readRequest(request);
  const wanted = chosenOutputs(requested, outputsOf(model.manifest));
  const rows = tensorRows(inputs, model.names, server.mostValues);
  facts.parseMs = performance.now() - start;
  const predictions = predictInputs(server, request, model, rows);
  const predicted = performance.now();
  const text = JSON.stringify({
    model_name: model.name,
    model_version: model.version,
    ...(id === undefined ? {} : { id }),
    outputs: outputTensors(wanted, predictions),
  });
  facts.encodeMs = performance.now() - predicted;
  return reply.type('application/json; charset=utf-8').serializer(String).send(text);
}

function readRequest(request: FastifyRequest) {
  if (request.headers['inference-header-content-length'] !== undefined) throw bad('binary tensor data are not offered');
  const document = parseJson(typeof request.body === 'string' ? request.body : '');
  if (document === null || typeof document !== 'object' || Array.isArray(document)) throw bad('it is no object');
  const { id, parameters, inputs, outputs: requested } = document as Readonly<Record<string, unknown>>;
  if (id !== undefined && typeof id !== 'string') throw bad('"id" is no text');
  checkParameters(parameters, 'request', '"parameters"');
  return { id, inputs, requested };
}

function bad(what: string): ServingError {
  return new ServingError('SERVING_BAD_INFER', servingErrors.SERVING_BAD_INFER(what));
}

/** The protocol's one shape of errors. What a row may meet is 400 here, as the protocol expects of a failed inference. */
function replyWithText(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body } = errorReply(requestError(error, request));
  request.facts.code = body.error.code;
  logError(error, request, status, body);
  reply.code(status === 422 ? 400 : status).type('application/json; charset=utf-8');
  reply.serializer(JSON.stringify).send({ error: body.error.message });
}
