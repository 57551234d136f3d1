import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../test/postgres-server.js';
import { definition, groupOf, plainGroup, plainTable, tableOf } from './conformance/fixtures.js';
import { openPostgresStore, openStore } from './index.js';

const server = await startPostgres();
if (typeof server === 'string') console.log(`skipped: ${server}`);
else afterAll(() => server.stop());

const address = async (): Promise<string> => {
  if (typeof server === 'string') throw new Error(server);
  return server.database();
};
const row = (id: string, number: number, eventTimeMs = 0) => ({ id, eventTimeMs, number, text: null });

describe.skipIf(typeof server === 'string')('a store on PostgreSQL [needs PostgreSQL]', () => {
  test('20 writers and 20 readers on connections of their own, against a log: no update is lost, the latest record is right', async () => {
    const url = await address();
    await (await openStore(url)).close();
    const stores = await Promise.all(Array.from({ length: 20 }, () => openPostgresStore({ url, poolSize: 2 })));
    const written: { id: string; eventTimeMs: number; number: number }[] = [];
    let isWriting = true;
    // what is read is what was written, and a record never goes back in event time
    const read = async (id: string): Promise<number> => {
      const store = await openPostgresStore({ url, poolSize: 2, readOnly: true });
      let [seenMs, reads] = [-1, 0];
      for (; isWriting || reads === 0; reads++) {
        const seen = await store.record.get('plain', id).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'STORE_UNKNOWN_GROUP' });
          return undefined;
        });
        await sleep(10);
        if (seen === undefined) continue;
        const eventTimeMs = Date.parse(seen.eventTime);
        expect(eventTimeMs).toBeGreaterThanOrEqual(seenMs);
        seenMs = eventTimeMs;
        expect(begun.get(`${id} ${eventTimeMs}`)).toBe(seen.values.number);
      }
      await store.close();
      return reads;
    };
    const begun = new Map<string, number>();
    const readers = Array.from({ length: 20 }, (_, reader) => read(reader % 2 === 0 ? 'a' : 'b'));
    await Promise.all(
      stores.map(async (store, writer) => {
        for (let turn = 0; turn < 5; turn++) {
          // every writer has event times of its own, in an order of its own
          const eventTimeMs = ((writer * 7 + turn * 13) % 20) * 1000 + writer * 10 + turn;
          const rows = ['a', 'b', `own${writer}`].map((id) => row(id, writer * 100 + turn, eventTimeMs));
          for (const line of rows) begun.set(`${line.id} ${line.eventTimeMs}`, line.number);
          expect(await store.ingest(plainTable(rows))).toMatchObject({ written: 3 });
          written.push(...rows);
          const seen = await store.record.get('plain', 'a');
          expect(Date.parse(seen?.eventTime ?? '')).toBeGreaterThanOrEqual(eventTimeMs);
        }
      }),
    );
    isWriting = false;
    expect((await Promise.all(readers)).every((reads) => reads > 0)).toBe(true);
    const [first] = stores;
    for (const id of ['a', 'b', ...Array.from({ length: 20 }, (_, writer) => `own${writer}`)]) {
      const mine = written.filter((line) => line.id === id);
      const latest = mine.reduce((x, y) => (y.eventTimeMs > x.eventTimeMs ? y : x));
      expect((await first?.record.get('plain', id))?.values.number).toBe(latest.number);
      expect((await first?.history('plain', id))?.length).toBe(mine.length);
    }
    expect((await first?.query('SELECT count(*) FROM plain_history'))?.rows).toEqual([[written.length]]);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('what another process does to the groups is seen: new groups, versions, settings, deletion', async () => {
    const url = await address();
    const [one, two] = [await openStore(url), await openStore(url)];
    await one.ingest(plainTable([row('P1', 1)]));
    expect((await two.record.get('plain', 'P1'))?.values.number).toBe(1);
    const grown = groupOf('plain', [...plainGroup.definitions.slice(2), definition('more')]);
    await one.ingest(tableOf(grown, [{ case_id: 'P1', event_time: 5, more: 7 }]));
    expect((await two.record.get('plain', 'P1'))?.values.more).toBe(7);
    expect((await two.ingest(tableOf(grown, [{ case_id: 'P1', event_time: 5, more: 7 }]))).unchanged).toBe(1);
    await one.updateGroup('plain', { owner: 'lab' });
    expect((await two.describeGroup('plain')).settings.owner).toBe('lab');
    await two.deleteGroup('plain', 'plain');
    await expect(one.record.get('plain', 'P1')).rejects.toMatchObject({ code: 'STORE_UNKNOWN_GROUP' });
    expect(await one.ingest(plainTable([row('P1', 2)]))).toMatchObject({ version: 1, written: 1 });
    expect((await two.history('plain', 'P1')).length).toBe(1);
    await one.close();
    await two.close();
  });

  test('a role that may only read, reads; it cannot write', async () => {
    const url = await address();
    const owner = await openStore(url);
    await owner.ingest(plainTable([row('P1', 1)]));
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    await admin.query(`CREATE ROLE store_reader LOGIN;
      GRANT USAGE ON SCHEMA thoracle_internal, features TO store_reader;
      GRANT SELECT ON ALL TABLES IN SCHEMA thoracle_internal, features TO store_reader`);
    await admin.end();
    const reader = url.replace('postgres@', 'store_reader@');
    const reading = await openStore(reader, { readOnly: true });
    expect((await reading.record.get('plain', 'P1'))?.id).toBe('P1');
    expect((await reading.query('SELECT number FROM plain')).rows).toEqual([[1]]);
    await expect(reading.ingest(plainTable([row('P2', 1)]))).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
    await reading.close();
    const writing = await openStore(reader);
    await expect(writing.ingest(plainTable([row('P2', 1)]))).rejects.toMatchObject({ code: 'STORE_NOT_ALLOWED' });
    await writing.close();
    await owner.close();
  });

  test('a server that restarts costs one clear error at most; nothing is lost or doubled', async () => {
    const store = await openStore(await address());
    await store.ingest(plainTable([row('P1', 1)]));
    if (typeof server !== 'string') server.restart('immediate');
    const again = () => store.ingest(plainTable([row('P1', 1), row('P2', 2)]));
    const result = await again().catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'STORE_CONNECTION' });
      return again();
    });
    expect(result).toMatchObject({ written: 1, unchanged: 1 });
    expect((await store.query('SELECT count(*) FROM plain_history')).rows).toEqual([[2]]);
    await store.close();
  });

  test('addresses and options that are wrong', async () => {
    const none = 'postgres://nobody:secret@127.0.0.1:1/none';
    await expect(openStore(none)).rejects.toMatchObject({
      code: 'STORE_CONNECTION',
      message: expect.not.stringContaining('secret'),
    });
    await expect(openPostgresStore({ url: 'x.duckdb' })).rejects.toMatchObject({ code: 'STORE_BAD_OPTIONS' });
    await expect(openPostgresStore({ url: none, poolSize: 1 })).rejects.toMatchObject({ code: 'STORE_BAD_OPTIONS' });
  });
});

describe.skipIf(typeof server === 'string')('queries of users on PostgreSQL [needs PostgreSQL]', () => {
  test('reading statements are answered, with parameters, within their time', async () => {
    const store = await openStore(await address(), { queryLimitMs: 300 });
    await store.ingest(plainTable([row('P1', 1.5), row('P2', 2)]));
    const { rows } = await store.query(
      'WITH x AS (SELECT * FROM plain) SELECT case_id FROM x WHERE number > $1; ',
      [1.7],
    );
    expect(rows).toEqual([['P2']]);
    expect((await store.query("SELECT 'pg_sleep(1)', count(*), max(event_time) FROM plain")).rows).toEqual([
      ['pg_sleep(1)', 2, '1970-01-01T00:00:00.000Z'],
    ]);
    const slow = 'SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b';
    await expect(store.query(slow)).rejects.toMatchObject({ code: 'STORE_QUERY_TIME' });
    await store.close();
  });
});
