import { ServingError, servingErrors } from '../errors.js';
import { emptyRecord, PredictError, predictErrors } from '../predict/index.js';
import { csvCells } from './csv-cells.js';
import { type InputNames, type InputRows, listOfWidth, type NameList } from './input-names.js';
import { plainRows } from './plain-numbers.js';
import { bytesOf, type RowsText, textOf } from './rows-text.js';

/** `auto`: the first row is a header when it names a column of the model, or when it cannot be a row of numbers. */
export type HeaderChoice = 'present' | 'absent' | 'auto';

/** A decimal number as CSV may hold it. */
export const decimal = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;
/** Cells that say nothing, in upper case. */
export const missing: ReadonlySet<string> = new Set(['', 'NA', 'N/A', 'NAN']);

/**
 * Comma-separated rows (RFC 4180) as a matrix in the model's order. With a header, columns may be left out and stand in any
 * order; without one, every row holds all of the model's columns in its order, or all of its principal components. Empty, NA, N/A and NaN (any
 * case) are missing; empty lines are skipped.
 * @throws ServingError SERVING_BAD_CSV or SERVING_NO_ROWS when there are no rows to be had from the text, SERVING_TOO_MANY_ROWS
 * @throws PredictError naming row and column when a cell or the header cannot be used
 */
export function csvRows(
  body: RowsText,
  names: InputNames,
  header: HeaderChoice = 'auto',
  mostValues = Number.POSITIVE_INFINITY,
): InputRows {
  if (header === 'absent' || (header === 'auto' && !names.numericNames)) {
    const plain = plainRows(bytesOf(body), names.features.names.length, mostValues);
    if (plain !== undefined) {
      const { kind, names: columns } = listOfWidth(names, plain.width);
      if (columns.length === plain.width) return { kind, rows: plain.values };
    }
  }
  return carefulRows(textOf(body), names, header, mostValues);
}

/** Says what is wrong where something is. */
function carefulRows(text: string, names: InputNames, header: HeaderChoice, mostValues: number): InputRows {
  const table = csvCells(text);
  const first = table[0];
  if (first === undefined) throw new ServingError('SERVING_NO_ROWS', servingErrors.SERVING_NO_ROWS());
  const named = header === 'present' || (header === 'auto' && looksLikeHeader(first, names));
  const list = named ? listOfHeader(first, names) : listOfWidth(names, first.length);
  const columns = named ? headerPositions(first, list) : list.names.map((_, i) => i);
  const body = named ? table.slice(1) : table;
  if (body.length === 0) throw new ServingError('SERVING_NO_ROWS', servingErrors.SERVING_NO_ROWS());
  checkRowCount(body.length, list.names.length, mostValues);
  const rows = new Float64Array(body.length * list.names.length).fill(Number.NaN);
  for (const [r, cells] of body.entries()) {
    readCells(cells, columns, list.names, r, rows);
  }
  return { kind: list.kind, rows };
}

/** @throws ServingError SERVING_TOO_MANY_ROWS when the matrix would hold more than `mostValues` */
export function checkRowCount(rows: number, columns: number, mostValues: number): void {
  const most = Math.max(1, Math.floor(mostValues / columns));
  if (rows > most) {
    throw new ServingError('SERVING_TOO_MANY_ROWS', servingErrors.SERVING_TOO_MANY_ROWS(rows, most));
  }
}

/**
 * A row that names a column is a header. One that names none is taken as numbers when it has the model's width and a number
 * or a gap somewhere, so that a single bad cell is reported as such; otherwise its first name is reported as unknown.
 */
function looksLikeHeader(cells: readonly string[], { features, components }: InputNames): boolean {
  if (cells.some((cell) => features.at.has(cell) || components.at.has(cell))) return true;
  return !cells.some((cell) => decimal.test(cell) || missing.has(cell.toUpperCase()));
}

function listOfHeader(header: readonly string[], { features, components }: InputNames): NameList {
  return header.some((column) => features.at.has(column)) || !header.some((column) => components.at.has(column))
    ? features
    : components;
}

function headerPositions(header: readonly string[], list: NameList): readonly number[] {
  const seen = new Set<string>();
  return header.map((column) => {
    const at = list.at.get(column);
    if (at === undefined) {
      throw new PredictError('PREDICT_UNKNOWN_COLUMN', predictErrors.PREDICT_UNKNOWN_COLUMN(), { column });
    }
    if (seen.has(column)) {
      throw new PredictError('PREDICT_DUPLICATE_COLUMN', predictErrors.PREDICT_DUPLICATE_COLUMN(), { column });
    }
    seen.add(column);
    return at;
  });
}

function readCells(
  cells: readonly string[],
  columns: readonly number[],
  featureNames: readonly string[],
  record: number,
  rows: Float64Array,
): void {
  if (cells.length !== columns.length) {
    const reason = predictErrors.PREDICT_COLUMN_COUNT(cells.length, columns.length);
    throw new PredictError('PREDICT_COLUMN_COUNT', reason, { record });
  }
  let given = 0;
  for (const [i, cell] of cells.entries()) {
    const at = columns[i] as number;
    if (decimal.test(cell)) {
      rows[record * featureNames.length + at] = Number(cell);
      given++;
    } else if (!missing.has(cell.toUpperCase())) {
      const reason = predictErrors.PREDICT_NOT_A_NUMBER(`text (${cell.length} characters)`);
      throw new PredictError('PREDICT_NOT_A_NUMBER', reason, { record, column: featureNames[at] as string });
    }
  }
  if (given === 0) throw emptyRecord(record);
}
