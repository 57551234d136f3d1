import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { inputContributions } from '../pages/answer/merge-categories.js';
import { curlCall, javascriptCall, pythonCall } from '../pages/predict/call-samples.js';
import { asStored, findingOf, recordOf, textsOf, typicalTexts } from '../pages/predict/field-values.js';
import { readCells, TableError } from '../pages/predict/read-cells.js';
import { patientTable } from '../pages/predict/table-rows.js';
import type { CategoryField, ModelForm, NumberField } from '../server/replies/predict-reply.js';

const age: NumberField = {
  kind: 'number',
  name: 'Age',
  label: 'Age at diagnosis',
  description: '',
  unit: 'a',
  range: [40, 80],
  typical: 68,
};
const gender: CategoryField = {
  kind: 'category',
  name: 'Gender',
  label: 'Gender',
  description: '',
  levels: [
    { name: 'Female', values: { Gender_Female: 1, Gender_Male: 0 }, seen: true },
    { name: 'Male', values: { Gender_Female: 0, Gender_Male: 1 }, seen: false },
  ],
  typical: 'Male',
  columns: ['Gender_Female', 'Gender_Male'],
};
const gene: NumberField = { ...age, name: 'EGFR', label: 'EGFR', unit: 'FPKM', range: null, typical: null };
const form: ModelForm = {
  models: ['lung'],
  name: 'lung',
  version: '1',
  modelId: 'f00d',
  task: { kind: 'status' },
  answer: 'probability',
  threshold: 0.5,
  riskGroups: [],
  trainedOn: { patients: 60, events: 24 },
  warnings: [],
  columns: ['EGFR', 'Age', 'Gender_Female', 'Gender_Male'],
  groups: [
    { name: 'clinical', fields: [age, gender] },
    { name: 'genomic', fields: [gene] },
  ],
  signedRuntime: false,
};

describe('a form', () => {
  test.each([
    [age, '', undefined],
    [age, ' 64.5 ', undefined],
    [age, '1e2', 'warning'],
    [age, '39', 'warning'],
    [age, '64,5', 'fault'],
    [age, 'old', 'fault'],
    [age, '0x10', 'fault'],
    [age, 'Infinity', 'fault'],
    [age, '1e999', 'fault'],
    [gene, '3', 'warning'],
    [gender, 'female', undefined],
    [gender, 'Male', 'warning'],
    [gender, 'other', 'fault'],
  ] as const)('%o with the text "%s" is a %s', (field, text, kind) => {
    expect(findingOf(field, text)?.kind).toBe(kind);
  });

  test('a record holds what is known, in the order of the model, and comes back as the same texts', () => {
    const texts = { Age: '64', Gender: 'Female', EGFR: '' };
    const record = recordOf(form, texts);
    expect(Object.entries(record)).toEqual([
      ['Age', 64],
      ['Gender_Female', 1],
      ['Gender_Male', 0],
    ]);
    expect(textsOf(form, record)).toEqual({ Age: '64', Gender: 'Female' });
    expect(recordOf(form, { Age: 'old', Gender: 'other' })).toEqual({});
  });

  test('stored columns that stand for no level are sent as they are', () => {
    const stored = { Age: 64, Gender_Female: 0, Gender_Male: null, EGFR: null };
    const texts = textsOf(form, stored);
    expect(texts).toEqual({ Age: '64', Gender: asStored });
    expect(recordOf(form, texts, stored)).toEqual({ Age: 64, Gender_Female: 0 });
  });

  test('the typical patient has what the model fills in', () => {
    expect(typicalTexts(form)).toEqual({ Age: '68', Gender: 'Male' });
  });

  test('contributions of the columns of a category are those of one input', () => {
    const contribution = (feature: string, value: number | null, amount: number) => ({
      feature,
      modality: 'clinical',
      value,
      contribution: amount,
    });
    const contributions = [
      contribution('Age', 64, 0.3),
      contribution('Gender_Female', 1, -0.25),
      contribution('Gender_Male', 0, -0.25),
      contribution('EGFR', null, 0.1),
    ];
    expect(inputContributions({ contributions }, form.groups)).toEqual([
      { label: 'Gender', modality: 'clinical', value: 'Female', contribution: -0.5 },
      { label: 'Age at diagnosis', modality: 'clinical', value: 64, contribution: 0.3 },
      { label: 'EGFR', modality: 'clinical', value: null, contribution: 0.1 },
    ]);
  });
});

