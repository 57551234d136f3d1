import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { definition, groupOf, type Row, tableOf } from '../conformance/fixtures.js';
import type { FeatureStore } from '../contract/index.js';
import { openDuckDbStore } from '../index.js';

const group = groupOf('g', [
  definition('x'),
  definition('n', 'integer'),
  definition('s', 'string', 'metadata'),
  definition('t', 'timestamp', 'metadata', 'ms'),
]);
const rows: readonly Row[] = [
  { case_id: 'b', event_time: 0, x: 0.1, n: -3, s: 'say "hi", twice', t: 1 },
  { case_id: 'a,1', event_time: 0, x: null, n: null, s: null, t: null },
  { case_id: '\u{1f600}', event_time: 0, x: 1e21, n: 0, s: 'two\nlines', t: -1 },
  { case_id: '\uff5e', event_time: 0, x: -0, n: 9007199254740991, s: '', t: 0 },
];
/** RFC 4180, written by hand. */
const csv = [
  'case_id,event_time,x,n,s,t',
  '"a,1",1970-01-01T00:00:00.000Z,,,,',
  'b,1970-01-01T00:00:00.000Z,0.1,-3,"say ""hi"", twice",1970-01-01T00:00:00.001Z',
  '\uff5e,1970-01-01T00:00:00.000Z,-0,9007199254740991,"",1970-01-01T00:00:00.000Z',
  '\u{1f600},1970-01-01T00:00:00.000Z,1e+21,0,"two\nlines",1969-12-31T23:59:59.999Z',
  '',
].join('\n');

let folder: string;
let store: FeatureStore;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'export-'));
  store = await openDuckDbStore({ file: ':memory:' });
  await store.ingest(tableOf(group, rows));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

describe('export', () => {
  test('CSV: bytes that depend on the records alone', async () => {
    const file = path.join(folder, 'g.csv');
    writeFileSync(file, 'older');
    expect(await store.export('g', file)).toEqual({ rows: 4 });
    expect(readFileSync(file, 'utf8')).toBe(csv);
    const other = await openDuckDbStore({ file: ':memory:', now: () => 77 });
    await other.ingest(
      tableOf(group, [{ ...rows[0], x: 5, event_time: -1 } as Row, { case_id: 'gone', event_time: 0 }]),
    );
    await other.record.delete('g', 'gone');
    for (const row of [...rows].reverse()) await other.ingest(tableOf(group, [row]));
    await other.export('g', path.join(folder, 'again.csv'));
    await other.close();
    expect(readFileSync(path.join(folder, 'again.csv'), 'utf8')).toBe(csv);
    expect(readdirSync(folder).sort()).toEqual(['again.csv', 'g.csv']);
  });

  test('columns of the newest version, rows of all', async () => {
    const next = groupOf('g', [definition('added', 'string', 'metadata'), definition('n', 'integer')]);
    await store.ingest(tableOf(next, [{ case_id: 'b', event_time: 1, added: 'new', n: 4 }]));
    await store.export('g', path.join(folder, 'g.csv'));
    expect(readFileSync(path.join(folder, 'g.csv'), 'utf8').split('\n').slice(0, 3)).toEqual([
      'case_id,event_time,added,n',
      '"a,1",1970-01-01T00:00:00.000Z,,',
      'b,1970-01-01T00:00:00.001Z,new,4',
    ]);
  });

  test('Parquet, read back by another DuckDB', async () => {
    const file = path.join(folder, "it's.parquet");
    expect(await store.export('g', file)).toEqual({ rows: 4 });
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const name = file.replaceAll("'", "''");
    const sql = `SELECT case_id, x, n, s, epoch_ms(t), typeof(t), typeof(n) FROM '${name}'`;
    const read = (await connection.runAndReadAll(sql)).getRows();
    connection.closeSync();
    expect(read).toEqual(
      [1, 0, 3, 2].map((i) => {
        const { case_id, x, n, s, t } = rows[i] as Record<string, string | number | null>;
        const big = (value: string | number | null | undefined) => (typeof value === 'number' ? BigInt(value) : null);
        return [case_id, x, big(n), s, big(t), 'TIMESTAMP', 'BIGINT'];
      }),
    );
    expect(readdirSync(folder)).toEqual(["it's.parquet"]);
  });

  test.each([
    ['an unknown ending', 'g.xlsx', '.csv or .parquet'],
    ['a missing folder', 'none/g.csv', 'does not exist'],
    ['a folder in the way', 'taken.csv', 'it is not a file'],
  ])('refused: %s', async (_what, name, mentions) => {
    mkdirSync(path.join(folder, 'taken.csv'));
    const written = store.export('g', path.join(folder, name));
    await expect(written).rejects.toMatchObject({
      code: 'STORE_BAD_EXPORT',
      message: expect.stringContaining(mentions),
    });
    expect(readdirSync(folder)).toEqual(['taken.csv']);
    expect(existsSync(path.join(folder, 'none'))).toBe(false);
  });

  test('an unknown group', async () => {
    await expect(store.export('h', path.join(folder, 'h.csv'))).rejects.toMatchObject({ code: 'STORE_UNKNOWN_GROUP' });
    expect(readdirSync(folder)).toEqual([]);
  });
});
