import { lengthsDiffer, logOfNegative, stepShape } from './step-errors.js';

/** Every way this room can refuse to go on: a stable code and the sentence a person reads. */
export const trainingErrors = {
  TRAIN_LENGTHS_DIFFER: lengthsDiffer,
  TRAIN_BAD_SURVIVAL_TIME: (index: number, found: number) =>
    `Survival time ${index} is ${found}; expected a finite number of days, 0 or more`,
  TRAIN_BAD_SCORE: (index: number, found: number) => `Score ${index} is ${found}; expected a finite number`,
  TRAIN_ONE_CLASS: (what: string, positive: number, total: number) =>
    `${what} needs patients of both classes, but ${positive} of ${total} died`,
  TRAIN_NO_COMPARABLE_PAIR: (patients: number) =>
    `Harrell's concordance is undefined: none of the pairs among ${patients} patients can be compared`,
  TRAIN_LOG_RANK_UNDEFINED: (reason: string) => `The log-rank test is undefined: ${reason}`,
  TRAIN_XGBOOST_NOT_FOUND: (tried: readonly string[]) =>
    `No usable XGBoost library was found. Run \`npm run setup\` in a checkout or \`npm explore thoracle -- npm run setup\` ` +
    `where the package is installed, which brings it through pip (xgboost-cpu) or through apt (libxgboost0); or set THORACLE_XGBOOST to the path of a libxgboost. Tried: ${tried.join('; ')}`,
  TRAIN_XGBOOST_VERSION: (path: string, found: string) =>
    `The XGBoost library ${path} is version ${found}; expected 1.7 to 3.x`,
  TRAIN_XGBOOST_FAILED: (call: string, reason: string) => `XGBoost refused ${call}: ${reason}`,
  TRAIN_XGBOOST_DISPOSED: (what: string) => `This ${what} was already disposed of`,
  TRAIN_STEP_SHAPE: stepShape,
  TRAIN_LOG_OF_NEGATIVE: logOfNegative,
  TRAIN_NOT_FINITE: (column: string, found: number) =>
    `"${column}" holds ${found}; expected a finite number or nothing`,
  TRAIN_BAD_VALUE: (column: string, patient: string, found: number) =>
    `"${column}" of patient ${patient} is ${found}; expected a finite number or nothing`,
  TRAIN_TOO_SPREAD: (column: string) =>
    `The values of "${column}" are so large that their variance is not a finite number`,
  TRAIN_NO_USABLE_COLUMN: (columns: number) =>
    `None of the ${columns} columns can be used: each is empty or has one value only`,
  TRAIN_RUN_UNKNOWN: (id: string) => `No run has the id "${id}", and no run made a model of that id`,
  TRAIN_RUN_AMBIGUOUS: (id: string, ids: readonly string[]) =>
    `Several runs have ids that begin with "${id}": ${ids.join(', ')}`,
  TRAIN_RUN_DAMAGED: (id: string, column: string) => `The run ${id} cannot be read: its column "${column}" is no JSON`,
  TRAIN_RUN_NO_METRIC: (metric: string, known: readonly string[]) =>
    `No finished run has the metric "${metric}"; there are ${known.length > 0 ? known.join(', ') : 'none'}`,
  TRAIN_LINEAGE_CASE: (id: string) => `No group that the model reads has a record of "${id}"`,
  TRAIN_MLFLOW: (url: string, what: string) => `The MLflow server at ${url} did not take the runs: ${what}`,
  TRAIN_ARCHIVE: (name: string, why: string) => `The archive ${name} is refused: ${why}`,
  TRAIN_IMPORT: (name: string, why: string) => `No XGBoost model can be imported from ${name}: ${why}`,
  TRAIN_PCA_INPUT: (reason: string) => `A PCA cannot be fitted: ${reason}`,
  TRAIN_EIGEN: (which: number, n: number) =>
    `Eigenvalue ${which} of a ${n} x ${n} matrix does not converge; are all values finite?`,
  TRAIN_BACKEND_UNKNOWN: (found: string, known: readonly string[]) =>
    `There is no PCA backend "${found}"; expected one of ${known.join(', ')}`,
  TRAIN_BACKEND_UNAVAILABLE: (backend: string, reason: string) =>
    `The PCA backend "${backend}" cannot be used here: ${reason}`,
  TRAIN_BACKEND_FAILED: (backend: string, reason: string) => `The PCA backend "${backend}" failed: ${reason}`,
  TRAIN_PCA_SIZE: (found: string, expected: string) => `The PCA cannot keep ${found}; expected ${expected}`,
  TRAIN_TOO_FEW_PATIENTS: (alive: number, dead: number, needed: number) =>
    `${alive + dead} patients (${alive} alive, ${dead} dead) are too few: at least ${needed} of each are needed`,
  TRAIN_UNKNOWN_MODALITY: (found: string, known: readonly string[]) =>
    `"${found}" is no modality or named twice; expected a list of ${known.join(', ')}, separated by commas or hyphens, each at most once`,
  TRAIN_GROUP_MISSING: (group: string, known: readonly string[]) =>
    `The store has no group "${group}", which this training needs; it has ${known.length > 0 ? known.join(', ') : 'none'}`,
  TRAIN_COLUMN_MISSING: (group: string, column: string) => `The group "${group}" has no numeric column "${column}"`,
  TRAIN_REFERENCE_NEEDS_GENOMIC: (found: readonly string[]) =>
    `The reference recipe joins onto the genomic group, but the modalities are ${found.join(', ')}`,
  TRAIN_UNKNOWN_OPTION: (option: string, known: readonly string[]) =>
    `Training has no option "${option}"; it has ${known.join(', ')}`,
  TRAIN_BAD_OPTION: (option: string, found: string, expected: string) =>
    `The training option "${option}" is ${found}; expected ${expected}`,
  TRAIN_BAD_DATASET: (reason: string) => `The dataset does not fit together: ${reason}`,
  TRAIN_NO_PATIENTS: (modalities: readonly string[]) =>
    `No patient has an outcome and a record in any of: ${modalities.join(', ')}`,
  TRAIN_NO_FEATURES: (modalities: readonly string[]) =>
    `No numeric feature column to train on in: ${modalities.join(', ')}`,
  TRAIN_ROLE_REFUSED: (column: string, role: string) =>
    `"${column}" has the role "${role}" and may not be an input: only features are, unless the dataset allows the column by name`,
  TRAIN_LEAK_ALARM: (column: string, auc: number) =>
    `"${column}" alone tells who died (AUC ${auc.toFixed(3)}, by its values or by where it is missing); that looks like the answer among the inputs. Leave it out, or allow it by name`,
  TRAIN_RESUME_OTHER: (file: string) =>
    `${file} belongs to another evaluation (other data, options, seed or versions); choose another file, or delete it to begin anew`,
  TRAIN_RESUME_FILE: (file: string, why: string) => `${file} cannot keep the folds that are done: ${why}`,
  TRAIN_WORKER: (why: string) => `The workers of the evaluation failed: ${why}`,
  TRAIN_BUNDLE_EXISTS: (folder: string, found: string) =>
    `${folder} exists and is no model of ours (it holds ${found}); choose a new folder, or one that an earlier training wrote`,
  TRAIN_BUNDLE_UNWRITABLE: (folder: string, reason: string) => `The model cannot be written to ${folder}: ${reason}`,
  TRAIN_BUNDLE_UNREADABLE: (file: string, reason: string) => `The model file ${file} cannot be read: ${reason}`,
  TRAIN_BUNDLE_INVALID: (where: string, found: string, expected: string) =>
    `The model's manifest is not valid: ${where} is ${found}; expected ${expected}`,
  TRAIN_BUNDLE_VERSION: (found: string) => `The model has format version ${found}; this program reads version 2`,
  TRAIN_BUNDLE_CHANGED: (what: string, expected: string, found: string) =>
    `The model was changed after it was written: ${what} has the hash ${found}, its manifest says ${expected}`,
  TRAIN_REPORT_INVALID: (file: string, where: string, found: string, expected: string) =>
    `${file} holds no numbers of a report: ${where} is ${found}; expected ${expected}`,
  TRAIN_REPORT_PATIENT: (patient: string) =>
    `The report knows no patient "${patient}" whose answer could be taken apart`,
  TRAIN_NOT_JSON: (where: string, found: number) => `${where} is ${found}, which JSON cannot hold`,
} as const;

/** A refusal of this room; `code` is stable, the message is for people and names what was found. */
export class TrainingError extends Error {
  constructor(
    readonly code: keyof typeof trainingErrors,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'TrainingError';
  }
}

/** Builds the error of a catalogue row: `throw trainingError('TRAIN_BAD_SCORE', 3, NaN)`. */
export function trainingError<Code extends keyof typeof trainingErrors>(
  code: Code,
  ...details: Parameters<(typeof trainingErrors)[Code]>
): TrainingError {
  const message = trainingErrors[code] as (...args: typeof details) => string;
  return new TrainingError(code, message(...details));
}
