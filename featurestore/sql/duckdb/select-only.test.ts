import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definition, groupOf, tableOf } from '../../conformance/fixtures.js';
import type { FeatureStore } from '../../contract/index.js';
import { openDuckDbStore } from '../../index.js';

const group = groupOf('clinical', [definition('age')]);
let folder: string;
let file: string;
let store: FeatureStore;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'store-'));
  file = path.join(folder, 'patients.duckdb');
  writeFileSync(path.join(folder, 'secret.csv'), 'a,b\n1,2\n');
  store = await openDuckDbStore({ file, now: () => 0 });
  await store.ingest(tableOf(group, [{ case_id: 'P1', event_time: 0, age: 50 }]));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const log = 'thoracle_internal.log';
/** Placeholders: FILE is the store's own file, DIR its folder. */
const attempts: readonly string[] = [
  `INSERT INTO ${log} SELECT * FROM ${log}`,
  `UPDATE ${log} SET event_time = 1`,
  `DELETE FROM ${log}`,
  `TRUNCATE ${log}`,
  `MERGE INTO ${log} a USING ${log} b ON a.seq = b.seq WHEN MATCHED THEN DELETE`,
  'CREATE TABLE t (a INT)',
  'CREATE TEMP TABLE t (a INT)',
  'CREATE TABLE t AS SELECT 1',
  'CREATE OR REPLACE VIEW clinical AS SELECT 1',
  'CREATE MACRO f(a) AS a + 1',
  'CREATE SEQUENCE s',
  'DROP VIEW clinical',
  `ALTER TABLE ${log} ADD COLUMN x INT`,
  `COMMENT ON TABLE ${log} IS 'x'`,
  "ATTACH 'DIR/other.duckdb'",
  'DETACH patients',
  'USE memory',
  "COPY clinical TO 'DIR/out.csv'",
  "COPY clinical TO 'FILE'",
  `COPY ${log} FROM 'DIR/secret.csv'`,
  "EXPORT DATABASE 'DIR/dump'",
  "IMPORT DATABASE 'DIR/dump'",
  "EXPLAIN ANALYZE COPY clinical TO 'FILE.wal'",
  "explain /* x */ analyze -- y\n copy clinical to 'FILE'",
  `EXPLAIN ANALYZE INSERT INTO ${log} SELECT * FROM ${log}`,
  `EXPLAIN (ANALYZE) DELETE FROM ${log}`,
  'EXPLAIN EXPLAIN SELECT 1',
  "EXPLAIN ANALYZE (FROM 'DIR/secret.csv')",
  'SELECT 1\0; DROP VIEW clinical',
  'WITH x AS (DELETE FROM thoracle_internal.log RETURNING *) SELECT * FROM x',
  "SELECT json_serialize_plan('SELECT * FROM read_blob(''FILE'')')",
  "SELECT getenv('HOME')",
  'PIVOT clinical ON age USING count(*)',
  "SELECT * FROM read_csv('DIR/secret.csv')",
  "SELECT * FROM 'DIR/secret.csv'",
  "SELECT * FROM read_text('DIR/secret.csv')",
  "SELECT * FROM read_blob('FILE')",
  "SELECT * FROM READ_BLOB('FILE')",
  "SELECT * FROM main.read_blob('FILE')",
  'SELECT * FROM "read_blob"(\'FILE\')',
  "WITH x AS (SELECT * FROM read_blob('FILE')) SELECT * FROM x",
  "SELECT (SELECT count(*) FROM read_blob('FILE'))",
  "SELECT * FROM clinical WHERE EXISTS (FROM read_blob('FILE'))",
  "SELECT * FROM query('SELECT * FROM read_blob(''FILE'')')",
  "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
  "SELECT * FROM read_parquet('DIR/x.parquet')",
  "SELECT * FROM sniff_csv('DIR/secret.csv')",
  "SELECT * FROM glob('DIR/*')",
  'SELECT * FROM enable_logging()',
  'SELECT * FROM enable_profiling()',
  'SELECT * FROM force_checkpoint()',
  'SELECT * FROM checkpoint()',
  'SELECT * FROM duckdb_secrets()',
  "SELECT write_log('x')",
  'SELECT setseed(0.5)',
  "SELECT nextval('s')",
  'SELECT pg_sleep(1)',
  'CALL force_checkpoint()',
  'CHECKPOINT',
  'VACUUM',
  'ANALYZE',
  'INSTALL httpfs',
  'LOAD httpfs',
  "LOAD 'DIR/x.duckdb_extension'",
  'SET threads = 1',
  'SET lock_configuration = false',
  'SET enable_external_access = true',
  "SET VARIABLE x = 'y'",
  'RESET threads',
  'PRAGMA enable_profiling',
  "PRAGMA table_info('clinical')",
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
  'PREPARE p AS SELECT 1',
  'EXECUTE p',
  'SELECT 1; SELECT 2',
  `SELECT 1; DELETE FROM ${log}`,
  `COMMIT; DELETE FROM ${log}`,
  '',
  ' ; -- nothing',
];

