import { packageVersion } from '../../package-facts.js';
import { featureTable, type TableRow } from '../feature-table.js';
import type { Finding, PatientFailure, Stage } from '../stage.js';
import { folded, isMissing, msPerDay } from './cell-values.js';
import { type ClinicalTable, readClinicalTable } from './clinical-table.js';
import { type CodebookRow, clinicalCodebook } from './codebook.js';
import { encodeRow } from './encode-row.js';
import { ClinicalError, clinicalErrors } from './errors.js';
import { clinicalGroup } from './group.js';

/** Path of a clinical table. */
export interface ClinicalInput {
  readonly file: string;
}

/** Nothing to set yet: the codebook decides. */
export type ClinicalSettings = Readonly<Record<string, never>>;

/** Columns without which survival cannot be told for every patient. */
const survivalColumns: ReadonlySet<string> = new Set([
  'Survival Status',
  'Date of Last Known Alive',
  'Date of Death',
  'CT Date',
  'Days between CT and surgery',
]);

/**
 * Clinical table -> group `clinical`: one row per patient, every column typed by the codebook, categories also one-hot under the
 * names of the reference solution, survival by the rule of `survivalOf`. `event_time` is the day of surgery, 0 when unknown.
 * A patient with a cell that cannot be read fails, the others are done. Unknown columns, unseen categories and contradictory dates are findings, none is dropped silently.
 * @throws ClinicalError naming the file and the line, column or patient
 */
export const clinicalStage: Stage<ClinicalInput, ClinicalSettings> = {
  name: 'clinical',
  async run(input, settings) {
    const unknown = Object.keys(settings)[0];
    if (unknown !== undefined) {
      throw new ClinicalError(
        'CLINICAL_BAD_SETTING',
        clinicalErrors.CLINICAL_BAD_SETTING(`unknown option "${unknown}"; there is none`),
      );
    }
    const table = await readClinicalTable(input.file);
    const absent = absentColumns(table);
    const findings = [...columnFindings(table, absent), ...spellingFindings(table)];
    const { rows, findings: rowFindings, failed } = encodeRows(table);
    // A column that is not there is reported once, not once per patient.
    findings.push(...rowFindings.filter(({ column }) => column === undefined || !absent.has(column)));
    const group = clinicalGroup();
    const provenance = {
      pipelineVersion: `clinical@${packageVersion()}`,
      settingsDigest: group.settingsDigest,
      inputDigests: [{ name: table.file, sha256: table.sha256 }],
    };
    const result = { table: featureTable(group, rows, [provenance]), findings, artifacts: [] };
    return failed.length === 0 ? result : { ...result, failed };
  },
};

interface EncodedRows {
  readonly rows: readonly TableRow[];
  readonly findings: readonly Finding[];
  readonly failed: readonly PatientFailure[];
}

/**
 * A cell that cannot be read costs its patient's row, not the table.
 * @throws ClinicalError the first one, when no patient's row can be read: then it is the table that is wrong
 */
function encodeRows(table: ClinicalTable): EncodedRows {
  const rows: TableRow[] = [];
  const findings: Finding[] = [];
  const failed: PatientFailure[] = [];
  let first: ClinicalError | undefined;
  for (const record of table.records) {
    try {
      const { values, survival, findings: found } = encodeRow(table.file, record);
      const { surgeryDay } = survival;
      rows.push({ caseId: record.caseId, eventTimeMs: Number.isNaN(surgeryDay) ? 0 : surgeryDay * msPerDay, values });
      findings.push(...found);
    } catch (error) {
      if (!(error instanceof ClinicalError)) throw error;
      first ??= error;
      failed.push({ patientId: record.caseId, code: error.code, message: error.message });
    }
  }
  if (rows.length === 0 && first !== undefined) throw first;
  return { rows, findings, failed };
}

const columnRows = clinicalCodebook.filter((row) => row.kind !== 'identifier');

function absentColumns(table: ClinicalTable): ReadonlySet<string> {
  const there = new Set(table.headers.map(folded));
  return new Set(columnRows.map((row) => row.header).filter((header) => !there.has(folded(header))));
}

function columnFindings(table: ClinicalTable, absent: ReadonlySet<string>): readonly Finding[] {
  const known = new Set(columnRows.map((row) => folded(row.header)));
  const unused = table.headers.filter((header) => !known.has(folded(header)));
  return [
    ...[...absent].map((column): Finding => {
      const consequence = survivalColumns.has(column) ? ', which survival times need' : '';
      const message = `"${table.file}" has no column "${column}"${consequence}; its values are missing for every patient`;
      return { severity: 'warning', code: 'CLINICAL_COLUMN_MISSING', message, column };
    }),
    ...unused.map((column): Finding => {
      const message = `"${table.file}" has a column "${column}" that the codebook does not know; it is not used`;
      return { severity: 'warning', code: 'CLINICAL_COLUMN_NOT_USED', message, column };
    }),
  ];
}

/** Spellings of missing that a column is not known to use: taken as missing, and said once per column. */
function spellingFindings(table: ClinicalTable): readonly Finding[] {
  return columnRows.flatMap((row): readonly Finding[] => {
    const unusual = table.records
      .map((record) => record.cells.get(folded(row.header)))
      .filter((cell) => cell !== undefined && isUnusualMissing(cell, row));
    if (unusual.length === 0) return [];
    const spellings = [...new Set(unusual)].map((text) => `"${text}"`).join(', ');
    const message = `"${row.header}": ${unusual.length} cells hold ${spellings}, which this column does not usually use; they count as missing`;
    return [{ severity: 'info', code: 'CLINICAL_UNUSUAL_MISSING', message, column: row.header }];
  });
}

function isUnusualMissing(cell: string, row: CodebookRow): boolean {
  return isMissing(cell, row.missing) && !row.missing.some((token) => folded(token) === folded(cell));
}
