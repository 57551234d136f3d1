import { afterEach, beforeEach, expect, test } from 'vitest';
import { plainGroup, plainTable } from '../conformance/fixtures.js';
import { Catalogue } from '../sql/catalogue.js';
import type { SqlReader } from '../sql/database.js';
import { duckDbDialect } from '../sql/duckdb/dialect.js';
import { openDuckDb } from '../sql/duckdb/open.js';
import { migrate } from '../sql/migrate.js';
import { StoreSession } from '../sql/session.js';
import { SqlFeatureStore } from '../sql/sql-store.js';
import { LatestLines } from './latest-lines.js';

let session: StoreSession;
let store: SqlFeatureStore;
let reader: SqlReader;

beforeEach(async () => {
  const database = await openDuckDb({ file: ':memory:', readOnly: false });
  await migrate(database, duckDbDialect, ':memory:');
  session = new StoreSession(database, duckDbDialect, await Catalogue.load(database, duckDbDialect), Date.now);
  store = new SqlFeatureStore(session);
  reader = database.beside;
});
afterEach(() => store.close());

const rowsOf = (ids: readonly string[], eventTimeMs: number) =>
  plainTable(ids.map((id) => ({ id, eventTimeMs, number: eventTimeMs, text: id })));
const first = 1;
const seqsIn = async (lines: LatestLines, from: SqlReader, groupId: number, ids: readonly string[], state: number) =>
  (await lines.find(from, groupId, ids, state))?.map((line) => line?.seq);

test('lines are found by id, kept up with what was written since, and read only when the state changed', async () => {
  await store.ingest(rowsOf(['a', 'b'], 10));
  const lines = new LatestLines();
  expect(await seqsIn(lines, reader, first, ['b', 'nobody', 'a'], 1)).toEqual([2, undefined, 1]);
  await store.ingest(rowsOf(['a'], 5));
  await store.ingest(rowsOf(['b', 'c'], 20));
  expect(await seqsIn(lines, reader, first, ['a', 'b', 'c'], 1)).toEqual([1, 2, undefined]);
  expect(await seqsIn(lines, reader, first, ['a', 'b', 'c'], 2)).toEqual([1, 4, 5]);
  await store.record.delete('plain', 'c', { mode: 'hard' });
  const gone = await lines.find(reader, first, ['c'], 0);
  expect(gone).toEqual([{ seq: 6, version: 1, eventTimeMs: 20, expiresAtMs: Number.NaN, isDeleted: true }]);
  await store.record.put('plain', { case_id: 'c', event_time: 1, number: 7 });
  expect(await seqsIn(lines, reader, first, ['c'], 3)).toEqual([7]);
});

test('a group above the bound is not held, and the least recently used one makes room', async () => {
  await store.ingest(rowsOf(['a', 'b', 'c'], 10));
  const other = {
    ...plainTable([{ id: 'x', eventTimeMs: 1, number: 1, text: 'x' }]),
    group: { ...plainGroup, name: 'q' },
  };
  await store.ingest(other);
  expect(await new LatestLines(2).find(reader, first, ['a'], 1)).toBeUndefined();
  const lines = new LatestLines(3);
  const read: number[] = [];
  const counting: SqlReader = {
    scan: (sql, parameters, onChunk) => {
      read.push(Number(/group_id = (\d+)/.exec(sql)?.[1]));
      return reader.scan(sql, parameters, onChunk);
    },
    scanPrepared: reader.scanPrepared.bind(reader),
  };
  expect(await seqsIn(lines, counting, 1, ['a'], 1)).toEqual([1]);
  expect(await seqsIn(lines, counting, 2, ['x'], 1)).toEqual([1]);
  expect(await seqsIn(lines, counting, 2, ['x'], 1)).toEqual([1]);
  expect(await seqsIn(lines, counting, 1, ['a'], 1)).toEqual([1]);
  expect(read).toEqual([1, 2, 1]);
});

test('a reading that fails leaves what is known as it was', async () => {
  await store.ingest(rowsOf(['a'], 10));
  const lines = new LatestLines();
  const broken: SqlReader = { scan: () => Promise.reject(new Error('cut')), scanPrepared: () => Promise.resolve() };
  await expect(lines.find(broken, first, ['a'], 1)).rejects.toThrow('cut');
  expect(await seqsIn(lines, reader, first, ['a'], 1)).toEqual([1]);
});

test('a record is read beside a write under way, as of before it; afterwards as of it', async () => {
  await store.ingest(rowsOf(['a'], 10));
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begun = (): void => undefined;
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const write = session.write(async ({ database }) => {
    await database.run('UPDATE thoracle_internal.group_setting SET owner = $1', ['x']);
    begun();
    await held;
  });
  const put = store.record.put('plain', { case_id: 'a', event_time: 20, number: 20 });
  await hasBegun;
  expect((await store.record.get('plain', 'a'))?.values.number).toBe(10);
  const batch = await store.record.batchGet([{ group: 'plain', ids: ['a'] }]);
  expect(batch.records.map((r) => r.values.number)).toEqual([10]);
  release();
  await Promise.all([write, put]);
  expect((await store.record.get('plain', 'a'))?.values.number).toBe(20);
});

test('DuckDB looks lines up in its index, one by one and many at once', async () => {
  const ids = Array.from({ length: 30_000 }, (_, i) => `P${i}`);
  await store.ingest(rowsOf(ids, 10));
  const plan = async (where: string): Promise<string> => {
    let text = '';
    const sql = `EXPLAIN ANALYZE SELECT l.seq, l.numbers FROM thoracle_internal.log l WHERE ${where} AND l.group_id = 1`;
    await reader.scan(sql, [], ({ columns }) => {
      text += String(columns[1]?.values[0]);
    });
    return text;
  };
  expect(await plan('l.seq = 29000')).toMatch(/Index Scan/);
  expect(await plan(`l.seq IN (${Array.from({ length: 200 }, (_, i) => 100 * i + 1).join(', ')})`)).toMatch(
    /Index Scan/,
  );
  const { records } = await store.record.batchGet([{ group: 'plain', ids: ids.filter((_, i) => i % 50 === 0) }]);
  expect(records.map((r) => r.id)).toEqual(ids.filter((_, i) => i % 50 === 0));
});
