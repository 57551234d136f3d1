import {
  CreateFeatureGroupCommand,
  type CreateFeatureGroupCommandInput,
  DeleteFeatureGroupCommand,
  DescribeFeatureGroupCommand,
  ListFeatureGroupsCommand,
  paginateListFeatureGroups,
  UpdateFeatureGroupCommand,
} from '@aws-sdk/client-sagemaker';
import { GetRecordCommand, PutRecordCommand } from '@aws-sdk/client-sagemaker-featurestore-runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keys, type SdkServer, startSdkServer } from '../../../test/featurestore/sdk-server.js';

let clockMs = Date.UTC(2026, 0, 31);
let server: SdkServer;
let { groups, records } = {} as ReturnType<SdkServer['clients']>;
beforeAll(async () => {
  server = await startSdkServer(() => clockMs);
  ({ groups, records } = server.clients());
});
afterAll(() => server.close());

const base: CreateFeatureGroupCommandInput = {
  FeatureGroupName: 'imaging',
  RecordIdentifierFeatureName: 'case_id',
  EventTimeFeatureName: 'seen',
  FeatureDefinitions: [
    { FeatureName: 'case_id', FeatureType: 'Integral' },
    { FeatureName: 'seen', FeatureType: 'Fractional' },
    { FeatureName: 'volume', FeatureType: 'Fractional' },
    { FeatureName: 'died', FeatureType: 'Integral' },
  ],
  OnlineStoreConfig: { EnableOnlineStore: true, TtlDuration: { Unit: 'Weeks', Value: 2 }, StorageType: 'Standard' },
  OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://bucket/prefix' } },
  RoleArn: 'arn:aws:iam::123456789012:role/x',
  Description: 'CT features',
  Tags: [{ Key: 'role:died', Value: 'outcome' }],
};
const create = (more: Partial<CreateFeatureGroupCommandInput> = {}) =>
  groups.send(new CreateFeatureGroupCommand({ ...base, ...more }));
const describeGroup = (name: string, NextToken?: string) =>
  groups.send(
    new DescribeFeatureGroupCommand({ FeatureGroupName: name, ...(NextToken === undefined ? {} : { NextToken }) }),
  );

test('of identical calls at once one makes the group, the others are told that it exists', async () => {
  const calls = Array.from({ length: 6 }, () => create({ FeatureGroupName: 'raced' }));
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.filter((o) => o.status === 'fulfilled')).toHaveLength(1);
  const refused = outcomes.flatMap((o) => (o.status === 'rejected' ? [o.reason] : []));
  expect(refused.map((error) => [error.name, error.$metadata.httpStatusCode])).toEqual(
    Array.from({ length: 5 }, () => ['ResourceInUse', 400]),
  );
  await groups.send(new DeleteFeatureGroupCommand({ FeatureGroupName: 'raced' }));
});

test('a group is created, described as it was, and takes records', async () => {
  const arn = 'arn:aws:sagemaker:eu-west-1:000000000000:feature-group/imaging';
  expect((await create()).FeatureGroupArn).toBe(arn);
  const found = await describeGroup(arn);
  expect(found).toMatchObject({
    FeatureGroupArn: arn,
    FeatureGroupName: 'imaging',
    RecordIdentifierFeatureName: 'case_id',
    EventTimeFeatureName: 'seen',
    FeatureDefinitions: base.FeatureDefinitions,
    FeatureGroupStatus: 'Created',
    OfflineStoreStatus: { Status: 'Active' },
    OnlineStoreConfig: base.OnlineStoreConfig,
    OfflineStoreConfig: base.OfflineStoreConfig,
    RoleArn: base.RoleArn,
    Description: 'CT features',
    CreationTime: new Date(clockMs),
  });
  expect(found.NextToken).toBeUndefined();
  const { definitions } = await server.store.definition('imaging');
  expect(definitions.map((d) => [d.type, d.role])).toEqual([
    ['string', 'identifier'],
    ['timestamp', 'metadata'],
    ['double', 'feature'],
    ['integer', 'outcome'],
  ]);
  const Record = [
    { FeatureName: 'case_id', ValueAsString: '7' },
    { FeatureName: 'seen', ValueAsString: '1769800000.25' },
  ];
  await records.send(new PutRecordCommand({ FeatureGroupName: 'imaging', Record }));
  const got = await records.send(
    new GetRecordCommand({
      FeatureGroupName: 'imaging',
      RecordIdentifierValueAsString: '7',
      ExpirationTimeResponse: 'Enabled',
    }),
  );
  expect(got.Record).toEqual(Record);
  expect(got.ExpiresAt).toBe(new Date(1769800000250 + 14 * 86_400_000).toISOString());
  const noNumber = [{ FeatureName: 'case_id', ValueAsString: 'R01' }, Record[1] as (typeof Record)[number]];
  const put = new PutRecordCommand({ FeatureGroupName: 'imaging', Record: noNumber });
  await expect(records.send(put)).rejects.toThrow(/"case_id" has the value "R01", expected a whole number/);
});

