export { type ClinicalInput, type ClinicalSettings, clinicalStage } from './clinical-stage.js';
export { type CodebookRow, clinicalCodebook } from './codebook.js';
export { storedRowFindings } from './encode-row.js';
export { ClinicalError, clinicalErrors } from './errors.js';
export { oneHotName, orderedName, storedName } from './feature-names.js';
export { clinicalGroup } from './group.js';
export { longCtGapDays } from './survival.js';
