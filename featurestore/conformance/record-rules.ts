import { expect, test } from 'vitest';
import type { FeatureStore, StoreValue } from '../contract/index.js';
import { definition, groupOf, tableOf } from './fixtures.js';
import type { StoreFactory } from './store-factory.js';

const group = groupOf('vitals', [
  definition('pulse', 'integer'),
  definition('weight', 'double', 'feature', 'kg'),
  definition('note', 'string', 'metadata'),
  definition('seen', 'timestamp', 'followup', 'ms'),
]);
const second = 1000;

/** Records one by one: put, get, deletions, time to live, target stores. */
export function recordRules(open: StoreFactory): void {
  puts(open);
  badPuts(open);
  batches(open);
  deletions(open);
  timesToLive(open);
  targets(open);
}

async function opened(open: StoreFactory, now?: () => number): Promise<FeatureStore> {
  const store = await open(now === undefined ? {} : { now });
  await store.createGroup(group);
  return store;
}

const put = (store: FeatureStore, id: string, eventTime: StoreValue, values: Record<string, StoreValue> = {}) =>
  store.record.put('vitals', { case_id: id, event_time: eventTime, ...values });

function puts(open: StoreFactory): void {
  test('a put is read back at once; a late, older one does not win; the same again changes nothing', async () => {
    const store = await opened(open);
    const values = { pulse: 60, weight: 70.5, note: 'x', seen: '2020-01-02T00:00:00Z' };
    expect(await put(store, 'P1', '2020-01-01T00:00:00Z', values)).toEqual({ version: 1, outcome: 'written' });
    expect(await put(store, 'P1', Date.UTC(2020, 0, 1), values)).toEqual({ version: 1, outcome: 'unchanged' });
    await put(store, 'P1', '2019-01-01T00:00:00Z', { pulse: 50 });
    const record = await store.record.get('vitals', 'P1');
    expect(record).toEqual({
      group: 'vitals',
      version: 1,
      id: 'P1',
      eventTime: '2020-01-01T00:00:00.000Z',
      values: {
        case_id: 'P1',
        event_time: '2020-01-01T00:00:00.000Z',
        pulse: 60,
        weight: 70.5,
        note: 'x',
        seen: '2020-01-02T00:00:00.000Z',
      },
    });
    expect((await store.history('vitals', 'P1')).map((row) => row.values.pulse)).toEqual([60, 50]);
    const some = await store.record.get('vitals', 'P1', { features: ['weight', 'case_id'] });
    expect(Object.entries(some?.values ?? {})).toEqual([
      ['weight', 70.5],
      ['case_id', 'P1'],
    ]);
    await store.close();
  });

  test('numbers may come as text, as in requests of other clients', async () => {
    const store = await opened(open);
    await put(store, 'P1', '2020-01-01T00:00:00Z', { pulse: '61', weight: '1e2', note: 'a' });
    expect((await store.record.get('vitals', 'P1'))?.values).toMatchObject({
      pulse: 61,
      weight: 100,
      note: 'a',
      seen: null,
    });
    await store.close();
  });
}

function badPuts(open: StoreFactory): void {
  test.each<readonly [string, Record<string, StoreValue>, string, string]>([
    ['no record id', { event_time: 0 }, 'STORE_BAD_VALUE', '"case_id" is missing'],
    ['no event time', { case_id: 'P' }, 'STORE_BAD_VALUE', '"event_time" is missing'],
    ['a time without a zone', { case_id: 'P', event_time: '2020-01-01T00:00:00' }, 'STORE_BAD_VALUE', '"event_time"'],
    ['words for a number', { case_id: 'P', event_time: 0, pulse: 'fast' }, 'STORE_BAD_VALUE', '"pulse" is "fast"'],
    ['a fraction for an integer', { case_id: 'P', event_time: 0, pulse: 1.5 }, 'STORE_BAD_ROW', '1.5'],
    ['an unknown feature', { case_id: 'P', event_time: 0, puls: 1 }, 'STORE_UNKNOWN_FEATURE', '"pulse"'],
  ])('refused: %s', async (_what, values, code, mentions) => {
    const store = await opened(open);
    await expect(store.record.put('vitals', values)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(mentions),
    });
    expect((await store.describeGroup('vitals')).recordCount).toBe(0);
    await store.close();
  });

  test('refused: unknown groups, versions, options and target stores', async () => {
    const store = await opened(open);
    const row = { case_id: 'P', event_time: 0 };
    const refusals: readonly (readonly [() => Promise<unknown>, string])[] = [
      [() => store.record.put('x', row), 'STORE_UNKNOWN_GROUP'],
      [() => store.record.put('vitals', row, { version: 9 }), 'STORE_UNKNOWN_VERSION'],
      [() => store.record.put('vitals', row, { ttlMs: -1 }), 'STORE_BAD_SETTINGS'],
      [() => store.record.put('vitals', row, { targets: ['x' as 'online'] }), 'STORE_BAD_OPTIONS'],
      [() => store.record.put('vitals', row, { targets: [] }), 'STORE_BAD_OPTIONS'],
      [() => store.record.delete('vitals', 'P', { mode: 'firm' as 'hard' }), 'STORE_BAD_OPTIONS'],
      [() => store.record.delete('vitals', 'P', { eventTimeMs: 0.5 }), 'STORE_BAD_VALUE'],
      [() => store.record.get('vitals', 'P', { features: ['nope'] }), 'STORE_UNKNOWN_FEATURE'],
    ];
    for (const [call, code] of refusals) await expect(call()).rejects.toMatchObject({ code });
    await store.close();
  });
}

