import { CreateFeatureGroupCommand } from '@aws-sdk/client-sagemaker';
import {
  BatchGetRecordCommand,
  BatchWriteRecordCommand,
  DeleteRecordCommand,
  type FeatureValue,
  GetRecordCommand,
  PutRecordCommand,
} from '@aws-sdk/client-sagemaker-featurestore-runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keys, type SdkServer, startSdkServer } from '../../../test/featurestore/sdk-server.js';

const epoch = Date.UTC(2026, 0, 31);
let clockMs = epoch;
let server: SdkServer;
let { groups, records } = {} as ReturnType<SdkServer['clients']>;

const definitions = [
  { FeatureName: 'case_id', FeatureType: 'String' },
  { FeatureName: 'seen', FeatureType: 'String' },
  { FeatureName: 'age', FeatureType: 'Integral' },
  { FeatureName: 'volume', FeatureType: 'Fractional' },
  { FeatureName: 'histology', FeatureType: 'String' },
] as const;

async function createGroup(name: string, online = true): Promise<void> {
  await groups.send(
    new CreateFeatureGroupCommand({
      FeatureGroupName: name,
      RecordIdentifierFeatureName: 'case_id',
      EventTimeFeatureName: 'seen',
      FeatureDefinitions: [...definitions],
      OnlineStoreConfig: { EnableOnlineStore: online },
      OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://bucket/prefix' } },
    }),
  );
}

beforeAll(async () => {
  server = await startSdkServer(() => clockMs);
  ({ groups, records } = server.clients());
  await createGroup('clinical');
  await createGroup('archive', false);
});
afterAll(() => server.close());

function recordOf(values: Readonly<Record<string, string>>): FeatureValue[] {
  return Object.entries(values).map(([FeatureName, ValueAsString]) => ({ FeatureName, ValueAsString }));
}

const put = (values: Readonly<Record<string, string>>, more: object = {}, group = 'clinical') =>
  records.send(new PutRecordCommand({ FeatureGroupName: group, Record: recordOf(values), ...more }));
const get = (id: string, more: object = {}, group = 'clinical') =>
  records.send(new GetRecordCommand({ FeatureGroupName: group, RecordIdentifierValueAsString: id, ...more }));
const remove = (id: string, seen: string, more: object = {}) =>
  records.send(
    new DeleteRecordCommand({
      FeatureGroupName: 'clinical',
      RecordIdentifierValueAsString: id,
      EventTime: seen,
      ...more,
    }),
  );

const first = {
  case_id: 'R01-001',
  seen: '2026-01-01T00:00:00Z',
  age: '64',
  volume: '1.5e-3',
  histology: 'Adeno, “µ”',
};

describe('PutRecord and GetRecord', () => {
  test('what was put is there at once; missing values are left out', async () => {
    await put(first);
    const { Record, ExpiresAt, $metadata } = await get('R01-001');
    expect(Record).toEqual(recordOf({ ...first, seen: '2026-01-01T00:00:00.000Z', volume: '0.0015' }));
    expect(ExpiresAt).toBeUndefined();
    expect([$metadata.httpStatusCode, typeof $metadata.requestId]).toEqual([200, 'string']);
    await put({ case_id: 'R01-002', seen: '2026-01-01T00:00:00.250Z', age: '' });
    expect((await get('R01-002')).Record).toEqual(recordOf({ case_id: 'R01-002', seen: '2026-01-01T00:00:00.250Z' }));
  });

  test('the latest event time wins, whatever comes last; some features by name; a group by its resource name', async () => {
    await put({ ...first, seen: '2025-06-01T00:00:00Z', age: '63' });
    const arn = 'arn:aws:sagemaker:eu-west-1:123456789012:feature-group/clinical';
    const { Record } = await get('R01-001', { FeatureNames: ['histology', 'age'] }, arn);
    expect(Record).toEqual(recordOf({ histology: first.histology, age: '64' }));
    expect((await get('R01-001', { FeatureNames: ['age'] })).Record).toEqual(recordOf({ age: '64' }));
    expect(await server.store.history('clinical', 'R01-001')).toHaveLength(2);
  });

  test('ids of any characters', async () => {
    for (const id of ['a/b c?&=%+', '患者', "it's(1)*!~", 'x'.repeat(300)]) {
      await put({ ...first, case_id: id });
      expect((await get(id)).Record?.[0]).toEqual({ FeatureName: 'case_id', ValueAsString: id });
    }
  });

  test('a record that is not there is an empty answer', async () => {
    expect((await get('nobody')).Record).toBeUndefined();
  });
});

describe('time to live', () => {
  test('is counted from the event time and kept on reading', async () => {
    const seen = '2026-01-30T00:00:00Z';
    await put({ ...first, case_id: 'T', seen }, { TtlDuration: { Unit: 'Days', Value: 2 } });
    const alive = await get('T', { ExpirationTimeResponse: 'Enabled' });
    expect(alive.ExpiresAt).toBe('2026-02-01T00:00:00.000Z');
    expect((await get('T')).ExpiresAt).toBeUndefined();
    clockMs = Date.UTC(2026, 1, 1, 0, 0, 0, 1);
    expect((await get('T')).Record).toBeUndefined();
    clockMs = epoch;
  });
});

