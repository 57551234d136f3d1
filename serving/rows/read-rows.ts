import { ServingError, servingErrors } from '../errors.js';
import { checkRowCount, csvRows, type HeaderChoice } from './csv-rows.js';
import { type InputNames, type InputRows, inputNames } from './input-names.js';
import { parseJsonLines, parseJsonRecords } from './json-records.js';
import { recordRows } from './json-rows.js';
import { plainRecords } from './record-scanner.js';
import { bytesOf, type RowsText, textOf } from './rows-text.js';

export type RowsFormat = 'csv' | 'json' | 'jsonl';

/**
 * Rows from text or its bytes, of the model's raw columns or of its principal components.
 * @param names of the model, made once by `inputNames`
 * @param mostValues of the matrix; a short text may stand for many rows of mostly missing values
 * @throws ServingError when no rows can be read, PredictError naming row and column when one cannot be used
 */
export function readInputRows(
  body: RowsText,
  format: RowsFormat,
  names: InputNames,
  header: HeaderChoice = 'auto',
  mostValues = Number.POSITIVE_INFINITY,
): InputRows {
  if (format === 'csv') return csvRows(body, names, header, mostValues);
  if (format === 'json') {
    const rows = plainRecords(bytesOf(body), names.features, mostValues);
    if (rows !== undefined) return { kind: 'features', rows };
  }
  const text = textOf(body);
  const records = format === 'json' ? parseJsonRecords(text) : parseJsonLines(text);
  checkRowCount(records.length, names.features.names.length, mostValues);
  return recordRows(records, names);
}

/**
 * As `readInputRows`, of raw columns only.
 * @returns row-major, shape (n x featureNames.length), NaN = missing; n >= 1; ready for `Predictor.predictRows`
 */
export function readRows(text: string, format: RowsFormat, featureNames: readonly string[]): Float64Array {
  return readInputRows(text, format, inputNames(featureNames)).rows;
}

/**
 * The format of a file by its name's ending.
 * @throws ServingError SERVING_UNKNOWN_FORMAT
 */
export function rowsFormat(fileName: string): RowsFormat {
  const ending = fileName.toLowerCase().split('.').at(-1);
  if (ending === 'csv' || ending === 'json' || ending === 'jsonl') return ending;
  const name = fileName.split(/[\\/]/).at(-1) ?? fileName;
  throw new ServingError('SERVING_UNKNOWN_FORMAT', servingErrors.SERVING_UNKNOWN_FORMAT(name));
}
