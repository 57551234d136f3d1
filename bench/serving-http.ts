/**
 * `npm run bench serving-http [-- …]` through `node dist/bench/serving-http.js [--seconds 5] [--audit] [--serve "OPTIONS"] [--profile DIR] [--requests 0]`: `thoracle serve` in one process, load from a
 * second. One row of 65 features as CSV, a record of 215 features by name as JSON, start, memory of ten models over many requests (at least `--requests`);
 * beside FastAPI with XGBoost's own prediction when THORACLE_PEERS_PYTHON names a Python that has both.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { PlannedRequest } from '../cli/load/exchange.js';
import { type LoadProcess, startLoadProcess } from '../cli/load/load-process.js';
import type { LoadResult } from '../cli/load/run-load.js';
import { csvBodies, recordBodies, trainedBooster, writeColumnModel, writeRecordModel } from './serving/models.js';
import { type Served, startPeer, startServed } from './serving/served.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    audit: { type: 'boolean', default: false },
    serve: { type: 'string', default: '' },
    profile: { type: 'string' },
    requests: { type: 'string', default: '0' },
  },
});
const seconds = Number(values.seconds);
if (!(seconds > 0)) throw new Error('--seconds takes a number above 0');
const leastRequests = Number(values.requests);
if (!(leastRequests >= 0)) throw new Error('--requests takes a number');
const more = values.serve.split(' ').filter((part) => part !== '');
const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];

const post = (type: string, bodies: readonly string[], model?: string): readonly PlannedRequest[] =>
  bodies.map((body) => ({
    method: 'POST',
    path: '/invocations',
    headers: { 'Content-Type': type, ...(model === undefined ? {} : { 'X-Amzn-SageMaker-Target-Model': model }) },
    body,
  }));
const rows = post('text/csv', csvBodies(50));
const records = post('application/json', recordBodies(50));

function line(what: string, { rate, failed, p50Ms, p99Ms, maxMs, answered }: LoadResult, cpuSeconds: number): void {
  const times = `p50 ${p50Ms.toFixed(3)} ms, p99 ${p99Ms.toFixed(3)} ms, longest ${maxMs.toFixed(1)} ms`;
  const cost = `${((cpuSeconds * 1e6) / answered).toFixed(0)} us of the server's processor time each`;
  console.log(`${what}: ${Math.round(rate)} requests/s, ${times}, ${cost}, ${failed} failed`);
}

async function measured(
  load: LoadProcess,
  what: string,
  served: Served,
  requests: readonly PlannedRequest[],
  connections: number,
): Promise<LoadResult> {
  await load.run({ url: served.url, requests, connections, seconds: Math.min(2, seconds) });
  const before = served.cpuSeconds();
  const result = await load.run({ url: served.url, requests, connections, seconds });
  line(what, result, served.cpuSeconds() - before);
  return result;
}

const scratch = mkdtempSync(join(tmpdir(), 'serving-http-'));
if (values.audit) more.push('--audit', join(scratch, 'audit.jsonl'));
const load = startLoadProcess();
try {
  console.log(
    `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}; load of the machine ${loadavg()[0]?.toFixed(1)}`,
  );
  const booster = trainedBooster(7);
  writeFileSync(join(scratch, 'model.json'), booster);
  await writeColumnModel(join(scratch, 'columns'), booster);
  await writeRecordModel(join(scratch, 'records'), booster);
  await oneModel();
  await tenModels();
} finally {
  load.close();
  rmSync(scratch, { recursive: true });
}

async function oneModel(): Promise<void> {
  const served = await startServed(['--model', join(scratch, 'columns'), ...more], profile);
  console.log(`from start to first answer: ${served.firstAnswerMs.toFixed(0)} ms`);
  await measured(load, 'CSV, 65 features, 1 connection', served, rows, 1);
  const ours = await measured(load, 'CSV, 65 features, 16 connections', served, rows, 16);
  const python = process.env.THORACLE_PEERS_PYTHON;
  if (python === undefined) console.log('FastAPI: not measured (THORACLE_PEERS_PYTHON names no Python)');
  else await besidePeer(python, ours, served);
  await served.stop();
}

async function besidePeer(python: string, ours: LoadResult, served: Served): Promise<void> {
  const peer = await startPeer(python, join(scratch, 'model.json'), Number(new URL(served.url).port) + 1);
  const theirs = await measured(load, 'FastAPI, XGBoost in place, 16 connections', peer, rows, 16);
  await peer.stop();
  const again = await measured(load, 'CSV, 65 features, 16 connections, again', served, rows, 16);
  const [low, high] = [ours.rate, again.rate].map((rate) => rate / theirs.rate).sort((a, b) => a - b) as [
    number,
    number,
  ];
  console.log(`ratio to FastAPI: ${low.toFixed(1)} to ${high.toFixed(1)}`);
}

async function tenModels(): Promise<void> {
  const served = await startServed(['--model', join(scratch, 'records'), '--models', join(scratch, 'ten'), ...more]);
  await measured(load, 'JSON, 215 features by name, 16 connections', served, records, 16);
  for (let i = 0; i < 10; i++) {
    const booster = trainedBooster(i);
    await (i % 2 === 0 ? writeColumnModel : writeRecordModel)(join(scratch, 'ten', `model-${i}`), booster);
  }
  const all = Array.from({ length: 10 }, (_, i) =>
    i % 2 === 0
      ? post('text/csv', csvBodies(5), `model-${i}`)
      : post('application/json', recordBodies(5), `model-${i}`),
  ).flat();
  let requests = 0;
  for (let round = 0; round < 5 || requests < leastRequests; round++) {
    const { answered, failed } = await load.run({ url: served.url, requests: all, connections: 16, seconds });
    requests += answered;
    console.log(`ten models, ${requests} requests so far (${failed} failed): ${served.megabytes().toFixed(0)} MB`);
  }
  await served.stop();
}
