import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { FeatureStore } from '../contract/index.js';
import { openDuckDbStore } from '../open-store.js';
import { definition, groupOf, tableOf } from './fixtures.js';
import type { StoreFactory } from './store-factory.js';

const first = groupOf('g', [
  definition('x'),
  definition('n', 'integer'),
  definition('s', 'string', 'metadata'),
  definition('seq', 'string', 'metadata'),
]);
/** Other order, one feature gone, one added: a second version. */
const second = groupOf('g', [
  definition('t', 'timestamp', 'metadata', 'ms'),
  definition('s', 'string', 'metadata'),
  definition('x'),
  definition('days', 'integer', 'outcome', 'd'),
  definition('died', 'integer', 'outcome'),
]);
const day = 86_400_000;
const ids = ['a', 'b', 'c', '\u{1f600}', '\uff5e', 'it\'s "x"'];

async function fill(store: FeatureStore, tick: () => void): Promise<void> {
  await store.createGroup(first, { description: 'of tests', owner: 'me', tags: { k: 'v' }, ttlMs: 10 * day });
  const provenance = [{ pipelineVersion: 'p@1', settingsDigest: 's1', inputDigests: [{ name: 'f', sha256: 'ab' }] }];
  const rows = [
    { case_id: 'a', event_time: 0, x: 0.1, n: -3, s: '', seq: 'q' },
    { case_id: 'b', event_time: -1, x: -0, n: null, s: null, seq: 'null' },
    { case_id: 'c', event_time: 5 * day, x: Number.POSITIVE_INFINITY, n: 2 ** 53 - 1, s: '日本 "語", \n', seq: null },
    { case_id: '\u{1f600}', event_time: 5 * day, x: Number.MIN_VALUE, n: 0, s: "O'Neill", seq: '' },
  ];
  await store.ingest({ ...tableOf(first, rows), provenance });
  tick();
  await store.record.put('g', { case_id: '\uff5e', event_time: 7 * day, x: 1 / 3 }, { targets: ['offline'] });
  await store.record.delete('g', 'a');
  tick();
  await store.record.delete('g', 'b', { mode: 'hard' });
  tick();
  const later = { event_time: 2 * day, t: -8.64e15, s: 'back', x: 7, days: 3, died: 1 };
  await store.ingest(
    tableOf(
      second,
      ids.map((case_id) => ({ ...later, case_id })),
    ),
    { ttlMs: 3 * day },
  );
  await store.record.delete('g', 'c', { eventTimeMs: 9 * day });
  const rule = { rules: [{ feature: 'x', min: 0 }], onInvalid: 'quarantine' } as const;
  await store.ingest(tableOf(second, [{ ...later, case_id: 'a', event_time: 11 * day, x: -1 }]), rule);
  await store.updateGroup('g', { owner: 'you' });
  tick();
  await store.createGroup(groupOf('empty', [definition('only')]), { online: false });
}

