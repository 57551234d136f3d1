import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keys, type SdkServer, startSdkServer } from '../../../test/featurestore/sdk-server.js';
import { signedFetch } from '../../../test/featurestore/sign-request.js';

let server: SdkServer;
beforeAll(async () => {
  server = await startSdkServer(() => Date.UTC(2026, 0, 31));
});
afterAll(() => server.close());

interface Reply {
  readonly status: number;
  readonly body: {
    readonly [name: string]: unknown;
    readonly error: { readonly code: string; readonly message: string };
    readonly settings: Readonly<Record<string, unknown>>;
    readonly records: readonly { readonly id: string }[];
  };
}

async function ask(method: string, path: string, body?: unknown, type?: string, key = keys[0]): Promise<Reply> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await signedFetch(key, server.url + path, {
    method,
    ...(text === undefined ? {} : { body: text }),
    ...(type === undefined ? {} : { type }),
  });
  return { status: reply.status, body: (await reply.json()) as Reply['body'] };
}

const define = (name: string, type: string, role: string) => ({ name, type, unit: '1', description: '', role });
const group = {
  name: 'clinical',
  recordIdentifier: 'case_id',
  eventTime: 'seen',
  definitions: [
    define('case_id', 'string', 'identifier'),
    define('seen', 'timestamp', 'metadata'),
    define('age', 'integer', 'feature'),
    define('days', 'integer', 'outcome'),
    define('died', 'integer', 'outcome'),
  ],
};

