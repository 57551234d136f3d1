import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StageResult } from '../stage.js';
import { type ClinicalError, type ClinicalSettings, clinicalStage } from './index.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clinical-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A complete row of the table; every patient of a test differs from it only in what the test is about. */
const usual: Readonly<Record<string, string>> = {
  'Patient affiliation': 'Stanford',
  'Age at Histological Diagnosis': '65',
  'Weight (lbs)': '180.5',
  Gender: 'Male',
  Ethnicity: 'Caucasian',
  'Smoking status': 'Former',
  'Pack Years': '30',
  'Quit Smoking Year': '1980',
  '%GG': '>0 - 25%',
  ...Object.fromEntries(
    ['RUL', 'RML', 'RLL', 'LUL', 'LLL', 'L Lingula', 'Unknown'].map((place) => [
      `Tumor Location (choice=${place})`,
      place === 'RUL' ? 'Checked' : 'Unchecked',
    ]),
  ),
  'Histology ': 'Adenocarcinoma',
  'Pathological T stage': 'T2a',
  'Pathological N stage': 'N0',
  'Pathological M stage': 'M0',
  'Histopathological Grade': 'Other, Type II: Moderately to poorly differentiated',
  'Lymphovascular invasion': 'Absent',
  'Pleural invasion (elastic, visceral, or parietal)': 'No',
  'EGFR mutation status': 'Wildtype',
  'KRAS mutation status': 'Mutant',
  'ALK translocation status': 'Unknown',
  'Adjuvant Treatment': 'No',
  Chemotherapy: 'No',
  Radiation: 'No',
  Recurrence: 'no',
  'Recurrence Location': 'N/A',
  'Date of Recurrence': 'N/A',
  'Date of Last Known Alive': '1/31/1995',
  'Survival Status': 'Alive',
  'Date of Death': 'N/A',
  'Time to Death (days)': 'N/A',
  'CT Date': '1/1/1994',
  'Days between CT and surgery': '30',
  'PET Date': 'Not Collected',
};

type Patient = Readonly<Record<string, string>>;

function csv(patients: readonly Patient[], idHeader = 'Case ID', headers = Object.keys(usual)): string {
  const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const lines = patients.map((patient, i) => [
    `P-${i + 1}`,
    ...headers.map((header) => patient[header] ?? usual[header] ?? ''),
  ]);
  return `${[[idHeader, ...headers], ...lines].map((line) => line.map(quoted).join(',')).join('\n')}\n`;
}

async function runText(text: string | Uint8Array): Promise<StageResult> {
  const file = join(folder, 'clinical.csv');
  writeFileSync(file, text);
  return clinicalStage.run({ file }, {});
}

const run = (...patients: Patient[]) => runText(csv(patients));
const codes = ({ findings }: StageResult) => findings.map(({ code }) => code);
const cell = ({ table }: StageResult, name: string, row = 0) => {
  const column = table.columns.get(name);
  if (column === undefined) throw new TypeError(`no column ${name}`);
  return column.values[row];
};

async function failure(text: string | Uint8Array) {
  const error: ClinicalError = await runText(text).then(
    () => expect.unreachable('should fail'),
    (e: ClinicalError) => e,
  );
  return { name: error.name, code: error.code, message: error.message };
}

