import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appOf } from '../../../test/serving/app.js';
import { writeModelFolder } from '../../../test/serving/model-folders.js';
import { applySteps } from '../../../training/bundle/index.js';
import { modelFolder } from '../../models/model-folder.js';
import { ModelHost } from '../../models/model-host.js';
import { readModel } from '../../models/read-model.js';
import { createPredictor } from '../../predict/index.js';
import { chain, chainBundle, chainRows } from '../../reference/chain-bundle.js';
import { buildApp } from '../app.js';

const { manifest } = chainBundle();
const member = manifest.members[0] as (typeof manifest.members)[number];
const predictor = createPredictor(chainBundle());
const app = appOf({ manifest, predictor });
const names = predictor.featureNames;
const n = chain.rows.length;

const infer = (payload: unknown, headers = {}) =>
  app.inject({
    method: 'POST',
    url: '/v2/models/model/infer',
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    headers: { 'content-type': 'application/json', ...headers },
  });
interface OutputTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}
const close = (reply: { json(): { outputs: readonly OutputTensor[] } }): void => {
  const { shape, data } = reply.json().outputs[0] as OutputTensor;
  expect(shape).toEqual([n]);
  for (const [i, p] of data.entries()) {
    expect(Math.abs(Number(p) - (chain.probabilities[i] as number))).toBeLessThan(1e-7);
  }
};
const features = { name: 'features', datatype: 'FP64', shape: [n, names.length], data: chain.rows.flat() };

