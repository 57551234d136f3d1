import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Dataset, DatasetColumn } from '../featurestore/contract/index.js';
import { boosterText } from './bundle/booster-json.js';
import { applySteps } from './bundle/index.js';
import { repeatedStratifiedFolds } from './evaluate/index.js';
import { fitModel, predictProbabilities } from './fit.js';
import {
  Booster,
  DMatrix,
  loadBundle,
  loadNativeLibrary,
  saveBundle,
  type TrainOptions,
  type TrainResult,
  train,
} from './index.js';
import { recipes } from './recipes.js';
import { sampleOf, takeRows } from './sample.js';
import { syntheticDataset, syntheticGroups } from './test/synthetic-dataset.js';

const modalities = ['genomic', 'clinical', 'imaging'] as const;
const options: TrainOptions = { recipe: 'components', seed: 0, modalities, groups: syntheticGroups };
const withSignal = syntheticDataset({ patients: 90, seed: 1, signal: 0.9, columns: [14, 8, 16] });

const folder = mkdtempSync(join(tmpdir(), 'thoracle-train-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('default recipe', () => {
  let result: TrainResult;
  const steps: string[] = [];
  beforeAll(async () => {
    result = await train(withSignal, { ...options, onProgress: (done, total) => steps.push(`${done}/${total}`) });
  });

  test('finds a signal that is there: the interval of the AUC excludes chance', () => {
    expect(result.json.metrics.rocAuc?.low).toBeGreaterThan(0.5);
    expect(result.json.metrics.harrellC?.low).toBeGreaterThan(0.5);
    expect(result.json.metrics.brier?.value).toBeLessThan(result.json.baseline.brier?.value ?? 0);
  });

  test('finds none where there is none', async () => {
    const noise = await train(syntheticDataset({ patients: 90, seed: 2, signal: 0, columns: [14, 8, 16] }), options);
    expect(noise.json.metrics.rocAuc?.low).toBeLessThan(0.5);
    expect(noise.json.metrics.rocAuc?.high).toBeGreaterThan(0.5);
  });

  test('without a signal, nearly every interval of the AUC holds chance', async () => {
    let held = 0;
    for (let seed = 10; seed < 20; seed++) {
      const noise = syntheticDataset({ patients: 60, seed, signal: 0, columns: [6, 4, 8] });
      const auc = (await train(noise, { ...options, seed })).json.metrics.rocAuc;
      if (auc !== undefined && auc.low <= 0.5 && auc.high >= 0.5) held++;
    }
    // 95 % are expected; fewer than 8 of 10 would happen by chance once in 87 times.
    expect(held).toBeGreaterThanOrEqual(8);
  });

  test('every metric stands beside its baseline, with an interval', () => {
    const names = ['rocAuc', 'prAuc', 'brier', 'accuracy', 'f1Weighted', 'precision', 'recall', 'harrellC'];
    for (const scores of [result.json.metrics, result.json.baseline, result.json.holdout]) {
      expect(Object.keys(scores ?? {})).toEqual(names);
    }
    expect(result.json.baseline.rocAuc?.value).toBe(0.5);
    expect(result.json.evaluation).toContain('5-fold cross-validation repeated 3 times');
  });

  test('counts patients, events and modalities', () => {
    const { dataset, model, excluded, warnings } = result.json;
    const events = withSignal.outcomes.filter(({ event }) => event).length;
    expect(dataset).toMatchObject({ patients: 90, features: 38, events, complete: 77, incomplete: 13 });
    expect(dataset.perModality).toEqual([
      { name: 'genomic', patients: 90, features: 14 },
      { name: 'clinical', patients: 90, features: 8 },
      { name: 'imaging', patients: 77, features: 16 },
    ]);
    expect(model).toMatchObject({ id: result.bundle.manifest.modelId, recipe: 'components', trainedOn: 90 });
    expect(excluded).toEqual([{ column: 'Recurrence_yes', role: 'post-baseline' }]);
    expect(warnings).toEqual([
      expect.stringContaining(`${events} deaths among 90 patients`),
      expect.stringContaining('13 of 90 patients have no record in some modality'),
    ]);
  });

  test('the report has what it draws', () => {
    const { scored, pca } = result.reportData;
    expect(scored).toHaveLength(90);
    expect(pca?.columns).toHaveLength(38);
    expect(pca?.components[0]).toHaveLength(38);
    expect(pca?.components).toHaveLength(result.bundle.manifest.members[0]?.inputs.length ?? 0);
    expect(pca?.correlations).toHaveLength(38);
    const share = pca?.correlations.reduce((sum, [first]) => sum + first * first, 0) ?? 0;
    expect(share / 38).toBeCloseTo(pca?.explainedVarianceRatio[0] ?? 0, 10);
  });

  test('says how far it is', () => {
    expect(steps).toHaveLength(17);
    expect(steps.at(-1)).toBe('17/17');
  });

  test('same data, recipe and seed: same bytes; another seed: another model', async () => {
    const again = await train(withSignal, options);
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    await saveBundle(a, result.bundle);
    await saveBundle(b, again.bundle);
    for (const name of ['manifest.json', 'model.json']) {
      expect(readFileSync(join(a, name)).equals(readFileSync(join(b, name)))).toBe(true);
    }
    expect(again.reportData).toEqual(result.reportData);
    const other = await train(withSignal, { ...options, seed: 1 });
    expect(other.bundle.manifest.modelId).not.toBe(result.bundle.manifest.modelId);
  });

  test('the bundle read back predicts what the fitted model does', async () => {
    await saveBundle(join(folder, 'c'), result.bundle);
    const { manifest, boosters } = await loadBundle(join(folder, 'c'));
    const library = loadNativeLibrary();
    const sample = sampleOf(withSignal, modalities);
    const everyone = sample.patientIds.map((_, i) => i);
    const model = fitModel({ library, recipe: recipes.components, seed: 0 }, sample, everyone);
    const inputs = applySteps(manifest.members[0]?.steps ?? [], withSignal.values, 90, 38);
    using matrix = new DMatrix(library, { values: Float32Array.from(inputs.rows), n: inputs.n, p: inputs.p });
    using loaded = Booster.load(library, new TextEncoder().encode(boosterText(boosters['model.json'])));
    expect(loaded.predict(matrix)).toEqual(predictProbabilities(library, model, sample.matrix));
  });
});

