import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { thoracle } from '../test/thoracle.js';

let root: string;
let cohort: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'thoracle-deidentify-cli-'));
  cohort = join(root, 'cohort');
  expect((await thoracle('cohort', 'generate', '--patients', '1', '--seed', '5', '--out', cohort)).code).toBe(0);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a cohort is de-identified under chosen ids; the check fails before and passes after', async () => {
  const out = join(root, 'out');
  const ids = join(root, 'ids.csv');
  writeFileSync(ids, 'original,new\nR01-SYNTHETIC-001,STUDY-7\n');
  expect((await thoracle('cohort', 'deidentify', cohort, '--check')).code).toBe(1);
  const made = await thoracle('cohort', 'deidentify', cohort, out, '--ids', ids, '--key', join(root, 'key'), '--json');
  expect(made.code).toBe(0);
  expect(made.stderr).toContain('made a new key');
  expect(JSON.parse(made.stdout)).toMatchObject({ patients: 1, failed: 0 });
  expect(existsSync(join(out, 'STUDY-7'))).toBe(true);
  const checked = await thoracle('cohort', 'deidentify', out, '--check', '--ids', ids);
  expect(checked.stdout).toContain('0 findings');
  expect(checked.code).toBe(0);
  const strict = await thoracle('cohort', 'deidentify', out, '--check', '--json');
  expect(strict.code).toBe(1);
  expect(strict.stdout).not.toContain('STUDY-7"');
});

test.each([
  [['IN'], 'output folder is missing'],
  [['IN', 'OUT', '--check'], '--check only reads'],
  [['IN', 'OUT', '--retain', 'dates', 'shifted-dates'], 'exclude each other'],
  [['IN', 'OUT', '--retain', 'names'], 'Allowed choices are'],
  [['/does/not/exist', 'OUT'], 'does not exist'],
])('bad usage %j is one sentence and exit code 2', async (args, expected) => {
  const { code, stderr } = await thoracle(
    'cohort',
    'deidentify',
    ...args.map((a) => a.replace('OUT', join(root, 'never'))),
  );
  expect(stderr).toContain(expected);
  expect(code).toBe(2);
  expect(existsSync(join(root, 'never'))).toBe(false);
});
