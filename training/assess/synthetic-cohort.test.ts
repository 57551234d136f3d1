import { expect, test } from 'vitest';
import { harrellC } from '../evaluate/index.js';
import { fitLearner, type LearnerSettings, marginsOf, risksOf } from '../learners/index.js';
import { sampleOf } from '../sample.js';
import { syntheticDataset } from '../test/synthetic-dataset.js';
import { loadNativeLibrary } from '../xgboost/index.js';
import { planModels } from './plan.js';
import { runFolds } from './run-folds.js';
import { scoreRepeats } from './score.js';
import { askedDays, timesOf } from './times.js';

const modalities = ['genomic', 'clinical', 'imaging'] as const;
const columns = [4, 4, 4] as const;
const signal = 0.8;
const cohort = (patients: number, seed: number) => syntheticDataset({ patients, seed, signal, columns });
const library = loadNativeLibrary();
const settings: LearnerSettings = {
  learner: 'late-fusion',
  task: { kind: 'survival' },
  columns: 'all',
  pca: { kind: 'none' },
};

test('the columns that carry the factors have the largest coefficients, and the interval holds the C that can be had', async () => {
  const large = sampleOf(cohort(300, 11), modalities);
  const everyone = large.patientIds.map((_, i) => i);
  const model = fitLearner(large, everyone, settings, 0, library);
  if (model.model.kind !== 'linear') throw new Error('not linear');
  const { coefficients } = model.model;
  // Every second column of a modality carries its factor.
  const order = large.columns
    .map(({ feature }, j) => ({
      factor: Number(feature.split('_')[1]) % 2 === 0,
      size: Math.abs(coefficients[j] ?? 0),
    }))
    .sort((a, b) => b.size - a.size);
  expect(order.slice(0, 6).every(({ factor }) => factor)).toBe(true);

  // What hundreds of patients teach, asked of others: what can be had from these columns.
  const fresh = sampleOf(cohort(600, 12), modalities);
  const risk = risksOf(
    model.output,
    marginsOf(model, fresh.matrix, () => library),
  );
  const achievable = harrellC(fresh.timeDays, fresh.dead, risk);
  expect(achievable).toBeGreaterThan(0.7);
  const options = { task: 'survival', modalities, repeats: 1, folds: 5, seed: 0 } as const;
  const sample = sampleOf(cohort(120, 13), modalities);
  const times = timesOf(sample, options);
  const { main } = planModels(sample, [...sample.columns.keys()], times.task, options);
  const setting = { ...options, ...times, sample, models: [main], timesDays: askedDays(times) };
  const [repeats = []] = await runFolds(setting, { workers: 1 });
  const metrics = scoreRepeats(sample, repeats, times, options);
  expect(metrics.harrellC?.low).toBeLessThan(achievable);
  expect(metrics.harrellC?.high).toBeGreaterThan(achievable);
  expect(metrics.harrellC?.low).toBeGreaterThan(0.5);
});
