import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServingError, servingErrors } from '../../errors.js';
import { loadFailure } from '../../models/load-failure.js';
import type { ModelRepository } from '../../models/model-folder.js';
import { assertModelName } from '../../models/model-name.js';
import { parseJson } from '../../rows/json-records.js';
import type { Server } from '../server.js';
import { indexSchema, loadSchema, unloadSchema } from './schemas.js';

/**
 * The protocol's extension `model_repository`: `POST /v2/repository/index`, and `load` (again, when it is there: a hot swap) and `unload` of
 * `/v2/repository/models/{name}`.
 */
export function addRepositoryRoutes(app: FastifyInstance, server: Server, repository: ModelRepository): void {
  const { models } = server;
  const admin = { scope: 'admin', protocol: 'open-inference' } as const;
  const read = { scope: 'read', protocol: 'open-inference' } as const;
  app.post('/repository/index', { schema: indexSchema, config: read }, async (request) => {
    const { ready = false } = optionalBody(request);
    if (typeof ready !== 'boolean') throw bad('"ready" is neither true nor false');
    const there = models.list().map(({ name, version }) => ({ name, version, state: 'READY', reason: '' }));
    if (ready) return there;
    const loaded = new Set(there.map(({ name }) => name));
    const others = (await repository.list()).filter((name) => !loaded.has(name));
    return [...there, ...others.map((name) => ({ name, state: 'UNAVAILABLE', reason: 'unloaded' }))];
  });
  app.post('/repository/models/:name/load', { schema: loadSchema, config: admin }, async (request) => {
    const name = nameOf(request);
    const { parameters } = optionalBody(request);
    if (parameters !== undefined && Object.keys(parameters as object).length > 0) {
      throw bad('parameters of a load are not offered');
    }
    const source = (await repository.locate(name)) ?? models.peek(name)?.source;
    if (source === undefined) {
      throw new ServingError('SERVING_MODEL_NOT_FOUND', servingErrors.SERVING_MODEL_NOT_FOUND(name));
    }
    try {
      request.facts.answeredBy(await models.swap(name, source));
    } catch (error) {
      throw loadFailure(error);
    }
    return {};
  });
  app.post('/repository/models/:name/unload', { schema: unloadSchema, config: admin }, async (request) => {
    const name = nameOf(request);
    optionalBody(request);
    models.remove(name);
    return {};
  });
}

function nameOf(request: FastifyRequest): string {
  const { name } = request.params as { readonly name: string };
  assertModelName(name);
  return name;
}

/** The body's object; empty when there is no body. */
function optionalBody({ body }: FastifyRequest): Readonly<Record<string, unknown>> {
  if (typeof body !== 'string' || body.trim() === '') return {};
  const document = parseJson(body);
  const isObject = (value: unknown) => value !== null && typeof value === 'object' && !Array.isArray(value);
  if (!isObject(document)) throw bad('it is no object');
  const fields = document as Readonly<Record<string, unknown>>;
  if (fields.parameters !== undefined && !isObject(fields.parameters)) throw bad('"parameters" is no object');
  return fields;
}

function bad(what: string): ServingError {
  return new ServingError('SERVING_BAD_INFER', servingErrors.SERVING_BAD_INFER(what));
}
