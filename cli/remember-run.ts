import { hostname } from 'node:os';
import { openDuckDbStore, StoreError } from '../featurestore/index.js';
import { packageVersion } from '../package-facts.js';
import { type RunDraft, recordRun } from '../training/index.js';
import type { Output } from './io.js';

/** What a command says of its run; the rest is known here. */
export type FinishedRun = Pick<
  RunDraft,
  'kind' | 'name' | 'startedAtMs' | 'parameters' | 'metrics' | 'inputs' | 'groups' | 'dataset' | 'artifacts'
>;

/**
 * Writes a finished run into the store that it read. A store that another process holds for writing is no reason to lose
 * the result: then a note says that the run is not remembered.
 */
export async function rememberRun(file: string, output: Output, run: FinishedRun): Promise<void> {
  try {
    const store = await openDuckDbStore({ file });
    try {
      await recordRun(store, {
        ...run,
        parentId: null,
        status: 'finished',
        failure: null,
        durationSeconds: (Date.now() - run.startedAtMs) / 1000,
        host: hostname(),
        codeVersion: `thoracle ${packageVersion()}`,
      });
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    output.note(`note: this run is not among the runs of the store: ${error.message}`);
  }
}
