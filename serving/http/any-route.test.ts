import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import { modelFolder } from '../models/model-folder.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';

const predictor = createPredictor(chainBundle());
const app = appOf(
  { manifest: chainBundle().manifest, predictor },
  { repository: modelFolder('there-is-no-such-folder') },
);
afterAll(() => app.close());

const names = [...predictor.featureNames, 'PC1', 'features', 'components', '__proto__', 'x'];
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(null, 1e300, -1e300, 5e-324, true, '', '1', 'NA', '1e999'),
  fc.jsonValue({ maxDepth: 3 }),
);
const record = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 });
const rows = fc.array(fc.oneof(record, fc.array(value, { maxLength: 10 }), value), { maxLength: 4 });
const tensor = fc.record(
  {
    name: fc.oneof(fc.constantFrom(...names), fc.string()),
    datatype: fc.constantFrom('FP32', 'FP64', 'INT64', 'UINT8', 'BOOL', 'BYTES', 'constructor', 7),
    shape: fc.oneof(fc.array(fc.oneof(fc.integer({ min: -1, max: 9 }), fc.double()), { maxLength: 3 }), value),
    data: fc.oneof(
      fc.array(value, { maxLength: 9 }),
      fc.array(fc.array(value, { maxLength: 3 }), { maxLength: 3 }),
      value,
    ),
    parameters: value,
  },
  { requiredKeys: ['name'] },
);
const body = fc.oneof(
  fc.record({ inputs: fc.array(tensor, { maxLength: 3 }), outputs: value, id: value }, { requiredKeys: ['inputs'] }),
  fc.record({ cases: rows, records: rows, top: value, model: value }, { requiredKeys: [] }),
  fc.record({ model_name: fc.oneof(fc.constantFrom('model', '..', 'a/b'), value), url: value }),
  fc.record({ instances: rows }),
  fc.record({ features: rows }),
  fc.record({
    data: fc.record({ features: fc.record({ values: rows, keys: rows, shape: rows }, { requiredKeys: [] }) }),
  }),
  rows,
  value,
);
const path = fc.constantFrom(
  '/invocations',
  '/predict',
  '/explain',
  '/models',
  '/models/model/invoke',
  '/models/other/invoke',
  '/endpoints/model/invocations',
  '/endpoints/other/invocations',
  '/v2/models/model/infer',
  '/v2/models/model/versions/recorded-cha/infer',
  '/v2/repository/index',
  '/v2/repository/models/model/load',
  '/v2/repository/models/model%2f..%2fx/unload',
);
const type = fc.constantFrom('application/json', 'text/csv', 'application/jsonlines', 'application/octet-stream', 'x');
const headerText = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 6 },
  { arbitrary: fc.stringMatching(/^[ -~]{0,40}$/), weight: 1 },
);

describe('whatever is sent to whatever route', () => {
  test('is answered with 200 or a refusal that gives nothing away', async () => {
    await fc.assert(
      fc.asyncProperty(path, body, type, headerText, headerText, async (url, document, contentType, target, accept) => {
        const named = { 'x-amzn-sagemaker-target-model': target, 'x-amzn-sagemaker-inference-id': target, accept };
        const headers = Object.fromEntries(Object.entries(named).filter(([, text]) => text !== undefined));
        const reply = await app.inject({
          method: 'POST',
          url,
          payload: JSON.stringify(document) ?? '',
          headers: { 'content-type': contentType, ...headers },
        });
        expect(reply.statusCode, reply.body).toBeLessThan(500);
        if (reply.statusCode !== 200) expect(reply.body).not.toMatch(/node_modules|\.ts:|at \w+ \(|no-such-folder/);
      }),
      { seed: 6, numRuns: 1500 },
    );
  });
});
