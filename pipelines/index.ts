export { alikeIds } from './alike-ids.js';
export { writeArtifacts } from './artifacts.js';
export { type CodebookRow, clinicalCodebook, clinicalStage, storedName, storedRowFindings } from './clinical/index.js';
export { PipelineError, type PipelineErrorCode, pipelineErrors } from './errors.js';
export { genomicStage, readGeneList } from './genomic/index.js';
export type {
  ClinicalJob,
  GenomicJob,
  ImagingJob,
  Job,
  JobResult,
  RadiomicsTableJob,
  StageName,
} from './job.js';
export { type Plan, type PlanOptions, planJobs } from './plan.js';
export { type CohortRobustness, cohortRobustness, type LeftOut, type RobustnessOptions } from './robustness.js';
export { type Progress, type RunOptions, runJobs } from './run.js';
export type { Outcome, PlanProblem, RunSummary, Skipped, StageFailure, StageSummary } from './run-summary.js';
export type { Artifact, Finding, PatientFailure, Stage, StageResult } from './stage.js';
