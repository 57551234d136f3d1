import type { Dataset, DatasetColumn } from '../featurestore/contract/index.js';
import type { RowMatrix } from './bundle/index.js';
import { trainingError } from './errors.js';
import type { Modality } from './modalities.js';

/** A dataset as the fits need it. */
export interface Sample {
  readonly patientIds: readonly string[];
  readonly columns: readonly DatasetColumn[];
  /** Raw, NaN = missing, shape (patients x columns). */
  readonly matrix: RowMatrix;
  /** Shape (n), true = died. */
  readonly dead: readonly boolean[];
  /** Shape (n), NaN = unknown. */
  readonly timeDays: Float64Array;
  /** Row-major, shape (n x modalities): 1 where the patient has a record. */
  readonly present: Uint8Array;
  readonly modalities: readonly string[];
  /** Patients of the dataset that are not in the sample, with the reason. */
  readonly leftOut: Dataset['leftOut'];
}

/**
 * The patients who have a record in at least one modality, and all columns of the dataset.
 * @throws TrainingError TRAIN_BAD_DATASET, TRAIN_BAD_VALUE, TRAIN_ROLE_REFUSED, TRAIN_NO_PATIENTS, TRAIN_NO_FEATURES
 */
export function sampleOf(dataset: Dataset, modalities: readonly Modality[]): Sample {
  const names = dataset.spec.groups.map((group) => group.name);
  assertShapes(dataset, names, modalities);
  assertRoles(dataset);
  assertNumbers(dataset);
  const everyone: Sample = {
    patientIds: dataset.patientIds,
    columns: dataset.columns,
    matrix: { rows: dataset.values, n: dataset.patientIds.length, p: dataset.columns.length },
    dead: dataset.outcomes.map((outcome) => outcome.event),
    timeDays: Float64Array.from(dataset.outcomes, (outcome) => outcome.timeDays),
    present: dataset.present,
    modalities: names,
    leftOut: dataset.leftOut,
  };
  const sample = keepPatients(everyone, (i) => isPresent(everyone, i), 'no record in any of the modalities');
  if (sample.matrix.n === 0) throw trainingError('TRAIN_NO_PATIENTS', modalities);
  if (sample.matrix.p === 0) throw trainingError('TRAIN_NO_FEATURES', modalities);
  return sample;
}

/** The sample without the patients that `keep` refuses; they are listed in `leftOut` with the reason. */
export function keepPatients(sample: Sample, keep: (row: number) => boolean, reason: string): Sample {
  const all = sample.patientIds.map((_, i) => i);
  const rows = all.filter(keep);
  if (rows.length === all.length) return sample;
  const dropped = all.filter((i) => !keep(i)).map((i) => ({ patientId: sample.patientIds[i] as string, reason }));
  const groups = sample.modalities.length;
  return {
    ...sample,
    patientIds: rows.map((i) => sample.patientIds[i] as string),
    matrix: takeRows(sample.matrix, rows),
    dead: rows.map((i) => sample.dead[i] === true),
    timeDays: Float64Array.from(rows, (i) => sample.timeDays[i] as number),
    present: Uint8Array.from(rows.flatMap((i) => [...sample.present.subarray(i * groups, (i + 1) * groups)])),
    leftOut: [...sample.leftOut, ...dropped],
  };
}

/** The sample with the columns at these positions only, in this order. */
export function keepColumns(sample: Sample, at: readonly number[]): Sample {
  const { rows, n, p } = sample.matrix;
  const taken = new Float64Array(n * at.length);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < at.length; c++) taken[i * at.length + c] = rows[i * p + (at[c] as number)] as number;
  }
  const columns = at.map((j) => sample.columns[j] as DatasetColumn);
  return { ...sample, columns, matrix: { rows: taken, n, p: at.length } };
}

/** The rows of a matrix, in the order asked for. */
export function takeRows(matrix: RowMatrix, rows: readonly number[]): RowMatrix {
  const { p } = matrix;
  const taken = new Float64Array(rows.length * p);
  for (const [k, row] of rows.entries()) taken.set(matrix.rows.subarray(row * p, (row + 1) * p), k * p);
  return { rows: taken, n: rows.length, p };
}

function isPresent(sample: Sample, row: number): boolean {
  const groups = sample.modalities.length;
  return sample.present.subarray(row * groups, (row + 1) * groups).some((flag) => flag === 1);
}

/** Missing is NaN; an infinity would turn into NaN further on and be taken for missing. */
function assertNumbers({ values, columns, patientIds, outcomes }: Dataset): void {
  const infinite = (value: number) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
  const bad = values.findIndex(infinite);
  if (bad >= 0) {
    const patient = patientIds[Math.floor(bad / columns.length)] ?? '';
    throw trainingError(
      'TRAIN_BAD_VALUE',
      columns[bad % columns.length]?.feature ?? '',
      patient,
      values[bad] as number,
    );
  }
  const early = outcomes.find(({ timeDays }) => timeDays < 0 || infinite(timeDays));
  if (early === undefined) return;
  const found = `the survival time of patient ${early.patientId} is ${early.timeDays} days`;
  throw trainingError('TRAIN_BAD_DATASET', `${found}; expected 0 or more, or nothing`);
}

function assertShapes(dataset: Dataset, groups: readonly string[], modalities: readonly Modality[]): void {
  const n = dataset.patientIds.length;
  const fail = (reason: string) => trainingError('TRAIN_BAD_DATASET', reason);
  if (groups.join() !== modalities.join()) {
    throw fail(`it joins ${groups.join(', ')} but the modalities are ${modalities.join(', ')}`);
  }
  if (dataset.values.length !== n * dataset.columns.length) {
    throw fail(`${dataset.values.length} values for ${n} patients x ${dataset.columns.length} columns`);
  }
  if (dataset.outcomes.length !== n) throw fail(`${dataset.outcomes.length} outcomes for ${n} patients`);
  if (dataset.present.length !== n * groups.length) throw fail(`"present" is not ${n} x ${groups.length}`);
  const twice = dataset.patientIds.find((id, i) => dataset.patientIds.indexOf(id) !== i);
  if (twice !== undefined) throw fail(`the patient ${twice} is there twice`);
  const stray = dataset.outcomes.findIndex((outcome, i) => outcome.patientId !== dataset.patientIds[i]);
  if (stray >= 0) throw fail(`outcome ${stray + 1} is of ${dataset.outcomes[stray]?.patientId}`);
}

/** The second lock on the door: the dataset itself leaves such columns out, and a bug there must not leak an outcome. */
function assertRoles(dataset: Dataset): void {
  const allowed = new Set(dataset.spec.allow?.map(({ group, feature }) => `${group}\n${feature}`));
  for (const { group, feature, role } of dataset.columns) {
    if (role !== 'feature' && !allowed.has(`${group}\n${feature}`)) {
      throw trainingError('TRAIN_ROLE_REFUSED', `${group}.${feature}`, role);
    }
  }
}
