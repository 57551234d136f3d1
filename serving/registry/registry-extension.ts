import type { FastifyInstance, FastifyRequest } from 'fastify';
import { loadBundle, loadCard } from '../../training/bundle/folder.js';
import type { BundleManifest } from '../../training/bundle/index.js';
import { servingError } from '../errors.js';
import { mediaType } from '../http/body-format.js';
import type { ServerExtension } from '../http/extension.js';
import { loadFailure } from '../models/load-failure.js';
import type { ModelHost } from '../models/model-host.js';
import { assertModelName } from '../models/model-name.js';
import { withoutNumbers } from '../models/without-numbers.js';
import { parseJson } from '../rows/json-records.js';
import type { Following } from './follow-registry.js';
import { archiveModel, modelOf, placeOfVersion, promoteModel, rollBackModel } from './registry.js';
import type {
  ChecklistLine,
  RegistryChange,
  RegistryModelDetail,
  RegistryModelSummary,
  RegistryModels,
  RegistryVersionDetail,
} from './registry-answers.js';
import { type RegisteredModel, type RegisteredVersion, type RegistryContent, readRegistry } from './registry-file.js';
import { changeSchema, modelSchema, modelsSchema, versionSchema } from './registry-schemas.js';

/** A registry over HTTP. */
export interface RegistryExtensionOptions {
  /** Folder of the registry. */
  readonly root: string;
  readonly models: ModelHost;
  /** What follows the registry: a change is answered once this server has swapped. */
  readonly following: Following;
  /** Fills in the checklist of a version from its folder; without it none is given. */
  readonly checklist?: (manifest: BundleManifest, place: string) => Promise<readonly ChecklistLine[]>;
}

/** Descriptions of versions that are kept, so that asking again does not read a model again. */
const mostKept = 32;

/**
 * Routes of a registry: `GET /registry/models`, `/registry/models/{name}` and `/registry/models/{name}/versions/{version}` (scope read); `POST …/versions/{version}/promote`,
 * `…/versions/{version}/archive` and `/registry/models/{name}/rollback` (scope admin). What changes something asks for a body of JSON, which a page of another site cannot
 * send without asking first.
 */
export function registryExtension(options: RegistryExtensionOptions): ServerExtension {
  return { name: 'registry', routes: (app) => addRoutes(app, options) };
}

function addRoutes(app: FastifyInstance, options: RegistryExtensionOptions): void {
  const { root, models } = options;
  const kept = new Map<string, Promise<Omit<RegistryVersionDetail, keyof RegisteredVersion | 'history'>>>();
  const summaryOf = (name: string, { versions, promoted }: RegisteredModel): RegistryModelSummary => ({
    name,
    production: promoted.at(-1) ?? null,
    serving: models.peek(name)?.version ?? null,
    versions,
  });
  app.get(
    '/registry/models',
    { schema: modelsSchema, config: { scope: 'read' } },
    async (): Promise<RegistryModels> => {
      const content = await contentOf(root);
      const names = Object.keys(content.models).sort();
      return { models: names.map((name) => summaryOf(name, modelOf(content, name))) };
    },
  );
  app.get(
    '/registry/models/:name',
    { schema: modelSchema, config: { scope: 'read' } },
    async (request): Promise<RegistryModelDetail> => {
      const { name } = placeIn(request);
      const model = modelOf(await contentOf(root), name);
      return { ...summaryOf(name, model), history: model.history ?? [] };
    },
  );
  app.get(
    '/registry/models/:name/versions/:version',
    { schema: versionSchema, config: { scope: 'read' } },
    async (request): Promise<RegistryVersionDetail> => {
      const { name, version = '' } = placeIn(request);
      const { versions, history = [] } = modelOf(await contentOf(root), name, version);
      const registered = versions.find((one) => one.version === version) as RegisteredVersion;
      const described = await keep(kept, `${name} ${version} ${registered.modelId}`, () =>
        describe(options, name, version),
      );
      return { ...described, ...registered, history: history.filter((event) => event.version === version) };
    },
  );
  addChanges(app, options);
}

function addChanges(app: FastifyInstance, { root, models, following }: RegistryExtensionOptions): void {
  const add = (
    path: string,
    summary: string,
    work: (name: string, version: string, by: string) => Promise<RegisteredVersion>,
  ) =>
    app.post(
      `/registry/models/:name/${path}`,
      { schema: changeSchema(summary), config: { scope: 'admin' } },
      async (request): Promise<RegistryChange> => {
        assertChange(request);
        const { name, version = '' } = placeIn(request);
        const { facts } = request;
        try {
          const changed = await work(name, version, facts.caller);
          facts.model = name;
          facts.version = changed.version;
          await following.refresh();
          return { name, ...changed, serving: models.peek(name)?.version ?? null };
        } catch (error) {
          throw loadFailure(error);
        }
      },
    );
  add('versions/:version/promote', 'Put a version into production', (name, version, by) =>
    promoteModel(root, name, version, by),
  );
  add('versions/:version/archive', 'Put a version away that is not in production', (name, version, by) =>
    archiveModel(root, name, version, by),
  );
  add('rollback', 'Put the version back that was in production before', (name, _version, by) =>
    rollBackModel(root, name, by),
  );
}

async function contentOf(root: string): Promise<RegistryContent> {
  return (await readRegistry(root)) ?? { formatVersion: 1, models: {} };
}

async function describe({ root, checklist }: RegistryExtensionOptions, name: string, version: string) {
  const place = placeOfVersion(root, name, version);
  try {
    const { manifest } = await loadBundle(place);
    return {
      name,
      manifest: withoutNumbers(manifest),
      card: (await loadCard(place)) ?? null,
      checklist: checklist === undefined ? null : await checklist(manifest, place),
    };
  } catch (error) {
    throw loadFailure(error);
  }
}

/** What failed is not kept. */
function keep<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make();
  kept.set(key, made);
  made.catch(() => kept.delete(key));
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return made;
}

/** @throws ServingError SERVING_BAD_MODEL_NAME; a version that is none is unknown */
function placeIn({ params }: FastifyRequest): { readonly name: string; readonly version?: string } {
  const place = params as { readonly name: string; readonly version?: string };
  assertModelName(place.name);
  return place;
}

/** @throws ServingError SERVING_BAD_CHANGE, SERVING_UNSUPPORTED_MEDIA_TYPE, SERVING_BAD_JSON */
function assertChange({ headers, body }: FastifyRequest): void {
  if (mediaType(headers['content-type'] ?? '') !== 'application/json') {
    throw servingError('SERVING_UNSUPPORTED_MEDIA_TYPE', ['application/json']);
  }
  if (body === undefined || body === '') return;
  const document = parseJson(typeof body === 'string' ? body : '');
  const isObject = document !== null && typeof document === 'object' && !Array.isArray(document);
  if (!isObject) throw servingError('SERVING_BAD_CHANGE', 'it is no object');
  if (Object.keys(document).length > 0) throw servingError('SERVING_BAD_CHANGE', 'it holds something');
}
