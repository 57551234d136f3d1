import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasSharedData, needsSharedData, sharedData } from '../../test/shared-data.js';
import type { StageResult } from '../stage.js';
import { clinicalCodebook, clinicalGroup, clinicalStage, oneHotName, storedName, storedRowFindings } from './index.js';

type Row = Readonly<Record<string, string>>;

function reference(name: string): readonly Row[] {
  const text = readFileSync(new URL(`reference/${name}`, import.meta.url), 'utf8');
  return parse(text, { columns: true, comment: '#', comment_no_infix: true });
}

describe('names of the reference solution (pandas)', () => {
  const oneHots = reference('one-hot-names.csv');

  test('every one-hot name is what pandas and the cleaning make of it', () => {
    expect(oneHots.length).toBeGreaterThan(80);
    for (const { header = '', value = '', name } of oneHots) expect(oneHotName(header, value)).toBe(name);
  });

  test('the group has every one of them, and one more: a location "Unknown" that is checked', () => {
    const names = clinicalGroup().definitions.filter((d) => d.name.includes('_') && d.type === 'integer');
    const extra = names.map((d) => d.name).filter((name) => !oneHots.some((row) => row.name === name));
    expect(extra).toEqual(['TumorLocationchoiceUnknown_Checked', 'survival_event']);
    expect(names).toHaveLength(oneHots.length + 2);
  });

  test('numbers', () => {
    for (const { header = '', name } of reference('numeric-columns.csv')) expect(storedName(header)).toBe(name);
  });
});

describe.skipIf(!hasSharedData)(`real clinical table ${needsSharedData}`, () => {
  let result: StageResult;
  let ids: readonly string[];
  const file = sharedData('nsclc-radiogenomics/NSCLCR01Radiogenomic_DATA_LABELS_2018-05-22_1500-shifted.csv');
  beforeAll(async () => {
    result = await clinicalStage.run({ file }, {});
    ids = result.table.columns.get('case_id')?.values as readonly string[];
  });

  test('the rows as they are stored say the same against themselves as the source did', () => {
    const { group, columns } = result.table;
    const said = ids.flatMap((id, row) => {
      const cell = (name: string) => columns.get(name)?.values[row] ?? null;
      return storedRowFindings(id, Object.fromEntries(group.definitions.map(({ name }) => [name, cell(name)])));
    });
    expect(said.length).toBeGreaterThan(20);
    expect(said).toEqual(result.findings.filter(({ patientId }) => patientId !== undefined));
  });

  const values = (name: string): readonly number[] => {
    const column = result.table.columns.get(name);
    if (column === undefined || column.type === 'string') throw new TypeError(`no numeric column ${name}`);
    return [...column.values];
  };
  const sum = (numbers: readonly number[]) => numbers.filter((v) => !Number.isNaN(v)).reduce((a, b) => a + b, 0);
  const patientsWith = (code: string) =>
    result.findings.filter((f) => f.code === `CLINICAL_${code}`).map((f) => f.patientId);
  const r01 = (...numbers: number[]) => numbers.map((n) => `R01-${String(n).padStart(3, '0')}`);

  test('211 patients, 162 of them R01, 63 dead, 58 of them R01', () => {
    const dead = values('SurvivalStatus');
    expect(result.table.rowCount).toBe(211);
    expect(ids.filter((id) => id.startsWith('R01-'))).toHaveLength(162);
    expect(sum(dead)).toBe(63);
    expect(sum(dead.filter((_, i) => ids[i]?.startsWith('R01-')))).toBe(58);
    expect(values('survival_event')).toEqual(dead);
  });

  test('every column of the table is in the codebook, and in its place', () => {
    const [header = ''] = readFileSync(file, 'utf8').split('\n');
    const [headers = []]: string[][] = parse(header);
    expect(headers.slice(1).map((h) => h.trim())).toEqual(clinicalCodebook.slice(1).map((row) => row.header));
  });

  test('every one-hot column has as many ones as pandas counts, over all patients and over R01', () => {
    for (const row of reference('one-hot-names.csv')) {
      const column = values(row.name as string);
      expect([row.name, sum(column)]).toEqual([row.name, Number(row.count_all)]);
      expect(sum(column.filter((_, i) => ids[i]?.startsWith('R01-')))).toBe(Number(row.count_r01));
    }
  });

  test('numeric columns agree with pandas; pack years has 48 zeros more, the nonsmokers', () => {
    for (const row of reference('numeric-columns.csv')) {
      const present = values(row.name as string).filter((v) => !Number.isNaN(v));
      const zeros = row.name === 'PackYears' ? 48 : 0;
      expect(present).toHaveLength(Number(row.count) + zeros);
      expect(sum(present)).toBeCloseTo(Number(row.sum), 6);
      expect(Math.max(...present)).toBe(Number(row.max));
    }
  });

  test('survival agrees with the dates, computed with pandas, but for the one patient dead before surgery', () => {
    const time = values('survival_time_days');
    const surgery = values('event_time');
    for (const row of reference('survival-times.csv')) {
      const at = ids.indexOf(row.patient as string);
      if (row.patient === 'R01-106') {
        // CT of 1995-07-14 and 211 days: surgery before the CT, since death 225 days later fits (the data README says so too).
        expect([time[at], surgery[at]]).toEqual([225, Date.UTC(1995, 6, 14) - 211 * 86_400_000]);
        continue;
      }
      expect(time[at]).toBe(Number(row.dead === '1' ? row.to_death_date : row.to_last_seen));
      expect(surgery[at]).toBe(Date.parse(`${row.surgery}T00:00:00Z`));
    }
  });

  test('the numbers of the data README: censoring 16 to 3388 days, median 1380', () => {
    const event = values('survival_event');
    const alive = values('survival_time_days')
      .filter((_, i) => event[i] === 0)
      .sort((a, b) => a - b);
    expect(alive).toHaveLength(148);
    expect([alive[0], alive.at(-1)]).toEqual([16, 3388]);
    expect(((alive[73] as number) + (alive[74] as number)) / 2).toBe(1380);
  });

  test('every inconsistency of the data README is reported for its patient', () => {
    expect(patientsWith('DEATH_AFTER_LAST_SEEN')).toEqual(
      r01(25, 31, 35, 37, 39, 40, 65, 66, 77, 83, 91, 93, 99, 101, 146),
    );
    expect(patientsWith('SURGERY_AFTER_DEATH')).toEqual(r01(106));
    expect(patientsWith('RECURRENCE_AFTER_LAST_SEEN')).toEqual(r01(93, 122));
    expect(patientsWith('LONG_CT_GAP')).toEqual(r01(6, 21, 106, 120));
    expect(patientsWith('RECURRENCE_BEFORE_SURGERY')).toEqual(['AMC-044']);
    expect(result.findings).toHaveLength(15 + 1 + 2 + 4 + 1);
    expect(result.findings.find((f) => f.patientId === 'R01-037')?.message).toBe(
      'R01-037: last seen on day 28, died on day 405; "Time to Death" (28) ends on the former, the date of death is used',
    );
  });
});
