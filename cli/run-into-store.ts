import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CohortIndex } from '../cohort/index.js';
import type { FeatureStore } from '../featurestore/index.js';
import {
  type Outcome,
  type Plan,
  type PlanOptions,
  type Progress,
  planJobs,
  type RunSummary,
  readGeneList,
  runJobs,
  type StageName,
  type StageSummary,
} from '../pipelines/index.js';
import { radiomicsSettings } from './commands/radiomics-region.js';
import { explainFailure } from './failure.js';
import { JobLog } from './remember-jobs.js';

/** What a person wants of a run of the pipelines. */
export interface PipelineChoice {
  readonly stages: readonly StageName[];
  readonly workers: number;
  /** `metagenes`, `all`, or a file with one symbol a line. */
  readonly genes: string;
  /** PyRadiomics parameter file. */
  readonly settings?: string;
  readonly imagingFrom?: 'dicom' | 'table';
  readonly roi?: string | number;
  readonly segment?: string | number;
  readonly segmentation?: 'SEG' | 'RTSTRUCT';
}

/** Who hears of a run, and where its files go. */
export interface RunHooks {
  /** Folder of NIfTI files and pictures; without it they are not written. */
  readonly artifacts?: string;
  /** A line for the person who waits. */
  readonly note: (line: string) => void;
  /** A table is in the store. What it throws stops the run. */
  readonly onWritten?: () => void;
  /** Jobs of all stages together. */
  readonly onProgress?: (done: number, total: number, failed: number) => void;
  /** A job has ended, in whatever order they do. */
  readonly onEnded?: (outcome: Outcome) => void;
}

/** The jobs of a cohort. @throws PipelineError where nothing can be planned, ImagingError for unusable settings */
export async function planRun(index: CohortIndex, choice: PipelineChoice): Promise<Plan> {
  const { genes, segmentation } = choice;
  const options: PlanOptions = {
    stages: choice.stages,
    genes: genes === 'metagenes' || genes === 'all' ? genes : await readGeneList(genes),
    radiomicsSettings: await radiomicsSettings(choice.settings),
    imagingFrom: choice.imagingFrom,
    roi: choice.roi,
    segment: choice.segment,
    segmentation: segmentation === undefined ? undefined : { modality: segmentation },
  };
  return planJobs(index, options);
}

/** Runs a plan into a store, which then remembers the run and each patient's imaging job, whatever became of them. */
export async function runIntoStore(
  store: FeatureStore,
  plan: Plan,
  choice: PipelineChoice,
  hooks: RunHooks,
): Promise<RunSummary> {
  const log = new JobLog();
  const { stages: names, workers, genes, settings = null } = choice;
  const parameters = {
    stages: names.join(','),
    workers,
    genes,
    settings: settings === null ? null : basename(settings),
  };
  try {
    const stages = await runPlan(store, plan, choice, hooks, log);
    const some = Object.values(stages).some(({ done }) => done > 0);
    if (some) await log.record(store, parameters, { stages });
    return stages;
  } catch (error) {
    await log.record(store, parameters, { error }).catch((reason: unknown) => {
      hooks.note(`note: this run is not among the runs of the store: ${explainFailure(reason).message}`);
    });
    throw error;
  }
}

async function runPlan(
  store: FeatureStore,
  plan: Plan,
  { workers }: PipelineChoice,
  { artifacts, onWritten, onProgress, onEnded }: RunHooks,
  log: JobLog,
): Promise<RunSummary> {
  const hasImages = plan.jobs.some((job) => job.stage === 'imaging' && job.from === 'dicom');
  const ended = new Map<StageName, Progress>();
  const sum = (key: 'done' | 'failed') => [...ended.values()].reduce((total, progress) => total + progress[key], 0);
  return runJobs(plan.jobs, {
    workers,
    workerFile: fileURLToPath(new URL('../pipelines/worker.js', import.meta.url)),
    ...(hasImages && artifacts !== undefined ? { artifactDir: artifacts } : {}),
    problems: plan.problems,
    skipped: plan.skipped,
    onProgress: (progress) => {
      ended.set(progress.stage, progress);
      onProgress?.(sum('done'), plan.jobs.length, sum('failed'));
    },
    ...(onEnded === undefined ? {} : { onEnded }),
    onResult: async (result) => {
      const { group, version } = await store.ingest(result.table);
      log.written({ name: group, version, settingsDigest: result.table.group.settingsDigest });
      onWritten?.();
    },
    onOutcome: (outcome) => log.ended(outcome),
  });
}

/** What a stage found, one line each, the patient named once. */
export function findingLines(stage: string, { findings }: StageSummary): readonly string[] {
  return findings.map(({ patientId = '', message }) => {
    const subject = patientId === '' || message.startsWith(patientId) ? '' : `${patientId}: `;
    return `${stage}: ${subject}${message}`;
  });
}
