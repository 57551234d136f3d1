import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { openDuckDbStore, type StoredGroup, StoreError } from '../featurestore/index.js';
import { packageVersion } from '../package-facts.js';
import { outcomeColumns, type RunDraft, recordRun } from '../training/index.js';
import { explainFailure } from './failure.js';
import type { Output } from './io.js';

/** What a command says of its run; the rest is known here. */
export type FinishedRun = Pick<
  RunDraft,
  'kind' | 'name' | 'startedAtMs' | 'parameters' | 'metrics' | 'inputs' | 'groups' | 'dataset' | 'artifacts'
>;

/** Where and by which program a run is made. */
export function runPlace(): Pick<RunDraft, 'host' | 'codeVersion'> {
  return { host: hostname(), codeVersion: `thoracle ${packageVersion()}` };
}

/** Options of a command as parameters of its run: lists as text, what was not given left out. */
export function parametersOf(options: object): RunDraft['parameters'] {
  const plain = (value: unknown): string | number | boolean | null => {
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
    return Array.isArray(value) ? value.join(',') : String(value);
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, plain(value)]));
}

/** The groups that a training on these modalities reads, that of the outcome included. */
export function groupsOf(all: readonly StoredGroup[], modalities: readonly string[]): RunDraft['groups'] {
  return all
    .filter(({ name }) => name === outcomeColumns.group || modalities.includes(name))
    .map(({ name, version, settingsDigest }) => ({ name, version, settingsDigest }));
}

/**
 * Writes a finished run into the store that it read. A store that another process holds for writing is no reason to lose
 * the result: then a note says that the run is not remembered.
 */
export async function rememberRun(file: string, output: Output, run: FinishedRun): Promise<void> {
  await remember(file, output, { ...run, status: 'finished', failure: null });
}

/**
 * Does a command's work; when it fails, the run is remembered as failed with the reason, and the failure goes on. A store that
 * does not exist is not made for it.
 */
export async function rememberFailure<T>(
  file: string,
  output: Output,
  run: Pick<FinishedRun, 'kind' | 'name' | 'startedAtMs' | 'parameters'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const nothing = { metrics: {}, inputs: [], groups: [], artifacts: [] };
    const failure = explainFailure(error).message;
    if (existsSync(file)) await remember(file, output, { ...run, ...nothing, status: 'failed', failure });
    throw error;
  }
}

async function remember(
  file: string,
  output: Output,
  run: FinishedRun & Pick<RunDraft, 'status' | 'failure'>,
): Promise<void> {
  try {
    const store = await openDuckDbStore({ file });
    try {
      const durationSeconds = (Date.now() - run.startedAtMs) / 1000;
      await recordRun(store, { ...run, ...runPlace(), parentId: null, durationSeconds });
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    output.note(`note: this run is not among the runs of the store: ${error.message}`);
  }
}
