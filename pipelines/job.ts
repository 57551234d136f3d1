import type { FeatureTable } from '../featurestore/contract/index.js';
import type { ClinicalInput, ClinicalSettings } from './clinical/index.js';
import type { GenomicInput, GenomicSettings } from './genomic/index.js';
import type {
  ImagingInput,
  Perturbation,
  PerturbationRanges,
  PerturbedPatient,
  RadiomicsSettings,
  RadiomicsTableInput,
  RadiomicsTableSettings,
} from './imaging/index.js';
import type { Finding, PatientFailure } from './stage.js';

export type StageName = 'genomic' | 'clinical' | 'imaging';

/** What every job tells: plain values, so that it can run in any process. */
interface JobOf<Name extends StageName, Input, Settings> {
  readonly stage: Name;
  /** Whose job it is: the patient's id, or the name of a file that holds many patients. */
  readonly subject: string;
  /** Whether `subject` is a file: if it is unusable, the input of the whole stage is. */
  readonly wholeFile: boolean;
  /** What the plan has to say about this job; it goes before what the stage finds. */
  readonly findings?: readonly Finding[];
  readonly input: Input;
  readonly settings: Settings;
}

export type GenomicJob = JobOf<'genomic', GenomicInput, GenomicSettings>;
export type ClinicalJob = JobOf<'clinical', ClinicalInput, ClinicalSettings>;
/** One patient's CT and segmentation. */
export type ImagingJob = JobOf<'imaging', ImagingInput, RadiomicsSettings> & { readonly from: 'dicom' };
/** A table of features that were computed elsewhere. */
export type RadiomicsTableJob = JobOf<'imaging', RadiomicsTableInput, RadiomicsTableSettings> & {
  readonly from: 'table';
};
export type Job = GenomicJob | ClinicalJob | ImagingJob | RadiomicsTableJob;

/** What a job gave: its table, what a person should know, and the artifact files it wrote (relative to the artifact folder). */
export interface JobResult {
  readonly table: FeatureTable;
  readonly findings: readonly Finding[];
  readonly artifacts: readonly string[];
  /** SHA-256 (hex) of the artifact files that were written; absent when none were. */
  readonly artifactDigests?: readonly { readonly name: string; readonly sha256: string }[];
  /** Patients of a file with many whose row could not be made; absent when there are none. */
  readonly failed?: readonly PatientFailure[];
}

/** What goes to a worker. */
export interface WorkerTask {
  readonly job: Job;
  /** Where artifacts are written; without it they are not. */
  readonly artifactDir?: string;
}

/** An error on its way from a worker: codes of the room that threw it. */
export interface JobError {
  readonly code: string;
  readonly message: string;
}

/** What comes back from a worker; `seconds` is the time of the job itself, absent when the worker died. */
export type WorkerReply = { readonly seconds?: number } & (
  | { readonly ok: true; readonly result: JobResult }
  | { readonly ok: false; readonly error: JobError }
);

/** A patient to be measured under perturbations, on its way to a worker. */
export interface PerturbationTask {
  readonly job: ImagingJob;
  readonly perturbations: readonly Perturbation[];
  readonly options: { readonly ranges: PerturbationRanges; readonly seed: number };
}

/** What comes back for it. */
export type PerturbationReply =
  | { readonly ok: true; readonly result: PerturbedPatient }
  | { readonly ok: false; readonly error: JobError };
