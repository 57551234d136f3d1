import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, describe, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import { invocationsOf } from '../../test/serving/invocations.js';
import { createPredictor } from '../predict/index.js';
import { chain, chainBundle, chainRecords } from '../reference/chain-bundle.js';

const { manifest } = chainBundle();
const predictor = createPredictor(chainBundle());
const app = appOf({ predictor, manifest });
afterAll(() => app.close());

const names = predictor.featureNames;
const csvRow = (row: readonly (number | null)[]): string => row.map((v) => v ?? '').join(',');
const { csv, json } = invocationsOf(app);
const close = (found: readonly number[]): void => {
  expect(found.length).toBe(chain.probabilities.length);
  for (const [i, p] of found.entries()) expect(Math.abs(p - (chain.probabilities[i] as number))).toBeLessThan(1e-7);
};

describe('answers', () => {
  test('CSV with a header', async () => {
    const reply = await csv([names.join(','), ...chain.rows.map(csvRow)].join('\r\n'));
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^text\/csv/);
    close(reply.body.split(',').map(Number));
  });

  test("CSV without a header, in the model's order", async () => {
    close((await csv(`${chain.rows.map(csvRow).join('\n')}\n`)).body.split(',').map(Number));
  });

  test('CSV columns in any order, some left out, missing in every spelling', async () => {
    const whole = await csv('Age,LRIG1,CD44,HPGD\n60,1,NA,\n');
    for (const body of [
      '\uFEFFLRIG1,Age\n1,60',
      '"LRIG1" , "Age"\n 1.0 ,6e1\n\n',
      'Age,LRIG1,Gender_Male\n60,+1,nan',
    ]) {
      const reply = await csv(body);
      expect([reply.statusCode, reply.body]).toEqual([200, whole.body]);
    }
  });

  test('header=present and header=absent settle what the first row is', async () => {
    const row = csvRow(chain.rows[1] ?? []);
    expect((await csv(row, { 'content-type': 'text/csv; header=absent' })).statusCode).toBe(200);
    expect((await csv(`${names.join(',')}\n${row}`, { 'content-type': 'text/csv;header="present"' })).statusCode).toBe(
      200,
    );
    expect((await csv(row, { 'content-type': 'text/csv; header=present' })).json().error.code).toBe(
      'PREDICT_UNKNOWN_COLUMN',
    );
    expect((await csv(names.join(','), { 'content-type': 'text/csv; header=absent' })).json().error).toMatchObject({
      row: 1,
      column: 'LRIG1',
    });
  });

  test('JSON in its three shapes', async () => {
    const records = chainRecords();
    const wrapped = await json({ instances: records });
    expect(wrapped.statusCode).toBe(200);
    expect(wrapped.headers['content-type']).toMatch(/^application\/json/);
    close(wrapped.json().predictions.map((p: { probability: number }) => p.probability));
    expect(wrapped.json().model).toBe('recorded-chain');
    expect((await json(records)).body).toBe(wrapped.body);
    expect((await json(records[3])).json().predictions).toEqual([wrapped.json().predictions[3]]);
  });

  test('JSON says what was filled in and what is out of range', async () => {
    const { predictions } = (await json({ Age: 400, LRIG1: 1 })).json();
    expect(predictions[0].outOfRange).toEqual(['Age']);
    expect(predictions[0].imputed).toContain('original_shape_Sphericity');
  });

  test.each<[string, string, string]>([
    ['text/csv', 'application/json', 'text/csv'],
    ['application/json, text/csv;q=0.5', 'text/csv', 'application/json'],
    ['*/*', 'text/csv', 'text/csv'],
    ['*/*', 'application/json', 'application/json'],
    ['application/*', 'text/csv', 'application/json'],
    ['text/csv;q=0, */*;q=0.1', 'text/csv', 'application/json'],
    ['TEXT/CSV', 'application/json', 'text/csv'],
  ])('Accept %s for %s is answered as %s', async (accept, sent, expected) => {
    const reply = sent === 'text/csv' ? await csv('Age\n60', { accept }) : await json({ Age: 60 }, { accept });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toContain(expected);
  });

  test('ping, model and documentation', async () => {
    expect((await app.inject('/ping')).json()).toEqual({ status: 'ok', model: 'recorded-chain' });
    expect((await app.inject({ method: 'HEAD', url: '/ping' })).statusCode).toBe(200);
    const model = (await app.inject('/model')).json();
    expect(model.steps).toBeUndefined();
    expect(model.columns.length).toBe(8);
    expect(model.baseline.auc).toEqual({ value: 0.5, low: 0.5, high: 0.5 });
    const api = (await app.inject('/openapi.json')).json();
    for (const path of ['/invocations', '/model', '/models', '/ping', '/endpoints/{name}/invocations']) {
      expect(Object.keys(api.paths)).toContain(path);
    }
    for (const [path, methods] of Object.entries<Record<string, { summary?: string }>>(api.paths)) {
      for (const { summary } of Object.values(methods)) expect(summary, path).toMatch(/^.{10,}/);
    }
    expect(api.info.description).toMatch(/Not a medical device/);
    const content = api.paths['/invocations'].post.requestBody.content;
    expect(Object.keys(content)).toEqual(['application/json', 'application/jsonlines', 'text/csv']);
    const instances = content['application/json'].schema.properties.instances;
    expect(Object.keys(instances.items.properties)).toEqual([...names]);
  });

  test('the page works without a network and says what it is not', async () => {
    const page = await app.inject('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toMatch(/text\/html/);
    expect(page.body).toMatch(/Not a medical device/);
    const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((m) => m[1] as string);
    expect(loaded.length).toBeGreaterThan(3);
    for (const url of loaded) {
      expect(url).not.toMatch(/^(https?:)?\/\//);
      expect((await app.inject(new URL(url, 'http://local/docs/').pathname)).statusCode, url).toBe(200);
    }
  });
});

describe('failures', () => {
  test('a bug answers one sentence and goes to the log, features do not', async () => {
    const lines: string[] = [];
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const broken = {
      ...predictor,
      predictRows: () => {
        throw new TypeError('secret /etc/place');
      },
    };
    const failing = appOf({ predictor: broken, manifest }, { logger: pino(stream) });
    const reply = await failing.inject({ method: 'POST', url: '/invocations', payload: { Age: 61.25 } });
    const refused = await failing.inject({
      method: 'POST',
      url: '/invocations',
      payload: { Age: 'Jane', Agee: 61.25 },
    });
    await failing.close();
    expect(reply.statusCode).toBe(500);
    expect(reply.json()).toEqual({
      error: { code: 'SERVING_INTERNAL', message: 'The server failed on this request; its log says why' },
    });
    expect(refused.statusCode).toBe(422);
    expect(lines.join('')).toMatch(/secret/);
    expect(lines.join('')).toMatch(/PREDICT_NOT_A_NUMBER/);
    expect(lines.join('')).not.toMatch(/61\.25|Jane|Agee/);
  });
});
