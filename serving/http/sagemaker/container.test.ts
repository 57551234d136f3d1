import { describe, expect, test } from 'vitest';
import { appOf } from '../../../test/serving/app.js';
import { invocationsOf } from '../../../test/serving/invocations.js';
import { applySteps } from '../../../training/bundle/index.js';
import { createPredictor } from '../../predict/index.js';
import { chain, chainBundle, chainRecords, chainRows } from '../../reference/chain-bundle.js';
import { containerSettings } from './container-settings.js';

const { manifest } = chainBundle();
const predictor = createPredictor(chainBundle());
const content = { manifest, predictor };
const member = manifest.members[0] as (typeof manifest.members)[number];
const app = appOf(content);
const { csv, json } = invocationsOf(app);
const names = predictor.featureNames;

/** The recorded rows as principal components, by the fitted steps. */
const components = applySteps(member.steps, chainRows(), chain.rows.length, names.length, names);
const componentRows = Array.from({ length: components.n }, (_, r) =>
  Array.from(components.rows.subarray(r * components.p, (r + 1) * components.p)),
);
const close = (found: readonly number[]): void => {
  expect(found.length).toBe(chain.probabilities.length);
  for (const [i, p] of found.entries()) expect(Math.abs(p - (chain.probabilities[i] as number))).toBeLessThan(1e-7);
};
const ofJson = (reply: { json(): { predictions: readonly { probability: number }[] } }): readonly number[] =>
  reply.json().predictions.map((p) => p.probability);

describe('rows that are principal components already', () => {
  test('CSV of their width, as the reference’s client sends it', async () => {
    const reply = await csv(componentRows.map((row) => row.join(',')).join('\n'));
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8');
    close(reply.body.split(',').map(Number));
  });

  test('CSV by name, JSON lists, JSON by name; the reply says how they were read', async () => {
    const header = member.inputs;
    close(
      (await csv([header.join(','), ...componentRows.map((row) => row.join(','))].join('\n'))).body
        .split(',')
        .map(Number),
    );
    const lists = await json({ instances: componentRows });
    close(ofJson(lists));
    expect(lists.json().inputs).toBe('components');
    const named = componentRows.map((row) => Object.fromEntries(row.map((v, i) => [header[i], v])));
    expect((await json(named)).body).toBe(lists.body);
  });

  test('mixed with raw columns, too few, not finite', async () => {
    const [first = []] = componentRows;
    expect((await json([{ PC1: 1, Age: 2 }])).json().error).toMatchObject({
      column: 'Age',
      code: 'PREDICT_UNKNOWN_COLUMN',
    });
    expect((await json([first, chain.rows[0]])).json().error).toMatchObject({ row: 2, code: 'PREDICT_COLUMN_COUNT' });
    expect((await csv(`${first.join(',')}\n${first.slice(1).join(',')}`)).statusCode).toBe(422);
    expect((await json([first.map(() => 1e39)])).json().error.code).toBe('PREDICT_OUT_OF_FLOAT32');
  });
});

describe('the usual shapes of JSON', () => {
  test('lists, features, data.features.values, sparse, JSON Lines: the same answer', async () => {
    const expected = await json({ instances: chainRecords() });
    const lists = chain.rows;
    const bodies = [
      { instances: lists },
      lists,
      { features: lists },
      { instances: lists.map((features) => ({ features })) },
      { instances: chainRecords().map((features) => ({ features })) },
      { instances: lists.map((values) => ({ data: { features: { values } } })) },
      {
        instances: lists.map((row) => {
          const keys = row.flatMap((v, i) => (v === null ? [] : [i]));
          return { data: { features: { keys, shape: [row.length], values: keys.map((k) => row[k]) } } };
        }),
      },
    ];
    for (const body of bodies) expect((await json(body)).body).toBe(expected.body);
    expect((await json(lists[1])).json().predictions).toEqual([expected.json().predictions[1]]);
    const lines = chainRecords().map((record) => JSON.stringify(record));
    for (const type of ['application/jsonlines', 'application/x-jsonlines', 'application/jsonl']) {
      const reply = await json(`${lines.join('\r\n')}\n\n`, { 'content-type': type });
      expect(reply.headers['content-type']).toBe('application/jsonlines; charset=utf-8');
      const found = reply.body
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(found).toEqual(expected.json().predictions);
    }
  });

  test.each<[string, unknown, RegExp]>([
    ['sparse, key outside', { data: { features: { keys: [8], shape: [8], values: [1] } } }, /^Row 1: is neither/],
    ['sparse, no shape', { data: { features: { keys: [0], values: [1] } } }, /^Row 1: is neither/],
    ['sparse, endless', { data: { features: { keys: [0], shape: [1e12], values: [1] } } }, /^Row 1: is neither/],
    ['data without features', { data: 7 }, /^Row 1: is neither/],
    ['values no list', { data: { features: { values: {} } } }, /^Row 1: is neither/],
    ['features a number', { features: 7 }, /^Row 1: is neither/],
    ['features empty', { features: [] }, /has 0 columns, expected 8/],
    ['features a deep list', { features: [[[1]]] }, /has 1 columns/],
  ])('refused: %s', async (_what, body, message) => {
    const reply = await json(body);
    expect([reply.statusCode, reply.json().error.message]).toEqual([422, expect.stringMatching(message)]);
  });

  test('a broken line is named', async () => {
    const reply = await json('{"Age":60}\n\n{"Age":\n', { 'content-type': 'application/jsonlines' });
    expect([reply.statusCode, reply.json().error.message]).toEqual([
      400,
      'The JSON cannot be parsed: line 3: it ends too early',
    ]);
  });
});

