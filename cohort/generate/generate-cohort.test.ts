import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { correlation } from '../../test/cohort/correlation.js';
import { hasSharedData, needsSharedData, sharedData } from '../../test/shared-data.js';
import { metageneGenes } from '../cohort-columns.js';
import type { CohortIndex } from '../indexing/cohort-index.js';
import { indexCohort } from '../indexing/index-cohort.js';
import { type GeneratedCohort, generateCohort } from './generate-cohort.js';

let scratch: string;
let cohort: GeneratedCohort;
let index: CohortIndex;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'thoracle-generate-'));
  cohort = await generateCohort({ patients: 40, seed: 11, out: join(scratch, 'cohort') });
  index = await indexCohort(cohort.out);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function digestOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(folder, { recursive: true })).sort();
  for (const name of names) {
    hash.update(`${name}\n`);
    if ((await stat(join(folder, name))).isFile()) hash.update(await readFile(join(folder, name)));
  }
  return hash.digest('hex');
}

type Row = Record<string, string>;
const table = async (name: string): Promise<Row[]> =>
  parse(await readFile(join(cohort.out, name), 'utf8'), { columns: true });

describe('the same seed', () => {
  test('gives the same bytes in every file, another seed others', async () => {
    const make = (seed: number, name: string) => generateCohort({ patients: 5, seed, out: join(scratch, name) });
    const [a, b, c] = [await make(3, 'a'), await make(3, 'b'), await make(4, 'c')];
    expect(await digestOf(a.out)).toBe(await digestOf(b.out));
    expect(await digestOf(c.out)).not.toBe(await digestOf(a.out));
    expect({ ...a, out: '' }).toEqual({ ...b, out: '' });
  });

  test('UIDs are 2.25 and a number below 2^128, none used twice', () => {
    const uids = index.series.flatMap((s) => [s.seriesInstanceUid, ...s.files.map((f) => f.sopInstanceUid)]);
    expect(new Set(uids).size).toBe(uids.length);
    for (const uid of uids) {
      expect(uid).toMatch(/^2\.25\.[1-9]\d+$/);
      expect(BigInt(uid.slice(5)) < 2n ** 128n).toBe(true);
    }
  });
});

describe('the summary', () => {
  test('counts what the index finds', () => {
    const count = (key: 'genomic' | 'clinical' | 'ct' | 'segmentation') =>
      index.patients.filter((p) => p.modalities[key]).length;
    expect(cohort).toMatchObject({ patients: 40, seed: 11 });
    expect([count('clinical'), count('genomic')]).toEqual([40, cohort.withGenomics]);
    expect([count('ct'), count('segmentation')]).toEqual([cohort.withImaging, cohort.withImaging]);
    expect(cohort.files).toBe(index.series.reduce((sum, s) => sum + s.files.length, 0) + 3);
  });
});

describe('tables', () => {
  test('expression: GEO layout, the 21 genes, NA where not detected', async () => {
    const text = await readFile(join(cohort.out, cohort.expressionFile), 'utf8');
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    const genes = rows.slice(1).map((row) => row[0] as string);
    expect(rows[0]?.[0]).toBe('');
    expect(rows.every((row) => row.length === cohort.withGenomics + 1)).toBe(true);
    expect(new Set(genes).size).toBe(1200);
    expect(metageneGenes.filter((gene) => !genes.includes(gene))).toEqual([]);
    const cells = rows.slice(1).flatMap((row) => row.slice(1));
    const missing = cells.filter((cell) => cell === 'NA').length / cells.length;
    expect(missing).toBeGreaterThan(0.02);
    expect(missing).toBeLessThan(0.3);
    expect(cells.every((cell) => cell === 'NA' || Number(cell) >= 0.25)).toBe(true);
  });

  test('clinical: the quirks of the original', async () => {
    const rows = await table(cohort.clinicalFile);
    for (const row of rows) {
      expect(Object.values(row)).not.toContain('');
      expect(row['Pack Years'] === 'N/A').toBe(row['Smoking status'] === 'Nonsmoker');
      expect(row['Time to Death (days)'] === 'N/A').toBe(row['Survival Status'] === 'Alive');
      expect(row['CT Date']).toMatch(/^([1-9]|1[0-2])\/([1-9]|[12]\d|3[01])\/199\d$/);
      expect(row['Date of Last Known Alive']).toMatch(/\/199\d$/);
      expect(Object.values(row).filter((cell) => cell === 'Checked')).toHaveLength(1);
    }
    const amc = rows.filter((row) => row['Patient ID']?.startsWith('AMC'));
    expect(amc.map((row) => row['Pathological T stage'])).toEqual(['Not Collected', 'Not Collected']);
    const seenEarlier = rows.filter(
      (row) => Date.parse(row['Date of Death'] ?? '') > Date.parse(row['Date of Last Known Alive'] ?? ''),
    );
    expect(seenEarlier).toHaveLength(1);
    const surgeryAfterDeath = rows.filter((row) => {
      const surgery = Date.parse(row['CT Date'] ?? '') + Number(row['Days between CT and surgery']) * 86_400_000;
      return surgery > Date.parse(row['Date of Death'] ?? '');
    });
    expect(surgeryAfterDeath).toHaveLength(1);
  });

  test('the outcome follows each factor, and each modality shows its own', async () => {
    const truth = await table(cohort.truthFile);
    const column = (name: string) => truth.map((row) => Number(row[name]));
    for (const factor of ['gene_factor', 'clinical_factor', 'imaging_factor']) {
      expect(correlation(column(factor), column('dead'))).toBeGreaterThan(0.25);
      expect(correlation(column(factor), column('log_hazard'))).toBeGreaterThan(0.5);
    }
    const dead = column('dead').reduce((sum, v) => sum + v, 0);
    expect(dead / 40).toBeGreaterThan(0.3);
    expect(dead / 40).toBeLessThan(0.6);

    const factorOf = new Map(truth.map((row) => [Object.values(row)[0] as string, row]));
    const rows = await table(cohort.clinicalFile);
    const ages = rows.map((row) => Number(row['Age at Histological Diagnosis']));
    const clinical = rows.map((row) => Number(factorOf.get(row['Patient ID'] as string)?.clinical_factor));
    expect(correlation(ages, clinical)).toBeGreaterThan(0.4);
  });
});

