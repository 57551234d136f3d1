import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { PlannedRequest } from '../../cli/load/exchange.js';
import { startLoadProcess } from '../../cli/load/load-process.js';
import type { LoadResult } from '../../cli/load/run-load.js';
import { promoteModel, registerModel, verifyAuditLogs } from '../../serving/index.js';
import { type Served, startServed } from '../serving/served.js';
import { type SoakResult, type SoakRound, verdictOf } from './verdict.js';

/** A server under load for a while. */
export interface SoakOptions {
  /** Empty; holds registry and audit log, about 350 bytes a request. */
  readonly scratch: string;
  /** Two folders of models that answer the same requests; they are promoted in turn. */
  readonly models: readonly [string, string];
  readonly requests: readonly PlannedRequest[];
  readonly seconds: number;
  /** Between two promotions. */
  readonly swapEverySeconds: number;
  /** Of the rate that the server takes when it is asked without a pause. */
  readonly share: number;
  readonly connections: number;
  readonly processes: number;
  /** For warming up and measuring what it takes, each. */
  readonly measureSeconds: number;
  readonly note: (line: string) => void;
}

const name = 'soak';
const sampleEveryMs = 1000;

/** Keeps a server of its own at a share of what it takes, swaps its model over and over, and says what happened. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const registry = join(options.scratch, 'registry');
  const audit = join(options.scratch, 'audit.jsonl');
  for (const model of options.models) await registerModel(registry, name, model, name);
  await promoteModel(registry, name, '1', name);
  const several = options.processes > 1 ? ['--processes', String(options.processes)] : [];
  const served = await startServed(['--registry', registry, '--audit', audit, ...several]);
  const load = startLoadProcess();
  const target = { url: served.url, requests: options.requests, connections: options.connections };
  try {
    const before: LoadResult[] = [];
    for (const what of ['warm-up', 'capacity']) {
      before.push(await load.run({ ...target, seconds: options.measureSeconds }));
      options.note(`${what}: ${Math.round(before.at(-1)?.rate ?? 0)} requests/s`);
    }
    const capacity = before[1]?.rate ?? 0;
    const rate = Math.max(1, Math.floor(capacity * options.share));
    const memory = watchMemory(served);
    const rounds = await allRounds(options, served, registry, (seconds) => load.run({ ...target, rate, seconds }));
    const megabytes = memory.stop();
    const counted = await countedByServer(served.url);
    await served.stop();
    const reports = await verifyAuditLogs(audit);
    return verdictOf({
      capacity,
      rate,
      before,
      rounds,
      megabytes,
      counted,
      audited: reports.reduce((sum, { entries }) => sum + entries, 0),
      tornLines: reports.reduce((sum, { tornLines }) => sum + tornLines.length, 0),
    });
  } finally {
    load.close();
    await served.stop();
  }
}

async function allRounds(
  { seconds, swapEverySeconds, note }: SoakOptions,
  served: Served,
  registry: string,
  run: (seconds: number) => Promise<LoadResult>,
): Promise<readonly SoakRound[]> {
  const rounds: SoakRound[] = [];
  const until = performance.now() + seconds * 1000;
  for (let left = seconds; left > leastSeconds; left = (until - performance.now()) / 1000) {
    const length = Math.min(swapEverySeconds, left);
    const version = String((rounds.length + 1) % 2 === 0 ? 1 : 2);
    // In the middle, so that requests are under way.
    const swapping = new Promise((resolve) => setTimeout(resolve, length * 500)).then(() =>
      swap(served.url, registry, version),
    );
    const [load, swapMs] = await Promise.all([run(length), swapping]);
    rounds.push({ load, swapMs });
    note(
      `round ${rounds.length}: ${Math.round(load.rate)} requests/s, ${load.failed} failed or never sent, p99 ${load.p99Ms.toFixed(2)} ms; version ${version} answered after ${swapMs.toFixed(0)} ms; ${megabytesOf(served.pid).toFixed(0)} MB`,
    );
  }
  return rounds;
}

/** What is left of the time after the last round may be lost. */
const leastSeconds = 0.5;
/** Longer than this a promotion is not waited for. */
const swapMs = 30_000;

/** Promotes a version and asks until it answers. @throws Error when it does not in time */
async function swap(url: string, registry: string, version: string): Promise<number> {
  const start = performance.now();
  const { modelId } = await promoteModel(registry, name, version, name);
  while (performance.now() - start < swapMs) {
    const reply = (await (await fetch(`${url}/ping`)).json()) as { readonly model?: string };
    if (reply.model === modelId) return performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`version ${version} was promoted and did not answer within ${swapMs} ms`);
}

function watchMemory({ pid }: Served): { stop(): readonly number[] } {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(megabytesOf(pid)), sampleEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      return samples;
    },
  };
}

/** Resident memory of a process and of those that it has started. */
function megabytesOf(pid: number): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid), '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout.split('\n').reduce((sum, line) => sum + Number(line), 0) / 1024;
}

/** Requests of the load that the server says it has answered. */
async function countedByServer(url: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const lines = page.matchAll(/^thoracle_requests_total\{method="POST",route="\/invocations",status="200"\} (\d+)$/gm);
  return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
}
