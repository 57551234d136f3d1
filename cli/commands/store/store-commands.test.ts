import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openDuckDbStore } from '../../../featurestore/index.js';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import { main } from '../../main.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-store-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const store = join(folder, 's.duckdb');

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { stdout: { write: (t: string) => out.push(t) }, stderr: { write: (t: string) => err.push(t) } };
  const code = await main(['store', ...args], io);
  return { code, out: out.join(''), err: err.join('') };
}

async function json(...args: readonly string[]) {
  const { out, err, code } = await run(...args, '--store', store, '--json');
  expect([code, err.replace(/^rows: .*\n/gm, '').replace(/^\d+ column names .*\n/gm, '')]).toEqual([0, '']);
  return JSON.parse(out) as unknown;
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const table = file('t.csv', 'Case ID,when,Age,Died,note\nP1,2026-01-01,64,1,"a,b"\nP2,2026-01-02T03:00:00Z,,0,\n');
const newGroup = ['--group', 'g', '--id', 'Case ID', '--event-time', 'when', '--role', 'Died=outcome'];

describe('ingest', () => {
  test('a new group from CSV, the same again, and other values', async () => {
    expect(await json('ingest', table, ...newGroup)).toMatchObject({ group: 'g', version: 1, written: 2 });
    expect(await json('ingest', table, '--group', 'g')).toMatchObject({ written: 0, unchanged: 2 });
    const described = (await json('describe', 'g')) as { definitions: { name: string; type: string; role: string }[] };
    expect(described.definitions.map((d) => [d.name, d.type, d.role])).toEqual([
      ['Case_ID', 'string', 'identifier'],
      ['when', 'timestamp', 'metadata'],
      ['Age', 'integer', 'feature'],
      ['Died', 'integer', 'outcome'],
      ['note', 'string', 'metadata'],
    ]);
    const other = file('o.csv', 'Case ID,when,Age,Died,note\nP1,2026-01-01,65,1,"a,b"\n');
    expect(await run('ingest', other, '--store', store, '--group', 'g')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/row 1 has the record id "P1"/),
    });
    expect(await json('ingest', other, '--group', 'g', '--on-conflict', 'replace')).toMatchObject({
      written: 1,
      replaced: 1,
    });
    expect(await json('get', 'g', 'P1')).toMatchObject({ values: { Age: 65, note: 'a,b' } });
  });

  test('JSON lines, Parquet and TSV hold the same table', async () => {
    const lines = file(
      'l.jsonl',
      '{"id":"P1","at":"2026-01-01T00:00:00Z","x":1.5}\n{"id":"P2","at":"2026-01-02T00:00:00Z","x":null}\n',
    );
    const keys = ['--id', 'id', '--event-time', 'at'];
    expect(await json('ingest', lines, '--group', 'lines', ...keys)).toMatchObject({ written: 2 });
    const parquet = join(folder, 'l.parquet');
    await json('export', 'lines', parquet);
    expect(await json('ingest', parquet, '--group', 'parquet', ...keys)).toMatchObject({ written: 2 });
    expect(await json('ingest', parquet, '--group', 'lines')).toMatchObject({ unchanged: 2 });
    const tsv = file('l.tsv', 'id\tat\tx\nP1\t2026-01-01\t1.5\n');
    expect(await json('ingest', tsv, '--group', 'lines')).toMatchObject({ unchanged: 1 });
    const rows = await json('query', 'SELECT id, "at", x FROM parquet ORDER BY id');
    expect(rows).toEqual([
      { id: 'P1', at: '2026-01-01T00:00:00.000Z', x: 1.5 },
      { id: 'P2', at: '2026-01-02T00:00:00.000Z', x: null },
    ]);
  });

  test.each<[string, string, readonly string[], RegExp]>([
    ['no such file', join(folder, 'none.csv'), newGroup, /none.csv" cannot be read: there is no such file/],
    ['an unknown kind of file', file('t.xlsx', ''), newGroup, /ends in none of .csv, .tsv/],
    ['a CSV cut short', file('cut.csv', 'id,at\n"a,1\n'), newGroup, /cut.csv" cannot be read/],
    ['a Parquet that is none', file('no.parquet', 'hello'), newGroup, /no.parquet" cannot be read/],
    ['nested values', file('n.jsonl', '{"id":"a","at":0,"x":[1]}\n'), newGroup, /column "x" is of type/],
    ['a new group without keys', table, ['--group', 'new'], /group "new" is new: give --id/],
    [
      'a column that is not there',
      table,
      ['--group', 'new', '--id', 'pid', '--event-time', 'when'],
      /"pid" cannot be detected/,
    ],
    [
      'a column the group has not',
      file('x.csv', 'Case ID,when,Weight\nP1,2026-01-01,80\n'),
      ['--group', 'g'],
      /no feature "Weight"/,
    ],
    [
      'a wrong value',
      file('w.csv', 'Case ID,when,Age\nP1,2026-01-01,old\n'),
      ['--group', 'g'],
      /row 1: "Age" is "old", expected type integer/,
    ],
    ['an unknown role', table, ['--group', 'new', ...newGroup.slice(2), '--role', 'Age=target'], /"target", expected/],
    [
      'two columns of one name',
      file('d.csv', 'a b,a_b,when\n1,2,2026-01-01\n'),
      newGroup,
      /two columns would be named "a_b"/,
    ],
  ])('%s', async (_what, path, options, message) => {
    const { code, err, out } = await run('ingest', path, '--store', store, ...options);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err.trim().split('\n').at(-1)).toMatch(/^error: /);
  });
});

describe('search and delete', () => {
  test('groups are found by what they hold', async () => {
    expect(await json('search', '--feature', 'died', '--role', 'outcome')).toMatchObject([{ name: 'g' }]);
    expect(await json('search', '--text', 'nothing')).toEqual([]);
  });

  test('nothing goes without --yes', async () => {
    const asked = await run('delete', 'g', 'P1', '--store', store);
    expect([asked.code, asked.err]).toEqual([2, expect.stringMatching(/latest record of "P1".*--yes/)]);
    expect((await run('delete', 'g', '--store', store)).err).toMatch(/group "g" with 2 records/);
    expect((await run('delete', 'g', '--hard', '--yes', '--store', store)).code).toBe(2);
    expect((await run('delete', 'g', 'nobody', '--yes', '--store', store)).err).toMatch(/holds no record of "nobody"/);
    expect(await json('delete', 'g', 'P1', '--yes')).toEqual({ group: 'g', id: 'P1', deleted: true });
    expect((await run('get', 'g', 'P1', '--store', store)).code).toBe(2);
    expect(await json('history', 'g', 'P1')).toHaveLength(3);
    expect(await json('delete', 'g', '--yes')).toEqual({ group: 'g', rows: 4 });
    expect((await run('describe', 'g', '--store', store)).code).toBe(2);
  });
});

test('access keys are made once, and serving without any is refused', async () => {
  const keyFile = join(folder, 'keys');
  expect((await run('access-key', keyFile)).out).toMatch(/access key TH[0-9A-F]{18} \(write\)/);
  expect((await run('access-key', keyFile)).err).toMatch(/it exists/);
  const { code, err } = await run('serve', '--store', store);
  expect([code, err]).toEqual([2, expect.stringMatching(/Nobody could call: give --keys FILE/)]);
});

describe.skipIf(!hasSharedData)(`the public cohort's own tables ${needsSharedData}`, () => {
  test('clinical records and PyRadiomics features go in and are joined', async () => {
    const at = ['--event-time-is', '2018-05-22'];
    const clinical = sharedData('nsclc-radiogenomics/NSCLCR01Radiogenomic_DATA_LABELS_2018-05-22_1500-shifted.csv');
    const radiomics = sharedData('nsclc-radiogenomics/pyradiomics_original_features_60_patients.csv');
    expect(await json('ingest', clinical, '--group', 'raw', '--id', 'Patient ID', ...at)).toMatchObject({
      written: 211,
    });
    expect(await json('ingest', radiomics, '--group', 'ct', '--id', 'patient_id', ...at)).toMatchObject({
      written: 60,
    });
    const [row] = (await json(
      'query',
      'SELECT count(*) AS n FROM ct JOIN raw ON ct.patient_id = raw."Patient_ID"',
    )) as readonly { readonly n: number }[];
    expect(row?.n).toBeGreaterThan(50);
    const again = await openDuckDbStore({ file: store, readOnly: true });
    expect((await again.describeGroup('ct')).definitions.filter((d) => d.role === 'feature').length).toBeGreaterThan(
      100,
    );
    await again.close();
  });
});
