import { expect, test } from 'vitest';
import { plainTable } from './fixtures.js';
import { refusedQueries } from './refused-queries.js';
import type { BackEndLimits, StoreFactory } from './store-factory.js';

/** Queries only read: every attempt at more is refused in one sentence, and leaves nothing behind. */
export function queryRules(open: StoreFactory, { sql: dialect }: BackEndLimits): void {
  test(`${refusedQueries.length} attempts to do more than read are refused`, async () => {
    const store = await open();
    await store.ingest(plainTable([{ id: 'a', eventTimeMs: 0, number: 1, text: null }]));
    const tables = `SELECT table_schema, table_name FROM information_schema.tables ORDER BY 1, 2`;
    const before = [(await store.query(tables)).rows, await store.history('plain', 'a')];
    for (const query of refusedQueries) {
      const outcome = await store.query(query[dialect]).then(
        () => 'answered',
        (error: { readonly code: string; readonly message: string }) =>
          /\n/.test(error.message) ? 'more than one line' : error.code,
      );
      expect([query.intent, outcome]).toEqual([query.intent, expect.stringMatching(/^STORE_QUERY_(REFUSED|FAILED)$/)]);
    }
    expect([(await store.query(tables)).rows, await store.history('plain', 'a')]).toEqual(before);
    expect(await store.ingest(plainTable([{ id: 'b', eventTimeMs: 0, number: 1, text: null }]))).toMatchObject({
      written: 1,
    });
    await store.close();
  });

  test('EXPLAIN shows how a reading statement would be run, and refuses every other', async () => {
    const store = await open();
    await store.ingest(plainTable([{ id: 'a', eventTimeMs: 0, number: 1, text: null }]));
    const { rows } = await store.query('-- how\nEXPLAIN SELECT count(*) FROM plain WHERE number > $1', [0]);
    expect(rows.flat().join('\n')).toMatch(/aggregate/i);
    for (const sql of [
      `DELETE FROM thoracle_internal.log`,
      `ANALYZE DELETE FROM thoracle_internal.log`,
      `SELECT 1; DROP VIEW plain`,
      `CREATE TABLE mine (a INT)`,
    ]) {
      await expect(store.query(`EXPLAIN ${sql}`)).rejects.toMatchObject({
        code: expect.stringMatching(/^STORE_QUERY_(REFUSED|FAILED)$/),
      });
    }
    expect((await store.query('SELECT number FROM plain')).rows).toEqual([[1]]);
    await store.close();
  });
}