describe('clinical stage', () => {
  test('the usual row gives no finding; numbers, dates, categories and survival are where they belong', async () => {
    const result = await run({});
    expect(result.findings).toEqual([]);
    expect(cell(result, 'case_id')).toBe('P-1');
    expect(cell(result, 'event_time')).toBe(Date.UTC(1994, 0, 31));
    expect(cell(result, 'AgeatHistologicalDiagnosis')).toBe(65);
    expect(cell(result, 'Weightlbs')).toBe(180.5);
    expect(cell(result, 'CTDate')).toBe(Date.UTC(1994, 0, 1));
    expect(cell(result, 'Gender')).toBe('Male');
    expect([cell(result, 'Gender_Male'), cell(result, 'Gender_Female')]).toEqual([1, 0]);
    expect(cell(result, 'HistopathologicalGrade_OtherTypeIIModeratelytopoorlydifferen')).toBe(1);
    expect(cell(result, 'SurvivalStatus')).toBe(0);
    expect([cell(result, 'survival_time_days'), cell(result, 'survival_event')]).toEqual([365, 0]);
  });

  test('id column by either name, header white space, byte order mark, CRLF, tabs and gzip do not matter', async () => {
    const text = csv([{}, { Gender: 'Female' }]);
    const plain = (await runText(text)).table.columns;
    const variants = [
      csv([{}, { Gender: 'Female' }], ' Patient ID '),
      `\uFEFF${text}`,
      text.replaceAll('\n', '\r\n'),
      `${text}\n\n`,
      gzipSync(text),
      text.replaceAll(/"([^"\n]*)"|,/g, (all, quoted) => (quoted === undefined ? '\t' : all)),
    ];
    for (const variant of variants) expect((await runText(variant)).table.columns).toEqual(plain);
  });

  test('a missing category: its own column is 1, the real ones are missing, and so is the raw column', async () => {
    const result = await run({ 'EGFR mutation status': 'unknown' }, { 'EGFR mutation status': 'NOT COLLECTED' });
    const names = ['Mutant', 'Wildtype', 'Unknown', 'Notcollected'].map((v) => `EGFRmutationstatus_${v}`);
    expect(names.map((n) => cell(result, n, 0))).toEqual([Number.NaN, Number.NaN, 1, 0]);
    expect(names.map((n) => cell(result, n, 1))).toEqual([Number.NaN, Number.NaN, 0, 1]);
    expect(cell(result, 'EGFRmutationstatus', 0)).toBeNull();
    expect(result.findings).toEqual([]);
  });

  test('a category with an order is a number as well, missing where the category is', async () => {
    const result = await run({ '%GG': '75 - < 100%' }, { '%GG': 'Not Assessed', 'Pathological T stage': 'Tis' });
    expect([0, 1].map((row) => cell(result, 'GG_ordered', row))).toEqual([4, Number.NaN]);
    expect([0, 1].map((row) => cell(result, 'PathologicalTstage_ordered', row))).toEqual([3, 0]);
    expect(cell(result, 'HistopathologicalGrade_ordered')).toBe(2.5);
    expect(cell(result, 'Smokingstatus_ordered')).toBe(1);
  });

  test('categories are told apart without regard to case and written as the codebook has them', async () => {
    const result = await run({ Recurrence: 'No', Gender: ' FEMALE ' });
    expect([cell(result, 'Recurrence'), cell(result, 'Recurrence_no'), cell(result, 'Gender')]).toEqual([
      'no',
      1,
      'Female',
    ]);
    expect(result.findings).toEqual([]);
  });

  test('a category the codebook does not know is reported with patient, column and value, and is missing', async () => {
    const result = await run({}, { 'Pathological N stage': 'N3' });
    expect(result.findings).toEqual([
      {
        severity: 'warning',
        code: 'CLINICAL_UNKNOWN_CATEGORY',
        message: 'P-2: "Pathological N stage" is "N3", which is none of N0 | N1 | N2; it counts as missing',
        patientId: 'P-2',
        column: 'Pathological N stage',
      },
    ]);
    expect(cell(result, 'PathologicalNstage', 1)).toBe('N3');
    expect(['N0', 'N1', 'N2', 'NotCollected'].map((v) => cell(result, `PathologicalNstage_${v}`, 1))).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
      0,
    ]);
  });

  test('pack years N/A is 0 for a nonsmoker and missing for others; recurrence location N/A is none without recurrence', async () => {
    const result = await run(
      { 'Smoking status': 'Nonsmoker', 'Pack Years': 'N/A' },
      { 'Smoking status': 'Current', 'Pack Years': 'N/A' },
      { 'Smoking status': 'Nonsmoker', 'Pack Years': 'Not Collected', Recurrence: 'yes' },
    );
    expect([0, 1, 2].map((row) => cell(result, 'PackYears', row))).toEqual([0, Number.NaN, Number.NaN]);
    expect([0, 1, 2].map((row) => cell(result, 'RecurrenceLocation_distant', row))).toEqual([0, 0, Number.NaN]);
  });

  test('unusual spellings of missing, implausible numbers', async () => {
    const result = await run({ Gender: 'N/A', 'Weight (lbs)': '' }, { 'Age at Histological Diagnosis': '650' });
    expect(codes(result)).toEqual([
      'CLINICAL_UNUSUAL_MISSING',
      'CLINICAL_UNUSUAL_MISSING',
      'CLINICAL_IMPLAUSIBLE_VALUE',
    ]);
    expect([cell(result, 'Gender'), cell(result, 'Gender_Male'), cell(result, 'Weightlbs')]).toEqual([
      null,
      Number.NaN,
      Number.NaN,
    ]);
    expect(cell(result, 'AgeatHistologicalDiagnosis', 1)).toBe(650);
  });

  test('absent columns and unknown columns are reported once; the group stays the same', async () => {
    const headers = Object.keys(usual).filter((h) => h !== 'CT Date' && h !== 'Gender');
    const result = await runText(csv([{}, { 'Shoe size': '43' }], 'Case ID', [...headers, 'Shoe size']));
    expect(result.findings.map(({ code, column }) => [code, column])).toEqual([
      ['CLINICAL_COLUMN_MISSING', 'Gender'],
      ['CLINICAL_COLUMN_MISSING', 'CT Date'],
      ['CLINICAL_COLUMN_NOT_USED', 'Shoe size'],
    ]);
    expect(result.table.group).toEqual((await run({})).table.group);
    expect([cell(result, 'Gender_Male'), cell(result, 'event_time'), cell(result, 'survival_time_days')]).toEqual([
      Number.NaN,
      0,
      Number.NaN,
    ]);
  });
});

