import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newFolder } from '../../test/cohort/new-folder.js';
import { dicomFile, element } from '../../test/imaging/dicom-bytes.js';
import { hasSharedData, needsSharedData, sharedData } from '../../test/shared-data.js';
import { CohortError } from '../errors.js';
import { generateCohort } from '../generate/generate-cohort.js';
import { indexCohort } from './index-cohort.js';

let scratch: string;
let cohort: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'thoracle-index-'));
  cohort = join(scratch, 'cohort');
  await generateCohort({ patients: 17, seed: 5, out: cohort });
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const folderOf = (files: Parameters<typeof newFolder>[1]) => newFolder(scratch, files);

async function objectOf(modality: string): Promise<Buffer> {
  const index = await indexCohort(cohort);
  const series = index.series.find((s) => s.modality === modality);
  return readFile(join(cohort, series?.files[0]?.path ?? ''));
}

describe('a generated cohort', () => {
  test('every patient has the modalities that were written', async () => {
    const index = await indexCohort(cohort);
    const modalities = new Map(index.patients.map((p) => [p.patientId, p.modalities]));
    const all = { genomic: true, clinical: true, ct: true, segmentation: true, radiomicsTable: false };
    expect(modalities.size).toBe(17);
    expect(modalities.get('R01-SYNTHETIC-001')).toEqual(all);
    expect(modalities.get('R01-SYNTHETIC-008')).toEqual({ ...all, ct: false, segmentation: false });
    expect(modalities.get('R01-SYNTHETIC-012')).toEqual({ ...all, genomic: false });
    expect(modalities.get('AMC-SYNTHETIC-001')).toEqual({ ...all, genomic: false });
  });

  test('series: CT slices together, segmentations point at their CT', async () => {
    const { series } = await indexCohort(cohort);
    const ct = series.filter((s) => s.modality === 'CT');
    expect(ct).toHaveLength(16);
    expect(ct.every((s) => s.files.length === 28 && s.seriesDescription?.startsWith('SYNTHETIC'))).toBe(true);
    const drawn = series.filter((s) => s.modality !== 'CT');
    expect(drawn.filter((s) => s.modality === 'RTSTRUCT')).toHaveLength(2);
    expect(drawn).toHaveLength(17);
    for (const s of drawn) {
      const own = ct.find((c) => c.patientId === s.patientId);
      expect(s.referencedSeriesUids).toEqual([own?.seriesInstanceUid]);
      expect(s.frameOfReferenceUid).toBe(own?.frameOfReferenceUid);
    }
  });

  test('tables are found and the true factors are not data', async () => {
    const index = await indexCohort(cohort);
    expect(index.expression).toHaveLength(1);
    expect(index.expression[0]).toMatchObject({ delimiter: '\t', gzip: false, geneCount: 1200 });
    expect(index.expression[0]?.sampleIds).toHaveLength(15);
    expect(index.clinical).toHaveLength(1);
    expect(index.clinical[0]).toMatchObject({ idColumn: 'Patient ID', columnCount: 40 });
    expect(index.clinical[0]?.patientIds).toHaveLength(17);
    expect(index.notUnderstood).toEqual([
      { path: 'synthetic-truth.csv', kind: 'unknown', reason: expect.stringContaining('true factors') },
    ]);
  });

  test('the result is the same with one reader and with many', async () => {
    const one = await indexCohort(cohort, { concurrency: 1 });
    expect(JSON.stringify(await indexCohort(cohort, { concurrency: 32 }))).toBe(JSON.stringify(one));
  });
});

