import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newFolder } from '../../test/cohort/new-folder.js';
import type { CohortIndex } from './cohort-index.js';
import { indexCohort } from './index-cohort.js';

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'thoracle-tables-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const folderOf = (files: Parameters<typeof newFolder>[1]) => newFolder(scratch, files);

const ids = (index: CohortIndex) => index.patients.map((p) => p.patientId);

describe('tables', () => {
  const matrix = 'gene\tP1\tP2\nTP53\t1.5\tNA\nKRAS\t0.25\t3e2\n';
  const clinical = 'Case ID,Gender,Survival Status\nP1,Male,Dead\nP3,Female,Alive\n';
  const radiomics = 'Subject,diagnostics_x,original_shape_MeshVolume\nP1,1,2.5\nP4,1,3.5\n';

  test('are recognised by content, packed or not, whatever the name', async () => {
    const root = await folderOf({
      'a.dcm': gzipSync(matrix),
      'b.txt': `\ufeff${clinical}`,
      'c/d.jpg': gzipSync(radiomics),
      e: matrix.replace('gene', '').replaceAll('\t', ','),
    });
    const index = await indexCohort(root);
    expect(index.expression).toEqual([
      { path: 'a.dcm', delimiter: '\t', gzip: true, sampleIds: ['P1', 'P2'], geneCount: 2 },
      { path: 'e', delimiter: ',', gzip: false, sampleIds: ['P1', 'P2'], geneCount: 2 },
    ]);
    expect(index.clinical).toMatchObject([{ path: 'b.txt', idColumn: 'Case ID', patientIds: ['P1', 'P3'] }]);
    expect(index.radiomics).toMatchObject([{ path: 'c/d.jpg', gzip: true, idColumn: 'Subject', featureCount: 1 }]);
    expect(index.notUnderstood).toEqual([]);
    expect(ids(index)).toEqual(['P1', 'P2', 'P3', 'P4']);
    expect(index.patients[0]?.modalities).toEqual({
      genomic: true,
      clinical: true,
      ct: false,
      segmentation: false,
      radiomicsTable: true,
    });
  });

  test('patients in rows or genes in columns is no expression matrix', async () => {
    const root = await folderOf({
      clinical,
      'predictions.csv': 'patient,probability\nP1,0.25\nP3,0.5\n',
      'weights.csv': 'name,height,weight\nMuster,1.7,70\n',
      'transposed.csv': 'patient,CD4,VIM\nX1,0.25,1\nX2,0.5,2\n',
    });
    const index = await indexCohort(root);
    expect(index.expression).toEqual([]);
    expect(ids(index)).toEqual(['P1', 'P3']);
    expect(index.notUnderstood).toMatchObject([
      { path: 'predictions.csv', reason: expect.stringContaining('patients in rows') },
      { path: 'transposed.csv', reason: expect.stringContaining('patients in rows') },
      { path: 'weights.csv', reason: expect.stringContaining('no known genes') },
    ]);
  });

  test.each([
    ['clinical columns without id', clinical.replace('Case ID', 'Nummer'), /neither "Case ID" nor "Patient ID"/],
    ['radiomics columns without id', radiomics.replace('Subject', 'file'), /without an id column/],
    ['a row with a cell too few', clinical.replace(',Dead', ''), /line 2 does not have the header's number of cells/],
    ['a ragged matrix', matrix.replace('\t3e2', ''), /row 2 has 2 cells, while its header has 3/],
    ['a nameless sample', matrix.replace('\tP2', '\t'), /column 3 has no sample id/],
    ['gzip cut off', gzipSync(matrix).subarray(0, 30), /does not unpack/],
    ['gzip with a wrong check sum', flipped(gzipSync(clinical), 9), /does not unpack/],
  ])('%s is broken', async (_, content, reason) => {
    const index = await indexCohort(await folderOf({ file: content }));
    expect(index.notUnderstood).toEqual([{ path: 'file', kind: 'broken', reason: expect.stringMatching(reason) }]);
    expect(index.patients).toEqual([]);
  });

  test.each([
    ['nothing', '', /empty file/],
    ['a licence', 'All rights, reserved.\nMore, words, here.\n', /neither an expression matrix/],
    ['a table with neither id column', 'name,height\nAnna Muster,1.7\n', /table of 2 columns that is neither/],
    ['a note', 'just a line', /no table/],
    ['binary data', Buffer.from([7, 0, 3, 1, 200]), /binary file/],
    ['a packed volume', gzipSync(Buffer.concat([Buffer.alloc(344), Buffer.from('n+1\0')])), /NIfTI/],
  ])('%s is unknown', async (_, content, reason) => {
    const index = await indexCohort(await folderOf({ file: content }));
    expect(index.notUnderstood).toEqual([{ path: 'file', kind: 'unknown', reason: expect.stringMatching(reason) }]);
    expect(index.notUnderstood[0]?.reason).not.toContain('Muster');
  });
});

/** The same bytes with one bit changed, counted from the end. */
function flipped(bytes: Buffer, fromEnd: number): Buffer {
  const copy = Buffer.from(bytes);
  const at = copy.length - fromEnd;
  copy[at] = (copy[at] as number) ^ 0x10;
  return copy;
}
