import type { FeatureTable } from '../featurestore/contract/index.js';

/** Something a person should know about the input, that did not stop the stage. */
export interface Finding {
  readonly severity: 'info' | 'warning';
  /** Stable, upper case: `CLINICAL_DEATH_AFTER_LAST_SEEN`. */
  readonly code: string;
  /** One sentence: what was found, what was done about it. Holds no direct identifier but the data set's patient id. */
  readonly message: string;
  readonly patientId?: string;
  readonly column?: string;
}

/** A file that belongs to the result (NIfTI, PNG). The runner writes it; the stage only makes its bytes. */
export interface Artifact {
  /** Relative to the run's artifact folder, e.g. `R01-001/ct.nii.gz`. */
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A patient of a file with many whose row could not be made; the others have theirs. */
export interface PatientFailure {
  readonly patientId: string;
  /** Of the modality's catalogue. */
  readonly code: string;
  /** One sentence: line, column, what was found, what was expected. */
  readonly message: string;
}

/** All that a stage hands back. */
export interface StageResult {
  readonly table: FeatureTable;
  readonly findings: readonly Finding[];
  readonly artifacts: readonly Artifact[];
  /** Patients without a row; absent when there are none. */
  readonly failed?: readonly PatientFailure[];
}

/**
 * One modality's way from raw input to a table. Pure: reads its input, touches no store, network or clock.
 * Input and settings are plain serialisable values, so that a job can run in any process.
 */
export interface Stage<Input, Settings> {
  readonly name: 'genomic' | 'clinical' | 'imaging';
  /** @throws an error of the modality's catalogue, in one sentence, when the input cannot be used */
  run(input: Input, settings: Settings): Promise<StageResult>;
}