describe('the life of a group', () => {
  test('is made, described, found', async () => {
    const made = await ask('POST', '/store/groups', { group, settings: { owner: 'lab', tags: { site: 'A' } } });
    expect([made.status, made.body.version, made.body.settings.owner]).toEqual([201, 1, 'lab']);
    expect((await ask('GET', '/store/groups/clinical?version=1')).body).toMatchObject({
      name: 'clinical',
      recordCount: 0,
    });
    expect((await ask('GET', '/store/groups?feature=AGE&tag=site&tagValue=A')).body.groups).toHaveLength(1);
    expect((await ask('GET', '/store/groups?owner=nobody')).body.groups).toEqual([]);
  });

  test('takes rows as JSON and as CSV, all or none', async () => {
    const rows = [
      { case_id: 'P1', seen: '2026-01-01T00:00:00Z', age: 64, days: 100, died: 1 },
      { case_id: 'P2', seen: '2026-01-01', age: null, days: 200, died: 0 },
    ];
    const json = await ask('POST', '/store/groups/clinical/ingest', { rows });
    expect(json.body).toMatchObject({ group: 'clinical', version: 1, written: 2, unchanged: 0 });
    const csv = await ask('POST', '/store/groups/clinical/ingest', 'case_id,seen,age\nP3,2026-01-02,50\n', 'text/csv');
    expect(csv.body).toMatchObject({ written: 1 });
    const bad = await ask(
      'POST',
      '/store/groups/clinical/ingest',
      'case_id,seen,age\nP4,2026-01-02,50\nP5,2026-01-02,old\n',
      'text/csv',
    );
    expect([bad.status, bad.body.error.message]).toEqual([400, expect.stringMatching(/"age".*row 2 is "old"/)]);
    expect((await ask('GET', '/store/groups/clinical')).body.recordCount).toBe(3);
    const other = { rows: [{ ...rows[0], age: 65 }] };
    const conflict = await ask('POST', '/store/groups/clinical/ingest?onConflict=error', other);
    expect([conflict.status, conflict.body.error.code]).toEqual([409, 'STORE_CONFLICT']);
  });

  test('records are read, written, deleted, and leave a history', async () => {
    const path = '/store/groups/clinical/records/P%2F9';
    const put = await ask('PUT', path, { values: { seen: '2026-01-03T00:00:00Z', age: 70 }, ttlMs: 1e12 });
    expect(put.body).toMatchObject({ outcome: 'written' });
    const got = await ask('GET', `${path}?features=age,seen`);
    expect(got.body).toMatchObject({ id: 'P/9', values: { age: 70, seen: '2026-01-03T00:00:00.000Z' } });
    expect(got.body.expiresAt).toBeDefined();
    const batch = await ask('POST', '/store/batch-get', {
      requests: [
        { group: 'clinical', ids: ['P1', 'nobody', 'P/9'], features: ['age'] },
        { group: 'none', ids: ['x'] },
      ],
    });
    expect(batch.body.records.map((r) => r.id)).toEqual(['P1', 'P/9']);
    expect(batch.body.errors).toMatchObject([{ group: 'none', code: 'STORE_UNKNOWN_GROUP' }]);
    expect((await ask('DELETE', `${path}?mode=soft`)).body).toEqual({ deleted: true });
    expect((await ask('GET', path)).status).toBe(404);
    expect((await ask('GET', `${path}/history`)).body.rows).toHaveLength(2);
  });

  test('answers questions in SQL and joins a dataset', async () => {
    const query = await ask('POST', '/store/query', {
      sql: 'SELECT age FROM clinical WHERE case_id = $1',
      params: ['P1'],
    });
    expect(query.body.rows).toEqual([[64]]);
    const dataset = await ask('POST', '/store/datasets', {
      groups: [{ name: 'clinical' }],
      join: 'left',
      outcome: { group: 'clinical', timeDays: 'days', event: 'died' },
    });
    expect(dataset.body).toMatchObject({ patientIds: ['P1', 'P2'], values: [[64], [null]], present: [[1], [1]] });
    expect(dataset.body.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is described by statistics, and two windows of it are compared, by a reader too', async () => {
    const asked = { features: ['age'], quantiles: [0.5], bins: 2, top: 1 };
    const reply = await ask('POST', '/store/groups/clinical/statistics', asked, undefined, keys[1]);
    // ages 64, missing, 50
    expect([reply.status, reply.body]).toEqual([
      200,
      {
        features: [
          {
            feature: 'age',
            type: 'integer',
            count: 2,
            missing: 1,
            infinite: 0,
            distinct: 2,
            top: [{ value: 50, count: 1 }],
            numeric: {
              mean: 57,
              sd: Math.sqrt(98),
              min: 50,
              max: 64,
              quantiles: [{ p: 0.5, value: 57 }],
              histogram: { edges: [50, 57, 64], counts: [1, 1] },
            },
          },
        ],
      },
    ]);
    const all = await ask('POST', '/store/groups/clinical/statistics');
    expect((all.body.features as { feature: string }[]).map((f) => f.feature)).toEqual(['age', 'days', 'died']);
    const day = (d: number) => Date.UTC(2026, 0, d);
    const drift = await ask('POST', '/store/groups/clinical/drift', {
      baseline: { fromMs: day(1), beforeMs: day(2) },
      current: { fromMs: day(2), beforeMs: day(3) },
      features: ['age'],
    });
    expect(drift.body).toMatchObject({
      features: [
        { feature: 'age', baseline: { count: 1, missing: 1 }, current: { count: 1, missing: 0 }, ks: 1, ksPValue: 1 },
      ],
    });
  });

  test('is deleted when its name is said twice', async () => {
    const refused = await ask('DELETE', '/store/groups/clinical');
    expect([refused.status, refused.body.error.code]).toEqual([409, 'STORE_NOT_CONFIRMED']);
    expect((await ask('DELETE', '/store/groups/clinical?confirm=clinical')).body.rows).toBeGreaterThan(3);
    expect((await ask('GET', '/store/groups/clinical')).status).toBe(404);
  });
});

describe('bad input', () => {
  beforeAll(async () => {
    await ask('POST', '/store/groups', { group: { ...group, name: 'bad' } });
  });

  test.each<[string, string, unknown, number, RegExp]>([
    ['POST', '/store/groups', '{"group": ', 400, /not JSON/],
    ['POST', '/store/groups', undefined, 400, /not JSON|no body/],
    ['POST', '/store/groups', { group: { ...group, colour: 1 } }, 400, /colour is not a field of group/],
    ['POST', '/store/groups', { group: { ...group, name: 'a b' } }, 400, /"a b" is not 1 to 64/],
    ['POST', '/store/groups', { group: { name: 'x' } }, 400, /recordIdentifier is missing/],
    ['POST', '/store/groups', { group: { ...group, definitions: ['age'] } }, 400, /definitions\[0\] is not an object/],
    ['POST', '/store/groups', { group, settings: { colour: 1 } }, 400, /colour/],
    ['GET', '/store/groups?colour=red', undefined, 400, /colour is not a field/],
    ['GET', '/store/groups?text=a&text=b', undefined, 400, /text is given more than once/],
    ['GET', '/store/groups/bad?version=two', undefined, 400, /version is "two"/],
    ['GET', '/store/groups/bad?version=9', undefined, 404, /no version 9/],
    ['GET', '/store/groups/nobody/records/x', undefined, 404, /no feature group "nobody"/],
    ['GET', '/store/groups/bad/records/x?features=agee', undefined, 400, /no feature "agee"/],
    ['PUT', '/store/groups/bad/records/x', { values: { seen: 'soon' } }, 422, /"seen" is "soon"/],
    ['PUT', '/store/groups/bad/records/x', { values: 5 }, 400, /values is not an object/],
    ['PUT', '/store/groups/bad/records/x', { values: { seen: 0 }, ttlMs: -1 }, 400, /ttlMs is -1/],
    ['DELETE', '/store/groups/bad/records/x?mode=shred', undefined, 400, /mode is "shred", expected soft, hard/],
    [
      'POST',
      '/store/groups/bad/ingest',
      { rows: [{ case_id: 'a', seen: 0, agee: 1 }] },
      400,
      /Row 1 has the column "agee"/,
    ],
    ['POST', '/store/groups/bad/ingest', { rows: [[1]] }, 400, /row 1 is not an object/],
    ['POST', '/store/groups/bad/ingest', { rows: [{ case_id: [1] }] }, 400, /row 1 has in "case_id" no single value/],
    ['POST', '/store/groups/bad/ingest', { rows: [{ case_id: 'a' }] }, 422, /row 1 has no event time/],
    ['POST', '/store/groups/bad/ingest?onConflict=ask', { rows: [] }, 400, /onConflict is "ask"/],
    [
      'POST',
      '/store/batch-get',
      { requests: [{ group: 'bad', ids: [1] }] },
      400,
      /ids holds something that is not a text/,
    ],
    ['POST', '/store/query', { sql: 'DROP TABLE bad' }, 400, /refused/],
    ['POST', '/store/query', { sql: "SELECT * FROM read_csv('/etc/passwd')" }, 400, /refused/],
    ['POST', '/store/query', { sql: '' }, 400, /sql is missing/],
    ['POST', '/store/datasets', { groups: [] }, 400, /dataset cannot be built/],
    ['POST', '/store/datasets', [], 400, /dataset cannot be built/],
    ['POST', '/store/groups/bad/statistics', { colour: 1 }, 400, /colour is not a field/],
    ['POST', '/store/groups/bad/statistics', '[]', 400, /the body is not an object/],
    ['POST', '/store/groups/bad/statistics', '{', 400, /not JSON/],
    ['POST', '/store/groups/bad/statistics', { features: ['agee'] }, 400, /no feature "agee"/],
    ['POST', '/store/groups/bad/statistics', { features: [1] }, 400, /features holds something that is not a text/],
    ['POST', '/store/groups/bad/statistics', { features: ['case_id'] }, 400, /"case_id" is a key/],
    ['POST', '/store/groups/bad/statistics', { bins: 0 }, 400, /bins is 0, expected a whole number from 1 to 1000/],
    ['POST', '/store/groups/bad/statistics', { top: 1.5 }, 400, /top is 1.5/],
    ['POST', '/store/groups/bad/statistics', { quantiles: ['x'] }, 400, /quantiles holds something/],
    ['POST', '/store/groups/bad/statistics', { quantiles: [2] }, 400, /quantile 2 is not from 0 to 1/],
    ['POST', '/store/groups/bad/statistics', { version: 9 }, 404, /no version 9/],
    ['POST', '/store/groups/bad/statistics', { window: 3 }, 400, /window is not an object/],
    ['POST', '/store/groups/bad/statistics', { window: { fromMs: 1 } }, 400, /window.beforeMs is missing/],
    [
      'POST',
      '/store/groups/bad/statistics',
      { window: { fromMs: 2, beforeMs: 1 } },
      400,
      /window from 2 to 1 is empty/,
    ],
    ['POST', '/store/groups/nobody/statistics', undefined, 404, /no feature group "nobody"/],
    ['POST', '/store/groups/bad/drift', undefined, 400, /not JSON/],
    ['POST', '/store/groups/bad/drift', {}, 400, /baseline is not an object/],
    [
      'POST',
      '/store/groups/bad/drift',
      { baseline: { fromMs: 'a', beforeMs: 1 }, current: { fromMs: 1, beforeMs: 2 } },
      400,
      /fromMs is "a"/,
    ],
    [
      'POST',
      '/store/groups/bad/drift',
      { baseline: { fromMs: 0, beforeMs: 1 }, current: { fromMs: 1, beforeMs: 2 }, bins: 1 },
      400,
      /bins is 1/,
    ],
    ['GET', '/store/nothing', undefined, 404, /nothing at GET \/store\/nothing/],
  ])('%s %s %j', async (method, path, body, status, message) => {
    const reply = await ask(method, path, body);
    expect([reply.status, reply.body.error.message]).toEqual([status, expect.stringMatching(message)]);
    expect(reply.body.error.code).toMatch(/^[A-Z_]+$/);
  });

  test('CSV that is none', async () => {
    const csv = await ask('POST', '/store/groups/bad/ingest', 'case_id,seen\n"a,1\n', 'text/csv');
    expect([csv.status, csv.body.error.message]).toEqual([400, expect.stringMatching(/CSV cannot be parsed/)]);
  });
});

test('nobody is answered without a signature, a reader changes nothing', async () => {
  const reply = await fetch(`${server.url}/store/groups`);
  expect([reply.status, await reply.json()]).toMatchObject([403, { error: { code: 'MissingAuthenticationToken' } }]);
  const wrong = await ask('GET', '/store/groups', undefined, undefined, { ...keys[0], secretAccessKey: 'x' });
  expect([wrong.status, wrong.body.error.code]).toEqual([403, 'InvalidSignatureException']);
  expect((await ask('GET', '/store/groups', undefined, undefined, keys[1])).status).toBe(200);
  for (const [method, path] of [
    ['POST', '/store/groups'],
    ['DELETE', '/store/groups/bad?confirm=bad'],
    ['POST', '/store/groups/bad/ingest'],
    ['PUT', '/store/groups/bad/records/x'],
    ['DELETE', '/store/groups/bad/records/x'],
  ] as const) {
    expect((await ask(method, path, undefined, undefined, keys[1])).status).toBe(403);
  }
});

test('every route of ours is in the OpenAPI document, the page is there', async () => {
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  };
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.sort()).toEqual(
    [
      'DELETE /store/groups/{group}',
      'DELETE /store/groups/{group}/records/{id}',
      'GET /ping',
      'GET /store/groups',
      'GET /store/groups/{group}',
      'GET /store/groups/{group}/records/{id}',
      'GET /store/groups/{group}/records/{id}/history',
      'POST /store/batch-get',
      'POST /store/datasets',
      'POST /store/groups',
      'POST /store/groups/{group}/drift',
      'POST /store/groups/{group}/ingest',
      'POST /store/groups/{group}/statistics',
      'POST /store/query',
      'PUT /store/groups/{group}/records/{id}',
    ].sort(),
  );
  expect((await fetch(`${server.url}/docs`)).status).toBe(200);
  expect(await (await fetch(`${server.url}/ping`)).json()).toEqual({ status: 'ok' });
});
