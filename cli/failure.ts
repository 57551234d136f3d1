import { type ExitCode, exitCode } from './exit-code.js';

/**
 * Names of the rooms' error classes. They are told by name, so that a command need not load rooms it does not use;
 * a test holds this list against the classes.
 */
export const refusalNames: ReadonlySet<string> = new Set([
  'CliError',
  'ClinicalError',
  'CohortError',
  'GenomicError',
  'ImagingError',
  'PipelineError',
  'PredictError',
  'ServingError',
  'StoreError',
  'TrainingError',
]);

/** System errors that a person can act on, by `errno` code. */
const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read or written by this user',
  EPERM: 'may not be changed by this user',
  EISDIR: 'is a folder; a file was expected',
  ENOTDIR: 'is a file, or lies below one; a folder was expected',
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
  if (isRefusal(error)) return { code: error.code, message: error.message, exitCode: exitCode.badInput };
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

function isRefusal(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && refusalNames.has(error.name) && 'code' in error && typeof error.code === 'string';
}
