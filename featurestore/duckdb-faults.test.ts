import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { batchTable, rowsPerBatch } from '../bench/kill-batch.js';
import { openDuckDbStore } from './index.js';

const script = fileURLToPath(new URL('../dist/bench/store-kill.js', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'faults-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Rows by batch, as the store has them, which must be whole; then every batch again: nothing lost, nothing doubled. */
async function checkBatches(file: string, acknowledged: readonly number[]): Promise<void> {
  const store = await openDuckDbStore({ file });
  const stored = async () =>
    new Map(
      (await store.query('SELECT batch, count(*) FROM kill_history GROUP BY batch ORDER BY batch')).rows as never,
    );
  const before = await stored();
  expect([...before.keys()]).toEqual(acknowledged);
  for (const batch of [...acknowledged, acknowledged.length]) {
    const isThere = before.has(batch);
    expect(await store.ingest(batchTable(batch))).toMatchObject({ written: isThere ? 0 : rowsPerBatch });
  }
  expect(new Set((await stored()).values())).toEqual(new Set([rowsPerBatch]));
  await store.close();
}

describe.skipIf(process.platform === 'win32')('DuckDB', () => {
  test('a file that may grow no more: one clear error, acknowledged batches stay, the rest can be sent again', async () => {
    const file = path.join(folder, 'full.duckdb');
    const command = `ulimit -f 2400; exec "$0" "$@"`;
    const { stdout, stderr } = spawnSync('sh', ['-c', command, process.execPath, script, 'child', file, '0'], {
      encoding: 'utf8',
    });
    const acknowledged = stdout.split('\n').filter((line) => /^\d+$/.test(line));
    expect(stderr).toMatch(/StoreError: The disk of the database is full: .*nothing of the batch was written/);
    expect(stderr).toContain("'STORE_DISK_FULL'");
    expect(acknowledged.length).toBeGreaterThan(3);
    await checkBatches(file, acknowledged.map(Number));
  });

  const isRoot = process.getuid?.() === 0;
  const mount = (...args: readonly string[]): boolean => spawnSync('mount', args).status === 0;
  const at = mkdtempSync(path.join(tmpdir(), 'mounted-'));
  const canMount = isRoot && process.platform === 'linux' && mount('-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', at);
  afterAll(() => {
    if (canMount) spawnSync('umount', ['-l', at]);
    rmSync(at, { recursive: true });
  });
  if (!canMount) console.log('skipped: this user may not mount a file system');

  test.skipIf(!canMount)('a file system that is full, then read-only [needs the right to mount]', async () => {
    const file = path.join(at, 'small.duckdb');
    const acknowledged: number[] = [];
    const store = await openDuckDbStore({ file });
    const failure = await (async () => {
      for (let batch = 0; ; batch++) {
        await store.ingest(batchTable(batch));
        acknowledged.push(batch);
      }
    })().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'STORE_DISK_FULL', message: expect.not.stringContaining('\n') });
    // it goes on reading, and says the same again
    expect((await store.query('SELECT count(*) FROM kill')).rows).toEqual([[acknowledged.length * rowsPerBatch]]);
    const again = store.ingest(batchTable(acknowledged.length));
    await expect(again).rejects.toMatchObject({ code: 'STORE_DISK_FULL' });
    await store.close();
    mount('-o', 'remount,size=64m', at);
    await checkBatches(file, acknowledged);
    const before = readFileSync(file);
    mount('-o', 'remount,ro', at);
    await expect(openDuckDbStore({ file })).rejects.toMatchObject({
      code: 'STORE_NOT_WRITABLE',
      message: expect.stringMatching(/small.duckdb": it is not writable$/),
    });
    const reading = await openDuckDbStore({ file, readOnly: true });
    expect((await reading.record.get('kill', '0-0'))?.values.row).toBe(0);
    await reading.close();
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test.skipIf(isRoot)('a file without the right to write [needs a user other than root]', async () => {
    const file = path.join(folder, 'kept.duckdb');
    await (await openDuckDbStore({ file })).close();
    chmodSync(file, 0o400);
    const refused = { code: 'STORE_NOT_WRITABLE', message: expect.stringContaining('it is not writable') };
    await expect(openDuckDbStore({ file })).rejects.toMatchObject(refused);
    await (await openDuckDbStore({ file, readOnly: true })).close();
  });
});
