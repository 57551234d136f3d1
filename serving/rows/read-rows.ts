import { ServingError, servingErrors } from '../errors.js';
import { recordsToRows } from '../predict/index.js';
import { checkRowCount, type HeaderChoice, parseCsvRows } from './csv-rows.js';
import { parseJsonRecords } from './json-records.js';

export type RowsFormat = 'csv' | 'json';

/**
 * Rows of raw features from text, for the endpoint and for files alike.
 * @param mostValues of the matrix; a short text may stand for many rows of mostly missing values
 * @returns row-major, shape (n x featureNames.length), NaN = missing; n >= 1; ready for `Predictor.predictRows`
 * @throws ServingError when no rows can be read, PredictError naming row and column when one cannot be used
 */
export function readRows(
  text: string,
  format: RowsFormat,
  featureNames: readonly string[],
  header: HeaderChoice = 'auto',
  mostValues = Number.POSITIVE_INFINITY,
): Float64Array {
  if (format === 'csv') return parseCsvRows(text, featureNames, header, mostValues);
  const records = parseJsonRecords(text);
  checkRowCount(records.length, featureNames.length, mostValues);
  return recordsToRows(records, featureNames);
}

/**
 * The format of a file by its name's ending.
 * @throws ServingError SERVING_UNKNOWN_FORMAT
 */
export function rowsFormat(fileName: string): RowsFormat {
  const ending = fileName.toLowerCase().split('.').at(-1);
  if (ending === 'csv' || ending === 'json') return ending;
  const name = fileName.split(/[\\/]/).at(-1) ?? fileName;
  throw new ServingError('SERVING_UNKNOWN_FORMAT', servingErrors.SERVING_UNKNOWN_FORMAT(name));
}
