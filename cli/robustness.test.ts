import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CohortIndex, cohortPath, indexCohort } from '../cohort/index.js';
import { thoracle } from '../test/thoracle.js';

let folder: string;
let cohort: string;
let settings: string;
let index: CohortIndex;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thoracle-robustness-'));
  cohort = join(folder, 'cohort');
  settings = join(folder, 'few.yaml');
  writeFileSync(settings, 'featureClass: { shape: [MeshVolume], firstorder: [Mean, Skewness], glcm: [Contrast] }');
  await thoracle('cohort', 'generate', '--patients', '4', '--seed', '3', '--out', cohort);
  index = await indexCohort(cohort);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const robustness = (...options: readonly string[]) => thoracle('robustness', ...options);

/** A copy of the cohort without the files that a test takes out. */
function without(name: string, files: readonly string[]): string {
  const copy = join(folder, name);
  cpSync(cohort, copy, { recursive: true });
  for (const file of files) rmSync(join(copy, file));
  return copy;
}

const series = (modality: string) =>
  index.series.filter((s) => s.modality === modality).sort((a, b) => (a.patientId < b.patientId ? -1 : 1));

describe('thoracle robustness', () => {
  const perturbed = ['--perturb', '3', '--perturb-by', 'rotation=4,noise=5,grow=0.2', '--seed', '9'];

  test('gives each feature a correlation, its interval and class, the same with 1 and 2 workers', async () => {
    const outputs = await Promise.all(
      ['1', '2'].map(async (workers) => {
        const out = join(folder, `table-${workers}.csv`);
        const options = ['--cohort', cohort, '--settings', settings, '--workers', workers, '--out', out, '--json'];
        const { code, stdout, stderr } = await robustness(...perturbed, ...options);
        expect(code, stderr).toBe(0);
        expect(stderr).toContain('in 12 of 12 perturbations the region grows or shrinks by less than a voxel');
        return { stdout, table: readFileSync(out, 'utf8') };
      }),
    );
    expect(outputs[0]).toEqual(outputs[1]);
    const result = JSON.parse(outputs[0]?.stdout ?? '');
    expect(result).toMatchObject({ perturbations: 3, seed: 9, idleGrowths: 12, failed: [], leftOut: [] });
    expect(result.patients).toHaveLength(4);
    expect(result.features.map((f: { feature: string }) => f.feature.replace('original_', ''))).toEqual([
      'shape_MeshVolume',
      'firstorder_Mean',
      'firstorder_Skewness',
      'glcm_Contrast',
    ]);
    const [volume] = result.features;
    expect(volume.icc.icc11.value).toBeGreaterThan(0.9);
    expect(volume.reliability.estimate).toBe('excellent');
    const [header = '', first = ''] = outputs[0]?.table.split('\n') ?? [];
    expect(first.split(',')).toHaveLength(header.split(',').length);
    expect(first).toContain(`original_shape_MeshVolume,4,3,${volume.icc.icc11.value},${volume.icc.icc11.low},`);
  }, 60_000);

  test('a patient who cannot be read does not stop the others', async () => {
    const [first] = series('CT');
    const middle = first?.files[first.files.length >> 1]?.path ?? '';
    const broken = without('gap', [middle]);
    const { code, stdout, stderr } = await robustness(...perturbed, '--cohort', broken, '--settings', settings);
    expect(code).toBe(1);
    expect(stderr).toContain(`${first?.patientId} failed: `);
    expect(stdout).toMatch(/^3 patients, 3 perturbations each: \d+ excellent, .* of 4 features\n/);
  }, 60_000);

  test('a region that some perturbation loses leaves its patient out, by name', async () => {
    const lost = ['--perturb', '6', '--perturb-by', 'grow=20', '--cohort', cohort, '--settings', settings];
    const { code, stdout, stderr } = await robustness(...lost, '--json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/left out: \d of 6 perturbations could not be measured: /);
    expect(stderr).toContain('fewer than two patients were measured under every perturbation');
    const { features, leftOut } = JSON.parse(stdout);
    expect([features, leftOut.length]).toEqual([[], 4]);
  }, 60_000);

  test.each([
    ['no perturbations', () => ['--cohort', cohort], "required option '--perturb <n>' not specified"],
    ['a single one', () => ['--cohort', cohort, '--perturb', '1'], 'expected a whole number from 2 to 1000'],
    ['no such folder', () => ['--cohort', join(folder, 'none'), '--perturb', '2'], 'none'],
    ['settings with a mistake', () => ['--cohort', cohort, '--perturb', '2', '--settings', misspelt()], 'binWidht'],
    ['a folder without images', () => ['--cohort', empty(), '--perturb', '2'], 'holds none'],
    ['one patient', () => ['--cohort', single(), '--perturb', '2'], 'at least two patients'],
    [
      'a table that cannot be written',
      () => ['--cohort', cohort, '--perturb', '2', '--out', unwritable()],
      'table.csv',
    ],
  ])('%s is one sentence', async (_, options, sentence) => {
    const { code, stdout, stderr } = await robustness(...options());
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('    at ');
  });

  test('a run that is refused leaves no table behind', async () => {
    const out = join(folder, 'nothing.csv');
    await robustness('--cohort', single(), '--perturb', '2', '--out', out);
    expect(existsSync(out)).toBe(false);
  });

  function misspelt(): string {
    const file = join(folder, 'misspelt.yaml');
    writeFileSync(file, 'setting: { binWidht: 25 }');
    return file;
  }
  function empty(): string {
    const path = join(folder, 'empty');
    mkdirSync(path, { recursive: true });
    return path;
  }
  function single(): string {
    const path = join(folder, 'single');
    if (existsSync(path)) return path;
    mkdirSync(path);
    const [first] = series('CT');
    for (const s of index.series.filter(({ patientId }) => patientId === first?.patientId)) {
      s.files.forEach((file, i) => {
        cpSync(cohortPath(index, file.path), join(path, `${s.modality}-${i}`));
      });
    }
    return path;
  }
  const unwritable = () => join(folder, 'not', 'there', 'table.csv');
});
