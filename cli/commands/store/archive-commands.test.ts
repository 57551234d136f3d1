import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { definition, groupOf, tableOf } from '../../../featurestore/conformance/fixtures.js';
import { openDuckDbStore } from '../../../featurestore/index.js';
import { main } from '../../main.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-archive-cli-'));
const at = (name: string): string => join(folder, name);
const day = 86_400_000;

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { stdout: { write: (t: string) => out.push(t) }, stderr: { write: (t: string) => err.push(t) } };
  const code = await main(['store', ...args], io);
  return { code, out: out.join(''), err: err.join('') };
}

beforeAll(async () => {
  const store = await openDuckDbStore({ file: at('s.duckdb') });
  const group = groupOf('g', [definition('x'), definition('s', 'string', 'metadata')]);
  const rows = [0, 1, 2, 3].map((x) => ({ case_id: `p${x}`, event_time: x * day, x, s: x < 2 ? 'a' : 'b' }));
  await store.ingest(tableOf(group, rows));
  await store.record.delete('g', 'p3');
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

test('export-history and import, backup and restore', async () => {
  const exported = await run('export-history', at('out'), '--store', at('s.duckdb'), '--json');
  expect(JSON.parse(exported.out)).toEqual({ rows: 5, groups: [{ name: 'g', rows: 5, files: 4 }] });
  expect(await run('import', at('out'), '--store', at('i.duckdb'))).toMatchObject({ code: 0 });
  const backedUp = await run('backup', at('b'), '--store', at('i.duckdb'), '--json');
  const { digest } = JSON.parse(backedUp.out);
  const restored = await run('restore', at('b'), '--store', at('r.duckdb'), '--digest', digest);
  expect(restored).toMatchObject({ code: 0, out: expect.stringContaining(digest) });
  const again = await run('history', 'g', 'p3', '--store', at('r.duckdb'), '--json');
  const first = await run('history', 'g', 'p3', '--store', at('s.duckdb'), '--json');
  expect(JSON.parse(again.out)).toEqual(JSON.parse(first.out));
});

test.each([
  ['a store that is not empty', ['restore', at('b'), '--store', at('s.duckdb')], 'already holds'],
  ['another digest', ['restore', at('b'), '--store', at('n.duckdb'), '--digest', 'ab'], 'expected ab'],
  ['a folder that is taken', ['backup', at('b'), '--store', at('s.duckdb')], 'not empty'],
  ['no backup', ['restore', at('none'), '--store', at('n.duckdb')], 'backup.json'],
  ['no export', ['import', at('none'), '--store', at('n.duckdb')], 'no such folder'],
  ['an unknown group', ['export-history', at('u'), '--store', at('s.duckdb'), '--group', 'h'], 'no feature group "h"'],
  ['an unknown partition', ['export-history', at('u'), '--store', at('s.duckdb'), '--partition', 'x'], 'event-day'],
  [
    'a window that ends before it begins',
    ['stats', 'g', '--store', at('s.duckdb'), '--window', '2020-01-02..2020-01-01'],
    'ascending',
  ],
  ['no window', ['drift', 'g', '--store', at('s.duckdb')], '--baseline'],
])('refused: %s', async (_what, args, mentions) => {
  const { code, out, err } = await run(...args);
  expect(code).not.toBe(0);
  expect(out).toBe('');
  expect(err).toContain(mentions);
});

test('a changed file is refused by name', async () => {
  const part = readdirSync(join(at('b'), 'g')).find((name) => name.endsWith('.parquet')) as string;
  appendFileSync(join(at('b'), 'g', part), 'x');
  const { code, err } = await run('restore', at('b'), '--store', at('n.duckdb'));
  expect(code).not.toBe(0);
  expect(err).toContain(part);
});

test('stats and drift', async () => {
  const stats = await run('stats', 'g', '--store', at('s.duckdb'), '--json');
  expect(JSON.parse(stats.out)).toMatchObject([
    { feature: 'x', count: 3, numeric: { mean: 1, sd: 1 } },
    {
      feature: 's',
      count: 3,
      top: [
        { value: 'a', count: 2 },
        { value: 'b', count: 1 },
      ],
    },
  ]);
  const windows = ['--baseline', '1970-01-01..1970-01-03', '--current', '1970-01-03..1970-01-04'];
  const drift = await run('drift', 'g', '--store', at('s.duckdb'), '--feature', 'x', ...windows);
  expect(drift.out.split('\n')[1]).toMatch(/^x +2 +1 /);
});
