export { metageneGenes } from './cohort-columns.js';
export { type CheckedFolder, type CheckOptions, checkFolder, type IdentifierFound } from './deidentify/check-folder.js';
export { type RetainOption, retainOptions } from './deidentify/confidentiality-profile.js';
export {
  type AttributeChange,
  type DeidentificationReport,
  type DeidentifiedFolder,
  type DeidentifyOptions,
  deidentifyFolder,
} from './deidentify/deidentify-folder.js';
export { randomKey, readOrMakeKey, readPatientIds } from './deidentify/key-and-ids.js';
export { credentialVariables, readCredentials } from './dicomweb/credentials.js';
export type { DicomWebService } from './dicomweb/dicomweb-client.js';
export { type PullOptions, type PullResult, pullCohort } from './dicomweb/pull-cohort.js';
export {
  type Archive,
  collectionNames,
  type DownloadModality,
  downloadModalities,
  readArchive,
} from './download/archive.js';
export {
  type DownloadOptions,
  type DownloadPlan,
  type DownloadResult,
  downloadCohort,
  planDownload,
  termsOf,
} from './download/download-cohort.js';
export { defaultPoliteness, type Politeness } from './download/polite-request.js';
export type { ListedSeries } from './download/series-list.js';
export { CohortError, type CohortErrorCode, cohortErrors } from './errors.js';
export {
  type GeneratedCohort,
  type GenerateOptions,
  generateCohort,
  maxSyntheticPatients,
} from './generate/generate-cohort.js';
export {
  type ClinicalFile,
  type CohortIndex,
  cohortPath,
  type Delimiter,
  type DicomFile,
  type DicomSeries,
  type ExpressionFile,
  type NotUnderstood,
  type PatientEntry,
  type PatientModalities,
  type RadiomicsTable,
} from './indexing/cohort-index.js';
export { type IndexOptions, indexCohort } from './indexing/index-cohort.js';
