import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own. */
export interface Served {
  readonly url: string;
  /** From the start of the process to the first answer of `ping`. */
  readonly firstAnswerMs: number;
  readonly pid: number;
  /** Resident memory now. */
  megabytes(): number;
  /** Processor time so far, user and system; NaN where the system has no /proc. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

const launcher = fileURLToPath(new URL('../../../bin/thoracle.js', import.meta.url));

/** `thoracle serve` on a free port, listening; `nodeOptions` such as `--cpu-prof` go to Node. */
export async function startServed(args: readonly string[], nodeOptions: readonly string[] = []): Promise<Served> {
  const start = performance.now();
  const child = spawn(process.execPath, [...nodeOptions, launcher, 'serve', '--port', '0', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const line = await firstLine(child);
  const { url } = JSON.parse(line) as { readonly url: string };
  return await answering(child, url, `${url}/ping`, start);
}

/** FastAPI with XGBoost's own prediction on a port, or why not. */
export async function startPeer(python: string, model: string, port: number): Promise<Served> {
  const script = fileURLToPath(new URL('../../../bench/peers/fastapi-serving.py', import.meta.url));
  const start = performance.now();
  const env = { ...process.env, OMP_NUM_THREADS: '1' };
  const child = spawn(python, [script, model, String(port)], { stdio: ['ignore', 'ignore', 'inherit'], env });
  const url = `http://127.0.0.1:${port}`;
  return await answering(child, url, `${url}/ping`, start);
}

/** Asks until there is an answer. */
async function answering(child: ChildProcess, url: string, address: string, start: number): Promise<Served> {
  for (;;) {
    try {
      if (await answers(address)) break;
    } catch {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const firstAnswerMs = performance.now() - start;
  const pid = child.pid as number;
  return {
    url,
    firstAnswerMs,
    pid,
    megabytes: () => Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout) / 1024,
    cpuSeconds: () => cpuSeconds(pid),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) {
          resolve();
          return;
        }
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/** Not by `fetch`, whose own loading would count as the server's start. */
function answers(address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const asked = get(address, (reply) => {
      reply.resume().on('end', () => resolve(reply.statusCode === 200));
    });
    asked.on('error', reject);
  });
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
}

/** Fields 14 and 15 of proc(5)'s stat, in ticks of a hundredth of a second. */
function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}
