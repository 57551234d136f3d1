import { PipelineError, pipelineErrors } from './errors.js';
import {
  drawPerturbations,
  type FeatureRobustness,
  featureRobustness,
  type PerturbationRanges,
  type PerturbedPatient,
} from './imaging/index.js';
import type { ImagingJob, PerturbationReply, PerturbationTask } from './job.js';
import type { Plan } from './plan.js';
import { openPool, type PoolOptions } from './pool.js';
import type { StageFailure } from './run-summary.js';
import type { Finding } from './stage.js';

/** How to perturb, and on how many workers; results do not depend on the latter. */
export interface RobustnessOptions extends PoolOptions {
  /** Perturbations of each patient, at least 2. */
  readonly perturbations: number;
  readonly ranges: PerturbationRanges;
  readonly seed: number;
  /** Called whenever a patient is done: how many are, and how many of them failed. */
  readonly onProgress?: (done: number, failed: number) => void;
}

/** A patient who was measured, but not under every perturbation. */
export interface LeftOut {
  readonly patient: string;
  /** How many of the perturbations could not be measured, and why the first of them could not. */
  readonly perturbations: number;
  readonly reason: string;
}

/** Robustness of features over the patients of a cohort. */
export interface CohortRobustness {
  /** In the order of a result's features; none when fewer than two patients could be used. */
  readonly features: readonly FeatureRobustness[];
  /** Patients that the numbers are from, in the order of their ids. */
  readonly patients: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly failed: readonly StageFailure[];
  readonly skipped: number;
  readonly findings: readonly Finding[];
  /** Of all perturbations of the patients used: those whose growth is below the voxel spacing and leaves the region as it is. */
  readonly idleGrowths: number;
}

/**
 * Measures every patient of a plan under the same perturbations and compares the spread within patients with that between
 * them. A patient that fails does not stop the others.
 * @param plan imaging jobs from images, and what is known to have failed
 * @throws PipelineError PIPELINE_TOO_FEW_PATIENTS for fewer than two jobs, PIPELINE_WORKER_FILE
 */
export async function cohortRobustness(plan: Plan, options: RobustnessOptions): Promise<CohortRobustness> {
  const jobs = plan.jobs.filter((job): job is ImagingJob => job.stage === 'imaging' && job.from === 'dicom');
  if (jobs.length < 2) {
    throw new PipelineError('PIPELINE_TOO_FEW_PATIENTS', pipelineErrors.PIPELINE_TOO_FEW_PATIENTS(jobs.length));
  }
  const replies = await perturbAll(jobs, options);
  const measured = replies.flatMap((reply) => (reply.ok ? [reply.result] : []));
  const { features, used, leftOut } = featureRobustness(measured.map((patient) => patient.features));
  const isUsed = new Set(used);
  const failed = replies.flatMap((reply, i): StageFailure[] =>
    reply.ok
      ? []
      : [{ patient: jobs[i]?.subject ?? '', reason: reply.error.message, code: reply.error.code, inputError: false }],
  );
  return {
    features,
    patients: used,
    leftOut: measured.filter(({ features: { subject } }) => leftOut.includes(subject)).map(whyLeftOut),
    failed: [...plan.problems.map(({ stage: _, ...problem }) => problem), ...failed],
    skipped: plan.skipped.length,
    findings: [...jobs.flatMap((job) => job.findings ?? []), ...measured.flatMap(findingsOf)],
    idleGrowths: measured.reduce((sum, p) => sum + (isUsed.has(p.features.subject) ? p.features.idleGrowths : 0), 0),
  };
}

/** The replies in the order of the jobs. */
async function perturbAll(
  jobs: readonly ImagingJob[],
  options: RobustnessOptions,
): Promise<readonly PerturbationReply[]> {
  const { perturbations: count, ranges, seed } = options;
  const perturbations = drawPerturbations(count, seed, ranges);
  const pool = openPool<PerturbationTask, PerturbationReply>('runPerturbations', {
    ...options,
    workers: Math.min(options.workers, jobs.length),
  });
  let [done, failures] = [0, 0];
  try {
    const replies = jobs.map(async (job) => {
      const reply = await pool.run({ job, perturbations, options: { ranges, seed } });
      if (!reply.ok) failures++;
      options.onProgress?.(++done, failures);
      return reply;
    });
    return await Promise.race([Promise.all(replies), pool.broken]);
  } finally {
    await pool.close();
  }
}

function whyLeftOut({ features: { subject, repeats } }: PerturbedPatient): LeftOut {
  const reasons = repeats.flatMap((repeat) => ('failed' in repeat ? [repeat.failed] : []));
  return { patient: subject, perturbations: reasons.length, reason: reasons[0] ?? '' };
}

function findingsOf({ features: { subject }, findings }: PerturbedPatient): readonly Finding[] {
  return findings.map((finding): Finding => ({ severity: 'warning', ...finding, patientId: subject }));
}