test('fold isolation: other values in the test fold leave the fitted steps and the booster as they are', () => {
  const settings = { library: loadNativeLibrary(), recipe: recipes.components, seed: 0 };
  const sample = sampleOf(withSignal, modalities);
  const [[fold] = []] = repeatedStratifiedFolds(sample.dead, { folds: 5, repeats: 1, seed: 0 });
  if (fold === undefined) throw new Error('no fold');
  const { p } = sample.matrix;
  const rows = sample.matrix.rows.slice();
  for (const i of fold.test) for (let j = 0; j < p; j++) rows[i * p + j] = 1e6 + i * j;
  const changed = {
    ...sample,
    matrix: { ...sample.matrix, rows },
    dead: sample.dead.map((d, i) => d !== fold.test.includes(i)),
  };
  const before = fitModel(settings, sample, fold.train);
  const after = fitModel(settings, changed, fold.train);
  expect(after.fitted.steps).toEqual(before.fitted.steps);
  expect(after.booster).toEqual(before.booster);
  expect(takeRows(changed.matrix, fold.test)).not.toEqual(takeRows(sample.matrix, fold.test));
});

describe('reference recipe', () => {
  const leaky = ['TimetoDeathdays', 'Recurrence_yes', 'Recurrence_Notcollected'];
  const roles = ['outcome', 'post-baseline', 'metadata'] as const;
  /** The clinical columns under the reference's names, the leaky ones allowed; AMC patients and gaps in the required columns. */
  const dataset: Dataset = (() => {
    const base = syntheticDataset({ patients: 100, seed: 3, signal: 0.5, columns: [10, 6, 12] });
    const names = ['Weightlbs', 'PackYears', 'Age', ...leaky];
    const columns: readonly DatasetColumn[] = base.columns.map((column, j) =>
      column.group === 'clinical'
        ? { ...column, feature: names[j - 10] ?? '', role: roles[j - 13] ?? 'feature' }
        : column,
    );
    const values = base.values.map((value, k) => ([10, 11].includes(k % 28) && Number.isNaN(value) ? 1 : value));
    for (const row of [0, 7]) values[row * 28 + 10] = Number.NaN;
    values[11 + 28 * 9] = Number.NaN;
    const patientIds = base.patientIds.map((id, i) => (i < 4 ? `AMC-${i}` : id));
    return {
      ...base,
      columns,
      values,
      patientIds,
      outcomes: base.outcomes.map((outcome, i) => ({ ...outcome, patientId: patientIds[i] ?? '' })),
      spec: { ...base.spec, join: 'left', allow: leaky.map((feature) => ({ group: 'clinical', feature })) },
    };
  })();

  test('keeps R01 rows with weight and pack years, splits 80/20, and names the leaky columns', async () => {
    const { json, bundle, reportData } = await train(dataset, { ...options, recipe: 'reference' });
    expect(json.dataset.patients).toBe(94);
    expect(json.dataset.leftOut).toHaveLength(6);
    expect(json.dataset.leftOut).toContainEqual({ patientId: 'R01-008', reason: 'Weightlbs was not collected' });
    expect(json.dataset.leftOut).toContainEqual({ patientId: 'R01-010', reason: 'PackYears was not collected' });
    expect(json.model.trainedOn).toBe(75);
    expect(reportData.scored).toHaveLength(19);
    expect(json.holdout).toBeNull();
    expect(json.warnings[0]).toContain('Leaky columns are inputs of this model: TimetoDeathdays, Recurrence_yes.');
    expect(json.warnings[1]).toContain('how the record was kept are inputs of this model: Recurrence_Notcollected.');
    expect(bundle.manifest.members[0]?.steps.map(({ kind }) => kind)).toEqual(['impute', 'scale', 'pca']);
    expect(bundle.manifest.columns.map(({ feature }) => feature)).toEqual(expect.arrayContaining(leaky));
    expect(JSON.stringify(bundle.boosters)).toContain('"reg:logistic"');
    expect(JSON.stringify(bundle.boosters)).toContain('"num_trees":"10"');
  });
});

