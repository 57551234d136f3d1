import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFeatureGroupCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import {
  GetRecordCommand,
  PutRecordCommand,
  SageMakerFeatureStoreRuntimeClient,
} from '@aws-sdk/client-sagemaker-featurestore-runtime';
import { afterAll, expect, test } from 'vitest';
import { readAccessKeys } from '../../../featurestore/index.js';
import { startListening, thoracle } from '../../../test/thoracle.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-store-serve-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [store, keys] = [join(folder, 's.duckdb'), join(folder, 'keys')];

test('a served store keeps what the cloud’s clients wrote, and stops on SIGTERM', async () => {
  expect((await thoracle('store', 'access-key', keys)).code).toBe(0);
  const server = await startListening(
    'store',
    'serve',
    '--store',
    store,
    '--keys',
    keys,
    '--port',
    '0',
    '--cache',
    '8',
  );
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const [key] = await readAccessKeys(keys);
  if (key === undefined) throw new Error('no key');
  const { accessKeyId, secretAccessKey } = key;
  const settings = { endpoint: server.url, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } };
  const groups = new SageMakerClient(settings);
  const records = new SageMakerFeatureStoreRuntimeClient(settings);
  await groups.send(
    new CreateFeatureGroupCommand({
      FeatureGroupName: 'g',
      RecordIdentifierFeatureName: 'id',
      EventTimeFeatureName: 'at',
      FeatureDefinitions: [
        { FeatureName: 'id', FeatureType: 'String' },
        { FeatureName: 'at', FeatureType: 'Fractional' },
      ],
      OnlineStoreConfig: { EnableOnlineStore: true },
    }),
  );
  const Record = [
    { FeatureName: 'id', ValueAsString: 'P1' },
    { FeatureName: 'at', ValueAsString: '1700000000' },
  ];
  await records.send(new PutRecordCommand({ FeatureGroupName: 'g', Record }));
  const got = await records.send(new GetRecordCommand({ FeatureGroupName: 'g', RecordIdentifierValueAsString: 'P1' }));
  expect(got.Record).toEqual(Record);
  groups.destroy();
  records.destroy();
  const ended = await server.stop();
  expect(ended.code).toBe(0);
  expect(ended.stderr).not.toContain(secretAccessKey);
  const after = await thoracle('store', 'get', 'g', 'P1', '--store', store, '--json');
  expect(JSON.parse(after.stdout)).toMatchObject({ id: 'P1', eventTime: '2023-11-14T22:13:20.000Z' });
});

test('a cache that is no number of megabytes is refused', async () => {
  const ended = await thoracle('store', 'serve', '--store', store, '--keys', keys, '--cache', 'much');
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain('--cache');
});
