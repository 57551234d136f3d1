import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BundleManifest, Step } from '../../../training/bundle/index.js';
import { writeBooster } from '../../serving/write-booster.js';
import { writeArchives } from './archives.js';
import { accessKey, apiKeys, publicKeySet } from './credentials.js';
import type { Address } from './exchange.js';

/** A `thoracle serve` with all its guards, in a process of its own. */
export interface ServerUnderTest extends Address {
  readonly auditFile: string;
  /** The folder that everything of it lies in: no refusal may name it. */
  readonly scratch: string;
  /** What it wrote to its log that is no refusal: failures with their stacks, and lines that are no log lines. */
  readonly complaints: readonly string[];
  /** How it ended, while it should not have; undefined as long as it runs. */
  ended(): string | undefined;
  /** Resident memory now and at most so far, in MB; NaN where the system has no /proc. */
  memoryMb(): { readonly now: number; readonly most: number };
  /** Open sockets; NaN where the system has no /proc. */
  sockets(): number;
  /** SIGTERM. @returns exit code or signal */
  stop(): Promise<string>;
  /** Removes its files. */
  remove(): Promise<void>;
}

// From the source as well as from the compiled copy below dist/.
const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/dist[/\\]$/, '');

/** Starts the server; times in which a request must arrive are a second for the headers and two for all of it. */
export async function startServerUnderTest(): Promise<ServerUnderTest> {
  const scratch = await mkdtemp(join(tmpdir(), 'fuzz-serving-'));
  const auditFile = join(scratch, 'audit.jsonl');
  const args = await prepare(scratch, auditFile);
  const child = spawn(process.execPath, [join(root, 'bin', 'thoracle.js'), 'serve', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const complaints: string[] = [];
  if (child.stderr !== null) createInterface(child.stderr).on('line', (line) => complain(line, complaints));
  let stopping = false;
  let ended: string | undefined;
  const end = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      const how = `exit ${code ?? signal}`;
      if (!stopping) ended = how;
      resolve(how);
    });
  });
  const { hostname, port } = new URL(await listeningAt(child, complaints));
  return {
    host: hostname,
    port: Number(port),
    auditFile,
    scratch,
    complaints,
    ended: () => ended,
    memoryMb: () => memoryMb(child.pid as number),
    sockets: () => sockets(child.pid as number),
    stop: () => {
      stopping = true;
      child.kill('SIGTERM');
      return end;
    },
    remove: () => rm(scratch, { recursive: true, force: true }),
  };
}

async function prepare(scratch: string, auditFile: string): Promise<readonly string[]> {
  const places = { model: join(scratch, 'model'), models: join(scratch, 'models') };
  await mkdir(places.models);
  await writeModel(places.model, 0.5);
  await writeModel(join(places.models, 'other'), 0.4);
  await writeArchives(places.models);
  const now = new Date().toISOString();
  const keys = Object.entries(apiKeys).map(([name, { id, scopes, secret }]) => {
    const sha256 = createHash('sha256').update(secret).digest('hex');
    return { id, name, sha256, scopes, created: now, expires: null };
  });
  const files = {
    keys: JSON.stringify({ formatVersion: 1, keys }),
    jwks: JSON.stringify(publicKeySet),
    'access-keys': `[fuzz]\naws_access_key_id = ${accessKey.accessKeyId}\naws_secret_access_key = ${accessKey.secretAccessKey}\n`,
  };
  const options: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(scratch, name), text, { mode: 0o600 });
    options.push(`--${name}`, join(scratch, name));
  }
  const limits = ['--headers-timeout', '1', '--request-timeout', '2', '--keep-alive-timeout', '2'];
  const guards = ['--audit', auditFile, ...options, ...limits];
  return ['--model', places.model, '--models', places.models, ...guards, '--port', '0', '--json'];
}

/** The recorded chain: 8 columns, imputed, scaled, projected, 5 inputs of an XGBoost model. */
async function writeModel(folder: string, threshold: number): Promise<void> {
  const chain = JSON.parse(await readFile(join(root, 'serving', 'reference', 'chain.json'), 'utf8')) as {
    readonly columns: readonly { readonly group: string; readonly feature: string }[];
    readonly steps: readonly Step[];
    readonly ranges: BundleManifest['ranges'];
    readonly model: unknown;
  };
  const pca = chain.steps.find((step) => step.kind === 'pca');
  const inputs = pca?.components.map((_, i) => `PC${i + 1}`) ?? [];
  await writeBooster(folder, { ...chain, inputs, threshold });
}

/** Pino's level of an error. */
const errorLevel = 50;

function complain(line: string, complaints: string[]): void {
  try {
    const { level } = JSON.parse(line) as { readonly level?: number };
    if (level !== undefined && level < errorLevel) return;
  } catch {
    // No log line: whatever it is, it is not expected.
  }
  complaints.push(line.slice(0, 2000));
}

function listeningAt(child: ChildProcess, complaints: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (line: Buffer) => resolve((JSON.parse(String(line)) as { readonly url: string }).url));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${complaints.join(' ')}`)));
  });
}

function memoryMb(pid: number): { readonly now: number; readonly most: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
    return { now: of('VmRSS'), most: of('VmHWM') };
  } catch {
    return { now: Number.NaN, most: Number.NaN };
  }
}

function sockets(pid: number): number {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).filter((name) => linkOf(join(folder, name)).startsWith('socket:')).length;
  } catch {
    return Number.NaN;
  }
}

/** Empty when the descriptor was closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
