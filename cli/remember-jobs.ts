import type { FeatureStore } from '../featurestore/index.js';
import type { Outcome, RunSummary } from '../pipelines/index.js';
import { type RunDraft, recordRun, recordRuns } from '../training/index.js';
import { explainFailure } from './failure.js';
import { runPlace } from './remember-run.js';

/** A group that a run wrote to. */
export type WrittenGroup = RunDraft['groups'][number];

/** A run of the pipelines while it goes on: what became of each job is collected here. */
export class JobLog {
  readonly #startedAtMs = Date.now();
  readonly #jobs: {
    readonly outcome: Outcome;
    readonly group: WrittenGroup | undefined;
    readonly endedAtMs: number;
  }[] = [];
  #written: WrittenGroup | undefined;

  /** Called when a job's table is in the store. */
  written(group: WrittenGroup): void {
    this.#written = group;
  }

  /** Called with every job, in order, after its table was written. */
  ended(outcome: Outcome): void {
    this.#jobs.push({ outcome, group: outcome.ok ? this.#written : undefined, endedAtMs: Date.now() });
    this.#written = undefined;
  }

  /**
   * Writes the run and, as its children, each patient's imaging job into the store.
   * @param result what the run gave, or the error that stopped it
   */
  async record(
    store: FeatureStore,
    parameters: RunDraft['parameters'],
    result: { readonly stages: RunSummary } | { readonly error: unknown },
  ): Promise<void> {
    const run = await recordRun(store, this.#run(parameters, result));
    await recordRuns(
      store,
      this.#jobs.flatMap(({ outcome, group, endedAtMs }) =>
        isImaging(outcome) ? [jobDraft(outcome, group, endedAtMs, run.runId)] : [],
      ),
    );
    if ('stages' in result) await recordRuns(store, this.#neverStarted(result.stages, run.runId));
  }

  /** Patients whose images could not be used already by what the index said of them. */
  #neverStarted(stages: RunSummary, parentId: string): readonly RunDraft[] {
    const started = new Set(this.#jobs.map(({ outcome }) => outcome.job.subject));
    const failed = stages.imaging?.failed.filter(({ patient }) => !started.has(patient)) ?? [];
    return failed.map(({ patient, reason }) => ({
      ...failedJob(patient, reason, parentId),
      startedAtMs: this.#startedAtMs,
    }));
  }

  #run(
    parameters: RunDraft['parameters'],
    result: { readonly stages: RunSummary } | { readonly error: unknown },
  ): RunDraft {
    const failed = 'error' in result;
    const groups = new Map(this.#jobs.flatMap(({ group }) => (group === undefined ? [] : [[group.name, group]])));
    const tables = this.#jobs.filter(({ outcome }) => !isImaging(outcome)).map(({ outcome }) => outcome);
    return {
      kind: 'pipeline',
      name: `raw files to features: ${[...new Set(this.#jobs.map(({ outcome }) => outcome.job.stage))].join(', ')}`,
      parentId: null,
      status: failed ? 'failed' : 'finished',
      failure: failed ? explainFailure(result.error).message : null,
      startedAtMs: this.#startedAtMs,
      durationSeconds: (Date.now() - this.#startedAtMs) / 1000,
      ...runPlace(),
      parameters,
      metrics: failed ? {} : stageCounts(result.stages),
      inputs: tables.flatMap(inputsOf),
      groups: [...groups.values()],
      artifacts: [],
    };
  }
}

function isImaging({ job }: Outcome): boolean {
  return job.stage === 'imaging' && job.from === 'dicom';
}

function inputsOf(outcome: Outcome): RunDraft['inputs'] {
  return outcome.ok ? outcome.result.table.provenance.flatMap(({ inputDigests }) => inputDigests) : [];
}

function stageCounts(stages: RunSummary): RunDraft['metrics'] {
  return Object.fromEntries(
    Object.entries(stages).flatMap(([stage, { done, failed, skipped }]) => [
      [`${stage}Done`, { value: done }],
      [`${stage}Failed`, { value: failed.length }],
      [`${stage}Skipped`, { value: skipped }],
    ]),
  );
}

function failedJob(patient: string, failure: string, parentId: string): Omit<RunDraft, 'startedAtMs'> {
  return {
    kind: 'imaging-job',
    name: patient,
    parentId,
    status: 'failed',
    failure,
    durationSeconds: 0,
    ...runPlace(),
    parameters: { patient },
    metrics: {},
    inputs: [],
    groups: [],
    artifacts: [],
  };
}

function jobDraft(outcome: Outcome, group: WrittenGroup | undefined, endedAtMs: number, parentId: string): RunDraft {
  const { job, seconds = 0 } = outcome;
  const times = { startedAtMs: Math.round(endedAtMs - 1000 * seconds), durationSeconds: seconds };
  if (!outcome.ok) return { ...failedJob(job.subject, outcome.error.message, parentId), ...times };
  return {
    kind: 'imaging-job',
    name: job.subject,
    parentId,
    status: 'finished',
    failure: null,
    ...times,
    ...runPlace(),
    parameters: { patient: job.subject },
    metrics: { findings: { value: outcome.result.findings.length } },
    inputs: inputsOf(outcome),
    groups: group === undefined ? [] : [group],
    artifacts: outcome.result.artifactDigests ?? [],
  };
}