const read = async (text: string) => patientTable(form, await readCells(text));

describe('a table of patients', () => {
  test('columns of the model, and categories by the names of their levels, in any order', async () => {
    const { rows, findings, unknown } = await read('Patient ID,Gender,Age\nP1,Female,64\n"P2, b",male,\n');
    expect(rows).toEqual([
      { row: 1, patient: 'P1', record: { Age: 64, Gender_Female: 1, Gender_Male: 0 }, isBad: false },
      { row: 2, patient: 'P2, b', record: { Gender_Female: 0, Gender_Male: 1 }, isBad: false },
    ]);
    expect(findings).toMatchObject([{ row: 2, column: 'Gender', kind: 'warning', found: 'male' }]);
    expect(unknown).toEqual([]);
  });

  test('tabs, semicolons, a byte order mark and blank lines', async () => {
    expect((await read('\ufeffAge;EGFR\r\n\r\n64;1.5\r\n')).rows[0]?.record).toEqual({ Age: 64, EGFR: 1.5 });
    expect((await read('Age\tEGFR\n64\tNA\n')).rows[0]?.record).toEqual({ Age: 64 });
  });

  test('bad cells are named by row, line and column, and keep their row out', async () => {
    const { rows, findings } = await read('id,Age,Gender\nP1,64,\n\nP2,sixty,Femal\nP3,,NA\nP4,50\n');
    expect(rows.map(({ isBad }) => isBad)).toEqual([false, true, true, true]);
    expect(findings.map(({ row, line, patient, column, found }) => [row, line, patient, column, found])).toEqual([
      [2, 4, 'P2', 'Age', 'sixty'],
      [2, 4, 'P2', 'Gender', 'Femal'],
      [3, 5, 'P3', '', 'no value'],
      [4, 6, 'P4', '', '2 cells'],
    ]);
  });

  test('columns that the model has not are told, not passed over', async () => {
    expect((await read('Age,Agee,Note\n64,1,2\n')).unknown).toEqual(['Agee', 'Note']);
  });

  test.each([
    ['', 'There is nothing in it'],
    ['name,height\nA,1\n', 'None of its columns is an input of the model'],
    ['Age\n', 'no line below'],
    ['Age,Age\n1,2\n', 'is there twice'],
    ['Gender,Gender_Male\nMale,1\n', 'Two columns of it say'],
    ['Age,EGFR\n"64,1\n', 'no table of comma-separated values'],
  ])('%j is refused', async (text, reason) => {
    const error = await read(text).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TableError);
    expect((error as Error).message).toContain(reason);
  });
});

describe('calls', () => {
  const call = { server: 'http://127.0.0.1:1', record: { "O'Neil $(x)": 1.5 }, needsKey: true };

  test('a shell takes the body of curl as it is', async () => {
    const text = curlCall({ ...call, model: 'lung', wantsCurve: true });
    const shown = text.replace(/^curl/, 'printf "%s\\n"');
    const { stdout } = await promisify(execFile)('sh', ['-c', shown], { env: { THORACLE_KEY: 'k 1' } });
    const words = stdout.trimEnd().split('\n');
    expect(words).toContain('x-api-key: k 1');
    expect(JSON.parse(words.at(-1) ?? '')).toEqual({ records: [call.record], model: 'lung', curve: true });
  });

  test('signed clients send no key, others no real secret', () => {
    for (const write of [javascriptCall, pythonCall]) {
      const signed = write({ ...call, endpoint: 'lung', isSigned: true });
      expect(signed).not.toContain('THORACLE_KEY');
      expect(signed).not.toContain('secret');
      expect(write({ ...call, endpoint: 'lung', isSigned: false })).toContain('THORACLE_KEY');
      expect(write({ ...call, endpoint: 'lung', needsKey: false, isSigned: false })).not.toContain('THORACLE_KEY');
    }
  });
});
