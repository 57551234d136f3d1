import { CreateFeatureGroupCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import {
  BatchGetRecordCommand,
  DeleteRecordCommand,
  GetRecordCommand,
  PutRecordCommand,
  SageMakerFeatureStoreRuntimeClient,
} from '@aws-sdk/client-sagemaker-featurestore-runtime';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { keys } from '../../test/featurestore/sdk-server.js';
import { startPostgres } from '../../test/postgres-server.js';
import { openPostgresStore } from '../index.js';
import { buildStoreApp } from './index.js';

const server = await startPostgres();
if (typeof server === 'string') {
  console.log(`skipped: ${server}`);
  describe('the HTTP door on PostgreSQL', () => test.skip(`no server: ${server}`, () => undefined));
} else {
  afterAll(() => server.stop());
  describe('the HTTP door on PostgreSQL', () => doors(() => server.database()));
}

interface Door {
  readonly groups: SageMakerClient;
  readonly records: SageMakerFeatureStoreRuntimeClient;
  close(): Promise<void>;
}

/** A server of its own on a database, and the cloud's clients for it. */
async function openDoor(url: string): Promise<Door> {
  const store = await openPostgresStore({ url, poolSize: 3 });
  const app = buildStoreApp({ store, keys });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  const settings = { region: 'eu-west-1', endpoint, maxAttempts: 1, credentials: keys[0] };
  const [groups, records] = [new SageMakerClient(settings), new SageMakerFeatureStoreRuntimeClient(settings)];
  return {
    groups,
    records,
    close: async () => {
      groups.destroy();
      records.destroy();
      await app.close();
      await store.close();
    },
  };
}

const creation = new CreateFeatureGroupCommand({
  FeatureGroupName: 'clinical',
  RecordIdentifierFeatureName: 'case_id',
  EventTimeFeatureName: 'seen',
  FeatureDefinitions: [
    { FeatureName: 'case_id', FeatureType: 'String' },
    { FeatureName: 'seen', FeatureType: 'String' },
    { FeatureName: 'age', FeatureType: 'Integral' },
  ],
  OnlineStoreConfig: { EnableOnlineStore: true },
  OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://kept/but-not-used' } },
});

function doors(database: () => Promise<string>): void {
  test('two servers on one database: of identical creations one succeeds; what one writes the other reads at once', async () => {
    const url = await database();
    const [a, b] = [await openDoor(url), await openDoor(url)];
    try {
      const outcomes = await Promise.allSettled([a, b, a, b].map(({ groups }) => groups.send(creation)));
      expect(outcomes.filter((o) => o.status === 'fulfilled')).toHaveLength(1);
      const refused = outcomes.flatMap((o) => (o.status === 'rejected' ? [o.reason.name] : []));
      expect(refused).toEqual(['ResourceInUse', 'ResourceInUse', 'ResourceInUse']);
      const put = (door: Door, age: string, seen: string) =>
        door.records.send(
          new PutRecordCommand({
            FeatureGroupName: 'clinical',
            Record: [
              { FeatureName: 'case_id', ValueAsString: 'P1' },
              { FeatureName: 'seen', ValueAsString: seen },
              { FeatureName: 'age', ValueAsString: age },
            ],
          }),
        );
      const asked = { FeatureGroupName: 'clinical', RecordIdentifierValueAsString: 'P1' };
      const age = async (door: Door) =>
        (await door.records.send(new GetRecordCommand(asked))).Record?.find((v) => v.FeatureName === 'age')
          ?.ValueAsString;
      await put(a, '64', '2026-01-31T08:30:00Z');
      expect(await age(b)).toBe('64');
      await put(b, '63', '2025-01-31T08:30:00Z');
      expect(await age(a)).toBe('64');
      await put(b, '65', '2026-02-01T08:30:00Z');
      expect(await age(a)).toBe('65');
      const batch = new BatchGetRecordCommand({
        Identifiers: [{ FeatureGroupName: 'clinical', RecordIdentifiersValueAsString: ['P1', 'nobody'] }],
      });
      expect((await a.records.send(batch)).Records?.map((r) => r.RecordIdentifierValueAsString)).toEqual(['P1']);
      await b.records.send(new DeleteRecordCommand({ ...asked, EventTime: '2026-03-01T00:00:00Z' }));
      expect((await a.records.send(new GetRecordCommand(asked))).Record).toBeUndefined();
    } finally {
      await Promise.all([a.close(), b.close()]);
    }
  });

  test('the latest record is found by the index', async () => {
    const url = await database();
    const door = await openDoor(url);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await door.groups.send(creation);
      await client.query(`INSERT INTO thoracle_internal.log
        SELECT i, 1, 1, 'P' || i, 0, 0, 0, false, NULL, ARRAY[i::float8], '{}', true, true, 0, false, NULL
        FROM generate_series(1, 20000) i`);
      await client.query('ANALYZE thoracle_internal.log');
      const { rows } = await client.query(`EXPLAIN SELECT l.numbers FROM thoracle_internal.log l
        WHERE group_id = 1 AND record_id = 'P777' AND is_online
        ORDER BY epoch DESC, is_hard, event_time DESC, seq DESC LIMIT 1`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toMatch(/Index Scan using log_record/);
      expect(plan).not.toMatch(/Sort|Seq Scan/);
    } finally {
      await client.end();
      await door.close();
    }
  });
}
