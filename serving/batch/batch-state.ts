import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ServingError, servingErrors } from '../errors.js';
import { replaceFile } from '../files/durable-file.js';
import type { Position } from './row-block.js';

/** What a job is, as far as its result depends on it. */
export interface BatchIdentity {
  readonly thoracle: string;
  readonly modelId: string;
  readonly input: InputDigest;
  /** Options by name, as text. */
  readonly options: Readonly<Record<string, string>>;
}

/** What tells an input file from another one, without reading all of it. */
export interface InputDigest {
  readonly bytes: number;
  readonly modifiedMs: number;
  /** SHA-256 of its first 64 kB, in hex. */
  readonly head: string;
}

/** How far a job is: all that is before `position` is in the two files. */
export interface BatchState {
  readonly formatVersion: 1;
  readonly job: BatchIdentity;
  readonly position: Position;
  readonly predicted: number;
  readonly bad: number;
  /** Lengths of the files that are being written. */
  readonly outBytes: number;
  readonly errorBytes: number;
  /** Every row is there; only the names of the files are to be given. */
  readonly whole: boolean;
}

const headBytes = 64 * 1024;

/** @throws a system error when there is no such file, or it cannot be read */
export async function inputDigest(file: string): Promise<InputDigest> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size, mtimeMs } = await handle.stat();
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      const head = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex');
      return { bytes: size, modifiedMs: mtimeMs, head };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw error instanceof Error ? Object.assign(error, { path: file }) : error;
  }
}

/** Remembers how far a job is; a crash leaves this state or the one before. */
export function writeState(file: string, state: BatchState): Promise<void> {
  return replaceFile(file, `${JSON.stringify(state)}\n`);
}

/** @returns undefined when there is none @throws ServingError SERVING_BATCH_RESUME when it is none of ours */
export async function readState(file: string, out: string): Promise<BatchState | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const state = JSON.parse(text) as BatchState;
    if (state.formatVersion === 1 && Number.isSafeInteger(state.position.at)) return state;
  } catch {
    // Said below.
  }
  throw cannotResume(out, 'its state file is damaged; delete it to begin anew');
}

/** @throws ServingError SERVING_BATCH_RESUME naming the first thing that differs */
export function assertSameJob(out: string, before: BatchIdentity, now: BatchIdentity): void {
  if (before.modelId !== now.modelId) {
    throw cannotResume(out, `it was begun with model ${before.modelId.slice(0, 12)}, not ${now.modelId.slice(0, 12)}`);
  }
  if (before.thoracle !== now.thoracle) throw cannotResume(out, `it was begun by version ${before.thoracle}`);
  const { input } = now;
  if (before.input.bytes !== input.bytes || before.input.head !== input.head) {
    throw cannotResume(out, 'it was begun with another input');
  }
  if (before.input.modifiedMs !== input.modifiedMs) {
    throw cannotResume(out, 'its input was changed since it was begun');
  }
  for (const name of new Set([...Object.keys(before.options), ...Object.keys(now.options)])) {
    if (before.options[name] !== now.options[name]) throw cannotResume(out, `it was begun with another --${name}`);
  }
}

/** The error of a job that cannot go on. */
export function cannotResume(out: string, what: string): ServingError {
  return new ServingError('SERVING_BATCH_RESUME', servingErrors.SERVING_BATCH_RESUME(basename(out), what));
}
