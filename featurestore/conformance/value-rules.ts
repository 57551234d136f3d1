import { expect, test } from 'vitest';
import type { FeatureTable } from '../contract/index.js';
import { definition, groupOf, plainGroup, plainTable, tableOf } from './fixtures.js';
import type { BackEndLimits, StoreFactory } from './store-factory.js';

const group = groupOf('v', [
  definition('d'),
  definition('i', 'integer'),
  definition('s', 'string', 'metadata'),
  definition('t', 'timestamp', 'metadata', 'ms'),
]);

const doubles = [
  0,
  -0,
  0.1,
  1 / 3,
  Number.MIN_VALUE,
  Number.MAX_VALUE,
  -Number.EPSILON,
  Number.POSITIVE_INFINITY,
  2 ** 53 + 2,
];
const integers = [0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
const texts = ['', ' ', 'é', '日本語', '🫁', "O'Neill", '"quoted"', 'a\nb', 'a\0b', 'x'.repeat(5000)];
const times = [0, -1, 1, Date.UTC(1993, 9, 31, 23, 59, 59, 999), -8.64e15, 8.64e15];

/** Values come back as they went in; what cannot is refused with its row. */
export function valueRules(open: StoreFactory, limits: BackEndLimits): void {
  roundTrip(open, limits);
  nulCharacter(open, limits);
  badTables(open);

  test('a failed ingest leaves nothing: no row, no group, no version', async () => {
    const store = await open();
    await store.ingest(plainTable([{ id: 'a', eventTimeMs: 0, number: 1, text: null }]));
    const other = { ...plainGroup, settingsDigest: 's2' };
    const rows = [
      { case_id: 'b', event_time: 0, number: 1 },
      { case_id: 'b', event_time: 0, number: 2 },
    ];
    await expect(store.ingest(tableOf(other, rows))).rejects.toMatchObject({ code: 'STORE_DUPLICATE_ROW' });
    await expect(store.ingest(tableOf(groupOf('fresh', [definition('number')]), rows))).rejects.toMatchObject({
      code: 'STORE_DUPLICATE_ROW',
      message: expect.stringContaining('row 2 has the record id "b" and event time 1970-01-01T00:00:00.000Z of row 1'),
    });
    expect((await store.listGroups()).map((g) => [g.name, g.version])).toEqual([['plain', 1]]);
    expect((await store.query('SELECT count(*) FROM plain_history')).rows).toEqual([[1]]);
    await expect(store.query('SELECT * FROM fresh')).rejects.toMatchObject({ code: 'STORE_QUERY_FAILED' });
    // and the store goes on working
    expect((await store.ingest(tableOf(other, rows.slice(0, 1)))).version).toBe(2);
    await store.close();
  });

  test('writes at the same time are carried out one after the other', async () => {
    const store = await open();
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        store.ingest(plainTable([{ id: `p${i % 4}`, eventTimeMs: 0, number: i, text: null }])),
      ),
    );
    expect(results.map((r) => r.written)).toEqual(new Array(8).fill(1));
    expect((await store.record.get('plain', 'p3'))?.values.number).toBe(7);
    await store.close();
  });

  test('the log does not go back in time when the clock does', async () => {
    let now = 5000;
    const store = await open({ now: () => now });
    await store.ingest(plainTable([{ id: 'a', eventTimeMs: 0, number: 1, text: null }]));
    now = 1000;
    await store.ingest(plainTable([{ id: 'a', eventTimeMs: 0, number: 2, text: null }]));
    expect((await store.history('plain', 'a')).map((row) => Date.parse(row.writeTime))).toEqual([5000, 5000]);
    expect((await store.history('plain', 'a')).map((row) => Date.parse(row.apiInvocationTime))).toEqual([5000, 1000]);
    expect((await store.record.get('plain', 'a'))?.values.number).toBe(2);
    await store.close();
  });
}

function roundTrip(open: StoreFactory, limits: BackEndLimits): void {
  test('float64 bit for bit, integers, texts and milliseconds exactly, through records, datasets and queries', async () => {
    const store = await open();
    const count = Math.max(doubles.length, integers.length, texts.length, times.length);
    const rows = Array.from({ length: count }, (_, r) => ({
      case_id: `p${r}`,
      event_time: times[r] ?? 0,
      d: doubles[r] ?? null,
      i: integers[r] ?? null,
      s: (limits.text === 'any' ? texts[r] : texts[r]?.replace('\0', '')) ?? null,
      t: times[r] ?? null,
    }));
    await store.ingest(tableOf(group, rows));
    for (const row of rows) {
      const record = await store.record.get('v', row.case_id);
      const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
      expect(record?.values).toStrictEqual({ ...row, event_time: iso(row.event_time), t: iso(row.t) });
      const seen = await store.query('SELECT d, i, s, t, event_time FROM v WHERE case_id = $1', [row.case_id]);
      const shown = (ms: number | null) => (ms !== null && ms < limits.earliestTimeMs ? '-infinity' : iso(ms));
      expect(seen.rows).toStrictEqual([[row.d, row.i, row.s, shown(row.t), shown(row.event_time)]]);
    }
    await store.close();
  });
}

