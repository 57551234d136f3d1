import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDuckDbStore } from '../featurestore/index.js';
import { main } from './main.js';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thoracle-usage-'));
  const store = await openDuckDbStore({ file: join(folder, 's.duckdb') });
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command line in this process. */
async function run(...argv: readonly string[]) {
  const text = { stdout: '', stderr: '' };
  const sink = (key: keyof typeof text) => ({
    write: (chunk: string) => {
      text[key] += chunk;
    },
  });
  const code = await main(argv, { stdout: sink('stdout'), stderr: sink('stderr') });
  return { code, ...text };
}

describe('wrong usage', () => {
  test.each([
    [['runn'], "unknown command 'runn' (Did you mean run?)"],
    [['store', 'group'], "unknown command 'group' (Did you mean groups?)"],
    [['run', '--cohrt', 'c', '--store', 's'], "unknown option '--cohrt' (Did you mean --cohort?)"],
    [['run', '--cohort', 'c', '--store'], "option '--store <file>' argument missing"],
    [['run', '--cohort', 'c', '--store', '--workers', '1'], "option '--store <file>' argument missing"],
    [['run', '--cohort', '', '--store', 's'], "option '--cohort <dir>' argument missing"],
    [['run', '--cohort=', '--store', 's'], "option '--cohort <dir>' argument missing"],
    [['run', '--store', 's'], "required option '--cohort <dir>' not specified"],
    [['cohort', 'index', ''], "argument 'dir' is empty"],
    [['radiomics', 'i', 'm', '--roi', 'a', '--label', '2'], "option '--label <n>' cannot be used with option '--roi"],
  ])('%j is one sentence, on stderr and as one document', async (argv, sentence) => {
    const { code, stdout, stderr } = await run(...argv, '--json');
    expect(code).toBe(2);
    expect(stderr.replaceAll('\n', ' ')).toContain(`error: ${sentence}`);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe('CLI_USAGE');
    expect(error.message).toContain(sentence);
    expect(existsSync('--workers')).toBe(false);
  });

  test('a value may begin with a dash when it is joined to its option', async () => {
    const { stderr } = await run('cohort', 'index', join(folder, 'nowhere'), '--bogus=--x');
    expect(stderr).toContain("unknown option '--bogus");
    expect((await run('radiomics', 'i', 'm', '--roi=--x')).stderr).not.toContain('argument missing');
  });

  test('--help wins over a missing option', async () => {
    const { code, stdout } = await run('run', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--cohort <dir>');
  });

  test('a folder where a file is expected is bad input, by name', async () => {
    const { code, stderr } = await run('radiomics', 'i', 'm', '--settings', folder);
    expect(code).toBe(2);
    expect(stderr).toBe(`error: ${folder} is a folder; a file was expected\n`);
  });

  test('train refuses a foreign folder before it looks at anything else', async () => {
    const file = join(folder, 'notes.txt');
    writeFileSync(file, 'mine');
    const { code, stderr } = await run('train', '--store', 'none', '--modalities', 'clinical', '--out', folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/is no model of ours/);
  });

  test('demo refuses a foreign folder and a file', async () => {
    for (const out of [folder, join(folder, 'notes.txt')]) {
      const { code, stderr } = await run('demo', '--out', out);
      expect(code).toBe(2);
      expect(stderr).toBe(`error: ${out} exists; expected a new or empty folder, or one that an earlier demo made\n`);
    }
    expect(existsSync(join(folder, 'notes.txt'))).toBe(true);
  });
});

describe('the answer of a query', () => {
  const query = (sql: string, ...more: string[]) =>
    run('store', 'query', sql, '--store', join(folder, 's.duckdb'), ...more);

  test('as JSON it keeps columns of one name apart', async () => {
    const { stdout } = await query('SELECT 1 AS a, 2 AS a, 3 AS a_1, 4 AS a', '--json');
    expect(JSON.parse(stdout)).toEqual([{ a: 1, a_2: 2, a_1: 3, a_3: 4 }]);
  });

  test('as JSON it does not turn infinities into missing values', async () => {
    const { stdout } = await query("SELECT 'inf'::DOUBLE AS i, '-inf'::DOUBLE AS j, NULL::DOUBLE AS m", '--json');
    expect(JSON.parse(stdout)).toEqual([{ i: 'Infinity', j: '-Infinity', m: null }]);
  });

  test('as text, numbers stand to the right, also beside a missing one', async () => {
    const { stdout } = await query("SELECT * FROM (VALUES ('x', 1), ('yy', 1000), ('z', NULL)) t(name, value)");
    expect(stdout).toBe('name  value\nx         1\nyy     1000\nz         -\n');
  });
});
