import { writeFile } from 'node:fs/promises';
import { openDuckDbStore } from '../../featurestore/index.js';
import {
  datasetSpecFor,
  parseModalities,
  plainSplit,
  type RecipeName,
  repeatedStratifiedFolds,
  seededDraw,
  stratifiedSplit,
  train,
} from '../../training/index.js';

/**
 * `node dist/bench/peers/training-splits.js STORE OUT.json`: the joined tables of both recipes (all modalities, seed 0)
 * with who is fitted on and who is tested, and what the trained models say, for training-recipes.py to do again.
 */
const [, , file = '', out = ''] = process.argv;
const seed = 0;

async function exported(recipe: RecipeName) {
  const store = await openDuckDbStore({ file, readOnly: true });
  try {
    const groups = await store.listGroups();
    const modalities = parseModalities('genomic,clinical,imaging');
    const dataset = await store.dataset(datasetSpecFor(modalities, recipe, groups));
    const { bundle, reportData } = await train(dataset, { recipe, seed, modalities, groups });
    const left = new Set(reportData.dataset.leftOut.map(({ patientId }) => patientId));
    const rows = dataset.patientIds.flatMap((id, i) => (left.has(id) ? [] : [i]));
    const p = dataset.columns.length;
    return {
      patients: rows.map((i) => dataset.patientIds[i] as string),
      dead: rows.map((i) => dataset.outcomes[i]?.event === true),
      columns: dataset.columns.map(({ group, feature }) => ({ group, feature })),
      // JSON has no NaN: missing is written as null.
      values: rows.map((i) => [...dataset.values.subarray(i * p, (i + 1) * p)]),
      boosterInputs: bundle.manifest.members[0]?.inputs.length,
      metrics: reportData.metrics,
      scored: Object.fromEntries(reportData.scored.map(({ patientId, probability }) => [patientId, probability])),
    };
  } finally {
    await store.close();
  }
}

const standard = await exported('components');
const reference = await exported('reference');
const all = reference.patients.map((_, i) => i);
const draw = seededDraw(seed, 'reference split');
const outer = plainSplit(all, 0.8, draw);
const inner = plainSplit(outer.train, 0.8, draw);
const answer = {
  default: {
    ...standard,
    repeats: repeatedStratifiedFolds(standard.dead, { folds: 5, repeats: 3, seed }).map((folds) =>
      folds.map(({ test }) => test),
    ),
    holdout: stratifiedSplit(standard.dead, 0.2, seed).test,
  },
  reference: { ...reference, boosted: inner.train, validated: inner.test, test: outer.test },
};
await writeFile(out, JSON.stringify(answer));
