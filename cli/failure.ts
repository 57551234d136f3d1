import { CohortError } from '../cohort/index.js';
import { StoreError } from '../featurestore/index.js';
import { ClinicalError } from '../pipelines/clinical/index.js';
import { GenomicError } from '../pipelines/genomic/index.js';
import { ImagingError } from '../pipelines/imaging/index.js';
import { PipelineError } from '../pipelines/index.js';
import { PredictError, ServingError } from '../serving/index.js';
import { TrainingError } from '../training/index.js';
import { CliError } from './errors.js';
import { type ExitCode, exitCode } from './exit-code.js';

const refusals = [
  CliError,
  ClinicalError,
  CohortError,
  GenomicError,
  ImagingError,
  PipelineError,
  PredictError,
  ServingError,
  StoreError,
  TrainingError,
];

/** System errors that a person can act on, by `errno` code. */
const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read or written by this user',
  EPERM: 'may not be changed by this user',
  EISDIR: 'is a folder; a file was expected',
  ENOTDIR: 'is not in a folder',
  EROFS: 'is on a read-only file system',
  ENOSPC: 'cannot be written: the disk is full',
  EMFILE: 'cannot be opened: too many files are open',
};

/** An error in the words and with the exit code that a person gets. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** Turns any thrown value into one sentence. A refusal of a room keeps its own; anything unforeseen is called a mistake of this program. */
export function explainFailure(error: unknown): Failure {
  const refusal = refusals.find((type) => error instanceof type);
  if (refusal !== undefined) {
    const { code, message } = error as InstanceType<typeof refusal>;
    return { code, message, exitCode: exitCode.badInput };
  }
  if (isSystemError(error)) {
    const reason = systemReasons[error.code] ?? `cannot be used (${error.code})`;
    return { code: error.code, message: `${error.path} ${reason}`, exitCode: exitCode.badInput };
  }
  const what = error instanceof Error ? error.message : String(error);
  return {
    code: 'INTERNAL',
    message: `a mistake in this program, not in your input: ${what} (set THORACLE_DEBUG=1 for details)`,
    exitCode: exitCode.internal,
  };
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string; path: string } {
  return error instanceof Error && 'code' in error && 'path' in error && typeof error.path === 'string';
}