describe('Accept', () => {
  test.each<[string, string, string]>([
    ['application/jsonlines', 'text/csv', 'application/jsonlines'],
    ['text/csv', 'application/jsonlines', 'text/csv'],
    ['*/*', 'application/jsonlines', 'application/jsonlines'],
    ['application/jsonl', 'text/csv', 'application/jsonlines'],
    ['application/x-jsonlines', 'application/json', 'application/jsonlines'],
    ['application/jsonl;q=0.5, application/json;q=0.4', 'text/csv', 'application/jsonlines'],
    ['application/jsonl;q=0, */*', 'application/jsonlines', 'text/csv'],
  ])('%s for %s', async (accept, sent, expected) => {
    const body = sent === 'text/csv' ? 'Age\n60' : '{"Age":60}';
    const reply = await json(body, { accept, 'content-type': sent });
    expect(reply.headers['content-type']).toContain(expected);
  });
});

describe('the container contract', () => {
  test('execution parameters: defaults, and what the environment says', async () => {
    expect((await app.inject('/execution-parameters')).json()).toMatchObject({
      BatchStrategy: 'MULTI_RECORD',
      MaxPayloadInMB: 6,
    });
    const container = containerSettings({
      SAGEMAKER_BATCH: 'true',
      SAGEMAKER_BATCH_STRATEGY: 'SINGLE_RECORD',
      SAGEMAKER_MAX_PAYLOAD_IN_MB: '1',
      SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: '3',
    });
    const batch = appOf(content, { container });
    expect((await batch.inject('/execution-parameters')).json()).toEqual({
      MaxConcurrentTransforms: 3,
      BatchStrategy: 'SINGLE_RECORD',
      MaxPayloadInMB: 1,
    });
    const lines = (await invocationsOf(batch).csv('Age\n60\n61')).body;
    expect(lines).toMatch(/^0\.\d+\n0\.\d+\n$/);
    expect(lines.trimEnd().replace('\n', ',')).toBe((await csv('Age\n60\n61')).body);
    const tooLarge = await invocationsOf(batch).csv(`Age\n${'60\n'.repeat(400_000)}`);
    expect([tooLarge.statusCode, tooLarge.json().error.code]).toEqual([413, 'SERVING_BODY_TOO_LARGE']);
    await batch.close();
  });

  test('the environment is checked, empty is absent', () => {
    expect(containerSettings({ SAGEMAKER_BIND_TO_PORT: '', SAGEMAKER_BATCH: '' })).toMatchObject({
      port: 8080,
      batch: false,
    });
    expect(containerSettings({ SAGEMAKER_BIND_TO_PORT: '9000', SAGEMAKER_BATCH: 'True' })).toMatchObject({
      port: 9000,
      batch: true,
    });
    const asked = containerSettings({ SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: '0' }).maxConcurrentTransforms;
    expect(asked).toBe(containerSettings({}).maxConcurrentTransforms);
    expect(asked).toBeGreaterThan(0);
    for (const [name, value] of [
      ['SAGEMAKER_BIND_TO_PORT', '70000'],
      ['SAGEMAKER_BIND_TO_PORT', '80a'],
      ['SAGEMAKER_BATCH', 'yes'],
      ['SAGEMAKER_BATCH_STRATEGY', 'MANY'],
      ['SAGEMAKER_MAX_PAYLOAD_IN_MB', '-1'],
      ['SAGEMAKER_MAX_CONCURRENT_TRANSFORMS', '-1'],
    ] as const) {
      expect(() => containerSettings({ [name]: value })).toThrow(
        new RegExp(`^The environment variable ${name} is not `),
      );
    }
  });
});
