import type { Job, JobError, JobResult, StageName } from './job.js';
import type { Finding } from './stage.js';

/** A patient, or a whole file, of which nothing came. */
export interface StageFailure {
  /** Patient id; the file's name when it is not known whose it is. */
  readonly patient: string;
  readonly reason: string;
  readonly code: string;
  /** The file that a whole stage lives on is unusable: bad input rather than a failed patient. */
  readonly inputError: boolean;
}

/** A patient that a stage passes by, since something it needs does not exist. */
export interface Skipped {
  readonly stage: StageName;
  readonly patient: string;
  readonly reason: string;
}

/** A failure known before anything runs. */
export interface PlanProblem extends StageFailure {
  readonly stage: StageName;
}

/** What one stage did. */
export interface StageSummary {
  /** Patients whose row was made. */
  readonly done: number;
  readonly failed: readonly StageFailure[];
  readonly skipped: number;
  /** In job order, those of a job together. */
  readonly findings: readonly Finding[];
}

/** What a run did, by stage; only stages that had something to do are there. */
export type RunSummary = Readonly<Partial<Record<StageName, StageSummary>>>;

/** What became of a job; `seconds` is its own time, without the wait for a worker. */
export type Outcome = { readonly job: Job; readonly seconds?: number } & (
  | { readonly ok: true; readonly result: JobResult }
  | { readonly ok: false; readonly error: JobError }
);

const stageOrder: readonly StageName[] = ['genomic', 'clinical', 'imaging'];

/** Counts outcomes; those in job order give the same summary whatever the order in which jobs ended. */
export function summarise(
  outcomes: readonly Outcome[],
  problems: readonly PlanProblem[],
  skipped: readonly Skipped[],
): RunSummary {
  const summary: Partial<Record<StageName, StageSummary>> = {};
  for (const stage of stageOrder) {
    const own = outcomes.filter(({ job }) => job.stage === stage);
    const failedBefore = problems.filter((problem) => problem.stage === stage);
    const passedBy = skipped.filter((patient) => patient.stage === stage);
    if (own.length + failedBefore.length + passedBy.length === 0) continue;
    summary[stage] = {
      done: own.reduce((count, outcome) => count + (outcome.ok ? outcome.result.table.rowCount : 0), 0),
      failed: [...failedBefore.map(withoutStage), ...own.flatMap(failureOf)],
      skipped: passedBy.length,
      findings: own.flatMap((outcome) => (outcome.ok ? outcome.result.findings : [])),
    };
  }
  return summary;
}

function withoutStage({ patient, reason, code, inputError }: PlanProblem): StageFailure {
  return { patient, reason, code, inputError };
}

function failureOf(outcome: Outcome): readonly StageFailure[] {
  if (outcome.ok) {
    const failed = outcome.result.failed ?? [];
    return failed.map(({ patientId, code, message }) => ({
      patient: patientId,
      reason: message,
      code,
      inputError: false,
    }));
  }
  const { code, message } = outcome.error;
  return [{ patient: outcome.job.subject, reason: message, code, inputError: outcome.job.wholeFile }];
}
