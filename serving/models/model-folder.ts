import { readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServingError, servingErrors } from '../errors.js';
import { isModelName } from './model-name.js';

/** Models that could be loaded, by name. */
export interface ModelRepository {
  /** Every name, sorted. */
  list(): Promise<readonly string[]>;
  /** Where the model of a name lies; undefined when there is none. */
  locate(name: string): Promise<string | undefined>;
  /**
   * Where the model at an address lies that a client wrote: a path or `file:` URL of this repository.
   * @throws ServingError SERVING_MODEL_SOURCE when it leads elsewhere or to nothing
   */
  resolve(url: string): Promise<string>;
}

/** Folders below the root that are searched for models. */
const depth = 3;
const archive = /\.tar\.gz$/;
/** Files that make a folder a model: a bundle's, or what the managed platform's training leaves. */
const marks = ['manifest.json', 'xgboost-model'];

/**
 * The models of a folder: a folder with a manifest or an `xgboost-model` in it, or an archive, each under its path below the root (`lung`, `team/lung.tar.gz`). An archive answers to its
 * name without `.tar.gz` too. Links are followed only within the root.
 */
export function modelFolder(root: string): ModelRepository {
  return {
    list: async () => (await namesBelow(root, '', depth)).sort(),
    locate: async (name) => {
      if (!isModelName(name)) return undefined;
      return (await placeWithin(root, name)) ?? (await placeWithin(root, `${name}.tar.gz`));
    },
    resolve: async (url) => {
      const place = await placeWithin(root, pathOf(url));
      if (place !== undefined) return place;
      const why = 'its url leads to no model in the folder of models that this server was given';
      throw new ServingError('SERVING_MODEL_SOURCE', servingErrors.SERVING_MODEL_SOURCE(why));
    },
  };
}

async function namesBelow(root: string, below: string, levels: number): Promise<string[]> {
  const names: string[] = [];
  let entries: readonly string[] = [];
  try {
    entries = await readdir(join(root, below));
  } catch {
    return names;
  }
  for (const entry of entries) {
    const name = below === '' ? entry : `${below}/${entry}`;
    if (!isModelName(name)) continue;
    if ((await placeWithin(root, name)) !== undefined) names.push(name);
    else if (levels > 1) names.push(...(await namesBelow(root, name, levels - 1)));
  }
  return names;
}

/** The real path of a model below the root; undefined when it is no model or lies outside. */
async function placeWithin(root: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    const base = await realpath(root);
    const place = await realpath(resolve(base, path));
    const below = relative(base, place);
    if (below === '' || below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) return undefined;
    const found = await stat(place);
    if (found.isFile()) return archive.test(place) ? place : undefined;
    for (const name of marks) if (await isFile(join(place, name))) return place;
    return undefined;
  } catch {
    return undefined;
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

function pathOf(url: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url)) return url.includes('\u0000') ? undefined : url;
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
