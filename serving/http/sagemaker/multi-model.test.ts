import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packModel, writeModelFolder } from '../../../test/serving/model-folders.js';
import { type ModelRepository, modelFolder } from '../../models/model-folder.js';
import { ModelHost } from '../../models/model-host.js';
import { readModel } from '../../models/read-model.js';
import { buildApp } from '../app.js';

let root = '';
let repository: ModelRepository;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'thoracle-multi-model-'));
  const models = join(root, 'models');
  await writeModelFolder(join(models, 'a', 'model'));
  await writeFile(join(models, 'a', 'model', 'model-card.md'), '# A card\n');
  await writeModelFolder(join(models, 'b', 'model'), { threshold: 0.6 });
  await packModel(join(models, 'a', 'model'), join(models, 'packed.tar.gz'));
  await writeModelFolder(join(root, 'outside'));
  await symlink(join(root, 'outside'), join(models, 'link'));
  await mkdir(join(models, 'broken'));
  await writeFile(join(models, 'broken', 'manifest.json'), '{}');
  repository = modelFolder(models);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A server without a model; `onDemand`: what the folder holds is loaded when asked for. */
function serverOf({ memoryLimitBytes, onDemand = false }: { memoryLimitBytes?: number; onDemand?: boolean } = {}) {
  const models = new ModelHost({
    read: readModel,
    ...(onDemand ? { locate: repository.locate } : {}),
    ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
  });
  const app = buildApp({ models, repository });
  const load = (name: string, url: string) =>
    app.inject({ method: 'POST', url: '/models', payload: { model_name: name, url } });
  const invoke = (name: string) =>
    app.inject({
      method: 'POST',
      url: `/models/${encodeURIComponent(name)}/invoke`,
      payload: 'Age\n60',
      headers: { 'content-type': 'text/csv', 'x-amzn-sagemaker-target-model': 'team/a.tar.gz' },
    });
  return { app, models, load, invoke };
}

describe('the contract of many models', () => {
  test('load, list, get, invoke, unload, with the statuses of the contract', async () => {
    const { app, load, invoke } = serverOf();
    expect((await app.inject('/ping')).statusCode).toBe(200);
    expect((await app.inject('/models')).json()).toEqual({ models: [] });
    const url = join(root, 'models', 'a', 'model');
    const loaded = await load('5f2a', url);
    expect([loaded.statusCode, loaded.json()]).toEqual([
      200,
      expect.objectContaining({ modelName: '5f2a', modelUrl: url }),
    ]);
    expect([(await load('5f2a', url)).statusCode, (await load('5f2a', url)).json().error.code]).toEqual([
      409,
      'SERVING_MODEL_LOADED',
    ]);
    expect((await load('other', `file://${join(root, 'models', 'b', 'model')}`)).statusCode).toBe(200);
    const list = (await app.inject('/models')).json();
    expect(list.models.map((m: { modelName: string }) => m.modelName)).toEqual(['5f2a', 'other']);
    expect(list.models[0]).toMatchObject({ modelUrl: url, metrics: { auc: { value: 0.8 } }, task: 'status' });
    expect(list.nextPageToken).toBeUndefined();
    const one = (await app.inject('/models/5f2a')).json();
    expect(one).toMatchObject({ modelName: '5f2a', modelUrl: url, lineage: { xgboostVersion: '3.2.0' }, held: 0 });
    expect(one.steps).toBeUndefined();
    expect(Number((await invoke('5f2a')).body)).toBeGreaterThan(0);
    const card = await app.inject('/models/5f2a/card');
    expect([card.headers['content-type'], card.body]).toEqual(['text/markdown; charset=utf-8', '# A card\n']);
    const none = await app.inject('/models/other/card');
    expect([none.statusCode, none.json().error.code]).toEqual([404, 'SERVING_NO_CARD']);
    const gone = await app.inject({ method: 'DELETE', url: '/models/5f2a' });
    expect([gone.statusCode, gone.json()]).toEqual([200, {}]);
    for (const reply of [
      await app.inject({ method: 'DELETE', url: '/models/5f2a' }),
      await app.inject('/models/5f2a'),
      await invoke('5f2a'),
    ]) {
      expect([reply.statusCode, reply.json().error.code]).toEqual([404, 'SERVING_MODEL_NOT_FOUND']);
    }
    await app.close();
  });

  test('507 when memory is short, and room again after an unload', async () => {
    const { bytes } = await readModel(join(root, 'models', 'a', 'model'));
    const { app, load } = serverOf({ memoryLimitBytes: Math.floor(1.5 * bytes) });
    expect((await load('a', 'a/model')).statusCode).toBe(200);
    const full = await load('b', 'b/model');
    expect([full.statusCode, full.json().error.code]).toEqual([507, 'SERVING_NO_MEMORY']);
    await app.inject({ method: 'DELETE', url: '/models/a' });
    expect((await load('b', 'b/model')).statusCode).toBe(200);
    await app.close();
  });

  test('the list comes in pages', async () => {
    const { app, load } = serverOf();
    for (const name of ['e', 'd', 'c', 'b', 'a']) await load(name, 'a/model');
    const names: string[] = [];
    let token = '';
    let pages = 0;
    do {
      const page = (await app.inject(`/models?limit=2&next_page_token=${token}`)).json();
      names.push(...page.models.map((m: { modelName: string }) => m.modelName));
      token = page.nextPageToken ?? '';
      pages++;
    } while (token !== '');
    expect([names, pages]).toEqual([['a', 'b', 'c', 'd', 'e'], 3]);
    for (const query of [
      'limit=0',
      'limit=x',
      'limit=1001',
      'limit=1&limit=2',
      'next_page_token=%25',
      'next_page_token=a&next_page_token=b',
    ]) {
      const reply = await app.inject(`/models?${query}`);
      expect([reply.statusCode, reply.json().error.code], query).toEqual([400, 'SERVING_BAD_LIST']);
    }
    await app.close();
  });

  test('what is no model, lies elsewhere or is damaged is refused, without a word about where it lies', async () => {
    const { app, load } = serverOf();
    for (const url of [
      join(root, 'outside'),
      '../outside',
      'link',
      'a/../../outside',
      'file:///etc/passwd',
      'file://host/etc',
      's3://bucket/model.tar.gz',
      '/etc/passwd',
      'a\u0000',
      'nothing',
      '.',
      'a',
      'broken',
    ]) {
      const reply = await load('x', url);
      expect([reply.statusCode, reply.json().error.code], url).toEqual([400, 'SERVING_MODEL_SOURCE']);
      expect(reply.body).not.toContain(root);
    }
    expect((await app.inject('/models')).json().models).toEqual([]);
    await app.close();
  });

  test.each<[string, unknown, string]>([
    ['no JSON', 'model_name=a', 'SERVING_BAD_JSON'],
    ['empty', '', 'SERVING_BAD_JSON'],
    ['a list', [], 'SERVING_BAD_LOAD'],
    ['null', 'null', 'SERVING_BAD_LOAD'],
    ['no name', { url: 'a/model' }, 'SERVING_BAD_LOAD'],
    ['no url', { model_name: 'a' }, 'SERVING_BAD_LOAD'],
    ['more', { model_name: 'a', url: 'a/model', force: true }, 'SERVING_BAD_LOAD'],
    ['a name that is none', { model_name: '../a', url: 'a/model' }, 'SERVING_BAD_MODEL_NAME'],
  ])('bodies: %s', async (_what, body, code) => {
    const { app } = serverOf();
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { 'content-type': 'application/json' };
    const reply = await app.inject({ method: 'POST', url: '/models', payload, headers });
    expect([reply.statusCode, reply.json().error.code]).toEqual([400, code]);
    const csv = await app.inject({
      method: 'POST',
      url: '/models',
      payload: 'a',
      headers: { 'content-type': 'text/csv' },
    });
    expect(csv.statusCode).toBe(415);
    await app.close();
  });

  test('names in addresses that are none', async () => {
    const { app, invoke } = serverOf({ onDemand: true });
    for (const name of ['../a', 'a b', '%00', '.a', 'x'.repeat(300)]) {
      const reply = await invoke(name);
      expect([reply.statusCode, reply.json().error.code], name).toEqual([400, 'SERVING_BAD_MODEL_NAME']);
    }
    await app.close();
  });
});

