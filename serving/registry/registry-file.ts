import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemReason } from '../../system-reason.js';
import { ServingError, servingErrors } from '../errors.js';
import { isModelName } from '../models/model-name.js';

/** `candidate`: registered, not yet used. `production`: answers to the name. `archived`: did so earlier, or was put away. */
export type ModelStage = 'candidate' | 'production' | 'archived';

/** What was done to a version. */
export type RegistryAction = 'register' | 'promote' | 'rollback' | 'archive';

/** One change of a model's versions. */
export interface RegistryEvent {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** A user of the machine, or a caller as authentication names it (`key:<id>`); empty when nobody was asked who they are. */
  readonly by: string;
  readonly action: RegistryAction;
  /** For a rollback the version that is in production again. */
  readonly version: string;
}

/** One version of a model. */
export interface RegisteredVersion {
  /** `1`, `2`, … in the order of registration. */
  readonly version: string;
  /** Content hash of the bundle. */
  readonly modelId: string;
  readonly stage: ModelStage;
  /** ISO 8601, UTC. */
  readonly registered: string;
}

/** All versions of a name. */
export interface RegisteredModel {
  readonly versions: readonly RegisteredVersion[];
  /** Versions that were promoted, oldest first; the last one is in production. A rollback takes the last one away. */
  readonly promoted: readonly string[];
  /** What was done, oldest first; absent in registries of before it was kept. */
  readonly history?: readonly RegistryEvent[];
}

/** What `registry.json` holds. */
export interface RegistryContent {
  readonly formatVersion: 1;
  readonly models: Readonly<Record<string, RegisteredModel>>;
}

/** The file that says which versions there are. */
export const registryFile = (root: string): string => join(root, 'registry.json');

/** @throws nothing; makes the error of a registry that cannot be used */
export function registryTrouble(what: string): ServingError {
  return new ServingError('SERVING_REGISTRY', servingErrors.SERVING_REGISTRY(what));
}

/** Reads a registry; undefined where there is none yet. @throws ServingError SERVING_REGISTRY */
export async function readRegistry(root: string): Promise<RegistryContent | undefined> {
  let text: string;
  try {
    text = await readFile(registryFile(root), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw registryTrouble(systemReason(error));
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw registryTrouble('registry.json is no JSON');
  }
  const { formatVersion, models } = (document ?? {}) as Partial<RegistryContent>;
  if (formatVersion !== 1 || models === null || typeof models !== 'object') {
    throw registryTrouble('registry.json is not of format version 1');
  }
  for (const [name, model] of Object.entries(models)) {
    if (!isModelName(name) || !isRegisteredModel(model))
      throw registryTrouble(`registry.json: model "${name}" is not valid`);
  }
  return { formatVersion, models };
}

const actions: ReadonlySet<unknown> = new Set<RegistryAction>(['register', 'promote', 'rollback', 'archive']);
const stages: ReadonlySet<unknown> = new Set<ModelStage>(['candidate', 'production', 'archived']);

function isRegisteredModel(value: unknown): value is RegisteredModel {
  const { versions, promoted, history = [] } = (value ?? {}) as Partial<RegisteredModel>;
  if (!Array.isArray(versions) || !Array.isArray(promoted) || !versions.every(isVersion)) return false;
  if (!Array.isArray(history) || !history.every(isEvent)) return false;
  const names = new Set(versions.map(({ version }) => version));
  const inProduction = versions.filter(({ stage }) => stage === 'production').map(({ version }) => version);
  const current = promoted.slice(-1);
  return (
    names.size === versions.length && promoted.every((one) => names.has(one)) && inProduction.join() === current.join()
  );
}

function isVersion(value: unknown): value is RegisteredVersion {
  const { version, modelId, stage, registered } = (value ?? {}) as Record<keyof RegisteredVersion, unknown>;
  const isText = typeof modelId === 'string' && typeof registered === 'string';
  return isText && typeof version === 'string' && /^[1-9][0-9]{0,8}$/.test(version) && stages.has(stage);
}

function isEvent(value: unknown): value is RegistryEvent {
  const { at, by, action, version } = (value ?? {}) as Record<keyof RegistryEvent, unknown>;
  return [at, by, version].every((one) => typeof one === 'string') && actions.has(action);
}
