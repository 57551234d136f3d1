import { clinicalColumns, truthIdColumn } from '../cohort-columns.js';
import type { ClinicalRecord } from './clinical-record.js';
import type { PlannedPatient } from './cohort-plan.js';

function csvCell(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function csv(rows: readonly (readonly string[])[]): string {
  return `${rows.map((row) => row.map(csvCell).join(',')).join('\n')}\n`;
}

/** The clinical table: the collection's 40 columns, rows sorted by patient id as there. */
export function clinicalTable(records: readonly ClinicalRecord[]): string {
  const sorted = [...records].sort((a, b) => (a.patientId < b.patientId ? -1 : 1));
  const rows = sorted.map((record) => [record.patientId, ...clinicalColumns.map((column) => record.cells[column])]);
  return csv([['Patient ID', ...clinicalColumns], ...rows]);
}

/** What the outcome really depends on, for tests and demonstrations; never an input of the pipeline. */
export function truthTable(patients: readonly PlannedPatient[]): string {
  const header = [
    truthIdColumn,
    'gene_factor',
    'clinical_factor',
    'imaging_factor',
    'log_hazard',
    'death_day',
    'censor_day',
    'dead',
  ];
  const rows = patients.map(({ patientId, factors, logHazard, survival }) => [
    patientId,
    ...[factors.gene, factors.clinical, factors.imaging, logHazard].map((value) => value.toFixed(6)),
    String(survival.deathDay),
    String(survival.censorDay),
    survival.dead ? '1' : '0',
  ]);
  return csv([header, ...rows]);
}
