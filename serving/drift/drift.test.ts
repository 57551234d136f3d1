import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { referenceCounts, referenceDistribution } from '../../training/reference-distribution.js';
import { buildApp } from '../http/app.js';
import { metricsExtension } from '../metrics/index.js';
import { ModelHost } from '../models/model-host.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';
import { ClassCounts, missingClass } from './class-counts.js';
import type { ModelDrift } from './drift-report.js';
import { driftExtension } from './index.js';
import { stabilityByChance, stabilityIndex } from './stability.js';

type Table = readonly (readonly (number | null)[])[];
/** By numpy and scipy: bench/peers/drift.py. */
const recorded = JSON.parse(readFileSync(new URL('../reference/drift.json', import.meta.url), 'utf8')) as {
  readonly columns: readonly string[];
  readonly training: Table;
  readonly reference: readonly { readonly edges: number[]; readonly counts: number[]; readonly missing: number }[];
  readonly chiSquared95: readonly number[];
  readonly later: Readonly<
    Record<
      'alike' | 'shifted',
      {
        readonly rows: Table;
        readonly answers: readonly {
          readonly counts: readonly number[];
          readonly missingShare: number;
          readonly missingShareTraining: number;
          readonly psi?: number;
          readonly chance95?: number;
        }[];
      }
    >
  >;
};
const { columns, later, reference } = recorded;
const matrix = (table: Table) => Float64Array.from(table.flat(), (value) => value ?? Number.NaN);
const p = columns.length;
const training = { rows: matrix(recorded.training), n: recorded.training.length, p };

describe('the distribution of a training', () => {
  test('has the deciles of numpy and the same counts: ties, a constant, nothing at all', () => {
    const { columns: own } = referenceDistribution(training, new Float64Array(0));
    expect(own).toEqual(reference);
  });

  test('is numbers only: 9 edges at most, every patient counted once', () => {
    for (const { edges, counts, missing } of reference) {
      expect(edges.length).toBeLessThanOrEqual(9);
      expect(counts.reduce((a, b) => a + b, missing)).toBe(training.n);
    }
    expect(referenceCounts(Float64Array.of(-0, 0))).toEqual({ edges: [0], counts: [2, 0], missing: 0 });
  });
});

describe('stability index', () => {
  test.each(['alike', 'shifted'] as const)('rows that are %s: counts, index and bound of numpy and scipy', (name) => {
    const { rows, answers } = later[name];
    const counts = new ClassCounts(reference, reference[0] as (typeof reference)[0], { rows: 1000, blocks: 8 });
    const flat = matrix(rows);
    for (let i = 0; i < rows.length; i++) counts.add(flat, i * p, 0);
    for (const [j, answer] of answers.entries()) {
      const found = counts.of(j);
      const { counts: before } = reference[j] as (typeof reference)[0];
      expect([...found.subarray(0, before.length)]).toEqual(answer.counts);
      expect(found[missingClass]).toBe(Math.round(answer.missingShare * rows.length));
      if (answer.psi === undefined || answer.chance95 === undefined) continue;
      expect(Math.abs(stabilityIndex(before, found) - answer.psi)).toBeLessThan(1e-12);
      const values = rows.length - (found[missingClass] as number);
      expect(Math.abs(stabilityByChance(before, values) - answer.chance95)).toBeLessThan(1e-12);
    }
  });

  test('the bound has the quantiles of scipy', () => {
    for (const [k, quantile] of recorded.chiSquared95.entries()) {
      const before = new Array(k + 2).fill(1 / (k + 2));
      expect(stabilityByChance(before, 1) / 2).toBeCloseTo(quantile, 12);
    }
  });
});

describe('the latest rows', () => {
  const classes = { edges: [0], counts: [1, 1], missing: 0 };

  test('old blocks are forgotten', () => {
    const counts = new ClassCounts([classes], classes, { rows: 40, blocks: 4 });
    const add = (value: number, times: number) => {
      for (let i = 0; i < times; i++) counts.add(Float64Array.of(7, value), 1, -value);
    };
    add(1, 40);
    expect([counts.rows, ...counts.of(0)]).toEqual([40, 0, 40, ...new Array(9).fill(0)]);
    add(Number.NaN, 25);
    expect(counts.rows).toBe(35);
    expect([counts.of(0)[1], counts.of(0)[missingClass]]).toEqual([10, 25]);
    add(-1, 40);
    expect([...counts.of(0)].slice(0, 2)).toEqual([35, 0]);
    expect([...counts.of(1)].slice(0, 2)).toEqual([0, 35]);
  });

  test('of a wide table every column has its turn', () => {
    const wide = 1000;
    const counts = new ClassCounts(new Array(wide).fill(classes), classes, { rows: 100, blocks: 2 });
    const row = new Float64Array(wide).fill(1);
    for (let i = 0; i < 125; i++) counts.add(row, 0, 1);
    expect(new Set(Array.from({ length: wide }, (_, j) => counts.of(j)[1]))).toEqual(new Set([16]));
    expect(counts.of(wide)[1]).toBe(125);
  });
});