describe('inference', () => {
  test('one tensor of all columns, flat or nested, in several datatypes', async () => {
    const reply = await infer({ id: 'x', inputs: [features] });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ id: 'x', model_name: 'model', model_version: 'recorded-cha' });
    close(reply);
    close(await infer({ inputs: [{ ...features, data: chain.rows }] }));
    close(await infer({ inputs: [{ ...features, datatype: 'FP32' }] }));
    const asText = chain.rows.flat().map((value) => (value === null ? 'NA' : String(value)));
    close(await infer({ inputs: [{ ...features, datatype: 'BYTES', data: asText }] }));
  });

  test('a tensor for each column, some left out', async () => {
    const columns = names.map((name, c) => ({
      name,
      datatype: 'FP64',
      shape: c % 2 === 0 ? [n] : [n, 1],
      data: chain.rows.map((row) => row[c]),
    }));
    close(await infer({ inputs: columns }));
    const some = [{ name: 'Age', datatype: 'INT64', shape: [2], data: [60, 61] }];
    const byRecord = await app.inject({ method: 'POST', url: '/invocations', payload: [{ Age: 60 }, { Age: 61 }] });
    const { predictions } = byRecord.json();
    const reply = (await infer({ inputs: some })).json();
    expect(reply.outputs.map((o: OutputTensor) => o.data)).toEqual([
      predictions.map((p: { probability: number }) => p.probability),
      predictions.map((p: { label: number }) => p.label),
      predictions.map((p: { risk: number }) => p.risk),
      predictions.map((p: { imputed: object }) => JSON.stringify(p.imputed)),
      predictions.map((p: { outOfRange: object }) => JSON.stringify(p.outOfRange)),
    ]);
  });

  test('components, whole or by name', async () => {
    const { rows, p } = applySteps(member.steps, chainRows(), n, names.length, names);
    close(await infer({ inputs: [{ name: 'components', datatype: 'FP64', shape: [n, p], data: Array.from(rows) }] }));
    const columns = member.inputs.map((name, c) => ({
      name,
      datatype: 'FP64',
      shape: [n],
      data: Array.from({ length: n }, (_, r) => rows[r * p + c]),
    }));
    close(await infer({ inputs: columns }));
  });

  const age = { name: 'Age', datatype: 'FP64', shape: [1], data: [60] };
  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /JSON cannot be parsed/],
    ['a list', [], /it is no object/],
    ['no inputs', {}, /"inputs" is no list/],
    ['id a number', { id: 1, inputs: [age] }, /"id" is no text/],
    ['parameters a list', { parameters: [], inputs: [age] }, /"parameters" is no object/],
    ['binary output', { parameters: { binary_data_output: true }, inputs: [age] }, /binary/],
    [
      'binary input',
      { inputs: [{ ...age, data: undefined, parameters: { binary_data_size: 8 } }] },
      /"parameters" of inputs\[0\] asks for binary tensor data by "binary_data_size", which is not offered/,
    ],
    ['shared memory', { inputs: [{ ...age, parameters: { shared_memory_region: 'a' } }] }, /shared memory/],
    ['input’s parameters a list', { inputs: [{ ...age, parameters: [] }] }, /"parameters" of inputs\[0\] is no object/],
    [
      'binary output of one',
      { inputs: [age], outputs: [{ name: 'label', parameters: { binary_data: true } }] },
      /"parameters" of outputs\[0\] asks for binary tensor data/,
    ],
    [
      'classification',
      { inputs: [age], outputs: [{ name: 'label', parameters: { classification: 2 } }] },
      /classification by "classification", which is not offered/,
    ],
    [
      'output’s parameters a number',
      { inputs: [age], outputs: [{ name: 'label', parameters: 7 }] },
      /"parameters" of outputs\[0\] is no object/,
    ],
    ['an output that is null', { inputs: [age], outputs: [null] }, /an output is none of probability/],
    ['unknown tensor', { inputs: [{ ...age, name: 'age' }] }, /"age" is neither a column of the model nor "features"/],
    ['a tensor twice', { inputs: [age, age] }, /"Age" is there twice/],
    ['beside features', { inputs: [age, { ...features, shape: [n, 8] }] }, /no other tensor/],
    ['datatype', { inputs: [{ ...age, datatype: 'FLOAT64' }] }, /"inputs\[0\]" has no datatype/],
    ['datatype of a prototype', { inputs: [{ ...age, datatype: 'constructor' }] }, /has no datatype/],
    ['no shape', { inputs: [{ ...age, shape: undefined }] }, /has no shape/],
    ['three dimensions', { inputs: [{ ...age, shape: [1, 1, 1] }] }, /has no shape/],
    ['negative', { inputs: [{ ...age, shape: [-1] }] }, /has no shape/],
    ['endless', { inputs: [{ ...age, shape: [1e9] }] }, /other data than its shape \[1000000000\]/],
    ['no rows', { inputs: [{ ...age, shape: [0], data: [] }] }, /has the shape \[0\], expected \[1\]/],
    ['too few columns', { inputs: [{ ...features, shape: [n * 8, 1] }] }, /expected \[n, 8\]/],
    [
      'uneven',
      { inputs: [age, { ...age, name: 'LRIG1', shape: [2], data: [1, 2] }] },
      /"LRIG1" has the shape \[2\], expected \[1\]/,
    ],
    ['uneven nesting', { inputs: [{ ...age, shape: [2, 1], data: [[1], [2, 3]] }] }, /other data/],
    ['text', { inputs: [{ ...age, data: ['60'] }] }, /"Age" holds an element that is no FP64, at position 1/],
    ['not whole', { inputs: [{ ...age, datatype: 'INT64', data: [60.5] }] }, /no INT64/],
    ['not in range', { inputs: [{ ...age, datatype: 'UINT8', data: [256] }] }, /no UINT8/],
    ['BYTES of no number', { inputs: [{ ...age, datatype: 'BYTES', data: ['Doe^Jane'] }] }, /no BYTES/],
    ['nothing given', { inputs: [{ ...age, data: [null] }] }, /no value in row 1/],
    ['logarithm', { inputs: [{ ...age, name: 'LRIG1', data: [-2] }] }, /Row 1, column "LRIG1"/],
    ['outputs no list', { inputs: [age], outputs: {} }, /"outputs" is no list/],
    ['unknown output', { inputs: [age], outputs: [{ name: 'x' }] }, /an output is none of probability/],
    ['output twice', { inputs: [age], outputs: [{ name: 'label' }, { name: 'label' }] }, /named twice/],
  ])('refused: %s', async (_what, body, message) => {
    const reply = await infer(body);
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([400, 'application/json; charset=utf-8']);
    expect(Object.keys(reply.json())).toEqual(['error']);
    expect(reply.json().error).toMatch(message);
    expect(reply.body).not.toMatch(/Doe|node_modules|\.ts/);
  });

  test('parameters that ask for nothing, or are a model’s own, are passed over', async () => {
    const reply = await infer({
      parameters: { binary_data_output: false, sequence_id: 7, priority: 1 },
      inputs: [{ ...age, parameters: { content_type: 'np' } }],
      outputs: [{ name: 'label', parameters: { binary_data: false, note: 'x' } }],
    });
    expect(reply.statusCode).toBe(200);
    expect(reply.json().outputs.map((o: OutputTensor) => o.name)).toEqual(['label']);
  });

  test('too many rows, other bodies, unknown models and addresses, all in the protocol’s shape', async () => {
    const many = { name: 'Age', datatype: 'UINT8', shape: [500_001], data: new Array(500_001).fill(1) };
    const replies = [
      [await infer({ inputs: [many] }), 413],
      [await infer('Age\n60', { 'content-type': 'text/csv' }), 415],
      [await infer({ inputs: [age] }, { 'content-type': 'application/octet-stream' }), 415],
      [await infer({ inputs: [age] }, { 'inference-header-content-length': '10' }), 400],
      [await app.inject({ method: 'POST', url: '/v2/models/none/infer', payload: { inputs: [age] } }), 404],
      [await app.inject({ method: 'POST', url: '/v2/models/..%2fx/infer', payload: { inputs: [age] } }), 400],
      [await app.inject('/v2/models/model/versions/9/ready'), 404],
      [await app.inject('/v2/nothing'), 404],
      [await app.inject({ method: 'POST', url: '/v2/repository/index' }), 404],
    ] as const;
    for (const [reply, status] of replies) {
      expect([reply.statusCode, Object.keys(reply.json())]).toEqual([status, ['error']]);
    }
  });
});

