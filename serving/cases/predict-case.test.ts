import { afterAll, describe, expect, test } from 'vitest';
import type { HistoryRow, StoredGroup, StoreValue } from '../../featurestore/contract/index.js';
import { openDuckDbStore } from '../../featurestore/index.js';
import { featureGroup, featureTable } from '../../pipelines/feature-table.js';
import { appOf } from '../../test/serving/app.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';
import { type CaseStore, predictCase } from './predict-case.js';

type Values = Readonly<Record<string, StoreValue>>;
const genomic: Values = { case_id: 'R01-001', LRIG1: 1, HPGD: 2, CD44: 0.5, unused: 'x' };
const clinical: Values = { Age: 60, NeverSeen: null, Gender_Male: 1 };
const imaging: Values = { original_shape_Sphericity: 0.6, original_firstorder_Mean: -3 };

/** The latest records by `group/id`, as a store would answer. */
function storeOf(
  records: Readonly<Record<string, Values>>,
  versions: Readonly<Record<string, number>> = {},
): CaseStore {
  const groups = ['genomic', 'clinical', 'imaging'].filter((name) => versions[name] !== 0);
  const group = (name: string): StoredGroup => ({
    name,
    version: versions[name] ?? 1,
    recordIdentifier: 'case_id',
    eventTime: 'event_time',
    definitions: [],
    settingsDigest: '',
    createdAtMs: 0,
    updatedAtMs: 0,
    recordCount: 1,
    settings: { description: '', owner: '', tags: {}, online: true, offline: true },
  });
  const time = '1970-01-01T00:00:00.000Z';
  const history = async (name: string, id: string): Promise<readonly HistoryRow[]> => {
    const values = records[`${name}/${id}`];
    const row = { group: name, version: versions[name] ?? 1, id, eventTime: time, writeTime: time, isDeleted: false };
    return values === undefined ? [] : [{ ...row, apiInvocationTime: time, values }];
  };
  return { listGroups: async () => groups.map(group), history };
}

const model = { manifest: chainBundle().manifest, predictor: createPredictor(chainBundle()) };
const whole = storeOf({
  'genomic/R01-001': genomic,
  'clinical/R01-001': clinical,
  'imaging/R01-001': imaging,
  'clinical/R01-002': { ...clinical, Age: 61 },
});

describe('predicting for a patient of the store', () => {
  test('answers as the same values given by name', async () => {
    const { case_id: _id, unused: _text, ...genes } = genomic;
    const [expected] = model.predictor.predictRecords([
      { ...genes, ...clinical, ...imaging } as Record<string, number>,
    ]);
    expect(await predictCase(whole, model, 'R01-001')).toEqual(expected);
  });

  test('a real store answers the same from the version of the model, and says so when another one knows more', async () => {
    const table = (name: string, values: Values, settings: unknown, eventTimeMs = 0, caseId = 'R01-001') => {
      const { case_id: _id, ...rest } = values;
      const definitions = Object.entries(rest).map(([feature, value]) => ({
        name: feature,
        type: typeof value === 'string' ? ('string' as const) : ('double' as const),
        unit: '1',
        description: '',
        role: 'feature' as const,
      }));
      const cells = rest as Readonly<Record<string, string | number | null>>;
      return featureTable(featureGroup(name, definitions, settings), [{ caseId, eventTimeMs, values: cells }], []);
    };
    const store = await openDuckDbStore({ file: ':memory:' });
    try {
      for (const [name, values] of Object.entries({ genomic, clinical, imaging }))
        await store.ingest(table(name, values, 1));
      expect(await predictCase(store, model, 'R01-001')).toEqual(await predictCase(whole, model, 'R01-001'));
      await expect(predictCase(store, model, 'R01-002')).rejects.toMatchObject({ code: 'SERVING_UNKNOWN_CASE' });
      // the same facts with other settings leave the model's own records as they are
      await store.ingest(table('clinical', { ...clinical, Age: 99 }, 2));
      expect(await predictCase(store, model, 'R01-001')).toEqual(await predictCase(whole, model, 'R01-001'));
      const changed = {
        code: 'SERVING_GROUP_CHANGED',
        message: expect.stringContaining('trained on version 1; train'),
      };
      await store.ingest(table('clinical', clinical, 2, 1));
      await expect(predictCase(store, model, 'R01-001')).rejects.toMatchObject(changed);
      await store.ingest(table('clinical', clinical, 1, 1));
      expect(await predictCase(store, model, 'R01-001')).toEqual(await predictCase(whole, model, 'R01-001'));
      await store.ingest(table('clinical', clinical, 2, 0, 'R01-003'));
      await expect(predictCase(store, model, 'R01-003')).rejects.toMatchObject(changed);
      await store.record.delete('clinical', 'R01-003');
      await expect(predictCase(store, model, 'R01-003')).rejects.toMatchObject({ code: 'SERVING_UNKNOWN_CASE' });
    } finally {
      await store.close();
    }
  });

  test('a modality without a record is missing, not an error', async () => {
    const answer = await predictCase(whole, model, 'R01-002');
    expect(answer.imputed).toEqual(['LRIG1', 'HPGD', 'CD44', 'original_shape_Sphericity', 'original_firstorder_Mean']);
  });

  test.each<[string, CaseStore, string, string, RegExp]>([
    [
      'unknown patient',
      whole,
      'R01-999',
      'SERVING_UNKNOWN_CASE',
      /no record of patient "R01-999" in genomic, clinical, imaging/,
    ],
    [
      'newer group',
      storeOf({ 'clinical/R01-001': clinical }, { clinical: 2 }),
      'R01-001',
      'SERVING_GROUP_CHANGED',
      /at version 2, but the model was trained on version 1/,
    ],
    [
      'group not there',
      storeOf({ 'clinical/R01-001': clinical }, { imaging: 0 }),
      'R01-001',
      'SERVING_GROUP_MISSING',
      /"imaging", which this store does not hold/,
    ],
    [
      'text',
      storeOf({ 'clinical/R01-001': { ...clinical, Age: 'old' } }),
      'R01-001',
      'SERVING_CASE_NOT_NUMERIC',
      /column "Age", patient "R01-001": found text/,
    ],
    [
      'column gone',
      storeOf({ 'clinical/R01-001': { Age: 1 } }),
      'R01-001',
      'SERVING_CASE_NOT_NUMERIC',
      /found no such column/,
    ],
    [
      'unusable',
      storeOf({ 'genomic/R01-001': { ...genomic, HPGD: -7 } }),
      'R01-001',
      'SERVING_CASE_UNUSABLE',
      /Patient "R01-001", column "HPGD": the number is -1 or less/,
    ],
    [
      'nothing in it',
      storeOf({ 'imaging/R01-001': { original_shape_Sphericity: null, original_firstorder_Mean: null } }),
      'R01-001',
      'SERVING_CASE_UNUSABLE',
      /holds no value/,
    ],
  ])('%s', async (_what, store, id, code, message) => {
    const attempt = predictCase(store, model, id);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toMatchObject({ code, name: 'ServingError' });
  });

  test('a model over two versions of one group', async () => {
    const columns = model.manifest.columns.map((column, i) => (i === 0 ? { ...column, version: 2 } : column));
    const attempt = predictCase(whole, { ...model, manifest: { ...model.manifest, columns } }, 'R01-001');
    await expect(attempt).rejects.toThrow(/versions 2 and 1 of group "genomic"/);
  });
});