describe('DeleteRecord', () => {
  test('soft: gone, and an older write does not bring it back, a newer one does', async () => {
    await put({ ...first, case_id: 'S' });
    await remove('S', '2026-01-02T00:00:00Z');
    expect((await get('S')).Record).toBeUndefined();
    await put({ ...first, case_id: 'S', seen: '2026-01-01T12:00:00Z' });
    expect((await get('S')).Record).toBeUndefined();
    await put({ ...first, case_id: 'S', seen: '2026-01-03T00:00:00Z' });
    expect((await get('S')).Record).toBeDefined();
    const history = await server.store.history('clinical', 'S');
    expect(history.map((row) => row.isDeleted)).toEqual([false, true, false, false]);
  });

  test('soft and older than the record: the record stays', async () => {
    await put({ ...first, case_id: 'O' });
    await remove('O', '2020-01-01T00:00:00Z', { DeletionMode: 'SoftDelete' });
    expect((await get('O')).Record).toBeDefined();
  });

  test('hard: gone, and any later write counts; older than the record it is refused', async () => {
    await put({ ...first, case_id: 'H' });
    await expect(remove('H', '2020-01-01T00:00:00Z', { DeletionMode: 'HardDelete' })).rejects.toMatchObject({
      name: 'ValidationError',
    });
    expect((await get('H')).Record).toBeDefined();
    await remove('H', '2026-01-02T00:00:00Z', { DeletionMode: 'HardDelete' });
    expect((await get('H')).Record).toBeUndefined();
    await put({ ...first, case_id: 'H', seen: '2025-01-01T00:00:00Z' });
    expect((await get('H')).Record).toBeDefined();
  });
});

