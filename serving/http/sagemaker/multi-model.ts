import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServingError, servingErrors } from '../../errors.js';
import { loadFailure } from '../../models/load-failure.js';
import type { LoadedModel } from '../../models/loaded-model.js';
import type { ModelRepository } from '../../models/model-folder.js';
import { assertModelName } from '../../models/model-name.js';
import { withoutNumbers } from '../../models/without-numbers.js';
import { parseJson } from '../../rows/json-records.js';
import { requireJson } from '../body-format.js';
import { addRowRoutes, answerInvocation, pending } from '../invocations.js';
import { type Server, withModel } from '../server.js';
import {
  cardSchema,
  invokeSchema,
  listModelsSchema,
  loadModelSchema,
  oneModelSchema,
  unloadModelSchema,
} from './schemas.js';

const defaultPage = 100;
const largestPage = 1000;

/**
 * The multi-model contract of the managed platform: `POST /models` (200; 409 loaded already, 507 no memory), `GET /models`, `GET` and `DELETE /models/{name}` (404 not
 * loaded), `POST /models/{name}/invoke`. Lists say more of each model than the contract asks for: version, metrics, lineage.
 * @param repository where models may be loaded from; without one they can neither be loaded nor unloaded
 */
export function addMultiModelRoutes(
  app: FastifyInstance,
  server: Server,
  repository: ModelRepository | undefined,
): void {
  const urls = new WeakMap<LoadedModel, string>();
  const about = (model: LoadedModel) => ({
    modelName: model.name,
    modelUrl: urls.get(model) ?? `/models/${encodeURIComponent(model.name)}`,
    version: model.version,
    modelId: model.manifest.modelId,
    bytes: model.bytes,
  });
  app.get('/models', { schema: listModelsSchema, config: { scope: 'read' } }, async (request) => {
    const { after, size } = readPage(request.query);
    const { models } = server;
    const current = models.list().filter((model) => models.peek(model.name) === model);
    const rest = after === undefined ? current : current.filter(({ name }) => name > after);
    const page = rest.slice(0, size);
    const last = rest.length > size ? page.at(-1) : undefined;
    return {
      models: page.map((model) => ({
        ...about(model),
        task: model.manifest.task.kind,
        metrics: model.manifest.metrics,
      })),
      ...(last === undefined ? {} : { nextPageToken: Buffer.from(last.name).toString('base64url') }),
    };
  });
  app.get('/models/:name', { schema: oneModelSchema, config: { scope: 'read' } }, async (request) => {
    const model = loaded(server, nameOf(request));
    const manifest = withoutNumbers(model.manifest);
    const versions = server.models.list().filter(({ name }) => name === model.name);
    return { ...about(model), versions: versions.map(({ version }) => version), held: model.held, ...manifest };
  });
  app.get('/models/:name/card', { schema: cardSchema, config: { scope: 'read' } }, async (request, reply) => {
    const { name, card } = loaded(server, nameOf(request));
    if (card === undefined) throw new ServingError('SERVING_NO_CARD', servingErrors.SERVING_NO_CARD(name));
    return reply.type('text/markdown; charset=utf-8').serializer(String).send(card);
  });
  addRowRoutes(app, (routes) => {
    const config = { scope: 'predict', protocol: 'sagemaker' } as const;
    routes.post('/models/:name/invoke', { schema: invokeSchema, config }, (request, reply) =>
      pending(withModel(server, request, nameOf(request), (model) => answerInvocation(server, model, request, reply))),
    );
  });
  if (repository === undefined) return;
  app.post('/models', { schema: loadModelSchema, config: { scope: 'admin' } }, async (request) => {
    requireJson(request);
    const { name, url } = readLoad(request.body);
    const source = await repository.resolve(url);
    try {
      const model = await server.models.load(name, source);
      urls.set(model, url);
      request.facts.answeredBy(model);
      return about(model);
    } catch (error) {
      throw loadFailure(error);
    }
  });
  app.delete('/models/:name', { schema: unloadModelSchema, config: { scope: 'admin' } }, async (request, reply) =>
    unload(server, request, reply),
  );
}

function unload(server: Server, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const model = loaded(server, nameOf(request));
  request.facts.answeredBy(model);
  server.models.remove(model.name);
  return reply.send({});
}

function loaded(server: Server, name: string): LoadedModel {
  const model = server.models.peek(name);
  if (model !== undefined) return model;
  throw new ServingError('SERVING_MODEL_NOT_FOUND', servingErrors.SERVING_MODEL_NOT_FOUND(name));
}

/** @throws ServingError SERVING_BAD_MODEL_NAME, so that no message repeats what is no name */
function nameOf(request: FastifyRequest): string {
  const { name } = request.params as { readonly name: string };
  assertModelName(name);
  return name;
}

interface Page {
  /** Name of the last model of the page before. */
  readonly after: string | undefined;
  readonly size: number;
}

function readPage(query: unknown): Page {
  const { next_page_token: token, limit } = query as Readonly<Record<string, unknown>>;
  const size = limit === undefined ? defaultPage : Number(limit);
  if (!Number.isInteger(size) || size < 1 || size > largestPage) throw badList(`limit is not 1 to ${largestPage}`);
  if (token === undefined || token === '') return { after: undefined, size };
  const after = typeof token === 'string' ? Buffer.from(token, 'base64url').toString('utf8') : '';
  if (Buffer.from(after).toString('base64url') !== token) throw badList('next_page_token is none of this server');
  return { after, size };
}

function badList(what: string): ServingError {
  return new ServingError('SERVING_BAD_LIST', servingErrors.SERVING_BAD_LIST(what));
}

function readLoad(body: unknown): { readonly name: string; readonly url: string } {
  const document = parseJson(typeof body === 'string' ? body : '');
  if (document === null || typeof document !== 'object' || Array.isArray(document)) throw badLoad('it is no object');
  const { model_name: name, url, ...others } = document as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string') throw badLoad('"model_name" is no text');
  if (typeof url !== 'string' || url === '') throw badLoad('"url" is no text');
  if (Object.keys(others).length > 0) throw badLoad('it holds more than these');
  assertModelName(name);
  return { name, url };
}

function badLoad(what: string): ServingError {
  return new ServingError('SERVING_BAD_LOAD', servingErrors.SERVING_BAD_LOAD(what));
}