describe('POST /predict', () => {
  const apps = {
    whole: appOf(model, { store: whole }),
    changed: appOf(model, { store: storeOf({ 'genomic/R01-001': genomic }, { genomic: 3 }) }),
    text: appOf(model, { store: storeOf({ 'clinical/R01-001': { ...clinical, Age: 'old' } }) }),
  };
  afterAll(async () => void (await Promise.all(Object.values(apps).map((app) => app.close()))));
  const post = (payload: unknown, app: keyof typeof apps = 'whole', type = 'application/json') =>
    apps[app].inject({
      method: 'POST',
      url: '/predict',
      payload: JSON.stringify(payload),
      headers: { 'content-type': type },
    });

  test('answers in the order of the ids', async () => {
    const reply = await post({ cases: ['R01-002', 'R01-001'] });
    expect(reply.statusCode).toBe(200);
    const { predictions, model: id } = reply.json();
    expect(predictions.map((p: { case: string }) => p.case)).toEqual(['R01-002', 'R01-001']);
    expect(predictions[1]).toEqual({ case: 'R01-001', ...(await predictCase(whole, model, 'R01-001')) });
    expect(id).toBe('recorded-chain');
  });

  test.each<[string, unknown, keyof typeof apps, number, string]>([
    ['unknown patient', { cases: ['R01-001', 'X'] }, 'whole', 404, 'SERVING_UNKNOWN_CASE'],
    ['another version', { cases: ['R01-001'] }, 'changed', 409, 'SERVING_GROUP_CHANGED'],
    ['text in the store', { cases: ['R01-001'] }, 'text', 422, 'SERVING_CASE_NOT_NUMERIC'],
    ['no cases', {}, 'whole', 400, 'SERVING_BAD_CASES'],
    ['empty', { cases: [] }, 'whole', 400, 'SERVING_BAD_CASES'],
    ['a number', { cases: [1] }, 'whole', 400, 'SERVING_BAD_CASES'],
    ['one id', { cases: 'R01-001' }, 'whole', 400, 'SERVING_BAD_CASES'],
    ['too long an id', { cases: ['x'.repeat(65)] }, 'whole', 400, 'SERVING_BAD_CASES'],
    ['too many', { cases: Array(1001).fill('R01-001') }, 'whole', 400, 'SERVING_BAD_CASES'],
    ['more than cases', { cases: ['R01-001'], when: 1 }, 'whole', 400, 'SERVING_BAD_CASES'],
    ['null', null, 'whole', 400, 'SERVING_BAD_CASES'],
  ])('%s', async (_what, payload, app, status, code) => {
    const reply = await post(payload, app);
    expect([reply.statusCode, reply.json().error.code]).toEqual([status, code]);
  });

  test('CSV is not taken', async () => {
    expect((await post({ cases: ['R01-001'] }, 'whole', 'text/csv')).statusCode).toBe(415);
  });
});
