import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { buildApp, ModelHost, modelFolder } from '../serving/index.js';
import { startServing } from '../test/thoracle.js';
import { writeArchive } from '../training/index.js';
import { type ArtifactCase, bytesOf, artifactCases as cases } from '../training/test/xgboost-artifacts.js';
import { readServedModel } from './served-model.js';

const caseOf = (form: string): ArtifactCase => cases.find((one) => one.form === form) as ArtifactCase;
const root = mkdtempSync(join(tmpdir(), 'thoracle-xgboost-'));
afterAll(() => rm(root, { recursive: true }));
let made = 0;

/** The file alone, in a folder as a container has it, and in an archive. */
async function places(one: ArtifactCase): Promise<readonly string[]> {
  const folder = join(root, `${++made}`);
  await mkdir(join(folder, 'model', 'code'), { recursive: true });
  const file = join(folder, 'model', 'xgboost-model');
  await writeFile(file, bytesOf(one));
  const archive = join(folder, 'model.tar.gz');
  await writeFile(archive, await writeArchive(new Map([['xgboost-model', bytesOf(one)]])));
  return [file, join(folder, 'model'), archive];
}

describe('XGBoost’s own file, as the managed platform’s training leaves it', () => {
  const readable = cases.filter(({ form }) => form === 'json' || form === 'ubj');

  test('both releases are recorded in both forms', () => {
    expect(readable.map(({ form, version }) => `${form} ${version}`).sort()).toEqual([
      'json 1.7.6',
      'json 3.2.0',
      'ubj 1.7.6',
      'ubj 3.2.0',
    ]);
  });

  test.each(readable)('$name answers what it answered in Python', async (one) => {
    const ids = new Set<string>();
    for (const place of await places(one)) {
      const { predictor, manifest } = await readServedModel(place);
      expect(predictor.featureNames).toEqual(one.featureNames);
      const found = predictor.predictRows(Float64Array.from(one.rows));
      for (const [i, value] of one.predictions.entries()) {
        expect(Math.abs((found[i]?.probability as number) - value)).toBeLessThan(2e-7);
      }
      ids.add(manifest.modelId);
    }
    expect(ids.size).toBe(1);
  });

  test('a pickle and the old binary format are refused with what to do', async () => {
    for (const place of await places(caseOf('pickle protocol 4'))) {
      await expect(readServedModel(place)).rejects.toThrow(
        '"xgboost-model" is a pickled booster, which is not served as it is; make a model of it first: thoracle model import xgboost-model --out DIR, then thoracle serve --model DIR',
      );
    }
    for (const place of await places(caseOf('legacy binary'))) {
      await expect(readServedModel(place)).rejects.toThrow('old binary format, which is not served; save it as JSON');
    }
  });

  test('a place with no model, several models, or what is none keeps the error of a bundle or says so', async () => {
    const folder = join(root, 'empty');
    await mkdir(folder);
    await expect(readServedModel(folder)).rejects.toMatchObject({ code: 'TRAIN_BUNDLE_UNREADABLE' });
    await expect(readServedModel(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'TRAIN_BUNDLE_UNREADABLE' });
    await writeFile(join(folder, 'a.json'), '{"a":1}');
    await expect(readServedModel(folder)).rejects.toMatchObject({ code: 'TRAIN_IMPORT' });
    await writeFile(join(folder, 'b.json'), '{}');
    await expect(readServedModel(folder)).rejects.toThrow('holds several models (a.json, b.json)');
    await writeFile(join(folder, 'xgboost-model'), 'hello');
    await expect(readServedModel(folder)).rejects.toThrow('neither JSON, UBJSON nor a Python pickle');
    await writeFile(join(folder, 'manifest.json'), '{}');
    await expect(readServedModel(folder)).rejects.toMatchObject({ code: /^TRAIN_BUNDLE/ });
  });

  test('in a folder of models; one that is not served tells nothing of where it lies', async () => {
    const models = join(root, 'models');
    for (const [name, form] of [
      ['sound', 'ubj'],
      ['pickled', 'pickle protocol 4'],
    ] as const) {
      await mkdir(join(models, name), { recursive: true });
      await writeFile(join(models, name, 'xgboost-model'), bytesOf(caseOf(form)));
    }
    const repository = modelFolder(models);
    expect(await repository.list()).toEqual(['pickled', 'sound']);
    const app = buildApp({ models: new ModelHost({ read: readServedModel }), repository });
    const load = (name: string) =>
      app.inject({ method: 'POST', url: '/models', payload: { model_name: name, url: name } });
    expect((await load('sound')).statusCode).toBe(200);
    const refused = await load('pickled');
    expect([refused.statusCode, refused.json().error.code]).toEqual([400, 'SERVING_MODEL_SOURCE']);
    expect(refused.body).toContain('thoracle model import');
    expect(refused.body).not.toContain(root);
    await app.close();
  });

  test('thoracle serve of a model.tar.gz with nothing but an xgboost-model', async () => {
    const one = caseOf('ubj');
    const server = await startServing('--model', (await places(one)).at(-1) as string, '--port', '0');
    const width = one.featureNames.length;
    const lines = one.predictions.map((_, i) => one.rows.slice(i * width, (i + 1) * width).join(','));
    const reply = await fetch(`${server.url}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: lines.join('\n'),
    });
    const found = (await reply.text()).split(',').map(Number);
    for (const [i, value] of one.predictions.entries())
      expect(Math.abs((found[i] as number) - value)).toBeLessThan(2e-7);
    expect((await server.stop()).code).toBe(0);
  });
});