describe.skipIf(!hasSharedData)(`against the original ${needsSharedData}`, () => {
  test('clinical: same header, no value that the original does not know', async () => {
    const path = 'nsclc-radiogenomics/NSCLCR01Radiogenomic_DATA_LABELS_2018-05-22_1500-shifted.csv';
    const original = await readFile(sharedData(path), 'utf8');
    const made = await readFile(join(cohort.out, cohort.clinicalFile), 'utf8');
    expect(made.slice(0, made.indexOf('\n'))).toBe(original.slice(0, original.indexOf('\n')));
    const known: Row[] = parse(original, { columns: true });
    const free = /\d/;
    for (const row of await table(cohort.clinicalFile)) {
      for (const [column, value] of Object.entries(row).slice(1)) {
        const words = known.map((other) => other[column]);
        if (!words.includes(value)) expect(`${column}: ${value}`).toMatch(free);
      }
    }
  });
});

describe('refuses', () => {
  const good = { patients: 1, seed: 0 };

  test.each([
    [{ patients: 0 }, 'Option "patients" is 0; expected a whole number from 1 to 10000'],
    [{ patients: 10_001 }, 'Option "patients" is 10001; expected a whole number from 1 to 10000'],
    [{ patients: 2.5 }, 'Option "patients" is 2.5; expected a whole number from 1 to 10000'],
    [{ seed: -1 }, `Option "seed" is -1; expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`],
    [{ sed: 1 }, 'Unknown option "sed"; expected one of patients, seed, out, onProgress'],
  ])('%j', async (wrong, message) => {
    const out = join(scratch, 'refused');
    await expect(generateCohort({ ...good, out, ...wrong })).rejects.toThrow(message);
    expect(await readdir(scratch)).not.toContain('refused');
  });

  test('a folder with something in it, and leaves it alone', async () => {
    const out = join(scratch, 'full');
    await mkdir(out);
    await writeFile(join(out, 'mine'), 'x');
    await expect(generateCohort({ ...good, out })).rejects.toMatchObject({ code: 'COHORT_OUT_NOT_EMPTY' });
    await expect(generateCohort({ ...good, out: join(out, 'mine') })).rejects.toMatchObject({
      code: 'COHORT_OUT_NOT_A_FOLDER',
    });
    expect(await readdir(out)).toEqual(['mine']);
  });

  test('a place that cannot be written, and leaves nothing behind', async () => {
    await writeFile(join(scratch, 'file'), 'x');
    const failing = generateCohort({ ...good, out: join(scratch, 'file', 'out') });
    await expect(failing).rejects.toMatchObject({ code: 'COHORT_OUT_UNWRITABLE' });
    const stopped = generateCohort({
      ...good,
      out: join(scratch, 'stopped'),
      onProgress: () => {
        throw new Error('stop');
      },
    });
    await expect(stopped).rejects.toThrow('stop');
    expect((await readdir(scratch)).filter((name) => name.includes('partial') || name === 'stopped')).toEqual([]);
  });

  test('takes an empty folder, a single patient and missing parents', async () => {
    const empty = join(scratch, 'empty');
    await mkdir(empty);
    await chmod(empty, 0o755);
    expect(await generateCohort({ ...good, out: empty })).toMatchObject({ patients: 1, complete: 1 });
    expect((await indexCohort(empty)).patients.map((p) => p.patientId)).toEqual(['R01-SYNTHETIC-001']);
    const deep = join(scratch, 'x/y/z');
    expect((await generateCohort({ ...good, out: deep })).out).toBe(deep);
    // Whoever may read its parent may read the cohort: the temporary folder's privacy does not stick to it.
    expect((await stat(deep)).mode).toBe((await stat(join(scratch, 'x/y'))).mode);
    expect(await readdir(join(scratch, 'x/y'))).toEqual(['z']);
  });
});