describe('the door', () => {
  const [first, ...others] = withSignal.columns;
  const leaking: Dataset = {
    ...withSignal,
    columns: first ? [{ ...first, feature: 'TimetoDeathdays', role: 'outcome' }, ...others] : [],
  };

  test.each(['outcome', 'post-baseline', 'followup', 'label', 'metadata', 'identifier'] as const)(
    'a column of role %s is refused even when a dataset hands it over',
    async (role) => {
      const columns = leaking.columns.map((column, j) => (j === 0 ? { ...column, role } : column));
      await expect(train({ ...leaking, columns }, options)).rejects.toMatchObject({ code: 'TRAIN_ROLE_REFUSED' });
    },
  );

  test('asked for by name it enters, and the model says so', async () => {
    const allow = [{ group: 'genomic', feature: 'TimetoDeathdays' }];
    const { json } = await train({ ...leaking, spec: { ...leaking.spec, allow } }, options);
    expect(json.warnings).toContainEqual(expect.stringContaining('asked for by name: TimetoDeathdays'));
  });

  const nobody = { patientIds: [], outcomes: [], values: new Float64Array(0), present: new Uint8Array(0) };
  test.each<[string, Partial<Dataset>, Partial<TrainOptions>, string]>([
    ['nobody', nobody, {}, 'No patient has an outcome and a record in any of: genomic, clinical, imaging'],
    ['no record', { present: new Uint8Array(270) }, {}, 'No patient has an outcome and a record'],
    ['no column', { columns: [], values: new Float64Array(0) }, {}, 'No numeric feature column to train on'],
    ['values', { values: new Float64Array(7) }, {}, '7 values for 90 patients x 38 columns'],
    ['outcomes', { outcomes: [] }, {}, '0 outcomes for 90 patients'],
    ['order', { outcomes: withSignal.outcomes.toReversed() }, {}, 'outcome 1 is of R01-090'],
    ['present', { present: new Uint8Array(3) }, {}, '"present" is not 90 x 3'],
    ['groups', {}, { modalities: ['genomic'] }, 'it joins genomic, clinical, imaging but the modalities are genomic'],
    [
      'one class',
      { outcomes: withSignal.outcomes.map((outcome) => ({ ...outcome, event: false })) },
      {},
      '90 patients (90 alive, 0 dead) are too few: at least 5 of each are needed',
    ],
    [
      'an infinity',
      { values: withSignal.values.map((value, k) => (k === 2 * 38 + 20 ? Number.POSITIVE_INFINITY : value)) },
      {},
      `"${withSignal.columns[20]?.feature}" of patient R01-003 is Infinity; expected a finite number or nothing`,
    ],
    [
      'a time before surgery',
      { outcomes: withSignal.outcomes.map((outcome, i) => (i === 4 ? { ...outcome, timeDays: -3 } : outcome)) },
      {},
      'the survival time of patient R01-005 is -3 days; expected 0 or more, or nothing',
    ],
    [
      'logs of logs',
      { values: withSignal.values.map((value, k) => (k === 6 * 38 + 2 ? -2.5 : value)) },
      {},
      `"${withSignal.columns[2]?.feature}" of patient R01-007 is -2.5; log(1 + x) needs x above -1`,
    ],
    [
      'values whose squares overflow',
      { values: withSignal.values.map((value, k) => (k % 38 === 20 ? value * 1e300 : value)) },
      {},
      `The values of "${withSignal.columns[20]?.feature}" are so large that their variance is not a finite number`,
    ],
    [
      'one class, reference',
      { outcomes: withSignal.outcomes.map((outcome) => ({ ...outcome, event: false })) },
      { recipe: 'reference' },
      '90 patients (90 alive, 0 dead) are too few: at least 5 of each are needed',
    ],
    ['seed', {}, { seed: 0.5 }, 'The training option "seed" is 0.5; expected a whole number from 0 to 2147483647'],
    [
      'recipe',
      {},
      { recipe: 'best' as 'components' },
      'The training option "recipe" is "best"; expected default or ridge or elastic-net',
    ],
    ['unknown option', {}, { rounds: 5 } as Partial<TrainOptions>, 'Training has no option "rounds"'],
  ])('%s', async (_name, dataset, given, message) => {
    await expect(train({ ...withSignal, ...dataset }, { ...options, ...given })).rejects.toThrow(message);
  });
});
