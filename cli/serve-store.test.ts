import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DeleteRecordCommand,
  GetRecordCommand,
  PutRecordCommand,
  SageMakerFeatureStoreRuntimeClient,
} from '@aws-sdk/client-sagemaker-featurestore-runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAccessKeyFile } from '../featurestore/http/signature/index.js';
import { openStore } from '../featurestore/index.js';
import { startPostgres } from '../test/postgres-server.js';
import { startListening, startServing } from '../test/thoracle.js';

const folder = mkdtempSync(path.join(tmpdir(), 'thoracle-serve-store-'));
const models = path.join(folder, 'models');
const keyFile = path.join(folder, 'keys');
const postgres = await startPostgres();
let key: { readonly accessKeyId: string; readonly secretAccessKey: string };

beforeAll(async () => {
  mkdirSync(models);
  key = await createAccessKeyFile(keyFile, 'write');
});
afterAll(() => {
  if (typeof postgres !== 'string') postgres.stop();
  rmSync(folder, { recursive: true });
});

const asked = { FeatureGroupName: 'visits', RecordIdentifierValueAsString: 'P1' };
const record = (age: string) => ({
  FeatureGroupName: 'visits',
  Record: [
    { FeatureName: 'case_id', ValueAsString: 'P1' },
    { FeatureName: 'seen', ValueAsString: '2026-01-31T08:30:00.000Z' },
    { FeatureName: 'age', ValueAsString: age },
  ],
});

/** A store with the group `visits` and nothing in it. */
async function makeStore(place: string): Promise<void> {
  const store = await openStore(place);
  const define = (
    name: string,
    type: 'string' | 'timestamp' | 'integer',
    role: 'identifier' | 'metadata' | 'feature',
  ) => ({ name, type, role, unit: '1', description: '' }) as const;
  await store.createGroup({
    name: 'visits',
    recordIdentifier: 'case_id',
    eventTime: 'seen',
    settingsDigest: '',
    definitions: [
      define('case_id', 'string', 'identifier'),
      define('seen', 'timestamp', 'metadata'),
      define('age', 'integer', 'feature'),
    ],
  });
  await store.close();
}

function client(endpoint: string, credentials = key): SageMakerFeatureStoreRuntimeClient {
  return new SageMakerFeatureStoreRuntimeClient({ endpoint, region: 'eu-west-1', maxAttempts: 1, credentials });
}

const refusal = (name: string, status: number) => ({ name, $metadata: { httpStatusCode: status } });

/** Written through `store serve`, read through `serve` beside the models. */
async function writtenAndRead(place: string): Promise<void> {
  await makeStore(place);
  const writing = await startListening('store', 'serve', '--store', place, '--keys', keyFile, '--port', '0');
  await client(writing.url).send(new PutRecordCommand(record('64')));
  expect((await client(writing.url).send(new GetRecordCommand(asked))).Record).toEqual(record('64').Record);
  expect((await writing.stop()).code).toBe(0);
  const args = ['--models', models, '--store', place, '--store-keys', keyFile, '--port', '0'];
  const serving = await startServing(...args);
  try {
    const records = client(serving.url);
    expect((await records.send(new GetRecordCommand(asked))).Record).toEqual(record('64').Record);
    await expect(records.send(new PutRecordCommand(record('65')))).rejects.toMatchObject(
      refusal('AccessForbidden', 403),
    );
    await expect(
      records.send(new DeleteRecordCommand({ ...asked, EventTime: '2026-02-01T00:00:00Z' })),
    ).rejects.toMatchObject(refusal('AccessForbidden', 403));
    const stranger = client(serving.url, { ...key, secretAccessKey: 'wrong' });
    await expect(stranger.send(new GetRecordCommand(asked))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    expect((await records.send(new GetRecordCommand(asked))).Record).toEqual(record('64').Record);
    expect((await fetch(`${serving.url}/ping`)).status).toBe(200);
  } finally {
    expect((await serving.stop()).code).toBe(0);
  }
}

describe('the store’s routes beside the models, asked with the published client', () => {
  test('a store in a file', () => writtenAndRead(path.join(folder, 's.duckdb')), 60_000);

  if (typeof postgres === 'string') test.skip(`a store on PostgreSQL: ${postgres}`, () => undefined);
  else test('a store on PostgreSQL', async () => writtenAndRead(await postgres.database()), 60_000);
});
