export { metageneGenes } from './cohort-columns.js';
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
