import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../../test/postgres-server.js';
import { main } from '../../main.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-ingest-cli-'));
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
  const code = await main(['store', ...args], io);
  return { code, out: out.join(''), err: err.join('') };
}

function file(name: string, text: string): string {
  writeFileSync(at(name), text);
  return at(name);
}

const labs = file(
  'labs.csv',
  'id,when,age,unit\nP1,2020-01-01,64,g\nP2,2020-01-02,640,g\nP3,2020-01-03,old,kg\nP4,2020-01-04,,mg\nP5,2020-01-05,70,g\n',
);
const rules = file(
  'rules.yaml',
  `- { feature: age, type: integer, min: 0, max: 120 }
- { feature: unit, allowed: [g, mg] }
- { feature: when, min: "2019-12-31" }
`,
);
const newGroup = ['--id', 'id', '--event-time', 'when'];
const pieceRows = 100_000;
const long = file(
  'long.csv',
  `id,when,x\n${Array.from({ length: pieceRows + 5 }, (_, i) => `R${i},2020-01-01,${i % 7}`).join('\n')}\n`,
);
const longBad = file(
  'long-bad.csv',
  `id,when,x\n${Array.from({ length: pieceRows + 5 }, (_, i) => `R${i},2020-01-01,${i === pieceRows + 2 ? 'seven' : 1}`).join('\n')}\n`,
);

/** The same on both back ends. */
function ingestion(place: () => string): void {
  const json = async (...args: string[]) => {
    const { code, out, err } = await run(...args, '--store', place(), '--json');
    expect([code, err.replace(/^rows: .*\n/gm, '')]).toEqual([0, '']);
    return JSON.parse(out);
  };
  const ingest = (path: string, group: string, ...more: string[]) =>
    run('ingest', path, '--store', place(), '--group', group, ...newGroup, ...more);

  test('rows that break rules are refused with their numbers, or go to the quarantine', async () => {
    const plain = file('plain.csv', 'id,when,age,unit\nP1,2020-01-01,64,g\nP2,2019-01-02,640,kg\n');
    const refused = await ingest(plain, 'plain', '--rules', rules);
    expect([refused.code, refused.out]).toEqual([2, '']);
    expect(refused.err).toMatch(
      /1 rows break its rules; row 2: "age" is 640, above 120, "unit" is "kg", expected one of "g", "mg", "when" is 2019/,
    );
    expect((await ingest(labs, 'plain', '--rules', rules)).err).toMatch(/row 3: "age" is "old", expected type integer/);
    expect((await run('describe', 'plain', '--store', place())).code).toBe(2);
    const result = await json('ingest', labs, '--group', 'labs', ...newGroup, '--rules', rules, '--quarantine');
    expect(result).toMatchObject({ written: 3, quarantined: 2 });
    expect(await json('quarantine', 'labs')).toMatchObject([
      { row: 2, id: 'P2', reasons: ['"age" is 640, above 120'] },
      {
        row: 3,
        id: 'P3',
        reasons: ['"age" is "old", expected type integer', '"unit" is "kg", expected one of "g", "mg"'],
      },
    ]);
    expect((await run('quarantine', 'labs', '--store', place())).out).toMatch(/P3 +"age" is "old"/);
    expect((await run('get', 'labs', 'P3', '--store', place())).err).toMatch(/holds no record of "P3"/);
    expect((await run('quarantine', 'none', '--store', place())).err).toMatch(/There is no feature group "none"/);
  });

  test('too much missing is refused for the whole file', async () => {
    const rate = file('rate.json', '[{"feature": "age", "maxMissingRate": 0.1}]');
    const some = file('some.csv', 'id,when,age\nP1,2020-01-01,64\nP2,2020-01-02,\n');
    const { code, err } = await ingest(some, 'rates', '--rules', rate, '--quarantine');
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/50 % of the values of "age" are missing, at most 10 % may be/),
    ]);
    expect((await run('describe', 'rates', '--store', place())).code).toBe(2);
  });

  test('a long table goes in pieces with progress; a mistake far down writes nothing; conflicts as asked', async () => {
    // without the rule, one text would make the column of a new group text
    const wrong = await ingest(longBad, 'typed', '--rules', file('typed.json', '[{"feature": "x", "type": "double"}]'));
    expect(wrong.err).toMatch(new RegExp(`row ${pieceRows + 3}: "x" is "seven", expected type double`));
    expect((await run('describe', 'typed', '--store', place())).code).toBe(2);
    const first = await ingest(long, 'numbers', '--workers', '3', '--json');
    expect(JSON.parse(first.out)).toMatchObject({ written: pieceRows + 5, unchanged: 0 });
    expect(first.err).toMatch(/^rows: 100000\/100005 /m);
    expect(await json('ingest', long, '--group', 'numbers')).toMatchObject({
      written: 0,
      unchanged: pieceRows + 5,
    });
    const other = file('other.csv', 'id,when,x\nR0,2020-01-01,9\nR1,2020-01-01,1\n');
    expect((await run('ingest', other, '--store', place(), '--group', 'numbers')).err).toMatch(
      /row 1 has the record id "R0"/,
    );
    expect(await json('ingest', other, '--group', 'numbers', '--on-conflict', 'keep')).toMatchObject({ kept: 1 });
    expect((await run('ingest', other, '--store', place(), '--group', 'numbers', '--on-conflict', 'replace')).out).toBe(
      'numbers version 1: 1 rows written, 1 were there, 1 replaced earlier values\n',
    );
  }, 120_000);

  test('every other command answers', async () => {
    expect(await json('groups')).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'labs', records: 3 })]),
    );
    expect(await json('search', '--feature', 'age')).toMatchObject([{ name: 'labs' }]);
    expect(await json('describe', 'labs')).toMatchObject({ version: 1, recordCount: 3 });
    expect(await json('get', 'labs', 'P1')).toMatchObject({ values: { age: 64 } });
    expect(await json('history', 'labs', 'P1')).toHaveLength(1);
    expect(await json('query', 'SELECT max(age) AS oldest FROM labs')).toEqual([{ oldest: 70 }]);
    expect(await json('stats', 'labs', '--feature', 'age')).toMatchObject([{ feature: 'age', count: 2 }]);
    const windows = ['--baseline', '2020-01-01..2020-01-03', '--current', '2020-01-03..2020-02-01'];
    expect(await json('drift', 'labs', '--feature', 'age', ...windows)).toMatchObject([{ feature: 'age' }]);
    const to = (name: string) => at(`${name}-${place().replace(/\W/g, '')}`);
    expect(await json('export', 'labs', `${to('labs')}.csv`)).toMatchObject({ rows: 3 });
    expect(await json('export-history', to('history'), '--group', 'labs')).toMatchObject({ rows: 3 });
    expect(await json('backup', to('backup'))).toMatchObject({ digest: expect.any(String) });
    expect((await run('restore', to('backup'), '--store', place())).err).toMatch(/already holds/);
    expect(await json('delete', 'labs', 'P1', '--yes')).toMatchObject({ deleted: true });
    expect(await json('delete', 'labs', '--yes')).toMatchObject({ rows: 4 });
    expect(await json('import', to('history'))).toMatchObject({ rows: 3 });
    expect(await json('get', 'labs', 'P1')).toMatchObject({ values: { age: 64 } });
  });
}