describe('a folder of models, loaded when asked for', () => {
  test('names of the folder', async () => {
    expect(await repository.list()).toEqual(['a/model', 'b/model', 'broken', 'packed.tar.gz']);
    expect(await repository.locate('packed')).toMatch(/packed\.tar\.gz$/);
    expect(await repository.locate('link')).toBeUndefined();
    expect(await modelFolder(join(root, 'nowhere')).list()).toEqual([]);
  });

  test('by address and by header; the longest unused one makes room; a damaged one is a refusal', async () => {
    const { bytes } = await readModel(join(root, 'models', 'a', 'model'));
    const { app, models, invoke } = serverOf({ onDemand: true, memoryLimitBytes: Math.floor(2.5 * bytes) });
    for (const name of ['a/model', 'packed', 'b/model']) expect((await invoke(name)).statusCode, name).toBe(200);
    expect(models.list().map((m) => m.name)).toEqual(['b/model', 'packed']);
    const byHeader = await app.inject({
      method: 'POST',
      url: '/invocations',
      payload: 'Age\n60',
      headers: { 'content-type': 'text/csv', 'x-amzn-sagemaker-target-model': 'a/model' },
    });
    expect([byHeader.statusCode, byHeader.body]).toEqual([200, (await invoke('a/model')).body]);
    expect(models.list().map((m) => m.name)).toEqual(['a/model', 'b/model']);
    const broken = await invoke('broken');
    expect([broken.statusCode, broken.json().error.message]).toEqual([
      400,
      'The model cannot be loaded: it is of a format version that this program does not read',
    ]);
    expect((await invoke('nothing')).statusCode).toBe(404);
    const none = await app.inject({
      method: 'POST',
      url: '/invocations',
      payload: 'Age\n60',
      headers: { 'content-type': 'text/csv' },
    });
    expect([none.statusCode, none.json().error.code]).toEqual([404, 'SERVING_NO_MODEL']);
    await app.close();
  });

  test('without a folder nothing can be loaded or unloaded; a server whose model was taken away is not ready', async () => {
    const models = new ModelHost({ read: readModel });
    await models.load('model', join(root, 'outside'));
    const app = buildApp({ models, defaultModel: 'model' });
    expect((await app.inject({ method: 'POST', url: '/models', payload: {} })).statusCode).toBe(405);
    expect((await app.inject({ method: 'DELETE', url: '/models/model' })).statusCode).toBe(405);
    expect((await app.inject('/models')).json().models[0]).toMatchObject({
      modelName: 'model',
      modelUrl: '/models/model',
    });
    expect((await app.inject('/models')).body).not.toContain(root);
    expect((await app.inject('/models/model')).body).not.toContain(root);
    models.remove('model');
    const ping = await app.inject('/ping');
    expect([ping.statusCode, ping.json().error.code]).toEqual([503, 'SERVING_NOT_READY']);
    await app.close();
  });
});