test('a group that exists is ResourceInUse, an unknown one ResourceNotFound', async () => {
  await expect(create()).rejects.toMatchObject({ name: 'ResourceInUse', $metadata: { httpStatusCode: 400 } });
  await expect(create({ FeatureGroupName: 'IMAGING' })).rejects.toMatchObject({ name: 'ResourceInUse' });
  await expect(describeGroup('no-such')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  const gone = new DeleteFeatureGroupCommand({ FeatureGroupName: 'no-such' });
  await expect(groups.send(gone)).rejects.toMatchObject({ name: 'ResourceNotFound' });
});

describe('what cannot be created is a ValidationException that says why', () => {
  test.each<[string, Partial<CreateFeatureGroupCommandInput>, RegExp]>([
    ['a name with a space', { FeatureGroupName: 'a b' }, /"a b" is not 1 to 64 characters/],
    [
      'a record id that is no feature',
      { RecordIdentifierFeatureName: 'id' },
      /RecordIdentifierFeatureName "id" is not among/,
    ],
    ['an event time that is no feature', { EventTimeFeatureName: 'at' }, /EventTimeFeatureName "at" is not among/],
    [
      'an event time of whole numbers',
      { EventTimeFeatureName: 'died' },
      /"died" is Integral, expected String or Fractional/,
    ],
    [
      'a collection',
      {
        FeatureDefinitions: [
          ...(base.FeatureDefinitions ?? []),
          {
            FeatureName: 'v',
            FeatureType: 'Fractional',
            CollectionType: 'Vector',
            CollectionConfig: { VectorConfig: { Dimension: 3 } },
          },
        ],
      },
      /CollectionType of feature "v" is not supported/,
    ],
    [
      'a reserved name',
      {
        FeatureDefinitions: [...(base.FeatureDefinitions ?? []), { FeatureName: 'is_deleted', FeatureType: 'String' }],
      },
      /"is_deleted" is taken/,
    ],
    ['no store at all', { OnlineStoreConfig: undefined, OfflineStoreConfig: undefined }, /At least one of/],
    [
      'encryption',
      { OnlineStoreConfig: { EnableOnlineStore: true, SecurityConfig: { KmsKeyId: 'k' } } },
      /SecurityConfig is not supported/,
    ],
    [
      'provisioned throughput',
      { ThroughputConfig: { ThroughputMode: 'Provisioned', ProvisionedReadCapacityUnits: 1 } },
      /ThroughputMode is "Provisioned"/,
    ],
    ['a role that is none', { Tags: [{ Key: 'role:died', Value: 'target' }] }, /"role:died" is "target", expected/],
  ])('%s', async (_what, more, message) => {
    const creating = create({ FeatureGroupName: 'wrong', ...more });
    await expect(creating).rejects.toMatchObject({ name: 'ValidationException', $metadata: { httpStatusCode: 400 } });
    await expect(creating).rejects.toThrow(message);
    await expect(describeGroup('wrong')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });
});

test('features are added, the time to live of later records is changed', async () => {
  const update = (more: object) => groups.send(new UpdateFeatureGroupCommand({ FeatureGroupName: 'imaging', ...more }));
  await update({ FeatureAdditions: [{ FeatureName: 'entropy', FeatureType: 'Fractional' }] });
  await update({ OnlineStoreConfig: { TtlDuration: { Unit: 'Hours', Value: 36 } } });
  const found = await describeGroup('imaging');
  expect(found.FeatureDefinitions?.map((d) => d.FeatureName)).toEqual(['case_id', 'seen', 'volume', 'died', 'entropy']);
  expect(found.OnlineStoreConfig?.TtlDuration).toEqual({ Unit: 'Hours', Value: 36 });
  expect(found.LastUpdateStatus?.Status).toBe('Successful');
  const again = update({ FeatureAdditions: [{ FeatureName: 'volume', FeatureType: 'Integral' }] });
  await expect(again).rejects.toThrow(/FeatureAdditions holds "volume", which the group has/);
  await expect(update({})).rejects.toThrow(/Nothing to update/);
});

test('2,501 definitions come in two pages', async () => {
  const more = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, i) => ({ FeatureName: `${prefix}${i}`, FeatureType: 'Fractional' as const }));
  const keysOnly = (base.FeatureDefinitions ?? []).slice(0, 2);
  await expect(
    create({ FeatureGroupName: 'wide', FeatureDefinitions: [...keysOnly, ...more(2499, 'g')] }),
  ).rejects.toThrow(/at most 2500 are taken/);
  await create({ FeatureGroupName: 'wide', FeatureDefinitions: [...keysOnly, ...more(2498, 'g')], Tags: [] });
  await groups.send(new UpdateFeatureGroupCommand({ FeatureGroupName: 'wide', FeatureAdditions: more(1, 'x') }));
  const one = await describeGroup('wide');
  expect([one.FeatureDefinitions?.length, typeof one.NextToken]).toEqual([2500, 'string']);
  const two = await describeGroup('wide', one.NextToken);
  expect([two.FeatureDefinitions, two.NextToken]).toEqual([more(1, 'x'), undefined]);
  await expect(describeGroup('imaging', one.NextToken)).rejects.toThrow(/NextToken was not given/);
});

