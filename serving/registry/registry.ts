import { join } from 'node:path';
import { loadBeside, loadBundle, saveBundle } from '../../training/bundle/folder.js';
import { ServingError, servingError, servingErrors } from '../errors.js';
import { replaceFile, withFileLock } from '../files/durable-file.js';
import { assertModelName } from '../models/model-name.js';
import {
  type ModelStage,
  type RegisteredModel,
  type RegisteredVersion,
  type RegistryAction,
  type RegistryContent,
  readRegistry,
  registryFile,
  registryTrouble,
} from './registry-file.js';

/** Folder of one version below the registry's. */
export function placeOfVersion(root: string, name: string, version: string): string {
  return join(root, 'models', name, version);
}

/**
 * Copies a model, with its card and report, into a registry as a new version, a candidate; makes the registry when there is none.
 * @param place folder of the model or `model.tar.gz`
 * @param by    who does it, for the history
 * @throws ServingError SERVING_BAD_MODEL_NAME, SERVING_REGISTERED, SERVING_REGISTRY; TrainingError when its hashes do not match
 */
export async function registerModel(root: string, name: string, place: string, by = ''): Promise<RegisteredVersion> {
  assertModelName(name);
  if (name.includes('/')) throw new ServingError('SERVING_BAD_MODEL_NAME', servingErrors.SERVING_BAD_MODEL_NAME());
  const bundle = await loadBundle(place);
  const beside = await loadBeside(place);
  const { modelId } = bundle.manifest;
  return change(root, { action: 'register', by }, async (content) => {
    const { versions = [], promoted = [] } = content.models[name] ?? {};
    const same = versions.find((one) => one.modelId === modelId);
    if (same !== undefined) {
      throw new ServingError('SERVING_REGISTERED', servingErrors.SERVING_REGISTERED(name, same.version));
    }
    const version = String(versions.reduce((most, one) => Math.max(most, Number(one.version)), 0) + 1);
    // Before the file that names it: a crash in between leaves a folder that the next registration replaces.
    await saveBundle(placeOfVersion(root, name, version), bundle, beside);
    const added: RegisteredVersion = { version, modelId, stage: 'candidate', registered: new Date().toISOString() };
    return { model: { versions: [...versions, added], promoted }, name, result: added };
  });
}

/**
 * Puts a version into production; the one that was there is archived. Servers that follow the registry swap to it.
 * @param by who does it, for the history
 * @throws ServingError SERVING_UNKNOWN_VERSION, SERVING_REGISTRY; TrainingError when the version's hashes do not match any more
 */
export function promoteModel(root: string, name: string, version: string, by = ''): Promise<RegisteredVersion> {
  return change(root, { action: 'promote', by }, async (content) => {
    const { versions, promoted } = modelOf(content, name, version);
    if (promoted.at(-1) === version) return produce(root, name, versions, promoted);
    return produce(root, name, versions, [...promoted, version]);
  });
}

/** Puts the version back that was in production before. @throws as `promoteModel`; ServingError SERVING_NO_ROLLBACK when there was none */
export function rollBackModel(root: string, name: string, by = ''): Promise<RegisteredVersion> {
  return change(root, { action: 'rollback', by }, async (content) => {
    const { versions, promoted } = modelOf(content, name);
    if (promoted.length < 2) throw new ServingError('SERVING_NO_ROLLBACK', servingErrors.SERVING_NO_ROLLBACK(name));
    return produce(root, name, versions, promoted.slice(0, -1));
  });
}

/**
 * Puts a version away that is not in production: it stays, and can be promoted again.
 * @throws ServingError SERVING_VERSION_IN_PRODUCTION, SERVING_UNKNOWN_VERSION, SERVING_REGISTRY
 */
export function archiveModel(root: string, name: string, version: string, by = ''): Promise<RegisteredVersion> {
  return change(root, { action: 'archive', by }, async (content) => {
    const { versions, promoted } = modelOf(content, name, version);
    if (promoted.at(-1) === version) throw servingError('SERVING_VERSION_IN_PRODUCTION', name, version);
    const staged = versions.map((one) => (one.version === version ? { ...one, stage: 'archived' as const } : one));
    const result = staged.find((one) => one.version === version) as RegisteredVersion;
    return { name, model: { versions: staged, promoted }, result };
  });
}

interface Change {
  readonly name: string;
  readonly model: RegisteredModel;
  readonly result: RegisteredVersion;
}

async function produce(
  root: string,
  name: string,
  versions: readonly RegisteredVersion[],
  promoted: readonly string[],
): Promise<Change> {
  const current = promoted.at(-1);
  const staged = versions.map((one) => ({ ...one, stage: stageOf(one, current) }));
  const result = staged.find(({ version }) => version === current);
  if (result === undefined) throw registryTrouble(`version "${current ?? ''}" of model "${name}" is not there`);
  const { manifest } = await loadBundle(placeOfVersion(root, name, result.version));
  assertSameModel(name, result, manifest.modelId);
  return { name, model: { versions: staged, promoted }, result };
}

function stageOf({ version, stage }: RegisteredVersion, current: string | undefined): ModelStage {
  if (version === current) return 'production';
  return stage === 'production' ? 'archived' : stage;
}

/** @throws ServingError SERVING_REGISTRY when another model lies in the place of a version */
export function assertSameModel(name: string, { version, modelId }: RegisteredVersion, found: string): void {
  if (found === modelId) return;
  throw registryTrouble(
    `version "${version}" of model "${name}" is ${found.slice(0, 12)}, but ${modelId.slice(0, 12)} was registered`,
  );
}

/** @throws ServingError SERVING_UNKNOWN_VERSION */
export function modelOf({ models }: RegistryContent, name: string, version?: string): RegisteredModel {
  const model = Object.hasOwn(models, name) ? models[name] : undefined;
  if (model !== undefined && (version === undefined || model.versions.some((one) => one.version === version)))
    return model;
  throw new ServingError('SERVING_UNKNOWN_VERSION', servingErrors.SERVING_UNKNOWN_VERSION(name, version));
}

/** One change at a time over all processes; the file is replaced as a whole. */
function change(
  root: string,
  done: { readonly action: RegistryAction; readonly by: string },
  work: (content: RegistryContent) => Promise<Change>,
): Promise<RegisteredVersion> {
  const file = registryFile(root);
  const busy = () => registryTrouble('another process is changing it');
  return withFileLock(
    file,
    async () => {
      const content = (await readRegistry(root)) ?? { formatVersion: 1, models: {} };
      const { name, model, result } = await work(content);
      const before = content.models[name]?.history ?? [];
      const event = { at: new Date().toISOString(), ...done, version: result.version };
      const models = { ...content.models, [name]: { ...model, history: [...before, event] } };
      await replaceFile(file, `${JSON.stringify({ formatVersion: 1, models }, null, 1)}\n`);
      return result;
    },
    busy,
  );
}
