import { spawnSync } from 'node:child_process';
import {
  chmodSync,
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
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plainGroup, plainTable } from './conformance/fixtures.js';
import { openDuckDbStore } from './index.js';
import { duckDbMigrations } from './sql/duckdb/migrations.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'store-'));
  file = path.join(folder, 'patients.duckdb');
});
afterEach(() => rmSync(folder, { recursive: true }));

const one = plainTable([{ id: 'P1', eventTimeMs: 0, number: -0, text: 'é' }]);

async function made(): Promise<void> {
  const store = await openDuckDbStore({ file, now: () => 1 });
  await store.ingest(one);
  await store.close();
}

/** Runs SQL in the file with DuckDB itself. */
async function withDuckDb(sql: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  for (const statement of sql) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

describe('a store in a file', () => {
  test('outlives its process: records, groups and idempotency', async () => {
    await made();
    const store = await openDuckDbStore({ file, now: () => 2 });
    expect((await store.record.get('plain', 'P1'))?.values).toMatchObject({ number: -0, text: 'é' });
    expect(await store.ingest(one)).toMatchObject({ version: 1, written: 0, unchanged: 1 });
    expect((await store.listGroups())[0]).toMatchObject({ name: 'plain', createdAtMs: 1, recordCount: 1 });
    await store.close();
    expect(readdirSync(folder)).toEqual(['patients.duckdb']);
  });

  test('opened for reading only, it reads, refuses to write and leaves the file alone', async () => {
    await made();
    const before = readFileSync(file);
    const store = await openDuckDbStore({ file, readOnly: true });
    expect((await store.record.get('plain', 'P1'))?.id).toBe('P1');
    expect((await store.query('SELECT count(*) FROM plain')).rows).toEqual([[1]]);
    for (const write of [store.ingest(one), store.createGroup(one.group), store.record.delete('plain', 'P1')]) {
      await expect(write).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
    }
    await store.close();
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('closed, it says so; closing twice is allowed', async () => {
    const store = await openDuckDbStore({ file: ':memory:' });
    await store.close();
    await store.close();
    await expect(store.listGroups()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(store.ingest(one)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(store.query('SELECT 1')).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });

  test('a process that dies in the middle of a transaction leaves the last whole one', async () => {
    await made();
    const script = `
      const { DuckDBInstance } = require('@duckdb/node-api');
      (async () => {
        const connection = await (await DuckDBInstance.create(${JSON.stringify(file)})).connect();
        await connection.run('BEGIN');
        await connection.run("DELETE FROM thoracle_internal.log");
        process.kill(process.pid, 'SIGKILL');
      })();`;
    expect(spawnSync(process.execPath, ['-e', script]).signal).toBe('SIGKILL');
    const store = await openDuckDbStore({ file });
    expect((await store.record.get('plain', 'P1'))?.id).toBe('P1');
    await store.close();
  });
});

describe('a file that cannot be opened', () => {
  const refusal = async (code: string, mentions: string, options: object = {}) => {
    await expect(openDuckDbStore({ file, ...options })).rejects.toMatchObject({
      name: 'StoreError',
      code,
      message: expect.stringMatching(new RegExp(`^[^\\n]*${mentions}[^\\n]*$`)),
    });
  };

  test('its folder does not exist', async () => {
    file = path.join(folder, 'none', 'x.duckdb');
    await refusal('STORE_NO_FOLDER', 'does not exist');
    expect(existsSync(path.dirname(file))).toBe(false);
  });

  test('its folder is a file, or it is a folder', async () => {
    writeFileSync(path.join(folder, 'note'), 'x');
    file = path.join(folder, 'note', 'x.duckdb');
    await refusal('STORE_NOT_WRITABLE', 'is not a folder');
    mkdirSync(path.join(folder, 'sub'));
    file = path.join(folder, 'sub');
    await refusal('STORE_NOT_WRITABLE', 'it is not a file');
  });

  test.skipIf(process.getuid?.() === 0)('it may not be written [needs a user other than root]', async () => {
    await made();
    chmodSync(folder, 0o500);
    await refusal('STORE_NOT_WRITABLE', 'the folder .* is not writable');
    file = path.join(folder, 'new.duckdb');
    await refusal('STORE_NOT_WRITABLE', 'the folder .* is not writable');
    chmodSync(folder, 0o700);
  });

  test.each([
    ['text', 'patient,age\nP1,50\n'.repeat(100)],
    ['empty', ''],
    ['short', 'abc'],
  ])('it is no DuckDB database: %s', async (_what, content) => {
    writeFileSync(file, content);
    await refusal('STORE_NOT_A_STORE', 'it is not a DuckDB database');
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  test('it is cut off', async () => {
    await made();
    writeFileSync(file, readFileSync(file).subarray(0, 5000));
    await refusal('STORE_NOT_A_STORE', 'patients.duckdb');
  });

  test('it is a DuckDB database of someone else', async () => {
    await withDuckDb(['CREATE TABLE mine (a INT)']);
    const before = readFileSync(file);
    await refusal('STORE_NOT_A_STORE', 'not a feature store');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('it was written by a newer format', async () => {
    await made();
    await withDuckDb(['INSERT INTO thoracle_internal.migration VALUES (99)']);
    const before = readFileSync(file);
    await refusal('STORE_NEWER_FORMAT', 'format 99');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('it was written by a newer DuckDB', async () => {
    await made();
    const bytes = readFileSync(file);
    bytes.writeUInt8(100, 12);
    writeFileSync(file, bytes);
    // DuckDB itself says which checksum the changed header needs
    const complaint = String(await DuckDBInstance.create(file).catch((error: unknown) => error));
    bytes.writeBigUInt64LE(BigInt(/computed checksum (\d+)/.exec(complaint)?.[1] ?? 0), 0);
    writeFileSync(file, bytes);
    await refusal('STORE_NEWER_FORMAT', 'format 100 of DuckDB');
  });

  test('it is older and opened for reading only', async () => {
    await made();
    await withDuckDb(['DELETE FROM thoracle_internal.migration']);
    await refusal('STORE_OLDER_FORMAT', 'format 0', { readOnly: true });
  });

  test('an older format is brought up to date with everything in it', async () => {
    const [first] = duckDbMigrations;
    const group = plainGroup.definitions.map(
      (d, i) => `(1, 1, ${i}, '${d.name}', '${d.type}', '${d.unit}', '', '${d.role}', NULL)`,
    );
    await withDuckDb([
      'CREATE SCHEMA thoracle_internal',
      'CREATE TABLE thoracle_internal.migration (number BIGINT NOT NULL)',
      ...(first?.statements ?? []),
      'INSERT INTO thoracle_internal.migration VALUES (1)',
      "INSERT INTO thoracle_internal.feature_group VALUES (1, 'plain', 1, 'case_id', 'event_time', 's1', 7)",
      `INSERT INTO thoracle_internal.feature VALUES ${group.join(', ')}`,
      "INSERT INTO thoracle_internal.log VALUES (1, 1, 1, 'P1', 0, 9, 9, FALSE, 'd', NULL, [2.5, 100, 1], ['é'])",
      "INSERT INTO thoracle_internal.log VALUES (2, 1, 1, 'P2', 0, 9, 9, FALSE, 'd', NULL, [2.5, 100, 1], ['é'])",
      "INSERT INTO thoracle_internal.log VALUES (3, 1, 1, 'P2', 0, 10, 10, TRUE, '', NULL, NULL, NULL)",
    ]);
    const store = await openDuckDbStore({ file });
    expect(await store.listGroups()).toMatchObject([{ name: 'plain', updatedAtMs: 7, recordCount: 1 }]);
    expect((await store.record.get('plain', 'P1'))?.values).toMatchObject({ number: 2.5, text: 'é', died: 1 });
    expect((await store.query('SELECT case_id, number FROM plain')).rows).toEqual([['P1', 2.5]]);
    const again = plainTable([{ id: 'P1', eventTimeMs: 0, number: 2.5, text: 'é' }]);
    expect(await store.ingest(again)).toMatchObject({ written: 0, unchanged: 1 });
    await store.close();
  });

  test('it does not exist and is opened for reading only', async () => {
    await refusal('STORE_NO_FILE', 'there is no such file', { readOnly: true });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('it is open in this process, or in another one', async () => {
    const store = await openDuckDbStore({ file });
    await refusal('STORE_LOCKED', 'this process already');
    await refusal('STORE_LOCKED', 'this process already', { readOnly: true });
    const script = `require('@duckdb/node-api').DuckDBInstance.create(${JSON.stringify(file)}).then(() => process.exit(1), () => process.exit(7))`;
    expect(spawnSync(process.execPath, ['-e', script]).status).toBe(7);
    await store.close();
    await (await openDuckDbStore({ file })).close();
  });

  test('the options are wrong', async () => {
    await refusal('STORE_BAD_OPTIONS', '"readonly"', { readonly: true });
    await refusal('STORE_BAD_OPTIONS', 'file is missing', { file: '' });
    await refusal('STORE_BAD_OPTIONS', 'queryLimitMs is 0', { queryLimitMs: 0 });
    await refusal('STORE_BAD_OPTIONS', 'cacheMb is -1', { cacheMb: -1 });
    await refusal('STORE_BAD_OPTIONS', 'read-only', { file: ':memory:', readOnly: true });
    for (const name of ['thoracle_internal', 'Information_Schema', 'TEMP']) {
      file = path.join(folder, `${name}.duckdb`);
      await refusal('STORE_NOT_WRITABLE', `"${name}" is kept`);
    }
  });
});
