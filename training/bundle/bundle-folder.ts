import { existsSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { systemReason } from '../../system-reason.js';
import { TrainingError, trainingError } from '../errors.js';
import { readArchive } from './archive.js';
import { boosterText } from './booster-json.js';
import type { BundleManifest, Member, MemberModel, ModelBundle } from './bundle.js';
import { canonicalJson, sha256Hex } from './canonical-json.js';
import { formatVersion, parseManifest } from './manifest-shape.js';

const manifestFile = 'manifest.json';
const cardFile = 'model-card.md';
/** Files that a training may leave in the folder of its model. */
const trainingFile = /^((manifest|model(-[1-9][0-9]*)?|report|train|scored)\.(json|html|csv)|model-card\.md)$/;

/** A member before its file is known. */
export type MemberDraft = Omit<Member, 'model'> & {
  readonly model:
    | Extract<MemberModel, { kind: 'linear' }>
    /** XGBoost's JSON model, parsed. */
    | { readonly kind: 'booster'; readonly json: unknown };
};

/** A manifest before its hashes are known. */
export type ManifestDraft = Omit<BundleManifest, 'formatVersion' | 'modelId' | 'members'> & {
  readonly members: readonly MemberDraft[];
};

/** Makes a bundle: hashes the boosters, then the manifest, whose hash is the model's id. */
export function sealBundle(draft: ManifestDraft): ModelBundle {
  const boosters: Record<string, unknown> = {};
  const members = draft.members.map(({ model, ...member }): Member => {
    if (model.kind === 'linear') return { ...member, model };
    const made = Object.keys(boosters).length;
    const file = made === 0 ? 'model.json' : `model-${made + 1}.json`;
    boosters[file] = model.json;
    return { ...member, model: { kind: 'booster', file, sha256: sha256Hex(boosterText(model.json)) } };
  });
  const whole = { ...draft, formatVersion, members } as const;
  return { manifest: { ...whole, modelId: contentHash(whole) }, boosters };
}

/**
 * Writes `manifest.json` and the boosters (`model.json`) into a folder, whole or not at all: into a new folder beside it, which is then
 * renamed. The folder must not exist, be empty, or be what an earlier training wrote (a manifest, and nothing but files of
 * a training): that is replaced as a whole, so that no report of another model stays beside the new one. The earlier model
 * is moved aside first and deleted last, so that at every moment one of the two is there.
 * @param beside other files of the training by name (`report.html`), written in the same move
 * @throws TrainingError TRAIN_BUNDLE_EXISTS, TRAIN_BUNDLE_UNWRITABLE
 */
export async function saveBundle(
  folder: string,
  bundle: ModelBundle,
  beside: Readonly<Record<string, string>> = {},
): Promise<void> {
  const place = resolve(folder);
  const files = [
    [manifestFile, `${canonicalJson(bundle.manifest, 1)}\n`],
    ...Object.entries(bundle.boosters).map(([name, booster]) => [name, boosterText(booster)] as const),
    ...Object.entries(beside),
  ] as const;
  let fresh: string | undefined;
  try {
    await assertBundlePlace(folder);
    await mkdir(dirname(place), { recursive: true });
    fresh = await mkdtemp(join(dirname(place), `.${basename(place)}-`));
    await chmod(fresh, 0o777 & ~process.umask());
    for (const [name, text] of files) await writeFile(join(fresh, name), text);
    await replaceFolder(place, fresh);
  } catch (error) {
    if (fresh !== undefined) await rm(fresh, { recursive: true, force: true });
    if (error instanceof TrainingError) throw error;
    throw trainingError('TRAIN_BUNDLE_UNWRITABLE', folder, systemReason(error));
  }
}

async function replaceFolder(place: string, fresh: string): Promise<void> {
  if (!existsSync(place)) return rename(fresh, place);
  const earlier = `${fresh}-earlier`;
  await rename(place, earlier);
  try {
    await rename(fresh, place);
  } catch (error) {
    await rename(earlier, place);
    throw error;
  }
  await rm(earlier, { recursive: true });
}

/**
 * Refuses a folder that `saveBundle` would refuse, so that a training can ask before it computes.
 * @throws TrainingError TRAIN_BUNDLE_EXISTS
 */
export async function assertBundlePlace(folder: string): Promise<void> {
  const place = resolve(folder);
  if (!existsSync(place)) return;
  if (!statSync(place).isDirectory()) throw trainingError('TRAIN_BUNDLE_EXISTS', folder, 'a file, not a folder');
  const entries = (await readdir(place)).sort();
  if (entries.length === 0) return;
  const foreign = entries.find((name) => !trainingFile.test(name));
  if (foreign !== undefined) throw trainingError('TRAIN_BUNDLE_EXISTS', folder, foreign);
  if (!entries.includes(manifestFile)) throw trainingError('TRAIN_BUNDLE_EXISTS', folder, `no ${manifestFile}`);
}

/**
 * Reads and verifies a bundle.
 * @param place its folder, or a `model.tar.gz` that holds the folder's files at its root; an archive is read in memory
 * @throws TrainingError TRAIN_BUNDLE_UNREADABLE (no such file, no JSON), TRAIN_BUNDLE_VERSION, TRAIN_BUNDLE_INVALID,
 *   TRAIN_BUNDLE_CHANGED (a hash differs), TRAIN_ARCHIVE
 */
export async function loadBundle(place: string): Promise<ModelBundle> {
  const read = await textReader(place);
  const manifest = parseManifest(parseJson(manifestFile, await read(manifestFile)));
  const { modelId, ...rest } = manifest;
  assertHash(manifestFile, modelId, contentHash(rest));
  const boosters: Record<string, unknown> = {};
  for (const { model } of manifest.members) {
    if (model.kind === 'linear') continue;
    const text = await read(model.file);
    assertHash(model.file, model.sha256, sha256Hex(text));
    boosters[model.file] = parseJson(model.file, text);
  }
  return { manifest, boosters };
}

/**
 * The model card beside a bundle, as Markdown.
 * @param place as for `loadBundle`
 * @returns undefined when there is none that can be read
 */
export async function loadCard(place: string): Promise<string | undefined> {
  try {
    return await (await textReader(place))(cardFile);
  } catch (error) {
    if (error instanceof TrainingError) return undefined;
    throw error;
  }
}

/** What a training writes beside the model, in the order of an archive. */
export const besideModel = ['model-card.md', 'train.json', 'report.json', 'report.html'] as const;

/**
 * What a training wrote beside a bundle: card, summary, report; by file name, those that are there.
 * @param place as for `loadBundle`
 */
export async function loadBeside(place: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  const read = await textReader(place);
  for (const name of besideModel) {
    const text = await read(name).catch((error: unknown) => {
      if (error instanceof TrainingError) return undefined;
      throw error;
    });
    if (text !== undefined) found[name] = text;
  }
  return found;
}

function contentHash(manifest: Omit<BundleManifest, 'modelId'>): string {
  return sha256Hex(canonicalJson(manifest));
}

function assertHash(what: string, expected: string, found: string): void {
  if (expected !== found) throw trainingError('TRAIN_BUNDLE_CHANGED', what, expected.slice(0, 12), found.slice(0, 12));
}

async function textReader(place: string): Promise<(name: string) => Promise<string>> {
  if (!statSync(place, { throwIfNoEntry: false })?.isFile()) return (name) => readText(place, name);
  const files = await readArchive(await readFile(place), basename(place));
  return async (name) => {
    const bytes = files.get(name);
    if (bytes !== undefined) return new TextDecoder().decode(bytes);
    throw trainingError('TRAIN_BUNDLE_UNREADABLE', name, `${basename(place)} holds no such file at its root`);
  };
}

async function readText(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    throw trainingError('TRAIN_BUNDLE_UNREADABLE', join(folder, name), systemReason(error));
  }
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw trainingError('TRAIN_BUNDLE_UNREADABLE', name, `it is no JSON (${(error as SyntaxError).message})`);
  }
}
