import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chain, chainDraft } from '../serving/reference/chain-bundle.js';
import { thoracle } from '../test/thoracle.js';
import { saveBundle, sealBundle } from '../training/bundle/folder.js';

const launcher = fileURLToPath(new URL('../bin/thoracle.js', import.meta.url));
let folder = '';
const at = (name: string) => join(folder, name);
const batch = (input: string, out: string, ...more: readonly string[]) =>
  thoracle('batch', '--model', at('model'), at(input), '--out', at(out), ...more);

const header = `case_id,${chain.columns.map(({ feature }) => feature).join(',')}\n`;
/** Rows of the recorded chain over and over. */
function writeTable(name: string, rows: number): void {
  const texts = chain.rows.map((row) => row.map((v) => v ?? '').join(','));
  const lines = Array.from({ length: rows }, (_, i) => `P${i},${texts[i % texts.length]}\n`);
  writeFileSync(at(name), header + lines.join(''));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thoracle-batch-'));
  await saveBundle(at('model'), sealBundle(chainDraft()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('says what it did, counts bad rows in the exit code, refuses what does not fit', async () => {
  writeTable('small.csv', 50);
  const whole = await batch('small.csv', 'small.jsonl');
  expect(whole).toMatchObject({ code: 0 });
  expect(whole.stdout).toMatch(/^50 of 50 rows predicted into .*small\.jsonl \(\d+ a second\)\nResearch software/);
  expect(whole.stderr).toContain('rows: 50/50 (');
  writeFileSync(at('bad.csv'), `${header}P1,x\nP2${',1'.repeat(chain.columns.length)}\n`);
  const some = await batch('bad.csv', 'bad.parquet', '--json');
  expect(some.code).toBe(1);
  expect(JSON.parse(some.stdout)).toMatchObject({
    rows: 2,
    predicted: 1,
    bad: 1,
    errors: at('bad.parquet.errors.csv'),
  });
  writeFileSync(at('other.csv'), 'a,b\n1,2\n');
  const none = await batch('other.csv', 'other.csv.out.csv');
  expect(none).toMatchObject({ code: 2, stdout: '' });
  expect(none.stderr).toContain('The columns of "other.csv" do not fit the model');
  expect((await batch('missing.csv', 'x.csv')).stderr).toContain('missing.csv does not exist');
});

test('killed in the middle and resumed, the result is byte for byte that of an unbroken job', async () => {
  writeTable('long.csv', 20_000);
  const options = ['--explain'];
  await batch('long.csv', 'whole.csv', ...options);
  const child = spawn(process.execPath, [
    launcher,
    'batch',
    '--model',
    at('model'),
    at('long.csv'),
    '--out',
    at('out.csv'),
    ...options,
  ]);
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on('close', (_code, signal) => resolve(signal)));
  const rowsDone = () => {
    const text = existsSync(at('out.csv.state')) ? readFileSync(at('out.csv.state'), 'utf8') : '';
    return Number(/"row":(\d+)/.exec(text)?.[1] ?? 0);
  };
  while (rowsDone() === 0) await new Promise((done) => setTimeout(done, 2));
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
  expect(existsSync(at('out.csv'))).toBe(false);
  const resumed = await batch('long.csv', 'out.csv', ...options, '--resume', '--json');
  expect(resumed.code).toBe(0);
  expect(JSON.parse(resumed.stdout).resumedAt).toBeGreaterThan(0);
  expect(readFileSync(at('out.csv')).equals(readFileSync(at('whole.csv')))).toBe(true);
});

test('memory does not grow with the input', () => {
  const mostMemoryMb = (rows: number): number => {
    writeTable('many.csv', rows);
    rmSync(at('many.out.csv'), { force: true });
    const args = ['batch', '--model', at('model'), at('many.csv'), '--out', at('many.out.csv')];
    const script = `process.argv = [process.execPath, ...${JSON.stringify([launcher, ...args])}];
      process.on('exit', () => console.error('#' + process.resourceUsage().maxRSS));
      await import(${JSON.stringify(launcher)});`;
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    return Number(stderr.slice(stderr.lastIndexOf('#') + 1)) / 1024;
  };
  const small = mostMemoryMb(20_000);
  const large = mostMemoryMb(200_000);
  expect(small).toBeGreaterThan(10);
  expect(large - small, `${small} MB for 20,000 rows, ${large} MB for 200,000`).toBeLessThan(50);
});
