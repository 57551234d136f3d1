import { emptyRecord, kindOf, PredictError, predictErrors } from '../predict/index.js';
import { type InputNames, type InputRows, listOfWidth, type NameList } from './input-names.js';

/**
 * Records of a JSON document as a matrix. A record is one of
 * - an object of names and numbers: `{"Age": 60}`; names may be left out;
 * - a list of numbers in the model's order: `[60, null]`;
 * - either of them as `{"features": …}`, or the list as `{"data": {"features": {"values": […]}}}`; with `keys` and `shape` beside `values`, a sparse
 *   list (the request formats that the managed platform documents).
 *
 * null is missing. All records are of raw columns or all of components; the first one decides.
 * @throws PredictError PREDICT_NOT_A_RECORD, PREDICT_UNKNOWN_COLUMN, PREDICT_NOT_A_NUMBER, PREDICT_COLUMN_COUNT or PREDICT_EMPTY_RECORD
 */
export function recordRows(records: readonly unknown[], names: InputNames): InputRows {
  const first = unwrapped(records[0], names, 0);
  const list = isList(first) ? listOfWidth(names, first.length) : listOfNames(first, names);
  const p = list.names.length;
  const rows = new Float64Array(records.length * p).fill(Number.NaN);
  for (let r = 0; r < records.length; r++) {
    const record = r === 0 ? first : unwrapped(records[r], names, r);
    const given = isList(record) ? fillList(record, r, list, rows) : fillNamed(record, r, list, rows);
    if (given === 0) throw emptyRecord(r);
  }
  return { kind: list.kind, rows };
}

type Named = Readonly<Record<string, unknown>>;

function isList(record: readonly unknown[] | Named): record is readonly unknown[] {
  return Array.isArray(record);
}

function unwrapped(record: unknown, names: InputNames, r: number): readonly unknown[] | Named {
  if (!isObject(record)) {
    const reason = predictErrors.PREDICT_NOT_A_RECORD(kindOf(record));
    throw new PredictError('PREDICT_NOT_A_RECORD', reason, { record: r });
  }
  if (isList(record)) return record;
  const named = record;
  if (names.features.at.has('features') || names.features.at.has('data')) return named;
  // Asked before the keys are listed: a record has hundreds of them.
  const key = Object.hasOwn(named, 'features') ? 'features' : Object.hasOwn(named, 'data') ? 'data' : undefined;
  if (key === undefined || Object.keys(named).length !== 1) return named;
  if (key === 'features') {
    const { features } = named;
    if (isObject(features)) return features;
    throw badFeatures(r);
  }
  const features = isObject(named.data) && !isList(named.data) ? named.data.features : undefined;
  if (!isObject(features) || isList(features) || !Array.isArray(features.values)) throw badFeatures(r);
  return features.keys === undefined ? features.values : dense(features, features.values, r);
}

/** A sparse list as a full one; what has no key is missing, as XGBoost reads sparse data. */
function dense({ keys, shape }: Named, values: readonly unknown[], r: number): readonly unknown[] {
  const length: unknown = Array.isArray(shape) && shape.length === 1 ? shape[0] : undefined;
  const fits = Array.isArray(keys) && keys.length === values.length && Number.isSafeInteger(length);
  if (!fits || (length as number) < 1 || (length as number) > 1e6) throw badFeatures(r);
  const full = new Array<unknown>(length as number).fill(null);
  for (const [i, key] of keys.entries()) {
    if (!Number.isInteger(key) || !(key >= 0 && key < (length as number))) throw badFeatures(r);
    full[key as number] = values[i];
  }
  return full;
}

function listOfNames(record: Named, { features, components }: InputNames): NameList {
  if (!components.names.some((name) => Object.hasOwn(record, name))) return features;
  const [first] = Object.keys(record);
  return first !== undefined && components.at.has(first) && !features.at.has(first) ? components : features;
}

function fillList(record: readonly unknown[], r: number, { names }: NameList, rows: Float64Array): number {
  const p = names.length;
  if (record.length !== p) {
    const reason = predictErrors.PREDICT_COLUMN_COUNT(record.length, p);
    throw new PredictError('PREDICT_COLUMN_COUNT', reason, { record: r });
  }
  let given = 0;
  for (let c = 0; c < p; c++) {
    const value = record[c];
    if (value === null) continue;
    if (typeof value !== 'number') throw notANumber(value, r, names[c] as string);
    rows[r * p + c] = value;
    given++;
  }
  return given;
}

function fillNamed(record: Named, r: number, { names, at }: NameList, rows: Float64Array): number {
  const start = r * names.length;
  let given = 0;
  for (const column in record) {
    const position = at.get(column);
    if (position === undefined) {
      throw new PredictError('PREDICT_UNKNOWN_COLUMN', predictErrors.PREDICT_UNKNOWN_COLUMN(), { record: r, column });
    }
    const value = record[column];
    if (value === null) continue;
    if (typeof value !== 'number') throw notANumber(value, r, column);
    rows[start + position] = value;
    given++;
  }
  return given;
}

function isObject(value: unknown): value is readonly unknown[] | Named {
  return value !== null && typeof value === 'object';
}

function badFeatures(record: number): PredictError {
  return new PredictError('PREDICT_BAD_FEATURES', predictErrors.PREDICT_BAD_FEATURES(), { record });
}

function notANumber(value: unknown, record: number, column: string): PredictError {
  const reason = predictErrors.PREDICT_NOT_A_NUMBER(kindOf(value));
  return new PredictError('PREDICT_NOT_A_NUMBER', reason, { record, column });
}
