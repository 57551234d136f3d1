import { afterAll, describe, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import { createPredictor } from '../predict/index.js';
import { chain, chainBundle, chainRecords, chainRows } from '../reference/chain-bundle.js';

const { manifest } = chainBundle();
const predictor = createPredictor(chainBundle());
const app = appOf({ manifest, predictor });
afterAll(() => app.close());
const post = (url: string, payload: unknown, type = 'application/json') =>
  app.inject({
    method: 'POST',
    url,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    headers: { 'content-type': type },
  });

interface Explanation {
  readonly probability: number;
  readonly risk: number;
  readonly expected: number;
  readonly modalities: Readonly<Record<string, number>>;
  readonly others: number;
  readonly contributions: readonly {
    readonly feature: string;
    readonly modality: string;
    readonly value: number | null;
    readonly contribution: number;
  }[];
}

describe('POST /explain', () => {
  test('contributions, listed or not, add up to the risk, as do those of the modalities', async () => {
    const reply = await post('/explain', { records: chainRecords(), top: 3 });
    expect(reply.statusCode).toBe(200);
    const { explanations, model, version } = reply.json() as {
      explanations: readonly Explanation[];
      model: string;
      version: string;
    };
    expect([explanations.length, model, version]).toEqual([chain.rows.length, 'recorded-chain', 'recorded-cha']);
    for (const [r, { probability, risk, expected, modalities, others, contributions }] of explanations.entries()) {
      expect(Math.abs(probability - (chain.probabilities[r] as number))).toBeLessThan(1e-7);
      expect(contributions).toHaveLength(3);
      const listed = contributions.reduce((sum, { contribution }) => sum + contribution, 0);
      expect(expected + listed + others).toBeCloseTo(risk, 9);
      // What the booster sums in float32, they sum in float64.
      expect(expected + Object.values(modalities).reduce((a, b) => a + b, 0)).toBeCloseTo(risk, 6);
      expect(1 / (1 + Math.exp(-risk))).toBeCloseTo(probability, 6);
      for (const { feature, modality, value } of contributions) {
        const column = chain.columns.findIndex((c) => c.feature === feature);
        expect(modality).toBe(chain.columns[column]?.group);
        expect(value).toBe(chain.rows[r]?.[column]);
      }
      const sizes = contributions.map(({ contribution }) => Math.abs(contribution));
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    }
  });

  test('all columns when asked for; the same as the predictor’s own', async () => {
    const [record] = chainRecords();
    const [explained] = (await post('/explain', { records: [record], top: 1000 })).json().explanations as [Explanation];
    const [own] = predictor.explainRows(chainRows().subarray(0, 8));
    expect(explained.others).toBeCloseTo(0, 6);
    expect(new Map(explained.contributions.map((c) => [c.feature, c.contribution]))).toEqual(
      new Map(predictor.featureNames.map((name, c) => [name, own?.byFeature[c]])),
    );
  });
});

describe.each(['/predict', '/explain'])('POST %s', (url) => {
  test('a model and a version by name', async () => {
    const record = { Age: 60 };
    expect((await post(url, { records: [record], model: 'model', version: 'recorded-cha' })).statusCode).toBe(200);
    for (const [body, code] of [
      [{ records: [record], model: 'other' }, 'SERVING_MODEL_NOT_FOUND'],
      [{ records: [record], version: '9' }, 'SERVING_MODEL_NOT_FOUND'],
    ] as const) {
      const reply = await post(url, body);
      expect([reply.statusCode, reply.json().error.code]).toEqual([404, code]);
    }
  });

  test.each<[string, unknown, number, string]>([
    ['no JSON', '{', 400, 'SERVING_BAD_JSON'],
    ['nothing', '', 400, 'SERVING_BAD_JSON'],
    ['a list', [], 400, 'SERVING_BAD_CASES'],
    ['neither', {}, 400, 'SERVING_BAD_CASES'],
    ['both', { cases: ['a'], records: [{ Age: 1 }] }, 400, 'SERVING_BAD_CASES'],
    ['no records', { records: [] }, 400, 'SERVING_BAD_CASES'],
    ['records no list', { records: { Age: 1 } }, 400, 'SERVING_BAD_CASES'],
    ['more', { records: [{ Age: 1 }], threshold: 1 }, 400, 'SERVING_BAD_CASES'],
    ['model a number', { records: [{ Age: 1 }], model: 1 }, 400, 'SERVING_BAD_CASES'],
    ['model no name', { records: [{ Age: 1 }], model: '../x' }, 400, 'SERVING_BAD_MODEL_NAME'],
    ['components', { records: [{ PC1: 1 }] }, 400, 'SERVING_BAD_CASES'],
    ['no store', { cases: ['R01-001'] }, 409, 'SERVING_NO_STORE'],
    ['a row', { records: [{ Age: 1 }, { Age: 'old' }] }, 422, 'PREDICT_NOT_A_NUMBER'],
    ['a logarithm', { records: [{ LRIG1: -2 }] }, 422, 'PREDICT_NO_LOGARITHM'],
  ])('refused: %s', async (_what, body, status, code) => {
    const reply = await post(url, body);
    expect([reply.statusCode, reply.json().error.code]).toEqual([status, code]);
  });

  test('CSV is not taken, nor rows without end', async () => {
    expect((await post(url, 'Age\n1', 'text/csv')).statusCode).toBe(415);
    const many = await post(url, `{"records":[${'[],'.repeat(500_000)}[]]}`);
    expect([many.statusCode, many.json().error.code]).toEqual([413, 'SERVING_TOO_MANY_ROWS']);
  });
});

test.each([0, 1.5, '3', -1, null])('POST /explain: top %s', async (top) => {
  expect((await post('/explain', { records: [{ Age: 1 }], top })).json().error.code).toBe('SERVING_BAD_CASES');
});
