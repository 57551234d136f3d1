import { describe, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import { invocationsOf } from '../../test/serving/invocations.js';
import { ServingError, servingErrors } from '../errors.js';
import { ModelHost } from '../models/model-host.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';
import { buildApp } from './app.js';
import type { ServerExtension } from './extension.js';
import { listen } from './listen.js';
import type { RequestFacts } from './request-facts.js';

const content = { manifest: chainBundle().manifest, predictor: createPredictor(chainBundle()) };

/** Remembers the facts of every request that has ended. */
function recorder(): ServerExtension & { readonly seen: RequestFacts[] } {
  const seen: RequestFacts[] = [];
  return { name: 'recorder', seen, onResponse: (facts) => void seen.push(facts) };
}

describe('what stands beside the answers', () => {
  test('facts of an answered request: model, rows, every step measured', async () => {
    const record = recorder();
    const app = appOf(content, { extensions: [record] });
    await invocationsOf(app).csv('Age\n60\n61\n62');
    await app.close();
    expect(record.seen).toHaveLength(1);
    const [facts] = record.seen as [RequestFacts];
    expect(facts).toMatchObject({
      model: 'model',
      version: 'recorded-cha',
      rows: 3,
      status: 200,
      code: '',
      caller: '',
    });
    const steps = [facts.receiveMs, facts.parseMs, facts.predictMs, facts.encodeMs];
    for (const ms of steps) expect(ms).toBeGreaterThan(0);
    expect(facts.totalMs).toBeGreaterThanOrEqual(steps.reduce((a, b) => a + b));
  });

  test('facts of refused requests: status and code, also where no route was found', async () => {
    const record = recorder();
    const app = appOf(content, { extensions: [record] });
    await invocationsOf(app).csv('Age\nold');
    await app.inject('/nowhere');
    await app.close();
    expect(record.seen.map((facts) => [facts.status, facts.code, facts.model])).toEqual([
      [422, 'PREDICT_NOT_A_NUMBER', 'model'],
      [404, 'SERVING_NOT_FOUND', ''],
    ]);
  });

  test('rows and predictions are shown before the reply, and not for refused rows', async () => {
    const shown: unknown[] = [];
    const capture: ServerExtension = {
      name: 'capture',
      onPredictions: (facts, model, rows, predictions) =>
        shown.push([facts.rows, model.name, rows.length, predictions.map((p) => p.label)]),
    };
    const app = appOf(content, { extensions: [capture] });
    const reply = await invocationsOf(app).json({ Age: 60 });
    await invocationsOf(app).json({ Age: 'x' });
    await app.close();
    expect(shown).toEqual([[1, 'model', 8, [reply.json().predictions[0].label]]]);
  });

  test('a guard sees the scope of the route and may refuse; every route has one', async () => {
    const scopes: Record<string, unknown> = {};
    const guard: ServerExtension = {
      name: 'guard',
      routes: (app) => void app.get('/metrics', { config: { scope: 'read' } }, async () => 'none'),
      onRequest: (request) => {
        scopes[request.url] = request.routeOptions.config.scope;
        if (request.url === '/model') {
          throw new ServingError('SERVING_NOT_FOUND', servingErrors.SERVING_NOT_FOUND('this address'));
        }
      },
    };
    const app = appOf(content, { extensions: [guard] });
    expect((await app.inject('/model')).json().error.code).toBe('SERVING_NOT_FOUND');
    await invocationsOf(app).csv('Age\n60');
    for (const url of ['/ping', '/docs', '/openapi.json', '/metrics']) {
      expect((await app.inject(url)).statusCode, url).toBe(200);
    }
    await app.close();
    expect(scopes).toEqual({
      '/model': 'read',
      '/invocations': 'predict',
      '/ping': 'open',
      '/docs': 'open',
      '/openapi.json': 'open',
      '/metrics': 'read',
    });
  });
});

describe('hot swap behind the server', () => {
  test('no request fails while models are swapped, and each is answered by one model as a whole', async () => {
    const versionOf = (modelId: string) => ({ ...content, manifest: chainBundle({ modelId }).manifest, bytes: 1 });
    const models = new ModelHost({ read: async (source) => versionOf(source) });
    await models.load('lung', 'first');
    const record = recorder();
    const { url, close } = await listen(buildApp({ models, defaultModel: 'lung', extensions: [record] }), { port: 0 });
    let swapping = true;
    const swaps = (async () => {
      for (let i = 0; i < 40; i++) {
        await models.swap('lung', `swap-${i}`);
        await new Promise((done) => setTimeout(done, 2));
      }
      swapping = false;
    })();
    const statuses = new Map<number, number>();
    const client = async () => {
      while (swapping) {
        const reply = await fetch(`${url}/invocations`, {
          method: 'POST',
          headers: { 'content-type': 'text/csv' },
          body: 'Age\n60',
        });
        await reply.text();
        statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
      }
    };
    await Promise.all([swaps, client(), client(), client()]);
    await close();
    expect([...statuses.keys()]).toEqual([200]);
    expect(record.seen.length).toBe(statuses.get(200));
    expect(new Set(record.seen.map((facts) => facts.version)).size).toBeGreaterThan(3);
    expect(models.list().map((m) => [m.version, m.held])).toEqual([['swap-39', 0]]);
    expect(models.usedBytes).toBe(1);
  });
});
