import { stat } from 'node:fs/promises';
import type { ModelHost } from '../models/model-host.js';
import { readModel } from '../models/read-model.js';
import { assertSameModel, placeOfVersion } from './registry.js';
import { type RegisteredVersion, readRegistry, registryFile, registryTrouble } from './registry-file.js';

/** What follows a registry. */
export interface FollowOptions {
  /** Gets what went wrong while the server runs: the models that were there go on answering. */
  readonly onTrouble: (error: unknown) => void;
  /** How often the registry's file is looked at. Default 250 ms. */
  readonly everyMs?: number;
}

/** A host that follows a registry. */
export interface Following {
  /** Names with a version in production, sorted. */
  readonly names: readonly string[];
  /** Looks now: when it resolves, what is in production answers. @throws as the start of following */
  refresh(): Promise<void>;
  /** Stops following; the models stay. */
  close(): void;
}

/**
 * Loads the promoted version of every model, then swaps whenever another one is promoted, without a request being dropped: the new version is read and its hashes
 * checked before it takes the place of the old one.
 * @throws ServingError SERVING_REGISTRY when there is no registry, nothing is promoted, or a version is not what was registered; TrainingError when hashes do not match
 */
export async function followRegistry(host: ModelHost, root: string, options: FollowOptions): Promise<Following> {
  const { onTrouble, everyMs = 250 } = options;
  let state = await stateOf(root);
  const names = await bringUpToDate(host, root);
  if (names.length === 0) throw registryTrouble('no version is promoted; run "thoracle model promote"');
  let looking: Promise<void> | undefined;
  const bringIn = async () => {
    const found = await stateOf(root);
    if (found === state) return;
    state = found;
    await bringUpToDate(host, root);
  };
  const look = () => {
    looking ??= bringIn().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const timer = setInterval(() => {
    if (looking === undefined) look().catch(onTrouble);
  }, everyMs);
  timer.unref();
  const refresh = async () => {
    // A look that is under way may have read the file before the change.
    await looking?.catch(() => undefined);
    await look();
  };
  return { names, refresh, close: () => clearInterval(timer) };
}

async function stateOf(root: string): Promise<string> {
  const found = await stat(registryFile(root), { bigint: true }).catch(() => undefined);
  return found === undefined ? '' : `${found.mtimeNs} ${found.size} ${found.ino}`;
}

async function bringUpToDate(host: ModelHost, root: string): Promise<readonly string[]> {
  const content = await readRegistry(root);
  if (content === undefined) throw registryTrouble('there is no registry.json; run "thoracle model register"');
  const names: string[] = [];
  for (const [name, { versions }] of Object.entries(content.models)) {
    const current = versions.find(({ stage }) => stage === 'production');
    if (current === undefined) continue;
    names.push(name);
    if (host.peek(name)?.version !== current.version) await bring(host, root, name, current);
  }
  return names.sort();
}

async function bring(host: ModelHost, root: string, name: string, current: RegisteredVersion): Promise<void> {
  const source = placeOfVersion(root, name, current.version);
  const content = await readModel(source);
  assertSameModel(name, current, content.manifest.modelId);
  host.add(name, content, { version: current.version, source });
}
