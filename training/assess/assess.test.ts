import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FeatureStore, openDuckDbStore } from '../../featurestore/index.js';
import { clinicalStage } from '../../pipelines/clinical/index.js';
import { hasSharedData, needsSharedData, sharedData } from '../../test/shared-data.js';
import { datasetSpecFor } from '../dataset-spec.js';
import { syntheticDataset } from '../test/synthetic-dataset.js';
import { type AssessOptions, assess } from './index.js';

const modalities = ['genomic', 'clinical', 'imaging'] as const;
const options: AssessOptions = { task: 'survival', modalities, repeats: 2, folds: 5, seed: 0 };
const withSignal = syntheticDataset({ patients: 90, seed: 1, signal: 0.9, columns: [6, 4, 5] });
const kinds = ['survival', 'status'] as const;

describe.each(kinds)('%s', (task) => {
  test('a signal is found, every subset and baseline is scored, the same call gives the same numbers', async () => {
    const result = await assess(withSignal, { ...options, task });
    expect(result.metrics.harrellC?.low).toBeGreaterThan(0.5);
    expect(result.metrics.rocAuc?.low).toBeGreaterThan(0.5);
    const nobody = result.baselines[task === 'survival' ? 'kaplanMeier' : 'majority'];
    expect(nobody?.harrellC?.value).toBe(0.5);
    expect(result.metrics.brier?.value).toBeLessThan(nobody?.brier?.value ?? 0);
    expect(Object.keys(result.subsets)).toHaveLength(7);
    expect(result.subsets.imaging?.patients).toBe(77);
    expect(result.baselines.reference?.rocAuc?.value).toBeGreaterThan(0.5);
    expect(await assess(withSignal, { ...options, task })).toEqual(result);
  });
});

test('no signal, 20 seeds: nearly every interval holds 0.5', async () => {
  let [held, above] = [0, 0];
  for (let seed = 0; seed < 20; seed++) {
    const noise = syntheticDataset({ patients: 60, seed: 100 + seed, signal: 0, columns: [0, 8, 0] });
    const spec = { ...noise.spec, groups: [{ name: 'clinical', version: 1 }] };
    const dataset = { ...noise, spec, present: new Uint8Array(60).fill(1) };
    const { metrics } = await assess(dataset, { ...options, modalities: ['clinical'], seed });
    const { low, high } = metrics.harrellC ?? { low: 1, high: 0 };
    if (low <= 0.5 && high >= 0.5) held++;
    if (low > 0.5) above++;
  }
  // 95 % are expected: 19 of 20; fewer than 17 would happen by chance once in 63 times.
  expect(held).toBeGreaterThanOrEqual(17);
  expect(above).toBeLessThanOrEqual(2);
});

describe('leakage guard', () => {
  const leaking = (value: (dead: boolean, i: number) => number) => {
    const p = withSignal.columns.length;
    const values = withSignal.values.slice();
    for (const [i, { event }] of withSignal.outcomes.entries()) values[i * p + 7] = value(event, i);
    return { ...withSignal, values };
  };
  const name = withSignal.columns[7]?.feature ?? '';

  test.each([
    ['by its values', leaking((dead, i) => (dead ? 100 + i : i))],
    ['by where it is missing', leaking((dead, i) => (dead ? i : Number.NaN))],
  ])('a column that tells who died %s stops the evaluation unless it is allowed by name', async (_how, dataset) => {
    await expect(assess(dataset, options)).rejects.toMatchObject({
      code: 'TRAIN_LEAK_ALARM',
      message: expect.stringContaining(`"${name}" alone tells who died`),
    });
    const allowed = await assess(dataset, { ...options, repeats: 1, allow: [name] });
    expect(allowed.dataset.patients).toBe(90);
  });
});

describe.skipIf(!hasSharedData)(`the 162 R01 patients ${needsSharedData}`, () => {
  let store: FeatureStore;
  beforeAll(async () => {
    store = await openDuckDbStore({ file: ':memory:' });
    const file = sharedData('nsclc-radiogenomics/NSCLCR01Radiogenomic_DATA_LABELS_2018-05-22_1500-shifted.csv');
    await store.ingest((await clinicalStage.run({ file }, {})).table);
  });
  afterAll(() => store.close());

  test('clinical baseline columns: well above chance, AUC 0.05 or more above the reference recipe', async () => {
    const dataset = await store.dataset(datasetSpecFor(['clinical'], 'default', await store.listGroups()));
    const result = await assess(dataset, { ...options, modalities: ['clinical'], repeats: 5, patients: 'R01-' });
    expect(result.dataset).toMatchObject({ patients: 162, events: 58 });
    expect(result.metrics.harrellC?.value).toBeGreaterThan(0.65);
    expect(result.metrics.harrellC?.low).toBeGreaterThan(0.5);
    expect(result.comparison.rocAuc.value).toBeGreaterThanOrEqual(0.05);
  });
});
