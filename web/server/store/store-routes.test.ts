import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FeatureDefinition, type FeatureStore, openDuckDbStore } from '../../../featurestore/index.js';
import { got, studioApp } from '../../test/studio-app.js';
import type { QueryReply } from '../replies/store-reply.js';

const place = '/studio/api/store';
const geneCount = 22_000;
const day = 86_400_000;

let store: FeatureStore;
let app: FastifyInstance;

const definition = (
  name: string,
  role: FeatureDefinition['role'],
  type: FeatureDefinition['type'],
  unit = '1',
): FeatureDefinition => ({ name, role, type, unit, description: `${name} of a tumour` });

const keys = [definition('case_id', 'identifier', 'string'), definition('event_time', 'metadata', 'timestamp', 'ms')];

function groupOf(name: string, definitions: readonly FeatureDefinition[]) {
  return {
    name,
    recordIdentifier: 'case_id',
    eventTime: 'event_time',
    settingsDigest: '0'.repeat(64),
    definitions: [...keys, ...definitions],
  };
}

beforeAll(async () => {
  store = await openDuckDbStore({ file: ':memory:' });
  const size = definition('size', 'feature', 'double', 'mm');
  await store.createGroup(groupOf('tumours', [size]));
  for (const [id, at, value] of [
    ['A-1', 0, 10],
    ['A-2', 0, 20],
    ['A-1', day, 30],
  ] as const) {
    await store.record.put('tumours', { case_id: id, event_time: at, size: value });
  }
  await store.createGroup(groupOf('tumours', [size, definition('side', 'metadata', 'string')]));
  await store.record.put('tumours', { case_id: 'A-3', event_time: 0, size: 40, side: 'left' });
  await store.createGroup(
    groupOf(
      'genes',
      Array.from({ length: geneCount }, (_, i) => definition(`G${i}`, 'feature', 'double', 'FPKM')),
    ),
  );
  await store.record.put('genes', {
    case_id: 'A-1',
    event_time: 0,
    ...Object.fromEntries(Array.from({ length: geneCount }, (_, i) => [`G${i}`, i / 2])),
  });
  app = studioApp({ store });
}, 60_000);
afterAll(async () => {
  await app.close();
  await store.close();
});

