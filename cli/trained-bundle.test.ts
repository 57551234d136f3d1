import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ClassCounts } from '../serving/drift/index.js';
import { createPredictor } from '../serving/predict/index.js';
import type { BundleManifest } from '../training/bundle/index.js';
import {
  fitLearner,
  loadBundle,
  loadNativeLibrary,
  marginsOf,
  openLapackBackend,
  risksOf,
  saveBundle,
  type TrainOptions,
  train,
} from '../training/index.js';
import { sampleOf } from '../training/sample.js';
import { syntheticDataset, syntheticGroups } from '../training/test/synthetic-dataset.js';

const modalities = ['genomic', 'clinical', 'imaging'] as const;
const dataset = syntheticDataset({ patients: 70, seed: 3, signal: 1.2, columns: [6, 4, 6] });
const sample = sampleOf(dataset, modalities);
const everyone = sample.patientIds.map((_, i) => i);
const base = { seed: 0, modalities, groups: syntheticGroups } as const;
const folder = mkdtempSync(join(tmpdir(), 'thoracle-trained-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Case = readonly [string, Omit<TrainOptions, keyof typeof base>];
const cases: readonly Case[] = [
  ['survival, the default', { recipe: 'default', task: 'survival' }],
  ['status, the default', { recipe: 'default' }],
  ['a horizon, elastic net', { recipe: 'elastic-net', horizonDays: 1200 }],
  ['survival, ridge of everything', { recipe: 'ridge', task: 'survival' }],
  [
    'survival, components of each modality',
    { recipe: 'ridge', task: 'survival', pca: { kind: 'per-modality', size: { varianceShare: 0.9 } } },
  ],
  [
    'survival, trees of time',
    { recipe: 'trees', task: 'survival', objective: 'survival:aft', aftDistribution: 'normal', trials: 1 },
  ],
];

describe.each(cases)('%s', (name, options) => {
  test('the written bundle answers as the fitted model, its contributions add up, its report is whole', async () => {
    const trained = await train(dataset, { ...base, ...options });
    const place = join(folder, name.replaceAll(/\W+/g, '-'));
    await saveBundle(place, trained.bundle);
    const { manifest, boosters } = await loadBundle(place);
    expect(manifest).toEqual(trained.bundle.manifest);
    const predictor = createPredictor({ manifest, boosters });
    const { task = 'status', horizonDays, recipe, ...settings } = options;
    const kind = horizonDays === undefined ? { kind: task } : ({ kind: 'horizon', horizonDays } as const);
    const learner = recipe === 'default' || recipe === 'components' || recipe === 'reference' ? 'late-fusion' : recipe;
    const asked = { columns: 'all', pca: { kind: 'none' }, ...settings, learner, task: kind } as const;
    const model = fitLearner(sample, everyone, asked, 0, loadNativeLibrary());
    const risks = risksOf(model.output, marginsOf(model, sample.matrix, loadNativeLibrary));
    const answers = predictor.predictRows(dataset.values);
    const explained = predictor.explainRows(dataset.values);
    for (const [i, answer] of answers.entries()) {
      expect(Math.abs(answer.risk - (risks[i] as number))).toBeLessThan(1e-9);
      expect(Math.abs((explained[i]?.risk as number) - answer.risk)).toBeLessThan(1e-4);
      const patient = trained.reportData.explanation?.patients[i];
      expect(Math.abs((patient?.margin as number) - answer.risk)).toBeLessThan(1e-9);
      expect(['low', 'middle', 'high']).toContain(answer.riskGroup);
      if (task === 'status') expect(answer.probability).toBeCloseTo(1 / (1 + Math.exp(-answer.risk)), 12);
      else expect(predictor.survivalCurve(answer.risk)?.survival.at(-1)).toBeLessThan(1);
    }
    expect(manifest.metrics.harrellC?.value).toBeGreaterThan(0.5);
    expect(manifest.metrics.harrellC?.value).toBeGreaterThan(manifest.baseline.harrellC?.value ?? 0.5);
    assertReference(manifest, dataset.values);
    expect(trained.reportData.scored).toHaveLength(70);
    expect(trained.reportData.scored.every(({ probability }) => probability >= 0 && probability <= 1)).toBe(true);
  });
});

/** What a server counts of the patients of the training is what the training counted. */
function assertReference({ reference, columns }: BundleManifest, rows: Float64Array): void {
  const risk = reference?.risk ?? { edges: [], counts: [], missing: 0 };
  expect(risk.counts.reduce((a, b) => a + b, risk.missing)).toBe(70);
  const latest = new ClassCounts(reference?.columns ?? [], risk, { rows: 70, blocks: 1 });
  for (let i = 0; i < 70; i++) latest.add(rows, i * columns.length, 0);
  for (const [j, { counts, missing }] of (reference?.columns ?? []).entries()) {
    const found = latest.of(j);
    expect([...found.subarray(0, counts.length), found.at(-1)]).toEqual([...counts, missing]);
  }
  expect(reference?.columns).toHaveLength(columns.length);
}

test('the same bytes again, and with two workers', async () => {
  const options = { ...base, recipe: 'default', task: 'survival' } as const;
  const [a, b] = [join(folder, 'one'), join(folder, 'two')];
  const one = await train(dataset, options);
  const two = await train(dataset, { ...options, workers: 2 });
  await saveBundle(a, one.bundle);
  await saveBundle(b, two.bundle);
  expect(readFileSync(join(a, 'manifest.json')).equals(readFileSync(join(b, 'manifest.json')))).toBe(true);
  expect(two.reportData).toEqual(one.reportData);
});

test('a column that tells who died stops the training, unless it is let pass by name', async () => {
  const values = dataset.values.slice();
  const p = dataset.columns.length;
  for (const [i, { event }] of dataset.outcomes.entries()) values[i * p] = event ? 5 : 1;
  const leaky = { ...dataset, values };
  const options = { ...base, recipe: 'default' } as const;
  const name = dataset.columns[0]?.feature ?? '';
  await expect(train(leaky, options)).rejects.toMatchObject({ code: 'TRAIN_LEAK_ALARM' });
  await expect(train(leaky, { ...base, recipe: 'components' })).rejects.toThrow(name);
  const allowed = await train(leaky, { ...options, allow: [name] });
  expect(allowed.json.metrics.rocAuc?.value).toBeGreaterThan(0.95);
  expect(allowed.bundle.manifest.warnings.join(' ')).toContain(name);
});

test('what a fixed chain does not heed is refused', async () => {
  const chain = { ...base, recipe: 'components' } as const;
  await expect(train(dataset, { ...chain, horizonDays: 700 })).rejects.toThrow('the recipe components has it fixed');
  await expect(train(dataset, { ...chain, task: 'survival' })).rejects.toThrow('status with components');
});

test('a PCA by another backend gives the same answers; one that is not there is named', async ({ skip }) => {
  const options = { ...base, recipe: 'components' } as const;
  const by = async (pcaBackend: 'cpu' | 'lapack') => {
    const { bundle } = await train(dataset, { ...options, pcaBackend });
    expect(bundle.manifest.chosen).toEqual({ 'PCA backend': pcaBackend });
    return createPredictor(bundle).predictRows(dataset.values);
  };
  await expect(train(dataset, { ...options, pcaBackend: 'tpu' as 'cpu' })).rejects.toThrow('pcaBackend');
  const usual = await by('cpu');
  try {
    openLapackBackend().close();
  } catch {
    console.warn('skipped: no LAPACK was found');
    skip();
  }
  for (const [i, { risk }] of (await by('lapack')).entries()) {
    expect(Math.abs(risk - (usual[i]?.risk as number))).toBeLessThan(1e-5);
  }
});
