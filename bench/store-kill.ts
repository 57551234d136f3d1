import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { openStore } from '../featurestore/index.js';
import { batchTable, rowsPerBatch } from './kill-batch.js';

/**
 * kill -9 in the middle of ingestion. A child process writes batches without end and says which ones were acknowledged; it is killed at
 * a random moment; then the store is opened, every acknowledged batch must be there, and no batch by half.
 * `[KILLS] [SEED] [postgres://…]`; without an address a DuckDB file in a temporary folder. Exit 1 when anything is lost or halved.
 */
const longestMs = 700;

/** The child: writes from a batch on, until it is killed. */
async function writeForever(place: string, first: number): Promise<never> {
  const store = await openStore(place);
  writeSync(1, 'open\n');
  for (let batch = first; ; batch++) {
    await store.ingest(batchTable(batch));
    writeSync(1, `${batch}\n`);
  }
}

interface Child {
  readonly process: ChildProcess;
  readonly acknowledged: number[];
  readonly opened: Promise<void>;
}

function startChild(place: string, first: number): Child {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'child', place, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: number[] = [];
  let rest = '';
  const opened = new Promise<void>((resolve, reject) => {
    child.once('close', () => reject(new Error('the child ended before it had opened the store')));
    child.stdout.on('data', (bytes: Buffer) => {
      const lines = (rest + bytes.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === 'open') resolve();
        else acknowledged.push(Number(line));
      }
    });
  });
  return { process: child, acknowledged, opened };
}

async function killOnce(place: string, first: number, delayMs: number): Promise<readonly number[]> {
  const child = startChild(place, first);
  await child.opened;
  await sleep(delayMs);
  await new Promise<void>((resolve) => {
    child.process.once('close', () => resolve());
    child.process.kill('SIGKILL');
  });
  return child.acknowledged;
}

/** Rows by batch, as the store has them. */
async function storedBatches(place: string): Promise<{ batches: Map<number, number>; openMs: number }> {
  const start = performance.now();
  const store = await openStore(place);
  const openMs = performance.now() - start;
  try {
    const groups = await store.listGroups();
    if (groups.length === 0) return { batches: new Map(), openMs };
    const { rows } = await store.query('SELECT batch, count(*) FROM kill_history GROUP BY batch');
    return { batches: new Map(rows.map(([batch, count]) => [Number(batch), Number(count)] as const)), openMs };
  } finally {
    await store.close();
  }
}

async function main(kills: number, seed: number, address: string | undefined): Promise<boolean> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kill-'));
  const place = address ?? path.join(folder, 'kill.duckdb');
  const random = xoroshiro128plus(seed);
  const acknowledged = new Set<number>();
  let [lost, halved, slowestMs, next] = [0, 0, 0, 0];
  try {
    for (let kill = 0; kill < kills; kill++) {
      const delayMs = (random.next() >>> 0) % longestMs;
      for (const batch of await killOnce(place, next, delayMs)) acknowledged.add(batch);
      const { batches, openMs } = await storedBatches(place);
      lost = [...acknowledged].filter((batch) => !batches.has(batch)).length;
      halved = [...batches.values()].filter((count) => count !== rowsPerBatch).length;
      slowestMs = Math.max(slowestMs, openMs);
      next = Math.max(-1, ...batches.keys(), ...acknowledged) + 1;
      if (lost + halved > 0) break;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const engine = address === undefined ? 'DuckDB' : 'PostgreSQL';
  console.log('| engine | kills | acknowledged batches | lost | halved | slowest opening |');
  console.log(`| ${engine} | ${kills} | ${acknowledged.size} | ${lost} | ${halved} | ${Math.round(slowestMs)} ms |`);
  return lost + halved === 0 && acknowledged.size > 0;
}

const [first, second, third] = process.argv.slice(2);
if (first === 'child') await writeForever(String(second), Number(third));
else process.exitCode = (await main(Number(first ?? 50), Number(second ?? 1), third)) ? 0 : 1;