function batches(open: StoreFactory): void {
  test('a batch get keeps the order asked for, leaves out what is not there and names what cannot be read', async () => {
    const store = await opened(open);
    const ids = Array.from({ length: 300 }, (_, i) => `P${i}`);
    await store.ingest(
      tableOf(
        group,
        ids.map((id, i) => ({ case_id: id, event_time: i, pulse: i })),
      ),
    );
    await put(store, 'P7', 1000, { pulse: 700 });
    await store.record.delete('vitals', 'P8');
    const { records, errors } = await store.record.batchGet([
      { group: 'vitals', ids: ['P9', 'P8', 'none', 'P7', 'P9'], features: ['pulse'] },
      { group: 'x', ids: ['P1'] },
      { group: 'vitals', ids: ['P1'], features: ['puls'] },
      { group: 'vitals', ids },
    ]);
    expect(records.slice(0, 3).map((r) => [r.id, r.values])).toEqual([
      ['P9', { pulse: 9 }],
      ['P7', { pulse: 700 }],
      ['P9', { pulse: 9 }],
    ]);
    expect(records.slice(3).map((r) => r.id)).toEqual(ids.filter((id) => id !== 'P8'));
    expect(errors.map((e) => [e.group, e.ids, e.code])).toEqual([
      ['x', ['P1'], 'STORE_UNKNOWN_GROUP'],
      ['vitals', ['P1'], 'STORE_UNKNOWN_FEATURE'],
    ]);
    await store.close();
  });
}

function deletions(open: StoreFactory): void {
  const latest = async (store: FeatureStore) => (await store.record.get('vitals', 'P1'))?.values.pulse;

  test('a soft deletion keeps out older writes, a hard one forgets them', async () => {
    const store = await opened(open);
    await put(store, 'P1', 5000, { pulse: 5 });
    expect(await store.record.delete('vitals', 'P1')).toBe(true);
    await put(store, 'P1', 4000, { pulse: 4 });
    expect(await latest(store)).toBeUndefined();
    await put(store, 'P1', 6000, { pulse: 6 });
    expect(await latest(store)).toBe(6);
    expect(await store.record.delete('vitals', 'P1', { mode: 'hard' })).toBe(true);
    expect(await store.record.delete('vitals', 'P1', { mode: 'hard' })).toBe(false);
    await put(store, 'P1', 1000, { pulse: 1 });
    expect(await latest(store)).toBe(1);
    const rows = (await store.history('vitals', 'P1')).map((row) => [row.deletion ?? row.values.pulse]);
    expect(rows.flat()).toEqual([5, 'soft', 4, 6, 'hard', 1]);
    // what was there before the hard deletion is new again
    expect(await put(store, 'P1', 6000, { pulse: 6 })).toMatchObject({ outcome: 'written' });
    await store.close();
  });

  test('a deletion with an event time is a fact of that time: what came later stays', async () => {
    const store = await opened(open);
    await put(store, 'P1', 5000, { pulse: 5 });
    for (const mode of ['soft', 'hard'] as const) {
      expect(await store.record.delete('vitals', 'P1', { mode, eventTimeMs: 4000 })).toBe(false);
      expect(await latest(store)).toBe(5);
    }
    expect(await store.record.delete('vitals', 'P1', { eventTimeMs: 7000 })).toBe(true);
    await put(store, 'P1', 6000, { pulse: 6 });
    expect(await latest(store)).toBeUndefined();
    expect(await store.record.delete('vitals', 'none', { eventTimeMs: 7000 })).toBe(false);
    await store.record.put('vitals', { case_id: 'none', event_time: 6999, pulse: 1 });
    expect(await store.record.get('vitals', 'none')).toBeUndefined();
    await store.close();
  });
}

