import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definition, groupOf, tableOf } from '../../../featurestore/conformance/fixtures.js';
import { openStore } from '../../../featurestore/index.js';
import { startPostgres } from '../../../test/postgres-server.js';
import { main } from '../../main.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-query-cli-'));
const at = (name: string): string => join(folder, name);
const server = await startPostgres();
if (typeof server === 'string') console.log(`skipped: ${server}`);
afterAll(() => {
  rmSync(folder, { recursive: true });
  if (typeof server !== 'string') server.stop();
});

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { stdout: { write: (t: string) => out.push(t) }, stderr: { write: (t: string) => err.push(t) } };
  const code = await main(['store', 'query', ...args], io);
  return { code, out: out.join(''), err: err.join('') };
}

const sql = 'SELECT case_id, x, s FROM g ORDER BY case_id';

/** The same on both back ends. */
function forms(place: () => string): void {
  const query = (...more: string[]) => run(sql, '--store', place(), ...more);
  beforeAll(async () => {
    const store = await openStore(place());
    const rows = [
      { case_id: 'p1', event_time: 0, x: 1.5, s: 'a,"b"' },
      { case_id: 'p2', event_time: 0, x: null, s: null },
    ];
    await store.ingest(tableOf(groupOf('g', [definition('x'), definition('s', 'string', 'metadata')]), rows));
    await store.close();
  });

  test('text on the screen: a table, JSON, CSV', async () => {
    expect(await query()).toEqual({ code: 0, out: 'case_id    x  s\np1       1.5  a,"b"\np2         -  -\n', err: '' });
    const document = [
      { case_id: 'p1', x: 1.5, s: 'a,"b"' },
      { case_id: 'p2', x: null, s: null },
    ];
    for (const json of [['--json'], ['--format', 'json'], ['--json', '--format', 'json']]) {
      expect(JSON.parse((await query(...json)).out)).toEqual(document);
    }
    expect((await query('--format', 'csv')).out).toBe('case_id,x,s\np1,1.5,"a,""b"""\np2,,\n');
    const one = await run('SELECT x FROM g WHERE case_id = $1', '--store', place(), '--param', 'p1', '--format', 'csv');
    expect(one.out).toBe('x\n1.5\n');
  });

  test('files: by the ending of the name or by --format, an earlier file is replaced', async () => {
    for (const name of ['r.csv', 'r.json', 'r.parquet', 'r.arrow', 'r.csv']) {
      const { code, out, err } = await query('--out', at(name));
      expect([code, err, out]).toEqual([0, '', `2 rows of 3 columns written to ${at(name)}\n`]);
    }
    const table = await query('--out', at('r.txt'), '--format', 'table', '--json');
    expect(JSON.parse(table.out)).toEqual({
      file: at('r.txt'),
      format: 'table',
      rows: 2,
      columns: ['case_id', 'x', 's'],
    });
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
    expect(readFileSync(at('r.csv'), 'utf8')).toBe((await query('--format', 'csv')).out);
    expect(readFileSync(at('r.json'), 'utf8')).toBe((await query('--json')).out);
    const arrow = tableFromIPC(readFileSync(at('r.arrow')));
    expect(arrow.toArray().map((row) => row?.toJSON())).toEqual([
      { case_id: 'p1', x: 1.5, s: 'a,"b"' },
      { case_id: 'p2', x: Number.NaN, s: null },
    ]);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const rows = (await connection.runAndReadAll(`SELECT * FROM '${at('r.parquet')}'`)).getRows();
    connection.closeSync();
    expect(rows).toEqual([
      ['p1', 1.5, 'a,"b"'],
      ['p2', null, null],
    ]);
  });

  test.each<readonly [string, readonly string[], RegExp]>([
    ['an unknown format', ['--format', 'xml'], /'xml' is invalid.*table, json, csv, arrow, parquet/],
    ['Parquet on the screen', ['--format', 'parquet'], /--format parquet is no text: give --out FILE/],
    ['two forms', ['--format', 'csv', '--json'], /--json prints JSON, --format csv does not/],
    ['a name without a format', ['--out', at('r.dat')], /r\.dat says no format: give --format/],
    ['no folder', ['--out', at('no/r.csv')], /the folder ".*no" does not exist/],
    ['a folder', ['--out', folder, '--format', 'csv'], /it is a folder; a file was expected/],
    ['a parameter too many', ['--param', 'x'], /The query failed/],
  ])('refused: %s', async (_what, more, message) => {
    const { code, out, err } = await query(...more);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    expect(out.startsWith('{"error"') || out === '').toBe(true);
    expect(err.split('\n').filter((line) => line.startsWith('error:'))).toHaveLength(1);
  });
}

describe('store query on a file', () => forms(() => at('s.duckdb')));

describe.skipIf(typeof server === 'string')('store query on PostgreSQL [needs PostgreSQL]', () => {
  let url: string;
  beforeAll(async () => {
    if (typeof server !== 'string') url = await server.database();
  });
  forms(() => url);
});
