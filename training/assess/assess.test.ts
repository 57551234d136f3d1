import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FeatureStore, openDuckDbStore } from '../../featurestore/index.js';
import { clinicalStage } from '../../pipelines/clinical/index.js';
import { hasSharedData, needsSharedData, sharedData } from '../../test/shared-data.js';
import { assessSpecFor } from '../dataset-spec.js';
import { type Sample, sampleOf } from '../sample.js';
import { syntheticDataset } from '../test/synthetic-dataset.js';
import { withFollowUp } from './follow-up.js';
import { type AssessOptions, assess } from './index.js';
import { planModels } from './plan.js';
import { runFolds } from './run-folds.js';
import { scoreRepeats } from './score.js';
import { askedDays, timesOf } from './times.js';

const modalities = ['genomic', 'clinical', 'imaging'] as const;
const options: AssessOptions = { task: 'survival', modalities, repeats: 1, folds: 5, seed: 0 };
const withSignal = syntheticDataset({ patients: 90, seed: 1, signal: 0.9, columns: [6, 4, 5] });
const kinds = ['survival', 'status'] as const;

describe.each(kinds)('%s', (task) => {
  test('a signal is found, every subset and baseline is scored', async () => {
    const result = await assess(withSignal, { ...options, task });
    expect(result.metrics.harrellC?.low).toBeGreaterThan(0.5);
    expect(result.metrics.rocAuc?.low).toBeGreaterThan(0.5);
    const nobody = result.baselines[task === 'survival' ? 'kaplanMeier' : 'majority'];
    expect(result.baselines.earlyFusion?.rocAuc?.low).toBeGreaterThan(0.5);
    const names = ['harrellC', 'unoC', 'rocAuc', 'prAuc', 'brier', 'accuracy', 'f1Weighted', 'precision', 'recall'];
    const all = [...names, 'integratedBrier', 'calibrationSlope', 'calibrationIntercept', 'logLoss', 'dynamicAuc'];
    expect(Object.keys({ ...result.metrics, ...result.notGiven }).sort()).toEqual(all.sort());
    expect(result.curves.riskGroups.logRank?.pValue).toBeLessThan(0.01);
    expect(result.curves.riskGroups.patients).toEqual([30, 30, 30]);
    expect(result.curves.decision?.model).toHaveLength(18);
    expect(result.curves.calibration?.ici).toBeLessThan(0.3);
    expect(nobody?.harrellC?.value).toBe(0.5);
    expect(result.metrics.brier?.value).toBeLessThan(nobody?.brier?.value ?? 0);
    expect(Object.keys(result.subsets)).toHaveLength(7);
    expect(result.subsets.imaging?.patients).toBe(77);
    expect(result.baselines.reference?.rocAuc?.value).toBeGreaterThan(0.5);
  });
});

/** The default model without baselines and subsets. */
async function ridgeAlone(sample: Sample, seed: number) {
  const asked = { ...options, modalities: ['clinical'], seed } as const;
  const times = timesOf(sample, asked);
  const { main } = planModels(sample, [...sample.columns.keys()], times.task, asked);
  const setting = { ...asked, ...times, sample, models: [main], timesDays: askedDays(times) };
  const [repeats = []] = await runFolds(setting, { workers: 1 });
  return scoreRepeats(sample, repeats, times, asked);
}

test('no signal, 20 seeds: nearly every interval holds 0.5', async () => {
  let [held, above] = [0, 0];
  for (let seed = 0; seed < 20; seed++) {
    const noise = syntheticDataset({ patients: 60, seed: 100 + seed, signal: 0, columns: [0, 8, 0] });
    const spec = { ...noise.spec, groups: [{ name: 'clinical', version: 1 }] };
    const dataset = { ...noise, spec, present: new Uint8Array(60).fill(1) };
    const metrics = await ridgeAlone(sampleOf(dataset, ['clinical']), seed);
    const { low, high } = metrics.harrellC ?? { low: 1, high: 0 };
    if (low <= 0.5 && high >= 0.5) held++;
    if (low > 0.5) above++;
  }
  // 95 % are expected: 19 of 20; fewer than 17 would happen by chance once in 63 times.
  expect(held).toBeGreaterThanOrEqual(17);
  expect(above).toBeLessThanOrEqual(2);
});

