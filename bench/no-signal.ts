/**
 * Coverage of the intervals: cohorts without any signal, 20 seeds each of 60, 120 and 200 patients; how many intervals of
 * Harrell's C and of the ROC AUC hold 0.5 (about 95 % should), and how many lie above it.
 */
import { planModels } from '../training/assess/plan.js';
import { runFolds } from '../training/assess/run-folds.js';
import { scoreRepeats } from '../training/assess/score.js';
import { askedDays, timesOf } from '../training/assess/times.js';
import { sampleOf } from '../training/sample.js';
import { syntheticDataset } from '../training/test/synthetic-dataset.js';

const modalities = ['genomic', 'clinical', 'imaging'] as const;
const seeds = 20;
for (const patients of [60, 120, 200]) {
  const counts = { harrellC: { held: 0, above: 0 }, rocAuc: { held: 0, above: 0 } };
  for (let seed = 0; seed < seeds; seed++) {
    const dataset = syntheticDataset({ patients, seed: 1000 + seed, signal: 0, columns: [10, 10, 10] });
    const options = { task: 'survival', modalities, repeats: 5, folds: 5, seed } as const;
    const sample = sampleOf(dataset, modalities);
    const times = timesOf(sample, options);
    const { main } = planModels(sample, [...sample.columns.keys()], times.task, options);
    const setting = { ...options, ...times, sample, models: [main], timesDays: askedDays(times) };
    const [repeats = []] = await runFolds(setting, { workers: 1 });
    const metrics = scoreRepeats(sample, repeats, times, options);
    for (const name of ['harrellC', 'rocAuc'] as const) {
      const { low, high } = metrics[name] ?? { low: 1, high: 0 };
      if (low <= 0.5 && high >= 0.5) counts[name].held++;
      if (low > 0.5) counts[name].above++;
    }
  }
  for (const [name, { held, above }] of Object.entries(counts)) {
    console.log(`${patients} patients, ${name}: ${held} of ${seeds} intervals hold 0.5, ${above} lie above it`);
  }
}