test('lists are filtered, sorted and paged', async () => {
  const twoStores = { Tags: [], OnlineStoreConfig: { EnableOnlineStore: true } };
  for (const name of ['page-c', 'page-a', 'page-b']) {
    clockMs += 60_000;
    await create({ FeatureGroupName: name, ...twoStores });
  }
  const list = async (more: object): Promise<(string | undefined)[]> => {
    const found: (string | undefined)[] = [];
    for await (const page of paginateListFeatureGroups(
      { client: groups, pageSize: 2 },
      { NameContains: 'page', ...more },
    )) {
      expect(page.FeatureGroupSummaries?.length).toBeLessThanOrEqual(2);
      found.push(...(page.FeatureGroupSummaries ?? []).map((g) => g.FeatureGroupName));
    }
    return found;
  };
  expect(await list({})).toEqual(['page-c', 'page-a', 'page-b']);
  expect(await list({ SortBy: 'Name' })).toEqual(['page-a', 'page-b', 'page-c']);
  expect(await list({ SortBy: 'Name', SortOrder: 'Descending' })).toEqual(['page-c', 'page-b', 'page-a']);
  expect(await list({ CreationTimeAfter: new Date(clockMs - 60_000) })).toEqual(['page-b']);
  expect(await list({ CreationTimeBefore: new Date(clockMs - 60_000) })).toEqual(['page-c']);
  expect(await list({ FeatureGroupStatusEquals: 'Deleting' })).toEqual([]);
  const bad = (more: object) => groups.send(new ListFeatureGroupsCommand(more));
  await expect(bad({ MaxResults: 101 })).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(bad({ NextToken: 'x' })).rejects.toThrow(/NextToken was not given/);
});

test('a deleted group is gone with its records', async () => {
  await groups.send(new DeleteFeatureGroupCommand({ FeatureGroupName: 'page-a' }));
  await expect(describeGroup('page-a')).rejects.toMatchObject({ name: 'ResourceNotFound' });
});

test('credentials, forbidden writes and unknown operations', async () => {
  const ask = new ListFeatureGroupsCommand({});
  const wrong = server.clients({ secretAccessKey: 'wrong' }).groups;
  await expect(wrong.send(ask)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  const reader = server.clients({ accessKeyId: 'AKREADER', secretAccessKey: keys[1].secretAccessKey }).groups;
  expect((await reader.send(ask)).FeatureGroupSummaries?.length).toBeGreaterThan(0);
  await expect(reader.send(new CreateFeatureGroupCommand(base))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  const remove = new DeleteFeatureGroupCommand({ FeatureGroupName: 'imaging' });
  await expect(reader.send(remove)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const { ListModelsCommand } = await import('@aws-sdk/client-sagemaker');
  await expect(groups.send(new ListModelsCommand({}))).rejects.toMatchObject({ name: 'UnknownOperationException' });
});
