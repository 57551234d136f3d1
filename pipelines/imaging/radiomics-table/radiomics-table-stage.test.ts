import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import type { imagingErrors } from '../errors.js';
import { radiomicsTableStage } from './radiomics-table-stage.js';

const folder = mkdtempSync(join(tmpdir(), 'radiomics-table-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const run = (text: string | Uint8Array) => {
  const file = join(folder, `t${files++}.csv`);
  writeFileSync(file, text);
  return radiomicsTableStage.run({ file }, {});
};
const good = 'patient_id,original_shape_MeshVolume,original_firstorder_Mean\nP2,10,1e2\nP1,20.5,-3\n';

test('rows are ordered by id and every feature is a number with unit and code', async () => {
  const { table, findings, artifacts } = await run(good);
  expect(table.columns.get('case_id')?.values).toEqual(['P1', 'P2']);
  expect(table.columns.get('original_shape_MeshVolume')?.values).toEqual(Float64Array.of(20.5, 10));
  expect(table.columns.get('original_firstorder_Mean')?.values).toEqual(Float64Array.of(-3, 100));
  expect(table.columns.get('event_time')?.values).toEqual(Float64Array.of(0, 0));
  const [, , volume, mean] = table.group.definitions;
  expect(volume).toMatchObject({ type: 'double', unit: 'mm3', role: 'feature', reference: 'IBSI:RNU0' });
  // The table does not say whether its image was in HU.
  expect(mean).toMatchObject({ unit: '1', reference: 'IBSI:Q4LE' });
  expect(table.group.name).toBe('imaging');
  expect(table.provenance[0]?.inputDigests[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect([findings, artifacts]).toEqual([[], []]);
});

test('id columns of all spellings, other separators, gzip and a byte order mark', async () => {
  for (const id of ['Case ID', 'Patient ID', 'Subject', 'patient-id', 'PatientID']) {
    const { table } = await run(`\uFEFF${good.replace('patient_id', id)}`);
    expect(table.rowCount).toBe(2);
  }
  expect((await run(good.replaceAll(',', ';'))).table.rowCount).toBe(2);
  expect((await run(good.replaceAll(',', '\t'))).table.rowCount).toBe(2);
  expect((await run(gzipSync(good))).table.rowCount).toBe(2);
});

test('other columns are left out, unknown classes and missing values reported', async () => {
  const text =
    'Subject,diagnostics_Versions,Image,original_glcm_Contrast,original_glxx_Foo,wavelet-LLL_glcm_Contrast\nA,3.0,a.nrrd,1,2,3\nB,3.0,b.nrrd,,4,5\n';
  const { table, findings } = await run(text);
  expect([...table.columns.keys()].slice(2)).toEqual(['original_glcm_Contrast', 'original_glxx_Foo']);
  expect(table.columns.get('original_glcm_Contrast')?.values).toEqual(Float64Array.of(1, Number.NaN));
  expect(findings.map((f) => f.code)).toEqual([
    'IMAGING_TABLE_COLUMNS_IGNORED',
    'IMAGING_TABLE_UNKNOWN_CLASS',
    'IMAGING_TABLE_VALUES_MISSING',
  ]);
  expect(findings[0]?.message).toMatch(/3 column\(s\).*diagnostics_Versions, Image, wavelet-LLL_glcm_Contrast/);
  expect(findings[2]?.message).toMatch(/"original_glcm_Contrast" is missing in 1 of 2 rows/);
});

describe('a table that cannot be trusted is refused with line and column', () => {
  const bad: [string, string, keyof typeof imagingErrors, RegExp][] = [
    ['no id column', good.replace('patient_id', 'who'), 'TABLE_NO_ID', /no id column: expected one named "patient_id"/],
    [
      'two id columns',
      good.replace('original_shape_MeshVolume', 'Subject'),
      'TABLE_SEVERAL_IDS',
      /"patient_id", "Subject"/,
    ],
    [
      'a repeated id',
      good.replace('P1', 'P2'),
      'TABLE_DUPLICATE_ID',
      /line 3: the id "P2" was there already in line 2/,
    ],
    ['an empty id', good.replace('P1', ' '), 'TABLE_EMPTY_ID', /line 3: "patient_id" is empty/],
    [
      'text in a cell',
      good.replace('20.5', '20,5'.replace(',', '.x')),
      'TABLE_NOT_NUMERIC',
      /line 3, column "original_shape_MeshVolume": "20\.x5" is not a number/,
    ],
    ['infinity', good.replace('20.5', 'inf'), 'TABLE_NOT_NUMERIC', /"inf" is not a number/],
    ['a hexadecimal number', good.replace('20.5', '0x10'), 'TABLE_NOT_NUMERIC', /"0x10"/],
    ['no features', 'patient_id,age\nP1,3\n', 'TABLE_NO_FEATURES', /no column named original_/],
    ['no rows', 'patient_id,original_shape_MeshVolume\n', 'TABLE_NO_ROWS', /no rows/],
    ['nothing', '', 'TABLE_UNREADABLE', /it is empty/],
    ['a short row', `${good}P3,1\n`, 'TABLE_UNREADABLE', /Invalid Record Length/],
    [
      'a repeated column',
      good.replace('firstorder_Mean', 'shape_MeshVolume'),
      'TABLE_DUPLICATE_COLUMN',
      /more than one column "original_shape_MeshVolume"/,
    ],
  ];
  for (const [what, text, code, message] of bad) {
    test(what, async () => {
      const error: unknown = await run(text).catch((e: unknown) => e);
      expect(error).toMatchObject({ name: 'ImagingError', code, message: expect.stringMatching(message) });
      expect((error as Error).message).not.toContain(folder);
    });
  }
});

describe.skipIf(!hasSharedData)(`NSCLC-Radiogenomics ${needsSharedData}`, () => {
  test('60 patients, 108 features, every cell as in the file', async () => {
    const file = sharedData('nsclc-radiogenomics/pyradiomics_original_features_60_patients.csv');
    const { table, findings } = await radiomicsTableStage.run({ file }, {});
    expect(table.rowCount).toBe(60);
    expect(table.columns.size).toBe(2 + 108);
    expect(findings).toEqual([]);
    const cells = [...table.columns.values()].flatMap((c) => (c.type === 'double' ? [...c.values] : []));
    expect(cells).toHaveLength(60 * 108);
    expect(cells.every(Number.isFinite)).toBe(true);
    expect(table.columns.get('case_id')?.values[0]).toBe('R01-003');
  });
});
