import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeModelFolder } from '../../test/serving/model-folders.js';
import { buildApp } from '../http/app.js';
import { ModelHost } from '../models/model-host.js';
import { readModel } from '../models/read-model.js';
import { createApiKey } from '../security/api-keys.js';
import { authentication } from '../security/authentication.js';
import { type Following, followRegistry } from './follow-registry.js';
import { archiveModel, promoteModel, registerModel } from './registry.js';
import { registryExtension } from './registry-extension.js';
import { readRegistry } from './registry-file.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-registry-http-'));
const root = join(folder, 'registry');
const models = new ModelHost({ read: readModel });
const secrets: Record<string, string> = {};
let app: FastifyInstance;
let following: Following;
let guard: Awaited<ReturnType<typeof authentication>>;

beforeAll(async () => {
  for (const version of [1, 2, 3]) {
    const place = join(folder, `model-${version}`);
    await writeModelFolder(place, { threshold: version / 10 });
    if (version === 2) await writeFile(join(place, 'model-card.md'), '# Lung\n');
    await registerModel(root, 'lung', place, 'maker');
  }
  await promoteModel(root, 'lung', '1', 'maker');
  const keyFile = join(folder, 'keys.json');
  for (const scope of ['predict', 'read', 'admin'] as const) {
    secrets[scope] = (await createApiKey(keyFile, { name: scope, scopes: [scope] })).secret;
  }
  guard = await authentication({ keyFile });
  // Looks at the file only when it is told to, so that a swap is the doing of the route.
  following = await followRegistry(models, root, { onTrouble: () => undefined, everyMs: 1_000_000 });
  const checklist = async () => [
    { number: '1', section: 'Title', asks: 'a title', answer: { status: 'unknown', text: 'authors' } } as const,
  ];
  const extensions = [guard, registryExtension({ root, models, following, checklist })];
  app = buildApp({ models, defaultModel: 'lung', extensions });
});
afterAll(async () => {
  following.close();
  guard.close();
  await app.close();
  await rm(folder, { recursive: true });
});

const headers = (scope: string) => ({ authorization: `Bearer ${secrets[scope]}` });
const get = (url: string, scope = 'read') => app.inject({ method: 'GET', url, headers: headers(scope) });
const post = (url: string, scope = 'admin', payload = '{}', type = 'application/json') =>
  app.inject({ method: 'POST', url, payload, headers: { ...headers(scope), 'content-type': type } });

