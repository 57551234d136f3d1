/** Every way this room refuses its input: stable code -> sentence. */
export const cohortErrors = {
  COHORT_ROOT_MISSING: (path: string) => `The folder "${path}" does not exist; expected a folder with a cohort's files`,
  COHORT_ROOT_NOT_A_FOLDER: (path: string) => `"${path}" is a file; expected a folder with a cohort's files`,
  COHORT_ROOT_UNREADABLE: (path: string, reason: string) => `The folder "${path}" cannot be read (${reason})`,
  COHORT_UNKNOWN_OPTION: (name: string, known: readonly string[]) =>
    `Unknown option "${name}"; expected one of ${known.join(', ')}`,
  COHORT_BAD_OPTION: (name: string, found: string, expected: string) =>
    `Option "${name}" is ${found}; expected ${expected}`,
  COHORT_OUT_NOT_EMPTY: (path: string) =>
    `The output folder "${path}" exists and is not empty; expected a new or empty folder`,
  COHORT_OUT_NOT_A_FOLDER: (path: string) => `The output "${path}" is a file; expected a new or empty folder`,
  COHORT_OUT_UNWRITABLE: (path: string, reason: string) =>
    `The output folder "${path}" cannot be written (${reason}); nothing was left behind`,
  COHORT_DICOM_BAD_VALUE: (tag: string, found: string, expected: string) =>
    `DICOM element ${tag} cannot hold ${found}; expected ${expected}`,
  COHORT_KEY_TOO_SHORT: (file: string, least: number) =>
    `The key in "${file}" is too short; expected at least ${least} characters (name a file that does not exist to get a new key)`,
  COHORT_BAD_ID_FILE: (file: string, what: string) => `Cannot take patient ids from "${file}": ${what}`,
  COHORT_BAD_ARCHIVES: (file: string, what: string) => `Cannot use "${file}": ${what}`,
  COHORT_DOWNLOAD_FAILED: (url: string, what: string) => `Cannot fetch ${url}: ${what}`,
  COHORT_DOWNLOAD_BAD_ANSWER: (url: string, what: string) => `${url} answered ${what}; nothing of that was taken`,
  COHORT_DOWNLOAD_NO_PATIENT: (ids: readonly string[], known: number) =>
    `No CT with segmentation of ${ids.join(', ')}; the collection has ${known} patients with both`,
  COHORT_DOWNLOAD_NO_SPACE: (path: string, needed: number, free: number) =>
    `${path} has ${(free / 1e9).toFixed(1)} GB free; expected ${(needed / 1e9).toFixed(1)} GB`,
  COHORT_BAD_CREDENTIALS: (where: string, what: string) => `Cannot take credentials from ${where}: ${what}`,
  COHORT_PULL_NOTHING: (url: string, modalities: readonly string[]) =>
    `No series (${modalities.join(', ')}) of what was asked for is at ${url}`,
} as const;

export type CohortErrorCode = keyof typeof cohortErrors;

/** A refusal by the cohort room; `code` is stable, `message` is one sentence for a person. */
export class CohortError extends Error {
  constructor(
    readonly code: CohortErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CohortError';
  }
}
