import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { afterAll, describe, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle, chainRecords } from '../reference/chain-bundle.js';

/** By lifelines and XGBoost: bench/peers/survival-answers.py. */
const recorded = JSON.parse(readFileSync(new URL('../reference/survival-answers.json', import.meta.url), 'utf8')) as {
  readonly rows: readonly (readonly number[])[];
  readonly times: readonly number[];
  readonly cox: {
    readonly mean: readonly number[];
    readonly coefficients: readonly number[];
    readonly baseline: { readonly timeDays: readonly number[]; readonly cumulative: readonly number[] };
    readonly survival: readonly (readonly number[])[];
  };
  readonly coxTrees: { readonly model: unknown };
};
const names = ['a', 'b', 'c', 'd'];
const { cox, coxTrees, rows, times } = recorded;
const records = rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
const apps: FastifyInstance[] = [];
afterAll(() => Promise.all(apps.map((app) => app.close())));

/** The Cox model of lifelines, or XGBoost's trees over the same columns. */
function survivalApp(trees: boolean, baseline: typeof cox.baseline = cox.baseline): FastifyInstance {
  const linear = { kind: 'linear', intercept: 0, coefficients: cox.coefficients } as const;
  const { manifest } = chainBundle(
    {
      task: { kind: 'survival' },
      threshold: null,
      columns: names.map((feature) => ({ group: 'x', version: 1, feature, role: 'feature', unit: '1' })),
      ranges: names.map(() => [-9, 9] as const),
      answer: { kind: 'hazard', slope: 1, intercept: 0, baseline },
      riskGroups: { cuts: [-0.2, 0.4], names: ['low', 'middle', 'high'] },
    },
    {
      inputs: names,
      steps: trees ? [] : [{ kind: 'scale', mean: cox.mean, scale: names.map(() => 1) }],
      ...(trees ? {} : { model: linear }),
    },
  );
  const predictor = createPredictor({ manifest, boosters: trees ? { 'model.json': coxTrees.model } : {} });
  const app = appOf({ manifest, predictor });
  apps.push(app);
  return app;
}

function statusApp(): FastifyInstance {
  const { manifest } = chainBundle();
  const app = appOf({ manifest, predictor: createPredictor(chainBundle()) });
  apps.push(app);
  return app;
}

const post = (app: FastifyInstance, url: string, payload: object) => app.inject({ method: 'POST', url, payload });

describe('survival over time', () => {
  const app = survivalApp(false);

  test('curves at the days that are asked for are those of lifelines; group and median stand beside them', async () => {
    const { predictions } = (await post(app, '/predict', { records, curve: times })).json();
    expect(predictions).toHaveLength(rows.length);
    for (const [i, { survival, risk, riskGroup, medianSurvivalDays }] of predictions.entries()) {
      expect(survival.timeDays).toEqual(times);
      for (const [k, p] of survival.probability.entries()) {
        expect(Math.abs(p - (cox.survival[i]?.[k] as number))).toBeLessThan(1e-10);
      }
      expect(riskGroup).toBe(risk < -0.2 ? 'low' : risk < 0.4 ? 'middle' : 'high');
      const half = cox.baseline.cumulative.findIndex((hazard) => Math.exp(-hazard * Math.exp(risk)) <= 0.5);
      expect(medianSurvivalDays).toBe(half < 0 ? null : cox.baseline.timeDays[half]);
    }
  });

  test('true gives the days of the model; nothing is given unasked', async () => {
    const [record] = records;
    const [own] = (await post(app, '/predict', { records: [record], curve: true })).json().predictions;
    expect(own.survival.timeDays).toEqual(cox.baseline.timeDays);
    for (const body of [{ records: [record] }, { records: [record], curve: false }]) {
      expect((await post(app, '/predict', body)).json().predictions[0]).not.toHaveProperty('survival');
    }
    const [explained] = (await post(app, '/explain', { records: [record], curve: true })).json().explanations;
    expect(explained.survival).toEqual(own.survival);
    expect(explained).toMatchObject({ riskGroup: own.riskGroup, medianSurvivalDays: own.medianSurvivalDays });
  });

  test('null where the model has none, or no baseline hazard', async () => {
    const status = await post(statusApp(), '/predict', { records: [{ Age: 60 }], curve: true });
    expect(status.json().predictions[0].survival).toBeNull();
    const bare = survivalApp(false, { timeDays: [], cumulative: [] });
    expect((await post(bare, '/predict', { records, curve: [1] })).json().predictions[0].survival).toBeNull();
  });

  test.each([
    ['a text', 'yes'],
    ['a number', 365],
    ['null', null],
    ['no days', []],
    ['a day before surgery', [-1]],
    ['days that do not ascend', [365, 365]],
    ['a day that is no number', [1, '2']],
    ['too many days', Array.from({ length: 1001 }, (_, i) => i)],
  ])('refused: %s', async (_what, curve) => {
    for (const url of ['/predict', '/explain']) {
      const reply = await post(app, url, { records, curve });
      expect([reply.statusCode, reply.json().error.code]).toEqual([400, 'SERVING_BAD_CASES']);
    }
  });

  test('curves of more than a million points are refused', async () => {
    const many = Array.from({ length: 1001 }, () => records[0]);
    const days = Array.from({ length: 1000 }, (_, i) => i);
    const reply = await post(app, '/predict', { records: many, curve: days });
    expect([reply.statusCode, reply.json().error.message]).toMatchObject([400, expect.stringContaining('points')]);
  });
});

describe('POST /explain and POST /predict', () => {
  test.each([
    ['trees over components', statusApp(), chainRecords()],
    ['trees of a Cox model', survivalApp(true), records],
    ['a linear Cox model', survivalApp(false), records],
  ])('give the same risk to the last digit, and all parts add up to it: %s', async (_what, app, asked) => {
    const { predictions } = (await post(app, '/predict', { records: asked })).json();
    const { explanations } = (await post(app, '/explain', { records: asked, top: 2 })).json();
    expect(explanations).toHaveLength(asked.length);
    for (const [i, { risk, score, expected, contributions, others, modalities }] of explanations.entries()) {
      expect([risk, score]).toEqual([predictions[i].risk, predictions[i].score]);
      const listed = contributions.reduce((sum: number, one: { contribution: number }) => sum + one.contribution, 0);
      expect(Math.abs(expected + listed + others - risk)).toBeLessThan(1e-12);
      const parts = Object.values(modalities as Record<string, number>).reduce((a, b) => a + b, expected as number);
      expect(Math.abs(parts - risk)).toBeLessThan(1e-5);
    }
  });
});