describe('a registry over HTTP', () => {
  test('lists models, one with its history, a version with metrics, card and checklist', async () => {
    const listed = (await get('/registry/models')).json();
    expect(listed.models).toMatchObject([{ name: 'lung', production: '1', serving: '1' }]);
    expect(listed.models[0].versions.map(({ stage }: { stage: string }) => stage)).toEqual([
      'production',
      'candidate',
      'candidate',
    ]);
    const { history } = (await get('/registry/models/lung')).json();
    expect(history.map(({ by, action, version }: Record<string, string>) => [by, action, version])).toEqual([
      ['maker', 'register', '1'],
      ['maker', 'register', '2'],
      ['maker', 'register', '3'],
      ['maker', 'promote', '1'],
    ]);
    const second = (await get('/registry/models/lung/versions/2')).json();
    expect(second).toMatchObject({ name: 'lung', version: '2', stage: 'candidate', card: '# Lung\n' });
    expect(second.manifest).toMatchObject({ threshold: 0.2, metrics: {}, lineage: { groups: [] } });
    expect(second.manifest.members[0].steps.every((step: unknown) => typeof step === 'string')).toBe(true);
    expect(second.checklist).toMatchObject([{ number: '1', answer: { status: 'unknown' } }]);
    expect((await get('/registry/models/lung/versions/1')).json()).toMatchObject({ card: null });
  });

  test('promotes, rolls back and archives; the answer comes from the new version, and the history says who', async () => {
    const promoted = await post('/registry/models/lung/versions/2/promote');
    expect([promoted.statusCode, promoted.json()]).toMatchObject([200, { stage: 'production', serving: '2' }]);
    expect(models.peek('lung')?.version).toBe('2');
    expect((await post('/registry/models/lung/rollback')).json()).toMatchObject({ version: '1', serving: '1' });
    expect((await post('/registry/models/lung/versions/3/archive')).json()).toMatchObject({ stage: 'archived' });
    expect((await get('/registry/models/lung/versions/3')).json()).toMatchObject({ stage: 'archived' });
    const { history } = (await get('/registry/models/lung')).json();
    expect(history.slice(-3).map(({ action }: { action: string }) => action)).toEqual([
      'promote',
      'rollback',
      'archive',
    ]);
    expect(history.at(-1).by).toMatch(/^key:/);
    expect((await post('/registry/models/lung/versions/3/promote')).json()).toMatchObject({ serving: '3' });
    expect((await post('/registry/models/lung/rollback')).json()).toMatchObject({ serving: '1' });
  });

  test.each([
    ['POST', '/registry/models/lung/versions/1/archive', 'admin', 409, 'SERVING_VERSION_IN_PRODUCTION'],
    ['POST', '/registry/models/lung/rollback', 'admin', 409, 'SERVING_NO_ROLLBACK'],
    ['POST', '/registry/models/lung/versions/9/promote', 'admin', 404, 'SERVING_UNKNOWN_VERSION'],
    ['POST', '/registry/models/lung/versions/9/archive', 'admin', 404, 'SERVING_UNKNOWN_VERSION'],
    ['POST', '/registry/models/none/rollback', 'admin', 404, 'SERVING_UNKNOWN_VERSION'],
    ['POST', '/registry/models/..%2Fx/rollback', 'admin', 400, 'SERVING_BAD_MODEL_NAME'],
    ['POST', '/registry/models/lung/versions/2/promote', 'read', 403, 'SERVING_FORBIDDEN'],
    ['POST', '/registry/models/lung/rollback', 'predict', 403, 'SERVING_FORBIDDEN'],
    ['GET', '/registry/models', 'predict', 403, 'SERVING_FORBIDDEN'],
    ['GET', '/registry/models/none', 'read', 404, 'SERVING_UNKNOWN_VERSION'],
    ['GET', '/registry/models/constructor', 'read', 404, 'SERVING_UNKNOWN_VERSION'],
    ['GET', '/registry/models/lung/versions/..%2F1', 'read', 404, 'SERVING_UNKNOWN_VERSION'],
  ] as const)('%s %s with scope %s: %i %s', async (method, url, scope, status, code) => {
    const reply = method === 'GET' ? await get(url, scope) : await post(url, scope);
    expect([reply.statusCode, reply.json().error.code]).toEqual([status, code]);
  });

  test('a change asks for JSON, so that no page of another site can send it, and takes no members', async () => {
    const url = '/registry/models/lung/versions/2/promote';
    const bare = await app.inject({ method: 'POST', url, headers: headers('admin') });
    expect([bare.statusCode, bare.json().error.code]).toEqual([415, 'SERVING_UNSUPPORTED_MEDIA_TYPE']);
    expect((await post(url, 'admin', '{}', 'text/csv')).statusCode).toBe(415);
    for (const [body, code] of [
      ['{', 'SERVING_BAD_JSON'],
      ['[]', 'SERVING_BAD_CHANGE'],
      ['{"force":true}', 'SERVING_BAD_CHANGE'],
    ] as const) {
      const reply = await post(url, 'admin', body);
      expect([reply.statusCode, reply.json().error.code], body).toEqual([400, code]);
    }
    expect((await readRegistry(root))?.models.lung?.promoted).toEqual(['1']);
  });

  test('a version whose files were changed is not promoted, and nothing is said of where it lies', async () => {
    const file = join(root, 'models', 'lung', '2', 'manifest.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"threshold": 0.2', '"threshold": 0.9'));
    const reply = await post('/registry/models/lung/versions/2/promote');
    await writeFile(file, text);
    expect([reply.statusCode, reply.json().error.code]).toEqual([400, 'SERVING_MODEL_SOURCE']);
    expect(reply.body).not.toContain(folder);
    expect(models.peek('lung')?.version).toBe('1');
  });

  test('a registry of before the history was kept is read, and goes on with one', async () => {
    const file = join(root, 'registry.json');
    const content = JSON.parse(await readFile(file, 'utf8'));
    delete content.models.lung.history;
    await writeFile(file, JSON.stringify(content));
    expect((await get('/registry/models/lung')).json().history).toEqual([]);
    await archiveModel(root, 'lung', '2', 'me');
    expect((await get('/registry/models/lung')).json().history).toMatchObject([{ by: 'me', action: 'archive' }]);
    await writeFile(file, '{');
    const broken = await get('/registry/models');
    expect([broken.statusCode, broken.json().error.code]).toEqual([503, 'SERVING_REGISTRY']);
  });
});
