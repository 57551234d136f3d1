import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { afterAll, describe, expect, test } from 'vitest';
import { batchTable, rowsPerBatch } from '../bench/kill-batch.js';
import { type CutProxy, startCutProxy } from '../test/cut-proxy.js';
import { startPostgres } from '../test/postgres-server.js';
import type { FeatureStore } from './contract/index.js';
import { openPostgresStore, openStore } from './index.js';

const server = await startPostgres();
if (typeof server === 'string') console.log(`skipped: ${server}`);
else afterAll(() => server.stop());

const isRoot = process.getuid?.() === 0;
const small = mkdtempSync(path.join(tmpdir(), 'mounted-'));
const canMount =
  isRoot &&
  process.platform === 'linux' &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', small]).status === 0;
if (!canMount) console.log('skipped: this user may not mount a file system');
afterAll(() => {
  if (canMount) spawnSync('umount', ['-l', small]);
  rmSync(small, { recursive: true });
});

/** Sends a batch until it is acknowledged. @returns what was said before */
async function send(store: FeatureStore, batch: number, attempts = 5): Promise<{ written: number; said: string[] }> {
  const said: string[] = [];
  for (;;) {
    try {
      return { written: (await store.ingest(batchTable(batch))).written, said };
    } catch (error) {
      expect(error).toMatchObject({ code: 'STORE_CONNECTION', message: expect.not.stringContaining('\n') });
      said.push((error as Error).message);
      if (said.length === attempts) throw error;
    }
  }
}

async function expectWhole(store: FeatureStore, batches: number): Promise<void> {
  const { rows } = await store.query('SELECT batch, count(*) FROM kill_history GROUP BY batch ORDER BY batch');
  expect(rows).toEqual(Array.from({ length: batches }, (_, batch) => [batch, rowsPerBatch]));
}

describe.skipIf(typeof server === 'string')('failures of PostgreSQL [needs PostgreSQL]', () => {
  const throughProxy = async (): Promise<{ store: FeatureStore; proxy: CutProxy; url: string }> => {
    if (typeof server === 'string') throw new Error(server);
    const url = await server.database();
    const proxy = await startCutProxy(Number(new URL(url).port));
    return {
      proxy,
      url,
      store: await openPostgresStore({ url: url.replace(/:\d+\//, `:${proxy.port}/`), poolSize: 2 }),
    };
  };

  test('connections cut at 20 seeded places of an ingest: the batch is sent anew by itself; nothing is lost or doubled', async () => {
    const { store, proxy } = await throughProxy();
    const random = xoroshiro128plus(7);
    await send(store, 0);
    const said: string[] = [];
    for (let batch = 1; batch <= 20; batch++) {
      // a batch is about 50 kB on the wire
      proxy.cutAfter((random.next() >>> 0) % 40_000);
      const sent = await send(store, batch);
      said.push(...sent.said);
      expect(sent.written + sent.said.length).toBeGreaterThanOrEqual(rowsPerBatch);
    }
    expect(proxy.cuts).toBe(20);
    expect(said).toEqual([]);
    await expectWhole(store, 21);
    await store.close();
    proxy.close();
  });

  test('a connection cut before the answer to COMMIT: an error says that it is open; sent again, the rows count as unchanged', async () => {
    const { store, proxy } = await throughProxy();
    await send(store, 0);
    for (let batch = 1; batch <= 3; batch++) {
      proxy.cutAtAnswerTo('COMMIT\0');
      const { written, said } = await send(store, batch);
      expect(said).toEqual([
        expect.stringMatching(/while a transaction was being committed; rows .* may be sent again/),
      ]);
      expect(written).toBe(0);
    }
    expect(proxy.cuts).toBe(3);
    await expectWhole(store, 4);
    // a read that loses its connection is read again
    proxy.cutAtAnswerTo('group_setting');
    expect((await store.listGroups()).map((group) => group.name)).toEqual(['kill']);
    await store.close();
    proxy.close();
  });

  test('a server that restarts six times under an ingest by four workers: nothing is lost or doubled', async () => {
    if (typeof server === 'string') return;
    const store = await openStore(await server.database());
    let next = 0;
    const count = 60;
    const said: string[] = [];
    const worker = async (): Promise<void> => {
      for (let batch = next++; batch < count; batch = next++) {
        said.push(...(await send(store, batch)).said);
        if (batch % 10 === 5) setImmediate(() => server.restart(batch % 20 === 5 ? 'immediate' : 'fast'));
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    await expectWhole(store, count);
    // at most the transaction that was being committed
    expect(said.length).toBeLessThanOrEqual(6);
    await store.close();
  });

  test('a server that is gone for good: one clear error, and a later start finds every acknowledged batch', async () => {
    const { store, proxy, url } = await throughProxy();
    await send(store, 0);
    proxy.close();
    await expect(store.ingest(batchTable(1))).rejects.toMatchObject({
      code: 'STORE_CONNECTION',
      message: expect.stringMatching(
        /^The connection to the database failed: .*may be sent again, those that are there/,
      ),
    });
    await expect(store.record.get('kill', '0-0')).rejects.toMatchObject({ code: 'STORE_CONNECTION' });
    await store.close();
    const later = await openStore(url);
    await expectWhole(later, 1);
    await later.close();
  }, 20_000);

  test.skipIf(!canMount)(
    'its disk is full: one clear error, nothing of the batch, and it goes on when there is room [needs the right to mount]',
    async () => {
      if (typeof server === 'string') return;
      const url = await server.database();
      const admin = new pg.Client({ connectionString: url.replace(/\/store_\d+$/, '/postgres') });
      await admin.connect();
      chownSync(small, 65534, 65534);
      await admin.query(`CREATE TABLESPACE small LOCATION '${small}'`);
      const store = await openStore(url);
      const tables = new pg.Client({ connectionString: url });
      await tables.connect();
      await tables.query('ALTER TABLE thoracle_internal.log SET TABLESPACE small');
      let acknowledged = 0;
      const failure = await (async () => {
        for (; ; acknowledged++) await store.ingest(batchTable(acknowledged));
      })().catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: 'STORE_DISK_FULL',
        message: expect.stringMatching(/^The disk of the database is full: .*; nothing of the batch was written$/),
      });
      expect(acknowledged).toBeGreaterThan(3);
      await expectWhole(store, acknowledged);
      spawnSync('mount', ['-o', 'remount,size=64m', small]);
      expect(await store.ingest(batchTable(acknowledged))).toMatchObject({ written: rowsPerBatch });
      await expectWhole(store, acknowledged + 1);
      await store.close();
      await tables.query('ALTER TABLE thoracle_internal.log SET TABLESPACE pg_default');
      await tables.end();
      await admin.query('DROP TABLESPACE small');
      await admin.end();
    },
  );
});