describe('the store commands on a file', () => ingestion(() => at('s.duckdb')));

describe.skipIf(typeof server === 'string')('the store commands on PostgreSQL [needs PostgreSQL]', () => {
  let url: string;
  beforeAll(async () => {
    if (typeof server !== 'string') url = await server.database();
  });
  ingestion(() => url);
});

describe('what cannot be used', () => {
  test.each<readonly [string, string, RegExp]>([
    ['no such rules', at('none.yaml'), /none\.yaml does not exist/],
    ['no list', file('r1.yaml', 'age: 1\n'), /r1\.yaml".*holds no list of rules/],
    ['no mapping', file('r2.yaml', '- age\n'), /rule 1 is no mapping/],
    ['no feature', file('r3.yaml', '- { min: 1 }\n'), /rule 1 has no feature/],
    ['an unknown type', file('r4.yaml', '- { feature: age, type: float }\n'), /"float", expected double, integer/],
    ['an unknown condition', file('r5.yaml', '- { feature: age, most: 3 }\n'), /unknown condition "most"/],
    ['an unknown feature', file('r6.yaml', '- { feature: agee, min: 3 }\n'), /"agee"/],
    [
      'a bound that is no number',
      file('r7.yaml', '- { feature: when, min: soon }\n'),
      /a bound of "when" is no number/,
    ],
    [
      'allowed values that are no list',
      file('r8.yaml', '- { feature: unit, allowed: g }\n'),
      /"allowed" of "unit" is no list/,
    ],
    ['YAML that is none', file('r9.yaml', '- { feature: age\n'), /r9\.yaml/],
  ])('rules: %s', async (_what, path, message) => {
    const { code, out, err } = await run(
      'ingest',
      labs,
      '--store',
      at('bad.duckdb'),
      '--group',
      'g',
      ...newGroup,
      '--rules',
      path,
      '--quarantine',
    );
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(message)]);
    expect(err).toMatch(/^error: [^\n]+\n$/);
  });

  const commands: readonly (readonly string[])[] = [
    ['groups'],
    ['search'],
    ['describe', 'g'],
    ['get', 'g', 'a'],
    ['history', 'g', 'a'],
    ['query', 'SELECT 1'],
    ['quarantine', 'g'],
    ['export', 'g', at('x.csv')],
    ['export-history', at('x')],
    ['backup', at('y')],
    ['stats', 'g'],
    ['delete', 'g'],
    ['ingest', labs, '--group', 'g'],
  ];
  test.each(commands.map((command) => [command.slice(0, 1).join(), command] as const))(
    'a server that is not there: %s',
    async (_name, command) => {
      const { code, out, err } = await run(...command, '--store', 'postgres://someone:secret@127.0.0.1:1/none');
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/^error: The connection to the database failed: [^\n]*ECONNREFUSED[^\n]*\n$/);
      expect(err).not.toContain('secret');
    },
  );
});