describe('DICOM', () => {
  test('is recognised without preamble and mark', async () => {
    const slice = await objectOf('CT');
    const metaEnd = 132 + 12 + slice.readUInt32LE(132 + 8);
    const root = await folderOf({ 'no-preamble': slice.subarray(132), 'no-meta': slice.subarray(metaEnd) });
    const index = await indexCohort(root);
    // Both are the same object, so one of them is reported as a copy.
    expect(index.series.flatMap((s) => s.files.map((f) => f.path))).toEqual(['no-meta']);
    expect(index.notUnderstood).toMatchObject([{ path: 'no-preamble', reason: expect.stringContaining('no-meta') }]);
  });

  test('is recognised in a deflated data set; a damaged one is broken', async () => {
    const slice = await objectOf('CT');
    const metaEnd = 132 + 12 + slice.readUInt32LE(132 + 8);
    const syntax = slice.indexOf('1.2.840.10008.1.2.1\0');
    const meta = Buffer.concat([
      slice.subarray(0, syntax),
      Buffer.from('1.2.840.10008.1.2.1.99'),
      slice.subarray(syntax + 20, metaEnd),
    ]);
    meta.writeUInt16LE(22, syntax - 2);
    const packed = deflateRawSync(slice.subarray(metaEnd));
    const root = await folderOf({
      cut: Buffer.concat([meta, packed.subarray(0, 500)]),
      whole: Buffer.concat([meta, packed]),
    });
    const index = await indexCohort(root);
    expect(index.series).toMatchObject([{ modality: 'CT', files: [{ path: 'whole' }] }]);
    expect(index.notUnderstood).toMatchObject([{ path: 'cut', kind: 'broken' }]);
    expect(index.notUnderstood[0]?.reason).toContain('does not inflate');
  });

  test('an RTSTRUCT whose ROIs alone name the frame of reference has it', async () => {
    const structures = dicomFile([
      element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.481.3'),
      element('00080018', 'UI', '1.2.3.1'),
      element('00080060', 'CS', 'RTSTRUCT'),
      element('00100020', 'LO', ' P1 '),
      element('0020000D', 'UI', '1.2.3.2'),
      element('0020000E', 'UI', '1.2.3.3'),
      element('30060020', 'SQ', [[element('30060022', 'IS', '1'), element('30060024', 'UI', '1.2.9')]]),
    ]);
    const { series } = await indexCohort(await folderOf({ structures }));
    expect(series).toMatchObject([{ patientId: 'P1', modality: 'RTSTRUCT', frameOfReferenceUid: '1.2.9' }]);
  });

  test('cut off in the header or in the pixels is broken', async () => {
    const slice = await objectOf('CT');
    const seg = await objectOf('SEG');
    const root = await folderOf({ a: slice.subarray(0, 700), b: slice.subarray(0, -1), c: seg.subarray(0, -10) });
    const { notUnderstood, series } = await indexCohort(root);
    expect(series).toEqual([]);
    expect(notUnderstood.map((n) => [n.path, n.kind])).toEqual([
      ['a', 'broken'],
      ['b', 'broken'],
      ['c', 'broken'],
    ]);
    const [patientId] = slice.toString('latin1').match(/(R01|AMC)-SYNTHETIC-\d+/) ?? [];
    expect(patientId).toBeDefined();
    expect(notUnderstood.slice(1).map((n) => n.patientId)).toEqual([patientId, patientId]);
    const size = slice.length - 1;
    expect(notUnderstood[1]?.reason).toBe(
      `DICOM file that does not parse: element (7FE0,0010) reaches to byte ${size + 1}, the file ends after ${size}`,
    );
  });

  test('garbage after the mark, and a mark with nothing after it, are broken', async () => {
    const garbage = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.from([...Array(900).keys()])]);
    const { notUnderstood } = await indexCohort(await folderOf({ garbage, short: garbage.subarray(0, 132) }));
    expect(notUnderstood.map((n) => n.kind)).toEqual(['broken', 'broken']);
    expect(notUnderstood[0]?.reason).toContain('neither a transfer syntax (0002,0010) nor a data set');
  });

  test('without a series UID is broken, without a patient id is reported', async () => {
    const slice = await objectOf('CT');
    const noSeries = Buffer.from(slice);
    const series = slice.indexOf(Buffer.from([0x20, 0, 0x0e, 0, 0x55, 0x49]));
    noSeries.writeUInt16LE(0x0010, series + 2);
    const noPatient = Buffer.from(slice);
    const patient = slice.indexOf(Buffer.from([0x10, 0, 0x20, 0, 0x4c, 0x4f]));
    noPatient.fill(' ', patient + 8, patient + 8 + slice.readUInt16LE(patient + 6));
    const { notUnderstood } = await indexCohort(await folderOf({ noPatient, noSeries }));
    expect(notUnderstood).toEqual([
      { path: 'noPatient', kind: 'unknown', reason: 'DICOM CT object without PatientID (0010,0020)' },
      { path: 'noSeries', kind: 'broken', reason: expect.stringContaining('no SeriesInstanceUID (0020,000E)') },
    ]);
  });
});

