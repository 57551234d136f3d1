import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import { invocationsOf } from '../../test/serving/invocations.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';

const { manifest } = chainBundle();
const predictor = createPredictor(chainBundle());
const app = appOf({ predictor, manifest });
afterAll(() => app.close());

const names = predictor.featureNames;
const { csv, json } = invocationsOf(app);

describe('whatever is sent, the server answers for itself', () => {
  const cell = fc.oneof(fc.string(), fc.double().map(String), fc.constantFrom('', 'NA', '"', '\r', '1e5', ...names));
  const table = fc
    .array(
      fc.array(cell, { maxLength: 10 }).map((row) => row.join(',')),
      { maxLength: 6 },
    )
    .map((rows) => rows.join('\n'));
  const record = fc.dictionary(fc.constantFrom(...names, '__proto__', 'x'), fc.oneof(fc.double(), fc.jsonValue()));
  const documents = fc.oneof(
    fc.json(),
    fc.string(),
    fc.array(record).map((r) => JSON.stringify(r)),
    record.map((r) => JSON.stringify({ instances: [r] })),
  );

  test('CSV', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          table,
          table.map((t) => `${names.join(',')}\n${t}`),
        ),
        async (body) => {
          const reply = await csv(body);
          expect([200, 400, 422]).toContain(reply.statusCode);
          if (reply.statusCode === 200)
            expect(reply.body.split(',').every((p) => Number(p) >= 0 && Number(p) <= 1)).toBe(true);
          else expect(reply.json().error.message.length).toBeGreaterThan(5);
        },
      ),
      { seed: 1, numRuns: 400 },
    );
  });

  test('JSON', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (body) => {
        const reply = await json(body);
        expect([200, 400, 422]).toContain(reply.statusCode);
        if (reply.statusCode === 200) expect(reply.json().predictions.length).toBeGreaterThan(0);
        else expect(reply.body).not.toMatch(/node_modules|\.ts:|at \w+ \(/);
      }),
      { seed: 2, numRuns: 400 },
    );
  });

  test('bytes with any content type and Accept', async () => {
    const type = fc.constantFrom('text/csv', 'application/json', 'text/csv; charset=latin1', 'a/b', '');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), type, fc.string(), async (bytes, contentType, accept) => {
        const headers = { 'content-type': contentType, accept: accept.replace(/[^ -~]/g, '') };
        const reply = await app.inject({ method: 'POST', url: '/invocations', payload: Buffer.from(bytes), headers });
        expect(reply.statusCode).toBeLessThan(500);
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
