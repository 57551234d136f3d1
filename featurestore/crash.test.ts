import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../test/postgres-server.js';

const script = fileURLToPath(new URL('../dist/bench/store-kill.js', import.meta.url));
const server = await startPostgres();
if (typeof server === 'string') console.log(`skipped: ${server}`);
else afterAll(() => server.stop());

/** @returns acknowledged, lost and halved batches after three kills */
function kills(address: readonly string[]): number[] {
  const { stdout, stderr } = spawnSync(process.execPath, [script, '3', '1', ...address], { encoding: 'utf8' });
  const numbers = /^\| \w+ \| 3 \| (\d+) \| (\d+) \| (\d+) \|/m.exec(stdout);
  if (numbers === null) throw new Error(stdout + stderr);
  return numbers.slice(1).map(Number);
}

describe('kill -9 in the middle of ingestion', () => {
  test('DuckDB: every acknowledged batch is there, none by half', () => {
    expect(kills([])).toEqual([expect.any(Number), 0, 0]);
  });

  test.skipIf(typeof server === 'string')('PostgreSQL: the same [needs PostgreSQL]', async () => {
    if (typeof server === 'string') return;
    expect(kills([await server.database()])).toEqual([expect.any(Number), 0, 0]);
  });
});