/** All that a store says about what it holds. */
async function everything(store: FeatureStore): Promise<unknown> {
  const groups = await store.listGroups();
  const versions = await Promise.all([1, 2].map((version) => store.describeGroup('g', version)));
  const histories = [];
  const records = [];
  for (const id of ids) {
    histories.push(await store.history('g', id));
    records.push(await store.record.get('g', id));
  }
  // not ordered by x: sorting in DuckDB takes the sign off a zero
  const sql = (view: string, order: string) => store.query(`SELECT case_id, x, s FROM ${view} ORDER BY ${order}`);
  const seen = [
    (await sql('g', 'case_id')).rows,
    (await sql('g_history', 'case_id, write_time, event_time, is_deleted')).rows,
  ];
  const provenance = await store.query('SELECT case_id, provenance FROM g_history ORDER BY 1, 2 NULLS FIRST');
  const datasets = [];
  for (const knownAtMs of [10_000, 11_000, 12_000, 13_000, 14_000]) {
    const outcome = { group: 'g', timeDays: 'days', event: 'died' };
    datasets.push(await store.dataset({ groups: [{ name: 'g' }], join: 'left', outcome, knownAtMs }));
  }
  return {
    groups,
    versions,
    histories,
    records,
    seen,
    provenance: provenance.rows,
    datasets,
    quarantine: await store.quarantine('g'),
  };
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'archive-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A filled store, its clock and its folder. */
async function withFilled(
  open: StoreFactory,
  work: (store: FeatureStore, folder: string, now: () => number) => Promise<void>,
): Promise<void> {
  let clockMs = 10_000;
  const now = (): number => clockMs;
  const store = await open({ now });
  try {
    await fill(store, () => {
      clockMs += 1000;
    });
    await withFolder((folder) => work(store, folder, now));
  } finally {
    await store.close();
  }
}

/** Export, import, backup and restore lose nothing, and refuse what is not whole. */
export function archiveRules(open: StoreFactory): void {
  roundTrips(open);
  readByOthers(open);
  refusals(open);
}

function roundTrips(open: StoreFactory): void {
  test.each(['event-day', 'none'] as const)('export by %s and import give the same history', async (partition) => {
    await withFilled(open, async (store, folder, now) => {
      const place = path.join(folder, 'out');
      const written = await store.exportHistory(place, { partition });
      const lines = Number((await store.query('SELECT count(*) FROM g_history')).rows[0]?.[0]);
      expect(written).toMatchObject({
        rows: lines,
        groups: [
          { name: 'empty', rows: 0 },
          { name: 'g', rows: lines },
        ],
      });
      const other = await open({ now });
      expect(await other.importHistory(place)).toEqual(written);
      expect(await everything(other)).toEqual(await everything(store));
      const again = { case_id: 'a', event_time: 2 * day, t: -8.64e15, s: 'back', x: 7, days: 3, died: 1 };
      expect(await other.ingest(tableOf(second, [again]), { ttlMs: 3 * day })).toMatchObject({
        unchanged: 1,
        version: 2,
      });
      await other.close();
    });
  });

  test('a backup goes to the other back end and returns the same, byte by byte', async () => {
    await withFilled(open, async (store, folder, now) => {
      const places = ['one', 'two', 'three'].map((name) => path.join(folder, name));
      const summary = await store.backup(places[0] as string);
      const duck = await openDuckDbStore({ file: ':memory:', now });
      expect(await duck.restore(places[0] as string, summary.digest)).toEqual(summary);
      expect(await everything(duck)).toEqual(await everything(store));
      expect(await duck.backup(places[1] as string)).toEqual(summary);
      await duck.close();
      const back = await open({ now });
      await back.restore(places[1] as string);
      expect(await everything(back)).toEqual(await everything(store));
      expect(await back.backup(places[2] as string)).toEqual(summary);
      await back.close();
    });
  });
}

function readByOthers(open: StoreFactory): void {
  test('DuckDB reads the export as it is, days and types included', async () => {
    await withFilled(open, async (store, folder) => {
      const place = path.join(folder, 'out');
      await store.exportHistory(place, { groups: ['g'] });
      expect(readdirSync(path.join(place, 'g')).sort()).toEqual([
        '_group.json',
        '_quarantine.parquet',
        'event_day=1969-12-31',
        'event_day=1970-01-01',
        'event_day=1970-01-03',
        'event_day=1970-01-06',
        'event_day=1970-01-08',
        'event_day=1970-01-10',
      ]);
      const connection = await (await DuckDBInstance.create(':memory:')).connect();
      const source = `read_parquet('${place}/g/*/*.parquet', hive_partitioning = true)`;
      const read = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
      expect(
        await read(`SELECT case_id, event_day::VARCHAR, typeof(event_day), x, is_deleted, version FROM ${source}
          WHERE event_day IN (DATE '1970-01-06', DATE '1970-01-10') ORDER BY seq_`),
      ).toEqual([
        ['c', '1970-01-06', 'DATE', 'Infinity', false, '1'],
        ['\u{1f600}', '1970-01-06', 'DATE', 5e-324, false, '1'],
        ['c', '1970-01-10', 'DATE', null, true, '1'],
      ]);
      const described = await read(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${source})`);
      expect(Object.fromEntries(described)).toMatchObject({
        event_time: 'TIMESTAMP',
        write_time: 'TIMESTAMP',
        api_invocation_time: 'TIMESTAMP',
        t: 'TIMESTAMP',
        is_deleted: 'BOOLEAN',
        version: 'BIGINT',
        provenance: 'VARCHAR',
        x: 'DOUBLE',
        n: 'BIGINT',
        s: 'VARCHAR',
      });
      connection.closeSync();
    });
  });
}

type Damage = readonly [what: string, damage: (folder: string) => void, names: string, mentions: string];

const damages: readonly Damage[] = [
  [
    'a changed file',
    (at) => appendFileSync(path.join(at, 'g', 'part-00000.parquet'), 'x'),
    'part-00000.parquet',
    'was changed',
  ],
  ['a missing file', (at) => rmSync(path.join(at, 'g', 'part-00000.parquet')), 'part-00000.parquet', 'missing'],
  ['changed definitions', (at) => appendFileSync(path.join(at, 'g', '_group.json'), ' '), '_group.json', 'was changed'],
  ['a missing group', (at) => rmSync(path.join(at, 'empty'), { recursive: true }), 'empty', 'no such file'],
  ['a missing table of contents', (at) => rmSync(path.join(at, 'backup.json')), 'backup.json', 'no such file'],
  ['half a table of contents', (at) => writeFileSync(path.join(at, 'backup.json'), '{"a":'), 'backup.json', 'not JSON'],
  [
    'another table of contents',
    (at) => writeFileSync(path.join(at, 'backup.json'), '{"a":1}'),
    'backup.json',
    'not the table',
  ],
  [
    'a table of contents without a group',
    (at) => {
      const file = path.join(at, 'backup.json');
      const content = JSON.parse(readFileSync(file, 'utf8'));
      writeFileSync(file, JSON.stringify({ ...content, groups: content.groups.slice(1) }));
    },
    'backup.json',
    'was changed',
  ],
];

function refusals(open: StoreFactory): void {
  test('restore refuses a damaged backup by the name of the file, and changes nothing', async () => {
    await withFilled(open, async (store, folder) => {
      const empty = await open();
      for (const [what, damage, names, mentions] of damages) {
        const place = path.join(folder, what.replaceAll(' ', '-'));
        await store.backup(place);
        damage(place);
        await expect(empty.restore(place), what).rejects.toMatchObject({
          code: 'STORE_BAD_ARCHIVE',
          message: expect.stringMatching(new RegExp(`${names}.*${mentions}`)),
        });
      }
      expect(await empty.listGroups()).toEqual([]);
      await empty.close();
    });
  });

  test('refused: a store that is not empty, a digest that is another, a folder that is taken', async () => {
    await withFilled(open, async (store, folder) => {
      const place = path.join(folder, 'out');
      const { digest } = await store.backup(place);
      await expect(store.restore(place)).rejects.toMatchObject({ code: 'STORE_NOT_EMPTY' });
      await expect(store.importHistory(path.join(place, 'g'))).rejects.toMatchObject({ code: 'STORE_NOT_EMPTY' });
      const wrong = digest.replace(/./, (d) => (d === '0' ? '1' : '0'));
      await expect(store.restore(place, wrong)).rejects.toMatchObject({ message: expect.stringContaining(wrong) });
      for (const write of [() => store.backup(place), () => store.exportHistory(place)]) {
        await expect(write()).rejects.toMatchObject({
          code: 'STORE_BAD_EXPORT',
          message: expect.stringContaining('not empty'),
        });
      }
      await expect(store.exportHistory(path.join(folder, 'no', 'way'))).rejects.toMatchObject({
        code: 'STORE_BAD_EXPORT',
      });
      await expect(store.exportHistory(path.join(folder, 'x'), { groups: ['h'] })).rejects.toMatchObject({
        code: 'STORE_UNKNOWN_GROUP',
      });
      await expect(store.exportHistory(path.join(folder, 'x'), { partition: 'month' as never })).rejects.toMatchObject({
        code: 'STORE_BAD_OPTIONS',
      });
      mkdirSync(path.join(folder, 'bare'));
      for (const from of ['bare', 'none']) {
        await expect(store.importHistory(path.join(folder, from))).rejects.toMatchObject({ code: 'STORE_BAD_ARCHIVE' });
      }
      expect(readdirSync(folder).sort()).toEqual(['bare', 'out']);
      expect(existsSync(path.join(place, 'backup.json'))).toBe(true);
    });
  });
}
