import { Agent, request } from 'node:http';
import { cpus } from 'node:os';
import { buildApp, createPredictor, listen, ModelHost, type Predictor } from '../serving/index.js';
import type { BundleManifest, ModelBundle } from '../training/bundle/index.js';
import { seededDraw } from '../training/evaluate/index.js';

/**
 * Speed of a prediction: one row in process, rows in bulk, and requests over loopback. The model has the reference
 * solution's size: 215 columns, 50 components, 10 trees of depth 6. `--small` for a quick look.
 */
const small = process.argv.includes('--small');
const size = { columns: 215, components: 50, trees: 10, depth: 6 };
const counts = small ? { rows: 2_000, requests: 500 } : { rows: 50_000, requests: 5_000 };
const draw = seededDraw(1, 'bench');
const uniform = (): number => draw(2 ** 30) / 2 ** 30 - 0.5;
const list = (n: number, make: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => make(i));

/** A full binary tree with random splits; what it predicts does not matter here. */
function randomTree(): object {
  const inner = 2 ** size.depth - 1;
  const nodes = 2 * inner + 1;
  const isLeaf = (i: number): boolean => i >= inner;
  return {
    left_children: list(nodes, (i) => (isLeaf(i) ? -1 : 2 * i + 1)),
    right_children: list(nodes, (i) => (isLeaf(i) ? -1 : 2 * i + 2)),
    split_indices: list(nodes, (i) => (isLeaf(i) ? 0 : draw(size.components))),
    split_conditions: list(nodes, (i) => (isLeaf(i) ? uniform() / 10 : uniform())),
    default_left: list(nodes, () => draw(2)),
  };
}

function studySizedBundle(): ModelBundle {
  const columns = list(size.columns, (i) => i);
  const manifest: BundleManifest = {
    formatVersion: 2,
    modelId: 'bench',
    task: { kind: 'status' },
    recipe: 'default',
    columns: columns.map((i) => ({ group: 'all', version: 1, feature: `feature_${i}`, role: 'feature', unit: '1' })),
    ranges: columns.map(() => [-1, 1] as const),
    members: [
      {
        name: 'all',
        weight: 1,
        steps: [
          { kind: 'impute', values: columns.map(() => 0) },
          { kind: 'scale', mean: columns.map(uniform), scale: columns.map(() => 1) },
          {
            kind: 'pca',
            inputs: size.columns,
            components: Array.from({ length: size.components }, () => columns.map(uniform)),
            explainedVarianceRatio: list(size.components, () => 1 / size.components),
          },
        ],
        inputs: list(size.components, (i) => i + 1).map((i) => `PC${i}`),
        model: { kind: 'booster', file: 'model.json', sha256: '' },
      },
    ],
    answer: { kind: 'probability', slope: 1, intercept: 0 },
    threshold: 0.5,
    riskGroups: null,
    chosen: {},
    trainedOn: { datasetDigest: '', patients: 0, events: 0, modalities: ['all'], seed: 0 },
    metrics: {},
    baseline: {},
    warnings: [],
    lineage: { groups: [], thoracleVersion: '', xgboostVersion: '' },
  };
  const learner = {
    learner_model_param: { base_score: '5E-1', num_class: '0', num_target: '1', num_feature: String(size.components) },
    objective: { name: 'reg:logistic' },
    gradient_booster: { name: 'gbtree', model: { trees: Array.from({ length: size.trees }, randomTree) } },
  };
  return { manifest, boosters: { 'model.json': { learner } } };
}

function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))] as number;
}

function milliseconds(taken: readonly number[]): string {
  const sorted = [...taken].sort((a, b) => a - b);
  return `median ${quantile(sorted, 0.5).toFixed(3)} ms, 99 % under ${quantile(sorted, 0.99).toFixed(3)} ms`;
}

function randomRow(): Float64Array {
  return Float64Array.from({ length: size.columns }, () => (draw(10) === 0 ? Number.NaN : uniform()));
}

function inProcess(predictor: Predictor): void {
  const row = randomRow();
  for (let i = 0; i < 500; i++) predictor.predictRows(row);
  const taken = list(2_000, () => {
    const start = performance.now();
    predictor.predictRows(row);
    return performance.now() - start;
  });
  console.log(`one row in process: ${milliseconds(taken)}`);
  const rows = new Float64Array(counts.rows * size.columns);
  for (let r = 0; r < counts.rows; r++)
    rows.set(r < 100 ? randomRow() : rows.subarray(0, size.columns), r * size.columns);
  const start = performance.now();
  predictor.predictRows(rows);
  const seconds = (performance.now() - start) / 1000;
  console.log(`${counts.rows} rows at once: ${seconds.toFixed(2)} s, ${Math.round(counts.rows / seconds)} rows/s`);
}

/** One request over a kept connection; resolves when the whole answer is there. */
function send(agent: Agent, url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'text/csv', 'content-length': Buffer.byteLength(body) };
    const sent = request(`${url}/invocations`, { method: 'POST', agent, headers }, (reply) => {
      if (reply.statusCode !== 200) reject(new Error(`status ${reply.statusCode}`));
      reply.resume().on('end', resolve);
    });
    sent.on('error', reject).end(body);
  });
}

async function overHttp(url: string, rowsPerRequest: number, requests: number, connections: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const line = [...randomRow()].map((v) => (Number.isNaN(v) ? '' : String(v))).join(',');
  const body = Array<string>(rowsPerRequest).fill(line).join('\n');
  const taken: number[] = [];
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const start = performance.now();
      await send(agent, url, body);
      taken.push(performance.now() - start);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  const rate = `${Math.round(requests / seconds)} requests/s, ${Math.round((requests * rowsPerRequest) / seconds)} rows/s`;
  console.log(`HTTP, ${rowsPerRequest} row(s) of CSV, ${connections} connection(s): ${rate}; ${milliseconds(taken)}`);
}

const bundle = studySizedBundle();
const predictor = createPredictor(bundle);
console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.versions.node}`);
console.log(`${size.columns} columns, ${size.components} components, ${size.trees} trees of depth ${size.depth}`);
inProcess(predictor);
const server = await listen(
  buildApp({ models: ModelHost.of('model', { predictor, manifest: bundle.manifest }), defaultModel: 'model' }),
  { port: 0 },
);
console.log('client and server share this process and its cores:');
await overHttp(server.url, 1, 200, 1);
await overHttp(server.url, 1, counts.requests, 1);
await overHttp(server.url, 1, counts.requests, 8);
await overHttp(server.url, 100, Math.ceil(counts.requests / 50), 4);
await server.close();