describe('TargetStores', () => {
  test('offline only: in the history, not among the latest; online only: the other way round', async () => {
    await put({ ...first, case_id: 'OFF' }, { TargetStores: ['OfflineStore'] });
    expect((await get('OFF')).Record).toBeUndefined();
    expect(await server.store.history('clinical', 'OFF')).toHaveLength(1);
    await put({ ...first, case_id: 'ON' }, { TargetStores: ['OnlineStore'] });
    expect((await get('ON')).Record).toBeDefined();
    expect(await server.store.history('clinical', 'ON')).toHaveLength(0);
    await remove('ON', '2026-01-02T00:00:00Z', { TargetStores: ['OnlineStore'] });
    expect((await get('ON')).Record).toBeUndefined();
  });

  test('a group without an online store takes records and gives none', async () => {
    await put(first, {}, 'archive');
    expect(await server.store.history('archive', 'R01-001')).toHaveLength(1);
    await expect(get('R01-001', {}, 'archive')).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('batches', () => {
  test('records of several groups; what is wrong with one group does not stop the others', async () => {
    const { Records, Errors, UnprocessedIdentifiers } = await records.send(
      new BatchGetRecordCommand({
        Identifiers: [
          {
            FeatureGroupName: 'clinical',
            RecordIdentifiersValueAsString: ['R01-002', 'nobody', 'R01-001'],
            FeatureNames: ['age'],
          },
          { FeatureGroupName: 'no-such', RecordIdentifiersValueAsString: ['a', 'b'] },
          { FeatureGroupName: 'archive', RecordIdentifiersValueAsString: ['c'] },
        ],
      }),
    );
    expect(Records).toEqual([
      { FeatureGroupName: 'clinical', RecordIdentifierValueAsString: 'R01-002', Record: [] },
      { FeatureGroupName: 'clinical', RecordIdentifierValueAsString: 'R01-001', Record: recordOf({ age: '64' }) },
    ]);
    expect(Errors?.map((e) => [e.FeatureGroupName, e.RecordIdentifierValueAsString, e.ErrorCode])).toEqual([
      ['no-such', 'a', 'ResourceNotFound'],
      ['no-such', 'b', 'ResourceNotFound'],
      ['archive', 'c', 'ValidationError'],
    ]);
    expect(UnprocessedIdentifiers).toEqual([]);
  });

  test('many records written; those refused come back with the reason', async () => {
    const bad = recordOf({ ...first, case_id: 'W2', age: 'old' });
    const { Errors, UnprocessedEntries } = await records.send(
      new BatchWriteRecordCommand({
        Entries: [
          { FeatureGroupName: 'clinical', Record: recordOf({ ...first, case_id: 'W1' }) },
          { FeatureGroupName: 'clinical', Record: bad },
        ],
      }),
    );
    expect(Errors).toMatchObject([{ Entry: { Record: bad }, ErrorCode: 'ValidationError' }]);
    expect(Errors?.[0]?.ErrorMessage).toMatch(/"age" has the value "old"/);
    expect(UnprocessedEntries).toEqual([]);
    expect((await get('W1')).Record).toBeDefined();
  });
});

describe('bad values are refused by the names that the client knows', () => {
  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['text for a whole number', { ...first, age: '64.5' }, /"age" has the value "64.5", expected a whole number/],
    ['too large a whole number', { ...first, age: '9007199254740993' }, /below 2\^53/],
    ['text for a number', { ...first, volume: '1,5' }, /"volume" has the value "1,5", expected a decimal number/],
    ['infinity', { ...first, volume: '1e999' }, /expected a decimal number/],
    ['event time without a zone', { ...first, seen: '2026-01-01T00:00:00' }, /EventTime "seen".*ISO 8601/],
    ['event time of a day that is none', { ...first, seen: '2026-02-31T00:00:00Z' }, /EventTime "seen"/],
    ['event time in seconds where text is declared', { ...first, seen: '1767225600' }, /EventTime "seen"/],
    ['no event time', { case_id: 'x' }, /"seen" has no value/],
    ['no record id', { ...first, case_id: '' }, /"case_id" has no value/],
    ['unknown feature', { ...first, agee: '1' }, /no feature "agee"/],
  ])('%s', async (_what, values, message) => {
    await expect(put(values)).rejects.toMatchObject({ name: 'ValidationError', $fault: 'client' });
    await expect(put(values)).rejects.toThrow(message);
  });

  test('collections, a feature twice, wrong stores and times to live, features nobody defined', async () => {
    const list = [...recordOf(first), { FeatureName: 'age', ValueAsStringList: ['1'] }];
    const send = (more: object) =>
      records.send(new PutRecordCommand({ FeatureGroupName: 'clinical', Record: recordOf(first), ...more }));
    await expect(send({ Record: list })).rejects.toThrow(/ValueAsStringList of feature "age" is not supported/);
    await expect(send({ Record: [...recordOf(first), ...recordOf({ age: '1' })] })).rejects.toThrow(/given twice/);
    await expect(send({ TargetStores: ['Tape'] })).rejects.toThrow(/TargetStores holds "Tape"/);
    await expect(send({ TtlDuration: { Unit: 'Days', Value: 0 } })).rejects.toThrow(/Value is 0/);
    await expect(send({ TtlDuration: { Unit: 'Years', Value: 1 } })).rejects.toThrow(/Unit is "Years"/);
    await expect(get('R01-001', { FeatureNames: ['agee'] })).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(remove('R01-001', 'soon')).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(remove('R01-001', first.seen, { DeletionMode: 'Shred' })).rejects.toThrow(/DeletionMode is "Shred"/);
    const none = new BatchGetRecordCommand({ Identifiers: [] });
    await expect(records.send(none)).rejects.toThrow(/Identifiers holds 0 groups/);
  });

  test('unknown groups are ResourceNotFound with status 404', async () => {
    const expected = { name: 'ResourceNotFound', $metadata: { httpStatusCode: 404 } };
    await expect(put(first, {}, 'no-such')).rejects.toMatchObject(expected);
    await expect(get('a', {}, 'no-such')).rejects.toMatchObject(expected);
    await expect(get('a', {}, 'no-such')).rejects.toThrow(/There is no feature group "no-such"/);
  });
});

describe('credentials', () => {
  const ask = (choice: Parameters<SdkServer['clients']>[0]) =>
    server
      .clients(choice)
      .records.send(new GetRecordCommand({ FeatureGroupName: 'clinical', RecordIdentifierValueAsString: 'R01-001' }));

  test('a wrong secret and an unknown key are refused', async () => {
    await expect(ask({ secretAccessKey: 'wrong' })).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(ask({ accessKeyId: 'AKNOBODY' })).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('a clock that is 20 minutes off is refused, one of 10 minutes is not', async () => {
    for (const minutes of [-20, 20]) {
      await expect(ask({ clockOffsetMs: minutes * 60_000 })).rejects.toMatchObject({ name: 'RequestExpired' });
    }
    for (const minutes of [-10, 10]) expect((await ask({ clockOffsetMs: minutes * 60_000 })).Record).toBeDefined();
  });

  test('nothing is answered without a signature', async () => {
    const reply = await fetch(`${server.url}/FeatureGroup/clinical?RecordIdentifierValueAsString=R01-001`);
    expect([reply.status, reply.headers.get('x-amzn-errortype')]).toEqual([403, 'MissingAuthenticationToken']);
    expect(JSON.stringify(await reply.json())).not.toContain('histology');
  });

  test('a key that may only read reads', async () => {
    const reader = server.clients({ accessKeyId: 'AKREADER', secretAccessKey: keys[1].secretAccessKey });
    const answer = await reader.records.send(
      new GetRecordCommand({ FeatureGroupName: 'clinical', RecordIdentifierValueAsString: 'R01-001' }),
    );
    expect(answer.Record).toBeDefined();
    const forbidden = { name: 'AccessForbidden', $metadata: { httpStatusCode: 403 } };
    const put = new PutRecordCommand({ FeatureGroupName: 'clinical', Record: recordOf(first) });
    await expect(reader.records.send(put)).rejects.toMatchObject(forbidden);
    const remove = new DeleteRecordCommand({
      FeatureGroupName: 'clinical',
      RecordIdentifierValueAsString: 'R01-001',
      EventTime: '2027-01-01T00:00:00Z',
    });
    await expect(reader.records.send(remove)).rejects.toMatchObject(forbidden);
  });
});
