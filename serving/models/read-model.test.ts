import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeArchive } from '../../training/bundle/archive.js';
import { saveBundle, sealBundle } from '../../training/bundle/folder.js';
import { chain, chainDraft, chainRows } from '../reference/chain-bundle.js';
import { readModel } from './read-model.js';

let root = '';
const at = (...names: string[]): string => join(root, ...names);
const archive = async (name: string, files: Readonly<Record<string, string>>): Promise<string> => {
  const content = Object.entries(files).map(([file, text]) => [file, Buffer.from(text)] as const);
  await writeFile(at(name), await writeArchive(new Map(content)));
  return at(name);
};
let manifest = '';
let booster = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'thoracle-read-model-'));
  await saveBundle(at('model'), sealBundle(chainDraft()));
  manifest = await readFile(at('model', 'manifest.json'), 'utf8');
  booster = await readFile(at('model', 'model.json'), 'utf8');
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('a model from disk', () => {
  test('a folder and a model.tar.gz of it give the same model', async () => {
    const folder = await readModel(at('model'));
    const packed = await readModel(
      await archive('model.tar.gz', { './manifest.json': manifest, 'model.json': booster }),
    );
    expect(packed.manifest).toEqual(folder.manifest);
    expect(packed.bytes).toBe(folder.bytes);
    const found = packed.predictor.predictRows(chainRows()).map((p) => p.score);
    for (const [i, p] of found.entries()) expect(Math.abs(p - (chain.probabilities[i] as number))).toBeLessThan(1e-7);
    expect(folder.bytes).toBeGreaterThan(64 * 1024);
    expect(folder.bytes).toBeLessThan(64 * 1024 + 3 * (manifest.length + booster.length));
  });

  test('what was changed, is not there, or leads out of the archive is refused', async () => {
    const changed = booster.replace(/0\.1/, '0.2');
    expect(changed).not.toBe(booster);
    const cases: readonly (readonly [string, string])[] = [
      [await archive('changed.tar.gz', { 'manifest.json': manifest, 'model.json': changed }), 'TRAIN_BUNDLE_CHANGED'],
      [await archive('nested.tar.gz', { 'model/manifest.json': manifest }), 'TRAIN_BUNDLE_UNREADABLE'],
      [await archive('out.tar.gz', { '../manifest.json': manifest }), 'TRAIN_ARCHIVE'],
      [at('nowhere'), 'TRAIN_BUNDLE_UNREADABLE'],
      [at('model', 'model.json'), 'TRAIN_ARCHIVE'],
    ];
    for (const [place, code] of cases) await expect(readModel(place), place).rejects.toMatchObject({ code });
  });
});
