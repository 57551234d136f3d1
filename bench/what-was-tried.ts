/**
 * What was tried for the default model on the 162 R01 patients of NSCLC-Radiogenomics: of each row the score of the inner
 * folds, which decided, and that of the outer folds, which did not. `node dist/bench/what-was-tried.js STORE [SEEDS] [ROW …]`,
 * the store made by `thoracle run --genes all`.
 */
import { openDuckDbStore } from '../featurestore/index.js';
import { harrellC, repeatedStratifiedFolds, rocAuc } from '../training/evaluate/index.js';
import { datasetSpecFor, loadNativeLibrary, parseModalities } from '../training/index.js';
import { fitLearner, type LearnerSettings, marginsOf, risksOf } from '../training/learners/index.js';
import { keepColumns, keepPatients, type Sample, sampleOf, takeRows } from '../training/sample.js';

interface Row {
  readonly name: string;
  readonly modalities: string;
  readonly settings: Partial<LearnerSettings>;
  /** Only columns whose name matches. */
  readonly only?: RegExp;
}

const prognostic =
  /_ordered$|^Age|^PackYears|^Weight|Gender_Male|Lympho.*Present|Pleural.*Yes|Histology_|mutationstatus_Mutant/;
const rows: readonly Row[] = [
  ...[1, 2, 3, 5].map((emphasis) => ({
    name: `ridge, places on a scale count ${emphasis}-fold`,
    modalities: 'clinical',
    settings: { emphases: [emphasis] },
  })),
  { name: 'ridge, emphasis 1, 2 or 3 chosen inside', modalities: 'clinical', settings: { emphases: [1, 2, 3] } },
  { name: 'ridge, one-hot columns only', modalities: 'clinical', settings: { columns: 'one-hot' } },
  { name: 'ridge, numbers instead of their one-hot columns', modalities: 'clinical', settings: { columns: 'numbers' } },
  { name: 'ridge, stage, grade, ground glass, smoking alone', modalities: 'clinical', settings: {}, only: /_ordered$/ },
  { name: 'ridge, 20 prognostic columns', modalities: 'clinical', settings: {}, only: prognostic },
  { name: 'elastic net, half absolute', modalities: 'clinical', settings: { learner: 'elastic-net', l1Shares: [0.5] } },
  { name: 'elastic net, nine tenths', modalities: 'clinical', settings: { learner: 'elastic-net', l1Shares: [0.9] } },
  { name: 'elastic net, either chosen inside', modalities: 'clinical', settings: { learner: 'elastic-net' } },
  {
    name: 'ridge behind a PCA to 95 %',
    modalities: 'clinical',
    settings: { pca: { kind: 'joint', size: { varianceShare: 0.95 } } },
  },
  { name: 'trees, survival:cox', modalities: 'clinical', settings: { learner: 'trees' } },
  { name: 'trees, 20 prognostic columns', modalities: 'clinical', settings: { learner: 'trees' }, only: prognostic },
  {
    name: 'trees, survival:aft',
    modalities: 'clinical',
    settings: { learner: 'trees', objective: 'survival:aft' },
  },
  { name: 'gblinear, survival:cox', modalities: 'clinical', settings: { learner: 'gblinear' } },
  { name: 'ridge, early fusion', modalities: 'genomic,clinical,imaging', settings: {} },
  { name: 'late fusion of ridges', modalities: 'genomic,clinical,imaging', settings: { learner: 'late-fusion' } },
  { name: 'elastic net, early fusion', modalities: 'genomic,clinical,imaging', settings: { learner: 'elastic-net' } },
  {
    name: 'ridge, PCA per modality to 10 components',
    modalities: 'genomic,clinical,imaging',
    settings: { pca: { kind: 'per-modality', size: { components: 10 } } },
  },
];

const [file = 'study.duckdb', seeds = '0,1,2', ...wanted] = process.argv.slice(2);
const store = await openDuckDbStore({ file, readOnly: true });
const library = loadNativeLibrary();
const samples = new Map<string, Sample>();

async function sampleFor(names: string): Promise<Sample> {
  const modalities = parseModalities(names);
  const dataset = await store.dataset(datasetSpecFor(modalities, 'default', await store.listGroups()));
  const all = sampleOf(dataset, modalities);
  return keepPatients(
    all,
    (i) => all.patientIds[i]?.startsWith('R01-') === true && !Number.isNaN(all.timeDays[i]),
    'not asked for',
  );
}

function scoresOf(sample: Sample, settings: LearnerSettings, seed: number) {
  const sums = { inner: 0, c: 0, auc: 0, folds: 0 };
  for (const { train, test } of repeatedStratifiedFolds(sample.dead, { folds: 5, repeats: 5, seed }).flat()) {
    const model = fitLearner(sample, train, settings, seed, library);
    const risk = risksOf(
      model.output,
      marginsOf(model, takeRows(sample.matrix, test), () => library),
    );
    const died = test.map((i) => sample.dead[i] === true);
    sums.inner += model.innerScore ?? Number.NaN;
    sums.c += harrellC(
      Float64Array.from(test, (i) => sample.timeDays[i] as number),
      died,
      risk,
    );
    sums.auc += rocAuc(died, risk);
    sums.folds++;
  }
  return [sums.inner, sums.c, sums.auc].map((sum) => sum / sums.folds);
}

console.log('| model | modalities | inner score | Harrell C, seeds | ROC AUC, seeds | CPU s a fold |');
console.log('|---|---|---|---|---|---|');
for (const { name, modalities, settings, only } of rows) {
  if (wanted.length > 0 && !wanted.some((text) => name.includes(text))) continue;
  const all = samples.get(modalities) ?? (await sampleFor(modalities));
  samples.set(modalities, all);
  const at = all.columns.flatMap(({ feature }, j) => (only === undefined || only.test(feature) ? [j] : []));
  const base = { learner: 'ridge', task: { kind: 'survival' }, columns: 'all', pca: { kind: 'none' } } as const;
  const start = process.cpuUsage().user;
  const found = seeds.split(',').map((seed) => scoresOf(keepColumns(all, at), { ...base, ...settings }, Number(seed)));
  const seconds = (process.cpuUsage().user - start) / 1e6 / found.length / 25;
  const list = (k: number) => found.map((scores) => (scores[k] as number).toFixed(3)).join(', ');
  const inner = found.reduce((sum, [score]) => sum + (score as number), 0) / found.length;
  console.log(`| ${name} | ${modalities} | ${inner.toFixed(4)} | ${list(1)} | ${list(2)} | ${seconds.toFixed(2)} |`);
}
await store.close();
