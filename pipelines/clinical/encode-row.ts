import type { Cell } from '../feature-table.js';
import type { Finding } from '../stage.js';
import { dayIn, folded, isMissing, msPerDay, numberIn } from './cell-values.js';
import type { ClinicalRecord } from './clinical-table.js';
import {
  type CategoryRow,
  type CodebookRow,
  clinicalCodebook,
  type DateRow,
  type NotApplicable,
  type NumberRow,
  type StatusRow,
} from './codebook.js';
import { ClinicalError, clinicalErrors, shown } from './errors.js';
import { orderedName, storedName } from './feature-names.js';
import { type OneHot, oneHotsOf } from './group.js';
import { type Survival, survivalOf } from './survival.js';

/** A patient's row in the columns of the group. */
export interface EncodedRow {
  readonly values: Readonly<Record<string, Cell>>;
  readonly survival: Survival;
  readonly findings: readonly Finding[];
}

/** One row on its way: where it comes from and what has been found so far. */
interface Encoding {
  readonly file: string;
  readonly record: ClinicalRecord;
  readonly values: Record<string, Cell>;
  readonly findings: Finding[];
}

/**
 * Reads a patient's cells as the codebook says. A column that the table lacks gives missing values.
 * @throws ClinicalError CLINICAL_NOT_A_NUMBER, CLINICAL_NOT_A_DATE naming line, patient, column and text
 */
export function encodeRow(file: string, record: ClinicalRecord): EncodedRow {
  const encoding: Encoding = { file, record, values: {}, findings: [] };
  for (const row of clinicalCodebook) encodeCell(encoding, row);
  const survival = survivalOf(record.caseId, followUp(encoding.values));
  encoding.values.survival_time_days = survival.timeDays;
  encoding.values.survival_event = survival.event;
  return { values: encoding.values, survival, findings: [...encoding.findings, ...survival.findings] };
}

function encodeCell(encoding: Encoding, row: CodebookRow): void {
  if (row.kind === 'number') encodeNumber(encoding, row);
  else if (row.kind === 'date') encodeDate(encoding, row);
  else if (row.kind === 'status') encodeStatus(encoding, row);
  else if (row.kind === 'category') encodeCategory(encoding, row);
}

/** @returns undefined when the table lacks the column or the cell is a spelling of missing */
function presentCell({ record }: Encoding, row: CodebookRow): string | undefined {
  const text = record.cells.get(folded(row.header));
  return text === undefined || isMissing(text, row.missing) ? undefined : text;
}

function doesNotApply({ record }: Encoding, header: string, when: NotApplicable | undefined): boolean {
  if (when === undefined || folded(record.cells.get(folded(header)) ?? '') !== 'n/a') return false;
  return folded(record.cells.get(folded(when.column)) ?? '') === folded(when.category);
}

function encodeNumber(encoding: Encoding, row: NumberRow): void {
  const { file, record, values, findings } = encoding;
  const text = presentCell(encoding, row);
  if (text === undefined) {
    values[storedName(row.header)] = doesNotApply(encoding, row.header, row.zeroWhen) ? 0 : null;
    return;
  }
  const value = numberIn(text);
  if (value === undefined) {
    throw new ClinicalError(
      'CLINICAL_NOT_A_NUMBER',
      clinicalErrors.CLINICAL_NOT_A_NUMBER(file, record.line, record.caseId, row.header, shown(text)),
    );
  }
  values[storedName(row.header)] = value;
  findings.push(...implausible(record.caseId, row, value));
}

function implausible(patientId: string, { header, plausible: [low, high] }: NumberRow, value: number): Finding[] {
  if (value >= low && value <= high) return [];
  const message = `${patientId}: "${header}" is ${value}, outside ${low} to ${high}; it is kept`;
  return [{ severity: 'warning', code: 'CLINICAL_IMPLAUSIBLE_VALUE', message, patientId, column: header }];
}

