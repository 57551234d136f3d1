/**
 * XGBoost's trees in TypeScript: 65 inputs, 100 trees of depth 6, one row at a time and in batches, beside the C library
 * through koffi on one thread in the same run. Then the whole chain: 215 columns by name, steps, 65 components, the same trees.
 */
import { createBooster, createPredictor, type Predictor } from '../serving/index.js';
import type { BundleManifest, Step } from '../training/bundle/index.js';
import { Booster, DMatrix, loadNativeLibrary } from '../training/index.js';

const [p, trees, n] = [65, 100, 20_000];
let state = 7;
const uniform = (): number => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state / 2 ** 31;
};
const tableOf = (rows: number): Float32Array =>
  Float32Array.from({ length: rows * p }, () => (uniform() < 0.05 ? Number.NaN : uniform()));

/** Best of five: microseconds per row of user time. */
function microseconds(rows: number, work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 5; k++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / rows);
  }
  return best;
}

const library = loadNativeLibrary();
const values = tableOf(2000);
const label = Float32Array.from({ length: 2000 }, (_, i) =>
  (values[i * p] ?? 0) + (values[i * p + 1] ?? 0) * uniform() > 0.8 ? 1 : 0,
);
using train = new DMatrix(library, { values, n: 2000, p }, { label });
const parameters = {
  objective: 'binary:logistic',
  eta: 0.1,
  maxDepth: 6,
  minChildWeight: 0,
  treeMethod: 'hist',
} as const;
using native = Booster.train(library, { parameters, rounds: trees, seed: 0, train });
const mine = createBooster(native.save());

const asked = tableOf(n);
const wide = Float64Array.from(asked);
const singles = Array.from({ length: 2000 }, (_, r) => wide.slice(r * p, (r + 1) * p));
const single = microseconds(singles.length * 10, () => {
  for (let k = 0; k < 10; k++) for (const row of singles) mine.predict(row);
});
const batch = microseconds(n, () => mine.predict(wide));
const nativeBatch = Math.min(
  ...Array.from({ length: 5 }, () => {
    // A matrix of its own each time: the library remembers what it has predicted for one.
    using matrix = new DMatrix(library, { values: asked, n, p });
    const before = process.cpuUsage();
    native.predict(matrix);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / n;
  }),
);
const nativeSingle = microseconds(500, () => {
  for (let r = 0; r < 500; r++) {
    using row = new DMatrix(library, { values: asked.subarray(r * p, (r + 1) * p), n: 1, p });
    native.predict(row);
  }
});
const shap = microseconds(200, () => mine.contributions(wide.subarray(0, 200 * p)));
console.log(`${p} inputs, ${trees} trees of depth 6, XGBoost ${library.version}, user and system time per row`);
console.log(
  `one row at a time: ${single.toFixed(2)} us; C library through koffi ${nativeSingle.toFixed(2)} us: ${(nativeSingle / single).toFixed(1)} times as long`,
);
console.log(
  `batch of ${n}: ${batch.toFixed(2)} us; C library, one thread, matrix made before: ${nativeBatch.toFixed(2)} us: ${(nativeBatch / batch).toFixed(2)} times as long`,
);
console.log(`contributions (TreeSHAP): ${shap.toFixed(0)} us`);

/** The trees behind logarithm, filling in, scaling and projection of 215 columns of three modalities. */
function wholeChain(): Predictor {
  const columns = Array.from({ length: chainColumns }, (_, i) => i);
  const loadings = Array.from({ length: p }, () => columns.map(() => uniform() - 0.5));
  const steps: readonly Step[] = [
    { kind: 'log1p', at: columns.filter((i) => i % 3 === 0) },
    { kind: 'impute', values: columns.map(() => 0.1) },
    { kind: 'scale', mean: columns.map(() => 0.5), scale: columns.map(() => 0.3) },
    { kind: 'pca', inputs: chainColumns, components: loadings, explainedVarianceRatio: loadings.map(() => 1 / p) },
  ];
  const inputs = loadings.map((_, i) => `PC${i + 1}`);
  const model = { kind: 'booster', file: 'model.json', sha256: '' } as const;
  const manifest: BundleManifest = {
    formatVersion: 2,
    modelId: 'bench',
    task: { kind: 'status' },
    recipe: 'default',
    columns: columns.map((i) => ({
      group: ['genomic', 'clinical', 'imaging'][i % 3] as string,
      version: 1,
      feature: `feature_${i}`,
      role: 'feature',
      unit: '1',
    })),
    ranges: columns.map(() => [0, 1] as const),
    members: [{ name: 'all', weight: 1, steps, inputs, model }],
    answer: { kind: 'probability', slope: 1, intercept: 0 },
    threshold: 0.5,
    riskGroups: null,
    chosen: {},
    trainedOn: { datasetDigest: '', patients: 0, events: 0, modalities: ['all'], seed: 0 },
    metrics: {},
    baseline: {},
    warnings: [],
    lineage: { groups: [], thoracleVersion: '', xgboostVersion: library.version },
  };
  const json: unknown = JSON.parse(new TextDecoder().decode(native.save()));
  return createPredictor({ manifest, boosters: { 'model.json': json } });
}

const chainColumns = 215;
const chain = wholeChain();
const chainRows = Array.from({ length: 500 }, () =>
  Float64Array.from({ length: chainColumns }, () => (uniform() < 0.05 ? Number.NaN : uniform())),
);
const records = chainRows.map((row) =>
  Object.fromEntries(Array.from(row, (x, i) => [`feature_${i}`, Number.isNaN(x) ? null : x])),
);
const asRow = microseconds(5000, () => {
  for (let k = 0; k < 10; k++) for (const row of chainRows) chain.predictRows(row);
});
const asRecord = microseconds(5000, () => {
  for (let k = 0; k < 10; k++) for (const record of records) chain.predictRecords([record]);
});
const explained = microseconds(100, () => {
  for (const row of chainRows.slice(0, 100)) chain.explainRows(row);
});
console.log(
  `whole chain, ${chainColumns} columns to ${p} components, one patient at a time, us of user and system time:`,
);
console.log(`  row ${asRow.toFixed(1)}, record by name ${asRecord.toFixed(1)}, contributions ${explained.toFixed(0)}`);
