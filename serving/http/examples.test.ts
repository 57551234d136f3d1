import { afterAll, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';

const app = appOf({ manifest: chainBundle().manifest, predictor: createPredictor(chainBundle()) });
afterAll(() => app.close());

interface Operation {
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: { readonly example?: unknown } }>>;
  };
}

test('every example of the API page is answered with 200 and a type that the page names', async () => {
  const { paths } = (await app.inject('/openapi.json')).json() as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  let asked = 0;
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { requestBody }] of Object.entries(operations)) {
      for (const [type, { schema }] of Object.entries(requestBody?.content ?? {})) {
        const { example } = schema;
        expect(example, `${method} ${path} ${type} has an example`).toBeDefined();
        const reply = await app.inject({
          method: method.toUpperCase() as 'POST',
          url: path.replace('{name}', 'model').replace('{version}', 'recorded-cha'),
          payload: typeof example === 'string' ? example : JSON.stringify(example),
          headers: { 'content-type': type },
        });
        expect(reply.statusCode, `${method} ${path} ${type}: ${reply.body}`).toBe(200);
        asked++;
      }
    }
  }
  expect(asked).toBeGreaterThan(5);
});