/**
 * What the values of a row that is in the store already say against each other, in the words of the run that made it: implausible numbers and
 * contradictory dates.
 * @param values by name of the group's column; dates in milliseconds since 1970 UTC
 */
export function storedRowFindings(caseId: string, values: Readonly<Record<string, Cell>>): readonly Finding[] {
  const numbers = clinicalCodebook.flatMap((row) => {
    const value = row.kind === 'number' ? values[storedName(row.header)] : null;
    return row.kind === 'number' && typeof value === 'number' && !Number.isNaN(value)
      ? implausible(caseId, row, value)
      : [];
  });
  return [...numbers, ...survivalOf(caseId, followUp(values)).findings];
}

function encodeDate(encoding: Encoding, row: DateRow): void {
  const { file, record, values } = encoding;
  const text = presentCell(encoding, row);
  const day = text === undefined ? Number.NaN : dayIn(text);
  if (day === undefined) {
    throw new ClinicalError(
      'CLINICAL_NOT_A_DATE',
      clinicalErrors.CLINICAL_NOT_A_DATE(file, record.line, record.caseId, row.header, shown(text ?? '')),
    );
  }
  values[storedName(row.header)] = day * msPerDay;
}

function encodeStatus(encoding: Encoding, row: StatusRow): void {
  const text = presentCell(encoding, row);
  const known = text === undefined ? undefined : knownCategory(encoding, row, text);
  encoding.values[storedName(row.header)] = known === undefined ? null : row.categories.indexOf(known);
}

function encodeCategory(encoding: Encoding, row: CategoryRow): void {
  const { record, values } = encoding;
  const text = presentCell(encoding, row);
  const known = text === undefined ? undefined : knownCategory(encoding, row, text);
  values[storedName(row.header)] = known ?? text ?? null;
  const cell = record.cells.get(folded(row.header));
  const none = doesNotApply(encoding, row.header, row.noneWhen);
  for (const oneHot of oneHotsOf(row)) values[oneHot.name] = oneHotCell(oneHot, cell, known, none);
  if (row.order === undefined) return;
  values[orderedName(row.header)] = known === undefined ? null : (row.order[known] ?? null);
}

/** @param none the question does not apply, so no category does */
function oneHotCell(oneHot: OneHot, cell: string | undefined, known: string | undefined, none: boolean): Cell {
  if (cell === undefined) return null;
  if (oneHot.of === 'missing') return folded(oneHot.value) === folded(cell) ? 1 : 0;
  if (known !== undefined) return oneHot.value === known ? 1 : 0;
  return none ? 0 : null;
}

/** The category as the codebook spells it; undefined, and reported, when the codebook does not know it. */
function knownCategory(encoding: Encoding, row: CategoryRow | StatusRow, text: string): string | undefined {
  const known = row.categories.find((category) => folded(category) === folded(text));
  if (known === undefined) {
    const { caseId } = encoding.record;
    encoding.findings.push({
      severity: 'warning',
      code: 'CLINICAL_UNKNOWN_CATEGORY',
      message: `${caseId}: "${row.header}" is "${shown(text)}", which is none of ${row.categories.join(' | ')}; it counts as missing`,
      patientId: caseId,
      column: row.header,
    });
  }
  return known;
}

function followUp(values: Readonly<Record<string, Cell>>) {
  const numeric = (header: string) => {
    const value = values[storedName(header)];
    return typeof value === 'number' ? value : Number.NaN;
  };
  const day = (header: string) => numeric(header) / msPerDay;
  const status = numeric('Survival Status');
  return {
    status: status === 1 ? 'Dead' : status === 0 ? 'Alive' : null,
    ctDay: day('CT Date'),
    ctToSurgery: numeric('Days between CT and surgery'),
    deathDay: day('Date of Death'),
    lastSeenDay: day('Date of Last Known Alive'),
    recurrenceDay: day('Date of Recurrence'),
    timeToDeath: numeric('Time to Death (days)'),
  } as const;
}
