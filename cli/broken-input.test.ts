import { spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indexCohort } from '../cohort/index.js';
import { openDuckDbStore } from '../featurestore/index.js';
import { readSeries } from '../pipelines/imaging/index.js';
import { type CommandResult, thoracle } from '../test/thoracle.js';

/** One clear sentence on stderr, no stack trace, no second error. */
function oneSentence({ stderr }: CommandResult, ...words: readonly (string | RegExp)[]): void {
  expect(stderr).not.toMatch(/\n\s+at /);
  for (const word of words) expect(stderr).toMatch(word);
  expect(stderr.split('\n').filter((line) => line.startsWith('error:')).length).toBeLessThanOrEqual(1);
}

describe('broken input of each kind', () => {
  let root: string;
  let good: string;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'thoracle-broken-'));
    good = join(root, 'good');
    expect((await thoracle('cohort', 'generate', '--patients', '4', '--seed', '7', '--out', good)).code).toBe(0);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  function copy(name: string): string {
    const folder = join(root, name);
    cpSync(good, folder, { recursive: true });
    return folder;
  }

  async function firstSeries(folder: string, modality: string) {
    const index = await indexCohort(folder);
    const series = index.series.find((s) => s.modality === modality);
    if (series === undefined) throw new Error(`the generated cohort has no ${modality}`);
    return { patient: series.patientId, files: series.files.map((file) => join(folder, file.path)) };
  }

  test('a truncated DICOM slice fails its patient, names the file, and leaves the others done', async () => {
    const folder = copy('truncated');
    const { patient, files } = await firstSeries(folder, 'CT');
    // The lowest slice: without it the rest would still look like a complete series.
    const lowest = (await readSeries(files)).files[0] as string;
    truncateSync(lowest, 3000);
    const store = join(root, 'truncated.duckdb');
    const result = await thoracle('run', '--cohort', folder, '--store', store, '--json');
    expect(result.code).toBe(1);
    const { imaging } = JSON.parse(result.stdout).stages;
    expect(imaging.failed.map((f: { patient: string }) => f.patient)).toEqual([patient]);
    expect(imaging.failed[0].reason).toContain(basename(lowest));
    expect(imaging.failed[0].reason).toContain('the file ends after 3000');
    expect(imaging.done).toBeGreaterThan(0);
    oneSentence(result, 'the file ends after 3000');
    expect(existsSync(join(root, 'artifacts', patient))).toBe(false);
  });

  test('a segmentation of another frame of reference fails its patient and names both', async () => {
    const folder = copy('frame');
    const { patient, files } = await firstSeries(folder, 'SEG');
    const bytes = readFileSync(files[0] as string);
    const ct = await firstSeries(folder, 'CT');
    const index = await indexCohort(folder);
    const frame = index.series.find((s) => s.patientId === patient && s.modality === 'CT')?.frameOfReferenceUid ?? '';
    expect(ct.files.length).toBeGreaterThan(1);
    const at = bytes.indexOf(frame, 0, 'latin1');
    expect(at).toBeGreaterThan(0);
    const last = at + frame.length - 1;
    bytes[last] = bytes[last] === 0x31 ? 0x32 : 0x31;
    writeFileSync(files[0] as string, bytes);
    const result = await thoracle(
      'run',
      '--cohort',
      folder,
      '--store',
      join(root, 'frame.duckdb'),
      '--stages',
      'imaging',
      '--segmentation',
      'SEG',
      '--json',
    );
    expect(result.code).toBe(1);
    const failed = JSON.parse(result.stdout).stages.imaging.failed;
    expect(failed).toContainEqual(expect.objectContaining({ patient, code: 'FRAME_OF_REFERENCE_DIFFERS' }));
    oneSentence(result, /frame of reference/);
  });

  test('a clinical table without an id column is refused and no store is left behind', async () => {
    const folder = copy('no-id');
    const name = readdirSync(folder).find((f) => f.includes('DATA_LABELS')) as string;
    const text = readFileSync(join(folder, name), 'utf8');
    writeFileSync(join(folder, name), text.replace(/^(Case|Patient) ID/, 'Number'));
    const store = join(root, 'no-id.duckdb');
    const result = await thoracle('run', '--cohort', folder, '--store', store, '--stages', 'clinical');
    expect(result.code).toBe(2);
    oneSentence(result, name, /id/i);
    expect(existsSync(store)).toBe(false);
  });

  test('an expression file with a duplicated sample is bad input, names the sample, and writes nothing', async () => {
    const folder = copy('duplicate');
    const name = readdirSync(folder).find((f) => f.startsWith('GSE')) as string;
    const lines = readFileSync(join(folder, name), 'utf8').split('\n');
    const header = (lines[0] as string).split('\t');
    header[2] = header[1] as string;
    lines[0] = header.join('\t');
    writeFileSync(join(folder, name), lines.join('\n'));
    const store = join(root, 'duplicate.duckdb');
    const result = await thoracle('run', '--cohort', folder, '--store', store, '--stages', 'genomic', '--json');
    expect(result.code).toBe(2);
    oneSentence(result, header[1] as string, name);
    expect(JSON.parse(result.stdout).stages.genomic.done).toBe(0);
    expect(existsSync(store)).toBe(false);
  });

  test('a cell that is no number costs its patient, not the table', async () => {
    const folder = copy('bad-cell');
    const name = readdirSync(folder).find((f) => f.includes('DATA_LABELS')) as string;
    const lines = readFileSync(join(folder, name), 'utf8').split('\n');
    const cells = (lines[1] as string).split(',');
    cells[2] = 'sixty';
    lines[1] = cells.join(',');
    writeFileSync(join(folder, name), lines.join('\n'));
    const store = join(root, 'bad-cell.duckdb');
    const result = await thoracle('run', '--cohort', folder, '--store', store, '--stages', 'clinical', '--json');
    expect(result.code).toBe(1);
    const { clinical } = JSON.parse(result.stdout).stages;
    expect(clinical).toMatchObject({ done: 3, failed: [{ patient: cells[0], code: 'CLINICAL_NOT_A_NUMBER' }] });
    oneSentence(result, 'Age at Histological Diagnosis', 'sixty');
  });

  test('an unwritable store is refused before any work', async () => {
    const store = join(root, 'absent', 'folder', 'store.duckdb');
    const result = await thoracle('run', '--cohort', good, '--store', store);
    expect(result.code).toBe(2);
    oneSentence(result, /^error: .*absent/m);
    expect(existsSync(join(root, 'absent'))).toBe(false);
    expect(existsSync(join(root, 'artifacts-none'))).toBe(false);
  });

  test('a file that is no store is refused and stays as it was', async () => {
    const store = join(root, 'text.duckdb');
    writeFileSync(store, 'not a store');
    for (const args of [
      ['run', '--cohort', good, '--store', store],
      ['store', 'groups', '--store', store],
      ['train', '--store', store, '--modalities', 'clinical', '--out', join(root, 'm')],
    ]) {
      const result = await thoracle(...args);
      expect(result.code).toBe(2);
      oneSentence(result, /^error: .*text\.duckdb/m);
    }
    expect(readFileSync(store, 'utf8')).toBe('not a store');
    expect(existsSync(join(root, 'm'))).toBe(false);
  });

  test('an empty or absent cohort folder is refused', async () => {
    mkdirSync(join(root, 'empty'));
    for (const folder of ['empty', 'nowhere']) {
      const store = join(root, `${folder}.duckdb`);
      const result = await thoracle('run', '--cohort', join(root, folder), '--store', store);
      expect(result.code).toBe(2);
      oneSentence(result, /^error: /m);
      expect(existsSync(store)).toBe(false);
    }
  });

  test('a damaged model is refused by predict and serve', async () => {
    const model = join(root, 'model');
    mkdirSync(model);
    writeFileSync(join(model, 'manifest.json'), '{"formatVersion": 1');
    appendFileSync(join(model, 'model.json'), '{}');
    for (const args of [
      ['predict', '--model', model, '--input', 'rows.csv'],
      ['serve', '--model', model, '--port', '0'],
      // as a container of the managed platform is started, here without its model
      ['serve'],
    ]) {
      const result = await thoracle(...args);
      expect(result.code).toBe(2);
      oneSentence(result, /^error: .*manifest\.json/m);
    }
  });

  test('many files that nothing reads are counted, not all listed; tables alone make no artifact folder', async () => {
    const folder = copy('junk');
    for (let i = 0; i < 40; i++) writeFileSync(join(folder, `note-${i}.bin`), 'x');
    mkdirSync(join(root, 'junk-store'));
    const store = join(root, 'junk-store', 's.duckdb');
    const result = await thoracle('run', '--cohort', folder, '--store', store, '--stages', 'clinical', '--json');
    expect(result.code).toBe(0);
    expect(JSON.parse(result.stdout).cohort.notUnderstood).toHaveLength(41);
    expect(result.stderr.match(/^not understood: /gm)).toHaveLength(30);
    expect(result.stderr).toContain('… and 11 more like these; --json prints all of them');
    expect(readdirSync(join(root, 'junk-store'))).toEqual(['s.duckdb']);
  });

  test('a reader that stops early gets no stack trace', async () => {
    const store = join(root, 'pipe.duckdb');
    await (await openDuckDbStore({ file: store })).close();
    const child = spawn(process.execPath, [
      fileURLToPath(new URL('../bin/thoracle.js', import.meta.url)),
      ...['store', 'query', "SELECT repeat('x', 100) FROM range(200000)", '--store', store],
    ]);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test('bad usage: one sentence, exit code 2, and with --json one document', async () => {
    const result = await thoracle('store', 'groups', '--json');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain("required option '--store <file>'");
    expect(JSON.parse(result.stdout).error.code).toBe('CLI_USAGE');
    expect((await thoracle('train', '--store', 'x', '--modalities', 'genomic,proteomic', '--out', 'y')).code).toBe(2);
    expect((await thoracle('run', '--cohort', good, '--store', 'x', '--workers', 'many')).code).toBe(2);
    expect((await thoracle('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
