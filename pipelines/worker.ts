import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { systemReason } from '../system-reason.js';
import { writeArtifacts } from './artifacts.js';
import { ClinicalError, clinicalStage } from './clinical/index.js';
import { PipelineError, pipelineErrors } from './errors.js';
import { GenomicError, genomicStage } from './genomic/index.js';
import { ImagingError, imagingStage, perturbedPatient, radiomicsTableStage } from './imaging/index.js';
import type { Job, JobError, PerturbationReply, PerturbationTask, WorkerReply, WorkerTask } from './job.js';
import type { Artifact, StageResult } from './stage.js';

/**
 * Runs one job; the function that the worker pool calls. Never throws: what a stage throws comes back as code and message,
 * since an error's class does not survive the way between threads.
 */
export async function runJob({ job, artifactDir }: WorkerTask): Promise<WorkerReply> {
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  try {
    const { findings, artifacts, ...rest } = await runStage(job);
    const written = artifactDir === undefined ? [] : await writeArtifacts(artifactDir, artifacts);
    const digests = written.length === 0 ? {} : { artifactDigests: artifacts.map(digestOf) };
    const all = [...(job.findings ?? []), ...findings];
    return { ok: true, result: { ...rest, findings: all, artifacts: written, ...digests }, seconds: seconds() };
  } catch (error) {
    return { ok: false, error: jobError(error), seconds: seconds() };
  }
}

function digestOf({ fileName, bytes }: Artifact): { readonly name: string; readonly sha256: string } {
  return { name: fileName, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Measures one patient under perturbations; never throws, as {@link runJob}. */
export async function runPerturbations({ job, perturbations, options }: PerturbationTask): Promise<PerturbationReply> {
  try {
    return { ok: true, result: await perturbedPatient(job.input, job.settings, perturbations, options) };
  } catch (error) {
    return { ok: false, error: jobError(error) };
  }
}

function runStage(job: Job): Promise<StageResult> {
  switch (job.stage) {
    case 'genomic':
      return genomicStage.run(job.input, job.settings);
    case 'clinical':
      return clinicalStage.run(job.input, job.settings);
    case 'imaging':
      return job.from === 'table'
        ? radiomicsTableStage.run(job.input, job.settings)
        : imagingStage.run(job.input, job.settings);
  }
}

/** The errors of this house as they are, those of the system without paths, anything else as a mistake of the program. */
export function jobError(error: unknown): JobError {
  const ours = [GenomicError, ClinicalError, ImagingError, PipelineError].some((type) => error instanceof type);
  if (ours) return { code: (error as PipelineError).code, message: (error as PipelineError).message };
  if (error instanceof Error && 'syscall' in error) {
    const file = 'path' in error ? basename(String(error.path)) : 'a file';
    return { code: 'PIPELINE_SYSTEM', message: pipelineErrors.PIPELINE_SYSTEM(systemReason(error), file) };
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { code: 'PIPELINE_INTERNAL', message: pipelineErrors.PIPELINE_INTERNAL(what.split('\n')[0] ?? what) };
}
