import type { Field, ModelForm, NumberField } from '../../server/replies/predict-reply.js';
import { columnValues, type Finding, fieldsOf, findingOf } from './field-values.js';
import { type CellRow, TableError } from './read-cells.js';

/** What is to be said of one cell, or of a row where `column` is empty. */
export interface CellFinding extends Finding {
  /** Counted from 1 below the header. */
  readonly row: number;
  /** Of the file. */
  readonly line: number;
  readonly patient: string;
  readonly column: string;
  readonly found: string;
}

/** One patient of a table. */
export interface TableRow {
  readonly row: number;
  /** Of a column of ids; else `row 3`. */
  readonly patient: string;
  readonly record: Readonly<Record<string, number>>;
  /** Some cell cannot be used, so that the row is not asked for. */
  readonly isBad: boolean;
}

/** A table as patients. */
export interface PatientTable {
  readonly rows: readonly TableRow[];
  readonly findings: readonly CellFinding[];
  /** Headers that are no input of the model. */
  readonly unknown: readonly string[];
}

/** What a column of the table is. */
type Meaning =
  | { readonly kind: 'id' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'field'; readonly field: Field };

const idNames: ReadonlySet<string> = new Set(['id', 'case', 'caseid', 'patient', 'patientid', 'subject', 'subjectid']);
/** As the server reads tables. */
const missing: ReadonlySet<string> = new Set(['', 'NA', 'N/A', 'NAN', 'NULL']);
/** Cells are shown to find them, not to repeat a file. */
const mostFound = 40;

/**
 * Reads the rows of a table below its header. Columns are the model's own, or categories under their source's name with a level in each cell; one
 * may hold ids of patients.
 * @throws TableError when there is no header that fits, or a column is there twice
 */
export function patientTable(form: ModelForm, cellRows: readonly CellRow[]): PatientTable {
  const [head, ...body] = cellRows;
  if (head === undefined)
    throw new TableError('There is nothing in it: a line of column names and a line for each patient are expected');
  const headers = head.cells;
  assertDistinct(headers);
  const meanings = meaningsOf(form, headers);
  if (!meanings.some(({ kind }) => kind === 'field')) {
    throw new TableError(
      `None of its columns is an input of the model (found ${headers.slice(0, 5).join(', ')}); the first line names the columns`,
    );
  }
  assertNothingTwice(meanings);
  if (body.length === 0) throw new TableError('There is no line below the column names');
  const findings: CellFinding[] = [];
  const rows = body.map((line, i) => readRow(headers, meanings, line, i + 1, findings));
  return { rows, findings, unknown: headers.filter((_, c) => meanings[c]?.kind === 'unknown') };
}

function readRow(
  headers: readonly string[],
  meanings: readonly Meaning[],
  { line, cells }: CellRow,
  row: number,
  findings: CellFinding[],
): TableRow {
  const id = cells[meanings.findIndex(({ kind }) => kind === 'id')]?.trim() ?? '';
  const patient = id === '' ? `row ${row}` : id;
  const record: Record<string, number> = {};
  const before = findings.length;
  const note = (column: string, found: string, finding: Finding) =>
    findings.push({ row, line, patient, column, found: found.slice(0, mostFound), ...finding });
  if (cells.length !== headers.length) {
    note('', `${cells.length} cells`, { kind: 'fault', text: `The header has ${headers.length} columns` });
  }
  for (const [c, meaning] of meanings.entries()) {
    const cell = (cells[c] ?? '').trim();
    if (meaning.kind !== 'field' || missing.has(cell.toUpperCase())) continue;
    const finding = findingOf(meaning.field, cell);
    if (finding !== undefined) note(headers[c] as string, cell, finding);
    for (const [column, value] of Object.entries(columnValues(meaning.field, cell))) {
      if (value !== null) record[column] = value;
    }
  }
  const isFaulty = findings.slice(before).some(({ kind }) => kind === 'fault');
  if (!isFaulty && Object.keys(record).length === 0) {
    note('', 'no value', { kind: 'fault', text: 'The row holds no value that the model takes' });
  }
  return { row, patient, record, isBad: findings.slice(before).some(({ kind }) => kind === 'fault') };
}

function assertDistinct(headers: readonly string[]): void {
  const twice = headers.find((header, c) => headers.indexOf(header) !== c);
  if (twice !== undefined) throw new TableError(`The column "${twice.slice(0, mostFound)}" is there twice`);
}

function meaningsOf(form: ModelForm, headers: readonly string[]): readonly Meaning[] {
  const byName = new Map<string, Field>();
  for (const field of fieldsOf(form)) {
    byName.set(field.name, field);
    byName.set(field.label, field);
    if (field.kind === 'category') for (const name of field.columns) byName.set(name, numberColumn(name));
  }
  let hasId = false;
  return headers.map((header): Meaning => {
    const field = byName.get(header.trim());
    if (field !== undefined) return { kind: 'field', field };
    if (hasId || !idNames.has(header.toLowerCase().replaceAll(/[^a-z]/g, ''))) return { kind: 'unknown' };
    hasId = true;
    return { kind: 'id' };
  });
}

/** A column of the model that stands for a level: it holds 0 or 1, or a place on a scale. */
function numberColumn(name: string): NumberField {
  // The server says what lies outside of the training.
  const anything = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
  return { kind: 'number', name, label: name, description: '', unit: '1', range: anything, typical: null };
}

/** A category and its own columns would say the same thing twice, and perhaps differently. */
function assertNothingTwice(meanings: readonly Meaning[]): void {
  const names = new Set<string>();
  for (const meaning of meanings) {
    if (meaning.kind !== 'field') continue;
    const { field } = meaning;
    for (const column of field.kind === 'category' ? field.columns : [field.name]) {
      if (names.has(column)) throw new TableError(`Two columns of it say what "${column}" is; leave one out`);
      names.add(column);
    }
  }
}
