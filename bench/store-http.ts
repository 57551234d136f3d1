import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { FeatureStore } from '../featurestore/contract/index.js';
import { buildStoreApp } from '../featurestore/http/index.js';
import type { AccessKey } from '../featurestore/http/signature/access-keys.js';
import { openStore } from '../featurestore/index.js';
import type { LoadOrder, LoadReport, Route } from './store-http/load.js';
import { groupName, idOf, tableOf } from './store-http/table.js';

/**
 * Online reads over HTTP on loopback: the store's own server here, the load from a second process over connections that are kept, every
 * request signed (before the clock starts) and its signature checked. Prints latencies from sending to the last byte of the reply.
 * `--rows N --features N --requests N --store FILE|postgres://… --cache-mb N`; a store that has the group already is taken as it is.
 * `--warm` reads every record once before the clock starts, so that those that fit the cache are in it.
 */
const { values: given } = parseArgs({
  options: {
    rows: { type: 'string', default: '50000' },
    features: { type: 'string', default: '250' },
    requests: { type: 'string', default: '5000' },
    store: { type: 'string' },
    'cache-mb': { type: 'string', default: '256' },
    warm: { type: 'boolean', default: false },
    'fill-only': { type: 'boolean', default: false },
  },
});
const [rows, features, requests] = [Number(given.rows), Number(given.features), Number(given.requests)];
const key: AccessKey = { accessKeyId: 'BENCH', secretAccessKey: 'bench', access: 'read' };
/** Rows of one batch while filling. */
const fillRows = 25_000;

async function fill(store: FeatureStore): Promise<void> {
  const there = (await store.listGroups()).find((g) => g.name === groupName);
  if (there !== undefined) {
    if (there.recordCount !== rows || there.definitions.length !== features + 2) {
      throw new Error(`the store has ${there.recordCount} records of ${there.definitions.length - 2} features`);
    }
    return;
  }
  const start = performance.now();
  for (let from = 0; from < rows; from += fillRows) {
    await store.ingest(tableOf(from, Math.min(rows, from + fillRows), features), { batchRows: fillRows });
  }
  const seconds = (performance.now() - start) / 1000;
  console.log(`filled in ${seconds.toFixed(1)} s, ${Math.round(rows / seconds).toLocaleString('en')} rows/s`);
}

function load(order: LoadOrder): Promise<LoadReport> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./store-http/load.js', import.meta.url)));
    child.once('message', (report: LoadReport) => {
      resolve(report);
      child.kill();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the load generator ended with ${code}`)));
    child.send(order);
  });
}

function print(what: string, { latenciesMs, seconds, bytesEach }: LoadReport, cpuMs: number): void {
  const sorted = Float64Array.from(latenciesMs).sort();
  const at = (p: number): string => (sorted[Math.floor((sorted.length - 1) * p)] as number).toFixed(2).padStart(7);
  const rate = Math.round(latenciesMs.length / seconds).toLocaleString('en');
  console.log(
    `${what.padEnd(34)} p50 ${at(0.5)}  p90 ${at(0.9)}  p99 ${at(0.99)} ms  ${rate.padStart(6)} requests/s  ` +
      `${(bytesEach / 1000).toFixed(1)} kB each  ${(cpuMs / latenciesMs.length).toFixed(2)} ms of the server's processor each`,
  );
}

/** Reads all records, so that the cache holds as many as it can. */
async function warm(store: FeatureStore): Promise<void> {
  const start = performance.now();
  for (let from = 0; from < rows; from += 1000) {
    const ids = Array.from({ length: Math.min(1000, rows - from) }, (_, i) => idOf(from + i));
    await store.record.batchGetPacked([{ group: groupName, ids }]);
  }
  console.log(`every record read once: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

async function measure(store: FeatureStore): Promise<void> {
  const start = performance.now();
  await store.record.get(groupName, idOf(0));
  console.log(`first get of the group: ${((performance.now() - start) / 1000).toFixed(2)} s`);
  if (given.warm) await warm(store);
  const app = buildStoreApp({ store, keys: [key] });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const runs: readonly (readonly [Route, number, number])[] = [
    ['GetRecord', 1, requests],
    ['REST record', 1, requests],
    ['BatchGetRecord', 1, Math.ceil(requests / 10)],
    ['REST batch-get', 1, Math.ceil(requests / 10)],
    ['GetRecord', 8, requests],
  ];
  try {
    for (const [route, connections, count] of runs) {
      const cpu = process.cpuUsage();
      const report = await load({ url, key, rows, features, route, connections, requests: count, warmUp: 200 });
      const { user, system } = process.cpuUsage(cpu);
      const what = `${route}${route.toLowerCase().includes('batch') ? ' of 100' : ''}, ${connections} at once`;
      print(what, report, ((user + system) / 1000) * (count / (count + 200)));
    }
  } finally {
    await app.close();
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'thoracle-bench-'));
const place = given.store ?? path.join(folder, 'bench.duckdb');
const load1 = loadavg()[0] ?? 0;
console.log(
  `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, load ${load1.toFixed(1)}; ${rows} records x ${features} features`,
);
const store = await openStore(place, { cacheMb: Number(given['cache-mb']) });
try {
  await fill(store);
  if (existsSync(place)) console.log(`file: ${(statSync(place).size / 1e6).toFixed(0)} MB`);
  if (!given['fill-only']) await measure(store);
  console.log(`peak memory of the server: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
} finally {
  await store.close();
  rmSync(folder, { recursive: true });
}