function nulCharacter(open: StoreFactory, { text }: BackEndLimits): void {
  test(`the character NUL in a text is ${text === 'any' ? 'kept' : 'refused with its row and column'}`, async () => {
    const store = await open();
    const rows = [row, { ...row, case_id: 'q', s: 'a\0b' }];
    const outcomes = await Promise.allSettled([
      store.ingest(tableOf(group, rows)),
      store.ingest(tableOf(group, [{ ...row, case_id: 'a\0' }])),
      store.createGroup(groupOf('w', [{ ...definition('d'), description: 'a\0b' }])),
      store.ingest(tableOf(group, [row])).then(() => store.record.put('v', { ...row, s: 'a\0b', t: null })),
    ]);
    const refused = (code: string, mentions: string) => ({
      status: 'rejected',
      reason: { code, message: expect.stringContaining(mentions) },
    });
    if (text === 'any') {
      expect(outcomes.map(({ status }) => status)).toEqual(new Array(4).fill('fulfilled'));
      expect((await store.record.get('v', 'q'))?.values.s).toBe('a\0b');
    } else {
      expect(outcomes).toMatchObject([
        refused('STORE_BAD_ROW', 'row 2 has in "s" a text with the character NUL'),
        refused('STORE_BAD_ROW', 'row 1 has in "case_id"'),
        refused('STORE_BAD_TEXT', 'NUL'),
        refused('STORE_BAD_ROW', 'row 1 has in "s"'),
      ]);
    }
    await store.close();
  });
}

const row = { case_id: 'p', event_time: 0, d: 1, i: 1, s: 'x', t: 0 };
const good = tableOf(group, [row, { ...row, case_id: 'q' }]);
const withColumn = (name: string, column: unknown): FeatureTable => ({
  ...good,
  columns: new Map([...good.columns, [name, column as never]]),
});
const second = (change: Record<string, string | number | null>) =>
  tableOf(group, [row, { ...row, case_id: 'q', ...change }]);

const bad: readonly (readonly [string, FeatureTable, string, string])[] = [
  ['no record id', second({ case_id: null }), 'STORE_BAD_ROW', 'row 2 has no record id'],
  ['an empty record id', second({ case_id: '' }), 'STORE_BAD_ROW', 'row 2 has no record id'],
  ['no event time', second({ event_time: null }), 'STORE_BAD_ROW', 'row 2 has no event time'],
  ['a fraction among integers', second({ i: 1.5 }), 'STORE_BAD_ROW', 'row 2 has in "i" the value 1.5'],
  ['an integer beyond 2^53', second({ i: 2 ** 53 }), 'STORE_BAD_ROW', '9007199254740992'],
  ['an infinite integer', second({ i: Number.POSITIVE_INFINITY }), 'STORE_BAD_ROW', 'Infinity'],
  ['a fraction of a millisecond', second({ t: 0.5 }), 'STORE_BAD_ROW', 'row 2 has in "t" the value 0.5'],
  ['half a surrogate pair', second({ s: '\ud800' }), 'STORE_BAD_ROW', 'row 2 has in "s"'],
  ['the same id and time with other values', second({ case_id: 'p', d: 2 }), 'STORE_DUPLICATE_ROW', 'row 2'],
  [
    'a missing column',
    { ...good, columns: new Map([...good.columns].slice(0, -1)) },
    'STORE_BAD_TABLE',
    '"t" is missing',
  ],
  [
    'a column too many',
    withColumn('extra', { type: 'double', values: new Float64Array(2) }),
    'STORE_BAD_TABLE',
    '"extra"',
  ],
  [
    'a column of another type',
    withColumn('i', { type: 'double', values: new Float64Array(2) }),
    'STORE_BAD_TABLE',
    '"i"',
  ],
  [
    'a short column',
    withColumn('d', { type: 'double', values: new Float64Array(1) }),
    'STORE_BAD_TABLE',
    '1 values, expected 2',
  ],
  ['numbers in a plain list', withColumn('d', { type: 'double', values: [1, 2] }), 'STORE_BAD_TABLE', 'Float64Array'],
  ['a number among texts', withColumn('s', { type: 'string', values: ['a', 3] }), 'STORE_BAD_ROW', 'row 2 has in "s"'],
  ['a wrong row count', { ...good, rowCount: -1 }, 'STORE_BAD_TABLE', '-1'],
];

function badTables(open: StoreFactory): void {
  test.each(bad)('refused: %s', async (_what, table, code, mentions) => {
    const store = await open();
    await expect(store.ingest(table)).rejects.toMatchObject({ code, message: expect.stringContaining(mentions) });
    expect(await store.listGroups()).toEqual([]);
    await store.close();
  });

  test('a row given twice counts once, and an empty table only makes its group', async () => {
    const store = await open();
    expect(await store.ingest(tableOf(group, [row, row]))).toMatchObject({
      group: 'v',
      version: 1,
      written: 1,
      unchanged: 1,
    });
    expect(await store.ingest(tableOf(groupOf('none', []), []))).toMatchObject({
      group: 'none',
      version: 1,
      written: 0,
      unchanged: 0,
    });
    await store.close();
  });
}