describe('metadata', () => {
  test('tensors of the model with the names of their columns', async () => {
    const about = (await app.inject('/v2/models/model')).json();
    expect(about).toMatchObject({ name: 'model', versions: ['recorded-cha'], platform: 'thoracle' });
    expect(about.inputs).toEqual([
      { name: 'features', datatype: 'FP64', shape: [-1, 8], parameters: { columns: [...names] } },
    ]);
    expect(about.parameters.alternative_input.parameters.columns).toEqual(member.inputs);
  });
});

describe('the repository', () => {
  test('metadata of a model that is loaded by its first request', async () => {
    const repository = modelFolder(root);
    const models = new ModelHost({ read: readModel, locate: repository.locate });
    const server = buildApp({ models, repository });
    expect((await server.inject('/v2/models/b/ready')).statusCode).toBe(404);
    expect((await server.inject('/v2/models/b')).json()).toMatchObject({ name: 'b', platform: 'thoracle' });
    expect((await server.inject('/v2/models/b/ready')).json()).toEqual({ name: 'b', ready: true });
    expect((await server.inject('/v2/models/nothing')).json()).toEqual({ error: 'No model "nothing" is loaded' });
    await server.close();
  });

  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'thoracle-v2-'));
    await writeModelFolder(join(root, 'a'));
    await writeModelFolder(join(root, 'b'), { threshold: 0.4 });
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  test('index, load, hot swap by loading again, unload', async () => {
    const server = buildApp({ models: new ModelHost({ read: readModel }), repository: modelFolder(root) });
    const post = (path: string, payload?: object) =>
      server.inject({ method: 'POST', url: `/v2/repository/${path}`, ...(payload === undefined ? {} : { payload }) });
    const index = async (payload?: object) =>
      (await post('index', payload)).json().map((m: { name: string; state: string }) => [m.name, m.state]);
    expect(await index()).toEqual([
      ['a', 'UNAVAILABLE'],
      ['b', 'UNAVAILABLE'],
    ]);
    expect((await post('models/a/load')).json()).toEqual({});
    expect(await index({ ready: true })).toEqual([['a', 'READY']]);
    const before = (await server.inject('/v2/models/a')).json().versions;
    await writeModelFolder(join(root, 'a'), { threshold: 0.7 });
    expect((await post('models/a/load', {})).statusCode).toBe(200);
    expect((await server.inject('/v2/models/a')).json().versions).not.toEqual(before);
    expect((await post('models/a/unload', { parameters: { unload_dependents: false } })).statusCode).toBe(200);
    expect((await server.inject('/v2/models/a/ready')).statusCode).toBe(404);
    for (const [path, payload, status] of [
      ['models/a/unload', undefined, 404],
      ['models/nothing/load', undefined, 404],
      ['models/..%2fa/load', undefined, 400],
      ['models/a/load', { parameters: { config: '{}' } }, 400],
      ['models/a/load', { parameters: 7 }, 400],
      ['index', { ready: 'yes' }, 400],
      ['index', [], 400],
    ] as const) {
      const reply = await post(path, payload);
      expect([reply.statusCode, Object.keys(reply.json())], path).toEqual([status, ['error']]);
      expect(reply.body).not.toContain(root);
    }
    await server.close();
  });
});
