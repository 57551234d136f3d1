import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDuckDbStore } from '../featurestore/index.js';
import { clinicalStage } from '../pipelines/clinical/index.js';
import { hasSharedData, needsSharedData, sharedData } from '../test/shared-data.js';
import { thoracle } from '../test/thoracle.js';
import type { AssessJson } from '../training/index.js';
import { dayCount, pcaSize } from './learner-options.js';

test('times: days, months and years', () => {
  expect([dayCount('730d'), dayCount('90'), dayCount('24m'), dayCount('2y')]).toEqual([730, 90, 730.5, 730.5]);
  for (const bad of ['', '0d', '-5d', '2w', 'd']) expect(() => dayCount(bad)).toThrow('expected a time such as 730d');
});

test('components: a share or a number', () => {
  expect([pcaSize('0.95'), pcaSize('.5'), pcaSize('20')]).toEqual([
    { varianceShare: 0.95 },
    { varianceShare: 0.5 },
    { components: 20 },
  ]);
  for (const bad of ['0', '1.5', '-3', 'all']) expect(() => pcaSize(bad)).toThrow('expected a share of the variance');
});

describe.skipIf(!hasSharedData)(`thoracle evaluate ${needsSharedData}`, () => {
  const root = mkdtempSync(join(tmpdir(), 'thoracle-evaluate-'));
  const file = join(root, 'study.duckdb');
  const evaluate = (...args: string[]) =>
    thoracle('evaluate', '--store', file, '--modalities', 'clinical', '--patients', 'R01-', '--repeats', '1', ...args);
  beforeAll(async () => {
    const store = await openDuckDbStore({ file });
    const table = sharedData('nsclc-radiogenomics/NSCLCR01Radiogenomic_DATA_LABELS_2018-05-22_1500-shifted.csv');
    await store.ingest((await clinicalStage.run({ file: table }, {})).table);
    await store.close();
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('a table, and the same as JSON from two workers and from a file of done folds', async () => {
    const resume = join(root, 'done.jsonl');
    const one = await evaluate('--workers', '1', '--json', '--resume', resume);
    expect(one.code, one.stderr).toBe(0);
    expect(existsSync(resume)).toBe(true);
    const two = await evaluate('--workers', '2', '--json');
    expect(two.stdout).toBe(one.stdout);
    const table = await evaluate('--workers', '1', '--resume', resume);
    expect(table.stdout).toContain('referenceLeakyWithoutPca');
    const { metrics, baselines, subsets, times } = JSON.parse(one.stdout) as AssessJson;
    for (const name of ['harrellC', 'unoC', 'rocAuc', 'prAuc', 'brier', 'integratedBrier', 'calibrationSlope']) {
      expect(metrics[name]).toEqual({ value: expect.any(Number), low: expect.any(Number), high: expect.any(Number) });
    }
    expect(Object.keys(baselines)).toEqual(
      expect.arrayContaining(['majority', 'kaplanMeier', 'stageOnly', 'coxElasticNet', 'reference', 'referenceLeaky']),
    );
    expect(Object.keys(subsets)).toEqual(['clinical']);
    expect(times).toMatchObject({ landmarkDays: null, censorAtDays: null });
  });

  test('another model, principal components, a landmark, a horizon and the end of follow-up', async () => {
    const { code, stdout, stderr } = await evaluate(
      ...['--recipe', 'trees', '--trials', '1', '--task', 'status', '--pca', 'joint', '--pca-size', '5'],
      ...['--horizon', '730d', '--landmark', '90d', '--censor-at', '5y', '--folds', '3', '--workers', '1', '--json'],
    );
    expect(code, stderr).toBe(0);
    const { recipe, times, baselines, dataset } = JSON.parse(stdout) as AssessJson;
    expect(recipe).toBe('trees');
    expect(times).toMatchObject({ horizonDays: 730, landmarkDays: 90, censorAtDays: 1826.25 });
    expect(Object.keys(baselines)).toContain('default');
    expect(dataset.patients).toBeLessThan(162);
  });

  test.each([
    [['--horizon', 'soon'], "'soon' is invalid. expected a time such as 730d"],
    [
      ['--horizon', '80d', '--landmark', '90d'],
      'The training option "horizonDays" is 80; expected more than the landmark, 90',
    ],
    [['--recipe', 'trees', '--objective', 'survival:aft', '--task', 'status'], 'expected one for status'],
    [['--recipe', 'forest'], 'Allowed choices are default, ridge'],
    [['--allow', 'Nothing'], 'Nothing'],
    [['--allow', 'TimetoDeathdays', '--patients', 'X'], 'No patient has an outcome'],
  ])('%j is refused in one sentence', async (args, message) => {
    const { code, stderr } = await evaluate('--workers', '1', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