describe('folders', () => {
  test('link loops end, links to the outside are followed once, dangling ones reported', async () => {
    const outside = await folderOf({ 'clinical.csv': 'Case ID,Gender\nP9,Male\n' });
    const root = await folderOf({ 'sub/readme': 'text' });
    await symlink(root, join(root, 'sub/loop'));
    await symlink(scratch, join(root, 'sub/parent'));
    await symlink(outside, join(root, 'one'));
    await symlink(outside, join(root, 'two'));
    await symlink(join(root, 'nowhere'), join(root, 'zero'));
    await symlink(outside, join(outside, 'itself'));
    const index = await indexCohort(root);
    expect(index.clinical.map((f) => f.path)).toEqual(['one/clinical.csv']);
    expect(index.notUnderstood.map((n) => [n.path, n.kind])).toEqual([
      ['sub/readme', 'unknown'],
      ['zero', 'broken'],
    ]);
  });

  test('a missing folder, a file and bad options are refused', async () => {
    const root = await folderOf({ file: 'x' });
    await expect(indexCohort(join(root, 'none'))).rejects.toMatchObject({ code: 'COHORT_ROOT_MISSING' });
    await expect(indexCohort(join(root, 'file'))).rejects.toMatchObject({ code: 'COHORT_ROOT_NOT_A_FOLDER' });
    await expect(indexCohort(root, { concurrency: 0 })).rejects.toMatchObject({ code: 'COHORT_BAD_OPTION' });
    const wrong = indexCohort(root, { threads: 2 } as object);
    await expect(wrong).rejects.toThrow(
      new CohortError('COHORT_UNKNOWN_OPTION', 'Unknown option "threads"; expected one of concurrency, onProgress'),
    );
  });
});

describe.skipIf(!hasSharedData)(`the reference data ${needsSharedData}`, () => {
  test('three tables with their patients', async () => {
    const index = await indexCohort(sharedData('nsclc-radiogenomics'));
    expect(index.expression).toMatchObject([{ geneCount: 140 }]);
    expect(index.expression[0]?.sampleIds.length).toBe(130);
    expect(index.clinical[0]?.patientIds.length).toBe(211);
    expect(index.radiomics).toMatchObject([{ idColumn: 'patient_id', featureCount: 108 }]);
    expect(index.radiomics[0]?.patientIds.length).toBe(60);
    expect(index.notUnderstood).toEqual([]);
    const complete = index.patients.filter(({ modalities: m }) => m.genomic && m.clinical && m.radiomicsTable);
    expect([index.patients.length, complete.length]).toEqual([211, 60]);
  });

  test('every DICOM object: explicit and implicit VR, CT, MR, SEG, RTSTRUCT', async () => {
    const index = await indexCohort(sharedData(''));
    const listed = index.series.map(
      (s) => `${s.patientId} ${s.modality} ${s.files.length} -> ${s.referencedSeriesUids.length}`,
    );
    const expected = await readFile(new URL('../reference/shared-dicom-series.csv', import.meta.url), 'utf8');
    expect(listed.sort()).toEqual(
      expected
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('#'))
        .sort(),
    );
    expect(index.notUnderstood.filter((n) => n.kind === 'broken')).toEqual([]);
  });
});
