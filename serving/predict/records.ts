import { type PredictError, predictError } from './errors.js';

/**
 * Records by column name as a matrix in the model's order. A record may leave columns out (a patient without a
 * modality): they become missing, like null and NaN.
 * @param records values are `unknown` because they come from outside
 * @param featureNames the model's columns, in order
 * @returns row-major, shape (n x featureNames.length), NaN = missing
 * @throws PredictError PREDICT_NOT_A_RECORD, PREDICT_UNKNOWN_COLUMN, PREDICT_NOT_A_NUMBER or PREDICT_EMPTY_RECORD
 */
export function recordsToRows(records: readonly unknown[], featureNames: readonly string[]): Float64Array {
  return recordReader(featureNames)(records);
}

/** `recordsToRows` for one model, made ready once. */
export function recordReader(featureNames: readonly string[]): (records: readonly unknown[]) => Float64Array {
  const position = new Map(featureNames.map((name, i) => [name, i] as const));
  const p = featureNames.length;
  return (records) => {
    const rows = new Float64Array(records.length * p).fill(Number.NaN);
    for (const [r, record] of records.entries()) {
      fillRow(record, r, { names: featureNames, position }, rows.subarray(r * p, (r + 1) * p));
    }
    return rows;
  };
}

interface Columns {
  readonly names: readonly string[];
  readonly position: ReadonlyMap<string, number>;
}

function fillRow(record: unknown, r: number, { names, position }: Columns, row: Float64Array): void {
  if (record === null || typeof record !== 'object' || Array.isArray(record)) {
    throw predictError('PREDICT_NOT_A_RECORD', [kindOf(record)], { record: r });
  }
  const values = record as Readonly<Record<string, unknown>>;
  let there = 0;
  let next = 0;
  for (const column of Object.keys(values)) {
    // Records mostly name their columns in the model's order: then there is nothing to look up.
    const at = names[next] === column ? next : position.get(column);
    if (at === undefined) throw predictError('PREDICT_UNKNOWN_COLUMN', [], { record: r, column });
    next = at + 1;
    const value = values[column];
    if (value === null) continue;
    if (typeof value !== 'number') {
      throw predictError('PREDICT_NOT_A_NUMBER', [kindOf(value)], { record: r, column });
    }
    row[at] = value;
    if (!Number.isNaN(value)) there++;
  }
  if (there === 0) throw emptyRecord(r);
}

/** A record without a single value: nothing about the patient would enter the answer. */
export function emptyRecord(record: number): PredictError {
  return predictError('PREDICT_EMPTY_RECORD', [], { record });
}

/** What was found, without repeating it: a cell may hold anything, a name too. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `text (${value.length} characters)`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
