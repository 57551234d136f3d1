import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../bin/thoracle.js', import.meta.url));

/** What a run of the command line left behind. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `thoracle serve` that is listening. */
export interface Serving {
  readonly url: string;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<CommandResult>;
  /** Ends it without a warning (SIGKILL). */
  kill(): Promise<CommandResult>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with its log when that holds this text so many times. */
  logged(text: string, times?: number): Promise<string>;
}

/** Runs the compiled command line as a person would. */
export function thoracle(...args: readonly string[]): Promise<CommandResult> {
  return start(args).ended;
}

/** Starts `thoracle serve --json` and waits until it says where it listens. */
export function startServing(...args: readonly string[]): Promise<Serving> {
  return startListening('serve', ...args);
}

/** Starts any command that listens and says where. */
export async function startListening(...args: readonly string[]): Promise<Serving> {
  const { child, ended, text } = start([...args, '--json']);
  const first = new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
  );
  const line = await Promise.race([first, ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
  const { url } = JSON.parse(line) as { readonly url: string };
  return {
    url,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
    signal: (signal) => void child.kill(signal),
    logged: async (words, times = 1) => {
      while (text.stderr.split(words).length <= times) {
        const more = new Promise((resolve) => child.stderr.once('data', resolve));
        await Promise.race([more, ended.then(() => Promise.reject(new Error(text.stderr)))]);
      }
      return text.stderr;
    },
  };
}

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    text.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString();
  });
  const ended = new Promise<CommandResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...text }));
  });
  return { child, ended, text };
}