async function asked(body: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
  const reply = await app.inject({
    method: 'POST',
    url: `${place}/query`,
    headers: { 'content-type': 'application/json' },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: reply.statusCode, body: reply.json() };
}

describe('what the store page asks', () => {
  test('groups, and what a version added to the one before', async () => {
    expect((await got(app, `${place}/groups`)).body).toMatchObject({
      groups: [
        { name: 'genes', records: 1, roles: { feature: geneCount, identifier: 1, metadata: 1 } },
        { name: 'tumours', records: 1, version: 2, roles: { feature: 1, identifier: 1, metadata: 2 } },
      ],
    });
    expect((await got(app, `${place}/groups/tumours`)).body).toMatchObject({
      versions: [
        { version: 2, columns: 4, added: ['side'], removed: [], addedCount: 1 },
        { version: 1, columns: 3, added: [], removed: [] },
      ],
    });
  });

  test('definitions with the statistics of the latest records, of all versions or of one', async () => {
    // Latest: A-1 30, A-2 20, A-3 40.
    expect((await got(app, `${place}/groups/tumours/features?role=feature`)).body).toMatchObject({
      total: 1,
      features: [
        {
          definition: { name: 'size', unit: 'mm' },
          statistics: { count: 3, missing: 0, numeric: { min: 20, max: 40 } },
        },
      ],
    });
    expect((await got(app, `${place}/groups/tumours/feature?name=size&version=2&bins=4`)).body).toMatchObject({
      statistics: { count: 1, numeric: { min: 40, max: 40 } },
    });
    expect((await got(app, `${place}/groups/tumours/feature?name=case_id`)).body).toMatchObject({ statistics: null });
  });

  test('a window of 22,000 genes, and their definitions as a file', async () => {
    const { body } = await got(app, `${place}/groups/genes/features?search=g2199%20tumour&from=9&count=200`);
    expect(body).toMatchObject({
      total: 11,
      from: 9,
      features: [
        { definition: { name: 'G21998' }, statistics: { count: 1, numeric: { min: 10_999 } } },
        { definition: { name: 'G21999' } },
      ],
    });
    const file = await app.inject(`${place}/groups/genes/features.csv?role=feature`);
    const lines = file.body.trim().split(/\r?\n/);
    expect(lines).toHaveLength(geneCount + 1);
    expect(lines.slice(0, 2)).toEqual([
      'name,type,unit,role,description,reference',
      'G0,double,FPKM,feature,G0 of a tumour,',
    ]);
    const record = await got(app, `${place}/groups/genes/history?id=A-1&from=21950&count=200`);
    expect(record.body).toMatchObject({ record: { total: geneCount + 2, values: { length: 52 } } });
  });

  test('the history of a record, and the record as of a day', async () => {
    expect((await got(app, `${place}/groups/tumours/records?search=a-1`)).body).toEqual({ total: 1, ids: ['A-1'] });
    expect((await got(app, `${place}/groups/tumours/history?id=A-1`)).body).toMatchObject({
      lines: [
        { changed: [] },
        { changedCount: 2, changed: expect.arrayContaining([{ feature: 'size', before: 10, after: 30 }]) },
      ],
      record: { values: expect.arrayContaining([{ feature: 'size', unit: 'mm', value: 30 }]) },
    });
    expect((await got(app, `${place}/groups/tumours/history?id=A-1&asOf=1970-01-01`)).body).toMatchObject({
      record: { values: expect.arrayContaining([{ feature: 'size', unit: 'mm', value: 10 }]) },
    });
    expect((await got(app, `${place}/groups/tumours/history?id=nobody`)).body).toMatchObject({
      lines: [],
      record: null,
    });
  });

  test('lineage of rows that do not say what made them', async () => {
    expect((await got(app, `${place}/groups/tumours/lineage`)).body).toMatchObject({
      writers: [
        { version: 2, pipelineVersion: 'not said', rows: 1 },
        { version: 1, pipelineVersion: 'not said', rows: 3 },
      ],
      runs: [],
    });
  });

  test('a statement: rows up to the limit, plan, times', async () => {
    const { status, body } = await asked({ sql: 'SELECT case_id, size FROM tumours ORDER BY size -- all', limit: 2 });
    expect(status).toBe(200);
    const { plan, planMs, runMs, ...rest } = body as QueryReply;
    expect(rest).toMatchObject({
      rows: [
        ['A-2', 20],
        ['A-1', 30],
      ],
      hasMore: true,
      rowLimit: 2,
      columnsLeftOut: 0,
    });
    expect(plan).toMatch(/order/i);
    expect(planMs).toBeGreaterThan(0);
    expect(runMs).toBeGreaterThan(0);
    const wide = (await asked({ sql: 'SELECT * FROM genes' })).body as QueryReply;
    expect(wide.columns).toHaveLength(200);
    expect(wide.columnsLeftOut).toBeGreaterThan(geneCount - 200);
    expect((await asked({ sql: 'EXPLAIN SELECT 1' })).status).toBe(200);
  });
});

describe('what it refuses', () => {
  test.each([
    ['INSERT INTO tumours SELECT * FROM tumours', 403, 'STORE_QUERY_REFUSED'],
    ['DROP TABLE tumours', 403, 'STORE_QUERY_REFUSED'],
    ['SELECT 1; SELECT 2', 403, 'STORE_QUERY_REFUSED'],
    ['EXPLAIN ANALYZE DELETE FROM tumours', 403, 'STORE_QUERY_REFUSED'],
    ["SELECT * FROM read_csv('/etc/passwd')", 403, 'STORE_QUERY_REFUSED'],
    ['SELECT 1) AS shown; DROP VIEW tumours; SELECT (2', 400, 'STORE_QUERY_FAILED'],
    ['SELECT nothing FROM nowhere', 400, 'STORE_QUERY_FAILED'],
  ])('the statement %s', async (sql, status, code) => {
    expect(await asked({ sql })).toMatchObject({ status, body: { error: { code } } });
    expect((await asked({ sql: 'SELECT count(*) FROM tumours' })).body).toMatchObject({ rows: [[3]] });
  });

  test.each([
    '{"sql":',
    '[]',
    '{"sql": ""}',
    '{"sql": 1}',
    '{"sql": "SELECT 1", "limit": 0}',
    '{"sql": "SELECT 1", "limit": "5"}',
    '{"sql": "SELECT 1", "rows": 5}',
    JSON.stringify({ sql: `SELECT ${'1,'.repeat(20_000)}1` }),
  ])('the body %.40s', async (body) => {
    expect(await asked(body)).toMatchObject({ status: 400, body: { error: { code: 'STUDIO_BAD_QUERY' } } });
  });

  test.each([
    ['groups/none', 404, 'STORE_UNKNOWN_GROUP'],
    ['groups/none/lineage', 404, 'STORE_UNKNOWN_GROUP'],
    ['groups/none/records', 404, 'STORE_UNKNOWN_GROUP'],
    ['groups/none/history?id=A-1', 404, 'STORE_UNKNOWN_GROUP'],
    ['groups/tumours/features?version=9', 404, 'STORE_UNKNOWN_VERSION'],
    ['groups/tumours/features?version=0', 400, 'STUDIO_BAD_QUERY'],
    ['groups/tumours/features?count=201', 400, 'STUDIO_BAD_QUERY'],
    ['groups/tumours/features?from=-1', 400, 'STUDIO_BAD_QUERY'],
    ['groups/tumours/feature', 400, 'STUDIO_BAD_QUERY'],
    ['groups/tumours/feature?name=none', 404, 'STORE_UNKNOWN_FEATURE'],
    ['groups/tumours/history', 400, 'STUDIO_BAD_QUERY'],
    ['groups/tumours/history?id=A-1&asOf=yesterday', 400, 'STUDIO_BAD_QUERY'],
    ['groups/tumours/history?id=A-1&id=A-2', 400, 'STUDIO_BAD_QUERY'],
  ])('%s', async (path, status, code) => {
    expect(await got(app, `${place}/${path}`)).toMatchObject({ status, body: { error: { code } } });
  });

  test('everything, without a store', async () => {
    const bare = studioApp({});
    expect(await got(bare, `${place}/groups`)).toMatchObject({
      status: 409,
      body: { error: { code: 'STUDIO_NO_STORE' } },
    });
    await bare.close();
  });
});
