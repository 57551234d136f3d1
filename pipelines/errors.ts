/** Everything that can stop a run, or one job of it, outside the stages themselves; by stable code. */
export const pipelineErrors = {
  PIPELINE_BAD_OPTION: (what: string) => `Run options: ${what}`,
  PIPELINE_NOTHING_TO_DO: (stages: string) => `The cohort folder holds no input for ${stages}`,
  PIPELINE_PATIENT_TWICE: (kind: string, first: string, second: string, patients: string) =>
    `Two ${kind} hold the same patients: "${first}" and "${second}" (${patients}); remove one of them from the cohort folder`,
  PIPELINE_TWO_IMAGING_SOURCES: (table: string) =>
    `The cohort folder holds both DICOM images and a radiomics table ("${table}"); say which one the imaging group comes from: dicom or table`,
  PIPELINE_NO_IMAGING_SOURCE: (asked: string) =>
    `The imaging group was asked for from ${asked}, but the cohort folder holds none`,
  PIPELINE_BROKEN_FILE: (reason: string) => `the file cannot be used: ${reason}`,
  PIPELINE_BROKEN_PATIENT_FILE: (file: string, reason: string) => `"${file}" cannot be used: ${reason}`,
  PIPELINE_SEVERAL_CT: (count: number, why: string) =>
    `${count} CT series and ${why}; expected a segmentation that refers to exactly one of them`,
  PIPELINE_NO_SEGMENTATION: () => 'there is a CT, but no SEG or RTSTRUCT',
  PIPELINE_NO_CT: () => 'there is a SEG or RTSTRUCT, but no CT',
  PIPELINE_TOO_FEW_PATIENTS: (found: number) =>
    `An intraclass correlation needs at least two patients with a CT and a segmentation; the cohort folder holds ${found}`,
  PIPELINE_WORKER_FILE: () => 'The worker program is not there; build the package first (npm run build)',
  PIPELINE_WORKER_CRASHED: (how: string) => `the worker ended before the job was done: ${how}`,
  PIPELINE_OUT_OF_MEMORY: () => 'the worker ran out of memory; try fewer workers at a time',
  PIPELINE_ARTIFACT: (file: string, reason: string) => `cannot write "${file}" to the artifact folder: ${reason}`,
  PIPELINE_ARTIFACT_FOLDER: (reason: string) => `Cannot make the artifact folder: ${reason}`,
  PIPELINE_SYSTEM: (reason: string, file: string) => `${file}: ${reason}`,
  PIPELINE_INTERNAL: (what: string) => `a mistake in this program: ${what}`,
} as const;

export type PipelineErrorCode = keyof typeof pipelineErrors;

/** A run that cannot start, or a job that failed outside its stage; the message is one sentence for a person. */
export class PipelineError extends Error {
  constructor(
    readonly code: PipelineErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PipelineError';
  }
}
