import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { openDuckDbStore } from '../index.js';
import { queryColumns, queryCsv, queryJson, toArrowIpc, toDataFrame, writeQueryParquet } from './index.js';

async function result() {
  const store = await openDuckDbStore({ file: ':memory:' });
  try {
    return await store.query(`SELECT * FROM (VALUES
      (1.5, 'a,"b"', true, TIMESTAMP '2020-01-02 03:04:05', 9007199254740993::BIGINT, NULL::DOUBLE, 1),
      (NULL, '', NULL, NULL, 1, NULL, 2), ('-Infinity'::DOUBLE, NULL, false, NULL, NULL, NULL, 3)
      ) t (x, s, b, "__proto__", big, none, n), (SELECT 4 AS n) u ORDER BY t.n`);
  } finally {
    await store.close();
  }
}

test('columns: typed arrays for numbers, what cannot be one is text', async () => {
  const columns = queryColumns(await result());
  expect(columns).toEqual([
    { name: 'x', type: 'number', values: Float64Array.of(1.5, Number.NaN, Number.NEGATIVE_INFINITY) },
    { name: 's', type: 'text', values: ['a,"b"', '', null] },
    { name: 'b', type: 'boolean', values: [true, null, false] },
    { name: '__proto__', type: 'text', values: ['2020-01-02T03:04:05.000Z', null, null] },
    { name: 'big', type: 'text', values: ['9007199254740993', '1', null] },
    { name: 'none', type: 'number', values: Float64Array.of(Number.NaN, Number.NaN, Number.NaN) },
    { name: 'n', type: 'number', values: Float64Array.of(1, 2, 3) },
    { name: 'n_1', type: 'number', values: Float64Array.of(4, 4, 4) },
  ]);
});

test('CSV, read back by another reader', async () => {
  const text = queryCsv(await result());
  expect(parse(text)).toEqual([
    ['x', 's', 'b', '__proto__', 'big', 'none', 'n', 'n_1'],
    ['1.5', 'a,"b"', 'true', '2020-01-02T03:04:05.000Z', '9007199254740993', '', '1', '4'],
    ['', '', '', '', '1', '', '2', '4'],
    ['-Infinity', '', 'false', '', '', '', '3', '4'],
  ]);
  expect(text.split('\n')[2]).toBe(',"",,,1,,2,4');
});

test('JSON', async () => {
  const rows = JSON.parse(queryJson(await result()));
  expect(rows[0]).toMatchObject({ x: 1.5, s: 'a,"b"', b: true, big: '9007199254740993', none: null, n: 1, n_1: 4 });
  expect(Object.keys(rows[0])).toContain('__proto__');
  expect(rows[2].x).toBe('-Infinity');
  expect(JSON.parse(queryJson({ columns: [], rows: [] }))).toEqual([]);
});

test('Parquet, read back by another DuckDB; refused without its folder', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'query-'));
  const file = path.join(folder, "it's.parquet");
  await writeQueryParquet(await result(), file);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const name = file.replaceAll("'", "''");
  const rows = (await connection.runAndReadAll(`SELECT x, s, b, big, none, n_1 FROM '${name}'`)).getRows();
  connection.closeSync();
  expect(rows).toEqual([
    [1.5, 'a,"b"', true, '9007199254740993', null, 4],
    [null, '', null, '1', null, 4],
    [Number.NEGATIVE_INFINITY, null, false, null, null, 4],
  ]);
  expect(readdirSync(folder)).toEqual(["it's.parquet"]);
  const gone = writeQueryParquet(await result(), path.join(folder, 'no', 'x.parquet'));
  await expect(gone).rejects.toMatchObject({ code: 'STORE_BAD_EXPORT' });
  rmSync(folder, { recursive: true });
});

test("a data frame and Arrow bytes are made by the user's own modules", async () => {
  class DataFrame {
    constructor(readonly columns: Record<string, unknown[]>) {}
  }
  const frame = toDataFrame(await result(), { DataFrame });
  expect(frame.columns.x).toEqual([1.5, Number.NaN, Number.NEGATIVE_INFINITY]);
  expect(frame.columns.s).toEqual(['a,"b"', '', null]);
  const arrow = {
    tableFromArrays: (columns: Record<string, Float64Array | readonly unknown[]>) => Object.keys(columns).length,
    tableToIPC: (table: number, type: string) => Uint8Array.of(table, type.length),
  };
  expect(toArrowIpc(await result(), arrow)).toEqual(Uint8Array.of(8, 'stream'.length));
  expect(toArrowIpc(await result(), arrow, 'file')).toEqual(Uint8Array.of(8, 'file'.length));
});