function modelOf(withReference: boolean) {
  const risks = Float64Array.from({ length: 300 }, (_, i) => (training.rows[i * p] as number) / 10 - 7);
  const { manifest } = chainBundle(
    {
      columns: columns.map((feature) => ({ group: 'clinical', version: 1, feature, role: 'feature', unit: '1' })),
      ranges: columns.map(() => null),
      ...(withReference ? { reference: referenceDistribution(training, risks) } : {}),
    },
    {
      inputs: columns,
      steps: [{ kind: 'impute', values: columns.map(() => 0) }],
      model: { kind: 'linear', intercept: -7, coefficients: columns.map((_, j) => (j === 0 ? 0.1 : 0)) },
    },
  );
  return { manifest, predictor: createPredictor({ manifest, boosters: {} }) };
}

function serverOf(withReference = true) {
  const models = ModelHost.of('model', modelOf(withReference));
  const registry = new Registry();
  const extensions = [driftExtension({ models, registry }), metricsExtension({ models, registry })];
  const app = buildApp({ models, defaultModel: 'model', extensions });
  const send = async (rows: Table) => {
    const payload = rows.map((row) => row.map((value) => value ?? '').join(',')).join('\n');
    const reply = await app.inject({
      method: 'POST',
      url: '/invocations',
      payload,
      headers: { 'content-type': 'text/csv; header=absent' },
    });
    expect(reply.statusCode).toBe(200);
  };
  const drift = async (query = '') => (await app.inject(`/drift${query}`)).json().models as readonly ModelDrift[];
  const metric = async (name: string) => {
    const page = (await app.inject('/metrics')).body;
    return page.split('\n').filter((line) => line.startsWith(`${name}{`));
  };
  return { send, drift, metric, app };
}

describe('GET /drift and GET /metrics', () => {
  test('rows like those of the training drift little, shifted ones much', async () => {
    const { send, drift, metric } = serverOf();
    await send(later.alike.rows);
    const [alike] = await drift();
    expect(alike).toMatchObject({ model: 'model', rows: 600, above: 0, drifted: 0, prediction: { drifted: false } });
    expect(alike?.prediction?.psi).toBeLessThan(0.1);
    const shifted = serverOf();
    for (let i = 0; i < later.shifted.rows.length; i += 50) await shifted.send(later.shifted.rows.slice(i, i + 50));
    const [found] = await shifted.drift('?model=model');
    const wanted = later.shifted.answers
      .map(({ psi = -1 }, j) => ({ feature: columns[j], psi }))
      .sort((a, b) => b.psi - a.psi);
    expect(found?.features.map(({ feature }) => feature)).toEqual(wanted.map(({ feature }) => feature));
    expect(found?.features[0]?.psi).toBeCloseTo(wanted[0]?.psi as number, 12);
    expect(found).toMatchObject({ above: 5, drifted: 5, prediction: { drifted: true, values: 600 } });
    const gene = found?.features.find(({ feature }) => feature === 'gene');
    expect(gene?.missingShareDifference).toBeCloseTo(
      (later.shifted.answers[4]?.missingShare ?? 0) - (later.shifted.answers[4]?.missingShareTraining ?? 0),
      12,
    );
    expect(await shifted.metric('thoracle_drift_features_above')).toEqual([
      expect.stringMatching(/model="model",version="recorded-cha"\} 5$/),
    ]);
    expect(await shifted.metric('thoracle_drift_feature_psi')).toHaveLength(5);
    const [line] = await shifted.metric('thoracle_drift_prediction_psi');
    expect(Number(line?.split(' ').at(-1))).toBeCloseTo(found?.prediction?.psi as number, 12);
    expect(await metric('thoracle_drift_features_above')).toEqual([expect.stringMatching(/ 0$/)]);
  });

  test('no number on few rows, or where the training had nothing: the reason instead', async () => {
    const { send, drift, metric } = serverOf();
    await send(later.shifted.rows.slice(0, 199));
    const [early] = await drift();
    expect(early).toMatchObject({ rows: 199, above: null, drifted: null, prediction: { psi: null, values: 199 } });
    expect(
      early?.features.every(({ psi, missingShare, reason }) => psi === null && missingShare === null && reason),
    ).toBe(true);
    expect(await metric('thoracle_drift_prediction_psi')).toEqual([]);
    await send(later.shifted.rows.slice(0, 10));
    const features = new Map((await drift())[0]?.features.map((one) => [one.feature, one]));
    expect(features.get('empty')).toMatchObject({
      psi: null,
      reason: 'the training had no values of it',
      missing: 209,
    });
    expect(features.get('gene')?.reason).toMatch(/values so far/);
    expect(features.get('gene')?.missingShare).toBeGreaterThan(0.3);
    expect(features.get('age')?.psi).toBeGreaterThan(0.2);
  });

  test('a model without a reference answers as before, and says why there is no drift', async () => {
    const { send, drift, metric, app } = serverOf(false);
    await send(later.alike.rows);
    expect(await drift()).toMatchObject([{ above: null, features: [], reason: expect.stringContaining('the bundle') }]);
    expect(await metric('thoracle_drift_reference')).toEqual([expect.stringMatching(/ 0$/)]);
    const none = await app.inject('/drift?model=other');
    expect([none.statusCode, none.json().error.code]).toEqual([404, 'SERVING_MODEL_NOT_FOUND']);
  });

  test('before the first row', async () => {
    const { drift, metric } = serverOf();
    expect(await drift()).toMatchObject([{ rows: 0, reason: expect.stringContaining('no rows') }]);
    expect(await metric('thoracle_drift_reference')).toEqual([expect.stringMatching(/ 1$/)]);
  });
});