describe('clinical stage, bad input', () => {
  const text = csv([{}, {}]);
  test.each([
    [
      'CLINICAL_NO_ID_COLUMN',
      'no column "Case ID" or "Patient ID"; its first columns are "Nr", "Patient affiliation"',
      csv([{}], 'Nr'),
    ],
    ['CLINICAL_TWO_ID_COLUMNS', 'keep one', 'Case ID,Patient ID\nA,A\n'],
    ['CLINICAL_DUPLICATE_ID', 'patient P-1 occurs twice, in lines 2 and 3', text.replace('P-2', 'P-1')],
    ['CLINICAL_DUPLICATE_COLUMN', 'more than one column "Gender"', 'Case ID,Gender,Gender\nA,Male,Male\n'],
    ['CLINICAL_NO_ID', 'line 3', text.replace('P-2', ' ')],
    ['CLINICAL_NO_ROWS', 'no row', csv([])],
    ['CLINICAL_NO_ROWS', 'no row', ''],
    ['CLINICAL_RAGGED', 'line 2 has 3 cells, the header has 2', 'Case ID,Gender\nA,Male,x\n'],
    ['CLINICAL_BAD_CSV', 'not valid CSV', 'Case ID,Gender\nA,"Male\n'],
    ['CLINICAL_BAD_GZIP', 'damaged or cut off', gzipSync(text).subarray(0, 60)],
    ['CLINICAL_NOT_A_NUMBER', 'line 2 (P-1): column "Weight (lbs)" holds "80 kg"', csv([{ 'Weight (lbs)': '80 kg' }])],
    [
      'CLINICAL_NOT_A_NUMBER',
      'column "Days between CT and surgery" holds "1,5"',
      csv([{ 'Days between CT and surgery': '1,5' }]),
    ],
    ['CLINICAL_NOT_A_DATE', 'line 2 (P-1): column "CT Date" holds "2/30/1994"', csv([{ 'CT Date': '2/30/1994' }])],
    ['CLINICAL_NOT_A_DATE', '"31.1.1995"', csv([{ 'Date of Last Known Alive': '31.1.1995' }])],
  ])('%s: %s', async (code, words, content) => {
    const error = await failure(content);
    expect(error).toMatchObject({ name: 'ClinicalError', code });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain(folder);
  });

  test('a cell that cannot be read costs its patient, not the table', async () => {
    const { table, failed } = await run({}, { 'Weight (lbs)': '80 kg' }, { 'CT Date': '2/30/1994' }, {});
    expect(table.columns.get('case_id')?.values).toEqual(['P-1', 'P-4']);
    expect(failed).toEqual([
      {
        patientId: 'P-2',
        code: 'CLINICAL_NOT_A_NUMBER',
        message: expect.stringContaining('line 3 (P-2): column "Weight (lbs)"'),
      },
      {
        patientId: 'P-3',
        code: 'CLINICAL_NOT_A_DATE',
        message: expect.stringContaining('line 4 (P-3): column "CT Date"'),
      },
    ]);
  });

  test('an absent file and an unknown option', async () => {
    await expect(clinicalStage.run({ file: join(folder, 'no.csv') }, {})).rejects.toMatchObject({
      message: 'Cannot read the clinical table "no.csv": there is no such file or folder',
    });
    const settings = { impute: true } as unknown as ClinicalSettings;
    await expect(clinicalStage.run({ file: 'x' }, settings)).rejects.toMatchObject({ code: 'CLINICAL_BAD_SETTING' });
  });
});
