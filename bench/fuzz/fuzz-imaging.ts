/**
 * `npm run fuzz:imaging [-- --mutations N] [--seed S] [--kind CT] [--only INDEX] [--json]`: damaged CT, SEG, RTSTRUCT, NIfTI
 * and NRRD files are read in a process of their own. Each must end in a result or a refusal within 2 s of computing time
 * and 1 GB; a process that does not answer in 10 s is ended and counts as a failure.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { FuzzReply, FuzzRequest } from './fuzz-child.js';
import { type FuzzKind, fuzzKinds } from './targets.js';

const limits = { cpuMs: 2000, peakMb: 1024, answerMs: 10_000 };

const { values } = parseArgs({
  options: {
    mutations: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    kind: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const kinds = fuzzKinds.filter((kind) => values.kind === undefined || values.kind === kind);
if (kinds.length === 0) throw new Error(`no kind "${values.kind}"; there are ${fuzzKinds.join(', ')}`);
const seed = Number(values.seed);
const perKind = Math.ceil(Number(values.mutations) / kinds.length);
if (!Number.isInteger(seed) || !(perKind > 0)) throw new Error('--seed and --mutations take whole numbers');

interface Row {
  readonly kind: FuzzKind;
  mutations: number;
  read: number;
  refused: number;
  readonly codes: Record<string, number>;
  slowestCpuMs: number;
  slowestWallMs: number;
  peakMb: number;
  readonly failures: string[];
}

const scratch = mkdtempSync(join(tmpdir(), 'fuzz-imaging-'));
let child: ChildProcess | undefined;

async function started(): Promise<ChildProcess> {
  if (child !== undefined) return child;
  const path = fileURLToPath(new URL('fuzz-child.js', import.meta.url));
  const next = fork(path, [scratch], {
    execArgv: ['--max-old-space-size=1024'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  await new Promise((resolve, reject) => {
    next.once('message', resolve);
    next.once('exit', (code) => reject(new Error(`the process that reads did not start (exit ${code})`)));
  });
  next.removeAllListeners('exit');
  child = next;
  return next;
}

function stop(): void {
  child?.kill('SIGKILL');
  child = undefined;
}

/** The reply, or why there is none. */
async function ask(request: FuzzRequest): Promise<FuzzReply | string> {
  const process = await started();
  return new Promise((resolve) => {
    const end = (answer: FuzzReply | string) => {
      clearTimeout(timer);
      process.removeAllListeners();
      if (typeof answer === 'string') stop();
      resolve(answer);
    };
    const timer = setTimeout(() => end(`no answer in ${limits.answerMs} ms`), limits.answerMs);
    process.once('message', (reply: FuzzReply) => end(reply));
    process.once('exit', (code, signal) => end(`the process ended (exit ${code ?? signal})`));
    process.send(request);
  });
}

function count(row: Row, request: FuzzRequest, reply: FuzzReply | string): void {
  row.mutations++;
  const which = `${request.kind} ${request.index}`;
  if (typeof reply === 'string') {
    row.failures.push(`${which}: ${reply}`);
    return;
  }
  const about = `${which} (${reply.mutation} in ${basename(reply.seedFile)})`;
  if (reply.failure !== undefined) row.failures.push(`${which}: ${reply.failure}`);
  else if (reply.ended === 'read') row.read++;
  else row.refused++;
  row.codes[reply.ended] = (row.codes[reply.ended] ?? 0) + 1;
  row.slowestCpuMs = Math.max(row.slowestCpuMs, reply.cpuMs);
  row.slowestWallMs = Math.max(row.slowestWallMs, reply.wallMs);
  row.peakMb = Math.max(row.peakMb, reply.peakMb);
  if (reply.cpuMs > limits.cpuMs) row.failures.push(`${about}: took ${reply.cpuMs.toFixed(0)} ms of computing`);
  if (reply.peakMb > limits.peakMb) {
    row.failures.push(`${about}: took ${reply.peakMb.toFixed(0)} MB`);
    // The peak is that of the whole process: the next file starts with a new one.
    stop();
  }
}

const rows: Row[] = [];
try {
  for (const kind of kinds) {
    const row: Row = {
      kind,
      mutations: 0,
      read: 0,
      refused: 0,
      codes: {},
      slowestCpuMs: 0,
      slowestWallMs: 0,
      peakMb: 0,
      failures: [],
    };
    rows.push(row);
    const indices = values.only === undefined ? Array.from({ length: perKind }, (_, i) => i) : [Number(values.only)];
    for (const index of indices) {
      const request = { kind, seed, index };
      count(row, request, await ask(request));
    }
    stop();
  }
} finally {
  stop();
  rmSync(scratch, { recursive: true, force: true });
}

const failures = rows.flatMap((row) => row.failures);
if (values.json) console.log(JSON.stringify({ seed, limits, rows }));
else {
  console.log(`seed ${seed}; limits: ${limits.cpuMs} ms of computing, ${limits.peakMb} MB`);
  console.log('kind      mutations  read  refused  failures  slowest (computing / wall)  most memory');
  for (const r of rows) {
    const cells = [r.mutations, r.read, r.refused, r.failures.length];
    const widths = [9, 4, 7, 8];
    const numbers = cells.map((cell, i) => String(cell).padStart(widths[i] as number)).join('  ');
    const slowest = `${r.slowestCpuMs.toFixed(0)} / ${r.slowestWallMs.toFixed(0)} ms`.padStart(26);
    console.log(`${r.kind.padEnd(8)}  ${numbers}  ${slowest}  ${r.peakMb.toFixed(0).padStart(8)} MB`);
    const codes = Object.entries(r.codes).sort((a, b) => b[1] - a[1]);
    console.log(`          ${codes.map(([code, n]) => `${code} ${n}`).join(', ')}`);
  }
  for (const failure of failures) console.log(`FAILURE ${failure}`);
}
process.exitCode = failures.length === 0 ? 0 : 1;