/** Every file of the folder, byte by byte. */
function onDisk(): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'base64')]));
}

describe('queries that would do more than read', () => {
  test.each(attempts)('%s', async (attempt) => {
    const before = onDisk();
    const sql = attempt.replaceAll('FILE', file).replaceAll('DIR', folder);
    await expect(store.query(sql)).rejects.toMatchObject({
      name: 'StoreError',
      code: expect.stringMatching(/^STORE_QUERY_(REFUSED|FAILED)$/),
      message: expect.not.stringMatching(/\n/),
    });
    expect(onDisk()).toEqual(before);
    expect((await store.query('SELECT case_id, age FROM clinical')).rows).toEqual([['P1', 50]]);
  });
});

describe('queries that read', () => {
  const reading: readonly (readonly [string, unknown])[] = [
    ['SELECT age FROM clinical;', [[50]]],
    ['-- how old\nSELECT age FROM clinical', [[50]]],
    ['WITH x AS (SELECT age * 2 AS d FROM clinical) SELECT d FROM x', [[100]]],
    ['FROM clinical SELECT age', [[50]]],
    ['VALUES (1, true)', [[1, true]]],
    ['SELECT sum(x)::INT FROM range(5) r(x)', [[10]]],
    ['SELECT version, is_deleted FROM clinical_history', [[1, false]]],
    ['SELECT unnest([1, 2])', [[1], [2]]],
    ["PIVOT (SELECT case_id, age FROM clinical) ON case_id IN ('P1') USING sum(age)", [[50]]],
  ];
  test.each(reading)('%s', async (sql, rows) => {
    expect((await store.query(sql)).rows).toEqual(rows);
  });

  test.each([
    'DESCRIBE clinical',
    'SUMMARIZE clinical',
    'SHOW TABLES',
    'EXPLAIN SELECT 1',
    'EXPLAIN ANALYZE SELECT 1',
    'EXPLAIN (SELECT 1) UNION (SELECT 2)',
  ])('%s', async (sql) => expect((await store.query(sql)).rows.length).toBeGreaterThan(0));

  test('SHOW TABLES lists the views of the groups and no bookkeeping', async () => {
    expect((await store.query('SHOW TABLES')).rows).toEqual([['clinical'], ['clinical_history']]);
  });

  test('parameters are bound by position, with their types', async () => {
    const sql = 'SELECT $1, $2, $3, $4 IS NULL, $5 * 2 FROM range($5) LIMIT 1';
    expect((await store.query(sql, ["O'Neill", true, 0.1, null, 3])).rows).toEqual([["O'Neill", true, 0.1, true, 6]]);
    await expect(store.query('SELECT $1', [])).rejects.toMatchObject({ code: 'STORE_BAD_PARAMETER' });
    await expect(store.query('SELECT 1', [1])).rejects.toMatchObject({ code: 'STORE_BAD_PARAMETER' });
    await expect(store.query('SELECT $1', [{} as never])).rejects.toMatchObject({ code: 'STORE_BAD_PARAMETER' });
  });

  test('a mistake gives the engine’s message in one sentence', async () => {
    await expect(store.query('SELECT agee FROM clinical')).rejects.toMatchObject({
      code: 'STORE_QUERY_FAILED',
      message: expect.stringMatching(/^The query failed: Binder Error: .*"agee" not found.*"age"[^\n]*$/),
    });
    await expect(store.query('SELEKT 1')).rejects.toMatchObject({
      code: 'STORE_QUERY_FAILED',
      message: expect.stringMatching(/^The query failed: Parser Error: [^\n]*SELEKT[^\n]*$/),
    });
    await expect(store.query("SELECT CAST('x' AS INT)")).rejects.toMatchObject({ code: 'STORE_QUERY_FAILED' });
    expect((await store.query('SELECT 1')).rows).toEqual([[1]]);
  });

  test('a literal beyond the range of a double is refused in one sentence', async () => {
    await expect(store.query('SELECT 1e400')).rejects.toMatchObject({ code: 'STORE_QUERY_FAILED' });
  });

  test('a mistake in a late row is a mistake, not a shorter result', async () => {
    for (const value of ["error('late')", "CAST('late' AS INT)"]) {
      const sql = `SELECT CASE WHEN range = 500000 THEN ${value} ELSE 1 END FROM range(1000000)`;
      await expect(store.query(sql)).rejects.toMatchObject({ code: 'STORE_QUERY_FAILED' });
    }
  });

  test('a result that no process can hold is refused', async () => {
    await expect(store.query('SELECT range, 0, 0 FROM range(7000000)')).rejects.toMatchObject({
      code: 'STORE_QUERY_SIZE',
      message: 'The query gives 7000000 rows of 3 columns, more than 20000000 values; add a condition or a LIMIT',
    });
  });

  test('a query that never ends is stopped, and the next one answered', async () => {
    const own = await openDuckDbStore({ file: ':memory:', queryLimitMs: 300 });
    const endless = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t';
    for (const sql of [endless, `EXPLAIN ANALYZE ${endless}`]) {
      await expect(own.query(sql)).rejects.toMatchObject({
        code: 'STORE_QUERY_TIME',
        message: 'The query was stopped after 0.3 s',
      });
    }
    expect((await own.query('SELECT 1')).rows).toEqual([[1]]);
    await own.close();
  });

  test('values in plain form', async () => {
    const sql = `SELECT 9007199254740991, 9007199254740993, 1.5::DECIMAL(4, 2), 12345678901234567.5::DECIMAL(18, 1), 'NaN'::DOUBLE,
      TIMESTAMP '1993-10-31 02:30:00.123', TIMESTAMP '1993-10-31 02:30:00.123456', DATE '1993-10-31', true, NULL,
      TIMESTAMPTZ '1993-10-31 02:30:00+02', [1, 2]::VARCHAR, TIME '12:34:56'`;
    const result = await store.query(sql);
    expect(result.rows).toEqual([
      [
        9007199254740991,
        '9007199254740993',
        1.5,
        '12345678901234567.5',
        null,
        '1993-10-31T02:30:00.123Z',
        '1993-10-31T02:30:00.123456Z',
        '1993-10-31',
        true,
        null,
        '1993-10-31T00:30:00.000Z',
        '[1, 2]',
        '12:34:56',
      ],
    ]);
    expect(result.columns[2]?.type).toBe('DECIMAL(4,2)');
  });

  test('a query may run while a table is ingested', async () => {
    const own = await openDuckDbStore({ file: ':memory:', now: () => 0 });
    await own.createGroup(group);
    const rows = Array.from({ length: 3000 }, (_, i) => ({ case_id: `P${i}`, event_time: 0, age: i }));
    const [, seen] = await Promise.all([own.ingest(tableOf(group, rows)), own.query('SELECT count(*) FROM clinical')]);
    expect([0, 3000]).toContain(seen.rows[0]?.[0]);
    await own.close();
  });
});
