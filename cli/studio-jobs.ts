import { availableParallelism } from 'node:os';
import { indexCohort } from '../cohort/index.js';
import type { FeatureStore } from '../featurestore/index.js';
import type { Outcome, Plan } from '../pipelines/index.js';
import type { JobItem, JobRequest, JobRunner, JobWatcher } from '../web/server/index.js';
import { CliError, cliErrors } from './errors.js';
import { findingLines, planRun, runIntoStore } from './run-into-store.js';

/** What the pages' jobs read and write. */
export interface JobPlace {
  readonly cohort: string;
  readonly store: FeatureStore;
  readonly artifacts?: string;
}

/** Runs the pipelines as `thoracle run` does, into a store that is open already, and tells what becomes of each patient. */
export function pipelineRunner({ cohort, store, artifacts }: JobPlace): JobRunner {
  return async (request, watcher) => {
    watcher.note('Looking at the files of the cohort …');
    const index = await indexCohort(cohort);
    for (const { path, reason } of index.notUnderstood) watcher.note(`not understood: ${path}: ${reason}`);
    const choice = { stages: request.stages, genes: request.genes, workers: Math.max(1, availableParallelism() - 1) };
    const plan = onlyAsked(await planRun(index, choice), request);
    watcher.planned(itemsOf(plan));
    const stages = await runIntoStore(store, plan, choice, {
      ...(artifacts === undefined ? {} : { artifacts }),
      note: (line) => watcher.note(line),
      onEnded: (outcome) => watcher.ended(itemOf(outcome)),
      onWritten: () => stopWhenCancelled(watcher),
    });
    for (const [stage, summary] of Object.entries(stages)) {
      const { done, failed } = summary;
      for (const line of findingLines(stage, summary)) watcher.note(line);
      watcher.note(`${stage}: ${done} done, ${failed.length} failed`);
    }
  };
}

/** @throws CliError CLI_NO_SUBJECT when none of the named subjects has a job */
function onlyAsked(plan: Plan, { subjects }: JobRequest): Plan {
  if (subjects === undefined) return plan;
  const wanted = new Set(subjects);
  const jobs = plan.jobs.filter(({ subject }) => wanted.has(subject));
  const problems = plan.problems.filter(({ patient }) => wanted.has(patient));
  if (jobs.length + problems.length === 0) throw new CliError('CLI_NO_SUBJECT', cliErrors.CLI_NO_SUBJECT(subjects));
  return { jobs, problems, skipped: [] };
}

function itemsOf({ jobs, problems, skipped }: Plan): readonly JobItem[] {
  const ended = { seconds: null } as const;
  return [
    ...jobs.map(({ stage, subject }) => ({ ...ended, stage, subject, state: 'waiting', reason: null }) as const),
    ...problems.map(
      ({ stage, patient, reason }) => ({ ...ended, stage, subject: patient, state: 'failed', reason }) as const,
    ),
    ...skipped.map(
      ({ stage, patient, reason }) => ({ ...ended, stage, subject: patient, state: 'skipped', reason }) as const,
    ),
  ];
}

function itemOf(outcome: Outcome): JobItem {
  const { job, seconds = null } = outcome;
  const { stage, subject } = job;
  if (!outcome.ok) return { stage, subject, state: 'failed', reason: outcome.error.message, seconds };
  const failed = outcome.result.failed ?? [];
  const reason = failed.length === 0 ? null : `${failed.length} of its patients have no row; the log names them`;
  return { stage, subject, state: 'done', reason, seconds };
}

function stopWhenCancelled(watcher: JobWatcher): void {
  if (watcher.cancelled) throw new CliError('CLI_CANCELLED', cliErrors.CLI_CANCELLED());
}