describe('folds that are run elsewhere or were done before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'thoracle-assess-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const small = { ...options, modalities: ['clinical'], repeats: 1 } as const;
  const clinical = {
    ...syntheticDataset({ patients: 60, seed: 3, signal: 0.9, columns: [0, 6, 0] }),
    spec: { ...withSignal.spec, groups: [{ name: 'clinical', version: 1 }] },
    present: new Uint8Array(60).fill(1),
  };
  const inside = assess(clinical, small).then((result) => JSON.stringify(result));

  test.each([2, 3])('%d workers: the same bytes', async (workers) => {
    expect(JSON.stringify(await assess(clinical, { ...small, workers }))).toBe(await inside);
  });

  test('an interrupted evaluation goes on where it was: done folds are not done again, the answer is the same', async () => {
    const resumeFile = join(folder, 'half.jsonl');
    const stop = new Error('stopped');
    const onProgress = (done: number) => {
      if (done === 7) throw stop;
    };
    await expect(assess(clinical, { ...small, resumeFile, onProgress })).rejects.toBe(stop);
    const lines = readFileSync(resumeFile, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(8);
    // The last line cut off, as a crash leaves it.
    writeFileSync(resumeFile, lines.join('\n').slice(0, -9));
    const seen: number[] = [];
    const result = await assess(clinical, { ...small, resumeFile, onProgress: (done) => seen.push(done) });
    expect(JSON.stringify(result)).toBe(await inside);
    expect(seen[0]).toBe(6);
    const again: number[] = [];
    await assess(clinical, { ...small, resumeFile, onProgress: (done, total) => again.push(done - total) });
    expect(again).toEqual([0]);
  });

  test.each([
    ['another seed', { seed: 1 }, 'TRAIN_RESUME_OTHER'],
    ['another task', { task: 'status' }, 'TRAIN_RESUME_OTHER'],
    ['other data', { censorAtDays: 900 }, 'TRAIN_RESUME_OTHER'],
  ] as const)('%s: the file is refused', async (_what, other, code) => {
    const resumeFile = join(folder, 'other.jsonl');
    await assess(clinical, { ...small, resumeFile });
    await expect(assess(clinical, { ...small, ...other, resumeFile })).rejects.toMatchObject({ code });
  });

  test.each([
    ['no JSON', 'hello\n', 'line 1 is no JSON'],
    ['another JSON', '{"a":1}\n', 'it holds no evaluation'],
  ])('a file that is %s is refused and left as it is', async (_what, text, why) => {
    const resumeFile = join(folder, 'bad.jsonl');
    writeFileSync(resumeFile, text);
    await expect(assess(clinical, { ...small, resumeFile })).rejects.toThrow(why);
    expect(readFileSync(resumeFile, 'utf8')).toBe(text);
  });

  test('a folder that is not there, and a line that is no fold', async () => {
    const nowhere = join(folder, 'none', 'x.jsonl');
    await expect(assess(clinical, { ...small, resumeFile: nowhere })).rejects.toMatchObject({
      code: 'TRAIN_RESUME_FILE',
    });
    const resumeFile = join(folder, 'line.jsonl');
    await assess(clinical, { ...small, resumeFile });
    writeFileSync(resumeFile, `${readFileSync(resumeFile, 'utf8')}{"model":"x"}\n`);
    await expect(assess(clinical, { ...small, resumeFile })).rejects.toThrow(/line \d+ is no fold/);
  });

  test('the error of a fit keeps its code on the way from a worker', async () => {
    const spoilt = { ...clinical, values: new Float64Array(clinical.values.length).fill(1) };
    const code = 'TRAIN_NO_USABLE_COLUMN';
    await expect(assess(spoilt, { ...small, workers: 2 })).rejects.toMatchObject({ code, name: 'TrainingError' });
  });
});