function timesToLive(open: StoreFactory): void {
  test('the time to live of the group, or of the record, counts from the event time and is kept on every read', async () => {
    let now = 10 * second;
    const store = await opened(open, () => now);
    await put(store, 'old', 5 * second, { pulse: 1 });
    await store.updateGroup('vitals', { ttlMs: 10 * second });
    await put(store, 'P1', 5 * second, { pulse: 1 });
    await store.record.put('vitals', { case_id: 'P2', event_time: 5 * second }, { ttlMs: 20 * second });
    const alive = async () => {
      const { records } = await store.record.batchGet([{ group: 'vitals', ids: ['P1', 'P2', 'old'] }]);
      const single = await Promise.all(['P1', 'P2', 'old'].map((id) => store.record.get('vitals', id)));
      const ids = records.map((r) => r.id);
      expect(single.flatMap((r) => r?.id ?? [])).toEqual(ids);
      expect((await store.describeGroup('vitals')).recordCount).toBe(ids.length);
      return ids;
    };
    expect((await store.record.get('vitals', 'P2'))?.expiresAt).toBe(new Date(25 * second).toISOString());
    expect(await alive()).toEqual(['P1', 'P2', 'old']);
    now = 15 * second;
    expect(await alive()).toEqual(['P2', 'old']);
    now = 25 * second;
    expect(await alive()).toEqual(['old']);
    expect(await store.record.delete('vitals', 'P2')).toBe(false);
    // the history does not expire, and the view goes by the clock of the engine, for which all of this was long ago
    expect((await store.history('vitals', 'P1')).length).toBe(1);
    expect((await store.query('SELECT case_id FROM vitals')).rows).toEqual([['old']]);
    expect((await store.query('SELECT count(*) FROM vitals_history')).rows).toEqual([[3]]);
    await store.close();
  });
}

function targets(open: StoreFactory): void {
  test('a write for one target store is not seen in the other', async () => {
    const store = await opened(open);
    const row = (pulse: number, event_time: number) => ({ case_id: 'P1', event_time, pulse });
    await store.record.put('vitals', row(1, 1000));
    await store.record.put('vitals', row(2, 2000), { targets: ['offline'] });
    await store.record.put('vitals', row(3, 1500), { targets: ['online'] });
    expect((await store.record.get('vitals', 'P1'))?.values.pulse).toBe(3);
    expect((await store.history('vitals', 'P1')).map((r) => r.values.pulse)).toEqual([1, 2]);
    expect((await store.query('SELECT pulse FROM vitals_history ORDER BY pulse')).rows).toEqual([[1], [2]]);
    // the same content for a target that lacks it is written
    expect(await store.record.put('vitals', row(3, 1500))).toMatchObject({ outcome: 'written' });
    expect((await store.history('vitals', 'P1')).length).toBe(3);
    await store.close();
  });

  test('a group without latest records says so; its view shows the history as of now', async () => {
    const store = await open();
    await store.createGroup(group, { online: false });
    await store.ingest(tableOf(group, [{ case_id: 'P1', event_time: 0, pulse: 1 }]));
    await expect(store.record.get('vitals', 'P1')).rejects.toMatchObject({ code: 'STORE_NOT_ONLINE' });
    await expect(
      store.record.put('vitals', { case_id: 'P1', event_time: 0 }, { targets: ['online'] }),
    ).rejects.toMatchObject({ code: 'STORE_NOT_ONLINE' });
    expect((await store.query('SELECT pulse FROM vitals')).rows).toEqual([[1]]);
    expect((await store.describeGroup('vitals')).recordCount).toBe(1);
    await store.updateGroup('vitals', { online: true });
    expect(await store.record.get('vitals', 'P1')).toBeUndefined();
    await store.ingest(tableOf(group, [{ case_id: 'P1', event_time: 0, pulse: 1 }]));
    expect((await store.record.get('vitals', 'P1'))?.values.pulse).toBe(1);
    await store.close();
  });
}