describe('follow-up', () => {
  test('landmark: who died or left by then is not asked; days stay days from surgery', async () => {
    const { timeDays } = sampleOf(withSignal, modalities);
    const later = timeDays.filter((days) => days > 700).length;
    const result = await assess(withSignal, { ...options, repeats: 1, landmarkDays: 700 });
    expect(result.dataset.patients).toBe(later);
    expect(Math.min(...result.times.timesDays)).toBeGreaterThan(700);
  });

  test('administrative censoring: who was seen later was alive and censored then', () => {
    const sample = sampleOf(withSignal, modalities);
    const { dead, timeDays } = withFollowUp(sample, { censorAtDays: 900 });
    expect(Math.max(...timeDays)).toBe(900);
    for (const [i, died] of sample.dead.entries()) {
      const late = (sample.timeDays[i] as number) > 900;
      expect([dead[i], timeDays[i]]).toEqual(late ? [false, 900] : [died, sample.timeDays[i]]);
    }
  });

  test('a horizon as status: weighted for censoring, at the days asked for', async () => {
    const result = await assess(withSignal, { ...options, repeats: 1, task: 'status', horizonDays: 1000 });
    expect(result.times).toMatchObject({ horizonDays: 1000, timesDays: [] });
    expect(result.metrics.rocAuc?.low).toBeGreaterThan(0.5);
    expect(result.metrics.brier?.value).toBeLessThan(result.baselines.kaplanMeier?.brier?.value ?? 0);
    expect(result.notGiven).toEqual({
      integratedBrier: 'a model of dead or alive gives no survival over time',
      dynamicAuc: 'a model of dead or alive gives no survival over time',
    });
  });

  test.each([
    [
      { horizonDays: 500, landmarkDays: 500 },
      'The training option "horizonDays" is 500; expected more than the landmark',
    ],
    [{ horizonDays: 900, censorAtDays: 900 }, 'expected less than the end of follow-up, 900'],
    [{ landmarkDays: 900, censorAtDays: 800 }, 'The training option "censorAtDays" is 800'],
    [{ horizonDays: -1 }, 'The training option "horizonDays" is -1; expected a number of days above 0'],
    [{ repeats: 0 }, 'The training option "repeats" is 0'],
    [{ recipe: 'forest' as 'ridge' }, 'The training option "recipe" is "forest"; expected default, ridge'],
  ])('%j is refused', async (other, message) => {
    await expect(assess(withSignal, { ...options, ...other })).rejects.toThrow(message);
  });
});

test('a patient who is there twice is refused; one under two names is pointed at', async () => {
  const ids = [...withSignal.patientIds];
  ids[3] = ids[0] as string;
  const outcomes = withSignal.outcomes.map((outcome, i) => ({ ...outcome, patientId: ids[i] as string }));
  await expect(assess({ ...withSignal, patientIds: ids, outcomes }, options)).rejects.toThrow(
    'The dataset does not fit together: the patient R01-001 is there twice',
  );
  const p = withSignal.columns.length;
  const values = withSignal.values.slice();
  values.copyWithin(p, 0, p);
  const same = withSignal.outcomes.map((outcome, i) =>
    i === 1 ? { ...(withSignal.outcomes[0] as typeof outcome), patientId: outcome.patientId } : outcome,
  );
  const result = await assess({ ...withSignal, values, outcomes: same }, { ...options, repeats: 1 });
  expect(result.warnings.join()).toContain('The patients R01-001 and R01-002 have the same values in every column');
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
    const allowed = await assess(dataset, { ...options, allow: [name] });
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
    const dataset = await store.dataset(assessSpecFor(['clinical'], await store.listGroups()));
    const result = await assess(dataset, { ...options, modalities: ['clinical'], repeats: 5, patients: 'R01-' });
    expect(result.dataset).toMatchObject({ patients: 162, events: 58, features: 71 });
    expect(result.metrics.harrellC?.value).toBeGreaterThanOrEqual(0.67);
    expect(result.metrics.harrellC?.low).toBeGreaterThan(0.5);
    expect(result.comparison.rocAuc.value).toBeGreaterThanOrEqual(0.05);
    expect(result.baselines.referenceLeakyWithoutPca?.rocAuc?.value).toBeGreaterThan(0.97);
    expect(result.warnings.join()).toMatch(/referenceLeaky .*TimetoDeathdays.*inflated.*alarm names TimetoDeathdays/);
  });

  test('the reference recipe takes the leaky columns, says so, and scores as inflated as it was published', async () => {
    const dataset = await store.dataset(assessSpecFor(['clinical'], await store.listGroups()));
    const asked = { ...options, task: 'status', repeats: 1, modalities: ['clinical'], patients: 'R01-' } as const;
    const result = await assess(dataset, { ...asked, recipe: 'reference-without-pca' });
    expect(result.metrics.rocAuc?.value).toBeGreaterThan(0.97);
    expect(result.warnings.join('\n')).toMatch(/no features are inputs: .*Recurrence_yes.*TimetoDeathdays/);
    expect(result.warnings.join('\n')).toMatch(/alarm names columns that alone tell who died: TimetoDeathdays/);
    expect(result.baselines.default?.rocAuc?.value).toBeLessThan(0.85);
    expect(result.baselines.reference?.rocAuc?.value).toBeLessThan(0.75);
    await expect(assess(dataset, { ...asked, allow: ['TimetoDeathdays'] })).resolves.toMatchObject({
      warnings: [expect.stringContaining('TimetoDeathdays'), expect.anything()],
    });
  });
});
