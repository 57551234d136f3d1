import { describe, expect, test } from 'vitest';
import type { CohortIndex, DicomSeries } from '../cohort/index.js';
import type { RadiomicsSettings } from './imaging/index.js';
import { type PlanOptions, planJobs } from './plan.js';

const empty: CohortIndex = {
  root: '/cohort',
  expression: [],
  clinical: [],
  radiomics: [],
  series: [],
  patients: [],
  notUnderstood: [],
};
const settings = { label: 1 } as RadiomicsSettings;
const all: PlanOptions = {
  stages: ['genomic', 'clinical', 'imaging'],
  genes: 'metagenes',
  radiomicsSettings: settings,
};
const file = (path: string) => ({ path, delimiter: ',', gzip: false }) as const;
const expression = (path: string, ...sampleIds: string[]) => ({ ...file(path), sampleIds, geneCount: 1 });
const clinical = (path: string, ...patientIds: string[]) => ({
  ...file(path),
  idColumn: 'Case ID',
  patientIds,
  columnCount: 40,
});
const radiomics = (path: string, ...patientIds: string[]) => ({
  ...file(path),
  idColumn: 'patient_id',
  patientIds,
  featureCount: 107,
});

function series(patientId: string, modality: string, uid: string, more: Partial<DicomSeries> = {}): DicomSeries {
  return {
    patientId,
    modality,
    seriesInstanceUid: uid,
    studyInstanceUid: '1',
    sopClassUid: '1.2',
    frameOfReferenceUid: 'space',
    referencedSeriesUids: [],
    files: [{ path: `dicom/${uid}.dcm`, sopInstanceUid: uid }],
    ...more,
  };
}
const segOf = (patientId: string, uid: string, ...referencedSeriesUids: string[]) =>
  series(patientId, 'SEG', uid, { referencedSeriesUids });

const plan = (index: Partial<CohortIndex>, options: Partial<PlanOptions> = {}) =>
  planJobs({ ...empty, ...index }, { ...all, ...options });

describe('planJobs', () => {
  test('one job per expression file and clinical table, with paths to open and settings', () => {
    const { jobs } = plan({ expression: [expression('g.txt', 'A')], clinical: [clinical('x/c.csv', 'A')] });
    expect(jobs).toEqual([
      {
        stage: 'genomic',
        subject: 'g.txt',
        wholeFile: true,
        input: { file: '/cohort/g.txt' },
        settings: { genes: 'metagenes' },
      },
      { stage: 'clinical', subject: 'x/c.csv', wholeFile: true, input: { file: '/cohort/x/c.csv' }, settings: {} },
    ]);
  });

  test('one imaging job per patient, in the order of ids, whatever the order of the series', () => {
    const all = [
      segOf('B', 'seg-b', 'ct-b'),
      series('B', 'CT', 'ct-b', {
        studyDate: '20080918',
        files: ['2', '1'].map((n) => ({ path: n, sopInstanceUid: n })),
      }),
      series('A', 'RTSTRUCT', 'rt-a', { referencedSeriesUids: ['ct-a'] }),
      series('A', 'CT', 'ct-a'),
    ];
    const { jobs, skipped, problems } = plan({ series: all }, { roi: 'GTV-1', segment: 3 });
    expect(jobs).toEqual([
      {
        stage: 'imaging',
        from: 'dicom',
        subject: 'A',
        wholeFile: false,
        settings,
        input: {
          patientId: 'A',
          ctFiles: ['/cohort/dicom/ct-a.dcm'],
          segmentationFile: '/cohort/dicom/rt-a.dcm',
          segmentationKind: 'RTSTRUCT',
          roi: 'GTV-1',
        },
      },
      {
        stage: 'imaging',
        from: 'dicom',
        subject: 'B',
        wholeFile: false,
        settings,
        input: {
          patientId: 'B',
          ctFiles: ['/cohort/2', '/cohort/1'],
          segmentationFile: '/cohort/dicom/seg-b.dcm',
          segmentationKind: 'SEG',
          segment: 3,
          studyDate: '20080918',
        },
      },
    ]);
    expect([skipped, problems]).toEqual([[], []]);
    expect(JSON.parse(JSON.stringify(jobs))).toEqual(jobs);
  });

  test('of several CT series the one that the segmentation was drawn on; a failure when none or two are', () => {
    const ct = (patient: string, n: number) =>
      series(patient, 'CT', `${patient}-ct-${n}`, { frameOfReferenceUid: `${n}` });
    const named = plan({ series: [ct('A', 1), ct('A', 2), segOf('A', 's', 'A-ct-2')] });
    expect(named.jobs[0]?.input).toMatchObject({ ctFiles: ['/cohort/dicom/A-ct-2.dcm'] });
    const near = plan({ series: [ct('A', 1), ct('A', 2), series('A', 'SEG', 's', { frameOfReferenceUid: '1' })] });
    expect(near.jobs[0]?.input).toMatchObject({ ctFiles: ['/cohort/dicom/A-ct-1.dcm'] });
    const none = plan({ series: [ct('A', 1), ct('A', 2), segOf('A', 's', 'elsewhere')] });
    const both = plan({ series: [ct('A', 1), ct('A', 2), segOf('A', 's', 'A-ct-1', 'A-ct-2')] });
    for (const { jobs, problems } of [none, both]) {
      expect(jobs).toEqual([]);
      expect(problems).toMatchObject([
        { patient: 'A', stage: 'imaging', code: 'PIPELINE_SEVERAL_CT', inputError: false },
      ]);
    }
    expect(none.problems[0]?.reason).toContain('2 CT series and no segmentation tells which');
    expect(both.problems[0]?.reason).toContain('2 CT series and segmentations of 2 of them');
  });

  test('a segmentation in another space, and two of them, are failures of that patient alone', () => {
    const { jobs, problems } = plan({
      series: [
        series('A', 'CT', 'ct-a'),
        series('A', 'SEG', 'seg-a', { frameOfReferenceUid: 'other', referencedSeriesUids: ['elsewhere'] }),
        series('B', 'CT', 'ct-b'),
        segOf('B', 'seg-1', 'ct-b'),
        segOf('B', 'seg-2', 'ct-b'),
        series('C', 'CT', 'ct-c'),
        segOf('C', 'seg-c', 'ct-c'),
      ],
    });
    expect(jobs.map(({ subject }) => subject)).toEqual(['C']);
    expect(problems.map(({ patient, code }) => [patient, code])).toEqual([
      ['A', 'SEGMENTATION_NONE'],
      ['B', 'SEGMENTATION_SEVERAL'],
    ]);
    for (const { reason } of problems) expect(reason).not.toContain('/cohort');
  });

  test('of a SEG and an RTSTRUCT the SEG, and it is said; the RTSTRUCT when a region or that kind is asked for', () => {
    const both = {
      series: [
        series('A', 'CT', 'ct'),
        series('A', 'RTSTRUCT', 'rt', { referencedSeriesUids: ['ct'] }),
        segOf('A', 'seg', 'ct'),
      ],
    };
    const kind = (options: Partial<PlanOptions>) => {
      const [job] = plan(both, options).jobs;
      return [job?.input, job?.findings?.map(({ code }) => code)];
    };
    const used = (uid: string) => expect.objectContaining({ segmentationFile: `/cohort/dicom/${uid}.dcm` });
    expect(kind({})).toEqual([used('seg'), ['PIPELINE_SEGMENTATION_PREFERRED']]);
    expect(kind({ roi: 'GTV-1' })).toEqual([used('rt'), ['PIPELINE_SEGMENTATION_PREFERRED']]);
    expect(kind({ segmentation: { modality: 'RTSTRUCT' } })).toEqual([used('rt'), undefined]);
    const twoContours = [...both.series.slice(0, 2), series('A', 'RTSTRUCT', 'rt2', { referencedSeriesUids: ['ct'] })];
    expect(plan({ series: twoContours }).problems).toMatchObject([{ code: 'SEGMENTATION_SEVERAL' }]);
  });

  test('CT without segmentation, and the reverse, are passed by; other modalities are no reason', () => {
    const { jobs, skipped } = plan({
      series: [series('A', 'CT', '1'), segOf('B', '2', '9'), series('C', 'PT', '3')],
    });
    expect(jobs).toEqual([]);
    expect(skipped).toEqual([
      { stage: 'imaging', patient: 'A', reason: 'there is a CT, but no SEG or RTSTRUCT' },
      { stage: 'imaging', patient: 'B', reason: 'there is a SEG or RTSTRUCT, but no CT' },
    ]);
  });

  test('a radiomics table is one job; with images beside it a person has to choose', () => {
    const table = { radiomics: [radiomics('r.csv', 'A')] };
    const both = { ...table, series: [series('A', 'CT', 'ct'), segOf('A', 's', 'ct')] };
    const job = {
      stage: 'imaging',
      from: 'table',
      subject: 'r.csv',
      wholeFile: true,
      input: { file: '/cohort/r.csv' },
      settings: {},
    };
    expect(plan(table).jobs).toEqual([job]);
    expect(plan(both, { imagingFrom: 'table' }).jobs).toEqual([job]);
    expect(plan(both, { imagingFrom: 'dicom' }).jobs.map(({ subject }) => subject)).toEqual(['A']);
    expect(() => plan(both)).toThrow('both DICOM images and a radiomics table ("r.csv")');
    expect(() => plan(table, { imagingFrom: 'dicom' })).toThrow(
      'asked for from dicom, but the cohort folder holds none',
    );
    expect(plan(both, { stages: ['genomic', 'imaging'], imagingFrom: 'table' }).jobs).toEqual([job]);
  });

  test('a patient in two files of a kind is refused with both names', () => {
    const two = { expression: [expression('a.txt', 'P1', 'P2'), expression('b.txt', 'P2', 'P3')] };
    expect(() => plan(two)).toThrow('Two expression files hold the same patients: "a.txt" and "b.txt" (P2)');
    const many = Array.from({ length: 7 }, (_, i) => `P${i}`);
    expect(() => plan({ clinical: [clinical('a.csv', ...many), clinical('b.csv', ...many)] })).toThrow(
      'P0, P1, P2, P3, P4 and 2 more',
    );
    expect(plan({ expression: [expression('a.txt', 'P1'), expression('b.txt', 'P2')] }).jobs).toHaveLength(2);
    // Twice in one file: the stage that reads it says so.
    expect(plan({ expression: [expression('a.txt', 'P1', 'P1')] }).jobs).toHaveLength(1);
  });

  test('damaged files are failures of the stage that would have read them', () => {
    const broken = (path: string, reason: string) => ({ path, reason, kind: 'broken' as const });
    const notUnderstood = [
      broken('a.dcm', 'DICOM file that does not parse: cut off'),
      broken('b.csv', 'clinical table (Gender) with neither "Case ID" nor "Patient ID" as a column'),
      broken('c.gz', 'gzip file that does not unpack (Z_BUF_ERROR): damaged or cut off'),
      { path: 'notes.txt', reason: 'text', kind: 'unknown' as const },
    ];
    const { problems } = plan({ notUnderstood });
    expect(problems.map(({ patient, stage, inputError }) => [patient, stage, inputError])).toEqual([
      ['a.dcm', 'imaging', false],
      ['b.csv', 'clinical', true],
      ['c.gz', 'clinical', true],
    ]);
    expect(problems[0]?.reason).toBe('the file cannot be used: DICOM file that does not parse: cut off');
    expect(plan({ notUnderstood }, { stages: ['imaging'] }).problems.map(({ patient }) => patient)).toEqual(['a.dcm']);
  });

  test('what may not be read can be anything: some stage of the run reports it', () => {
    const broken = (path: string, reason: string) => ({ path, reason, kind: 'broken' as const });
    const notUnderstood = [broken('a', 'cannot be read (EACCES)'), broken('b', 'folder cannot be read (EACCES)')];
    const stagesOf = (index: Partial<CohortIndex>, ...stages: PlanOptions['stages']) =>
      plan({ ...index, notUnderstood }, { stages }).problems.map(({ stage, inputError }) => [stage, inputError]);
    const tables = { clinical: [clinical('c.csv', 'P1')], expression: [expression('g.txt', 'P1')] };
    expect(stagesOf({}, 'imaging')).toEqual([
      ['imaging', false],
      ['imaging', false],
    ]);
    expect(stagesOf({}, 'genomic')[0]).toEqual(['genomic', true]);
    expect(stagesOf(tables, 'clinical', 'genomic')[0]).toEqual(['clinical', false]);
    expect(stagesOf(tables, ...all.stages)[0]).toEqual(['imaging', false]);
  });

  test('ids that differ in case or inner spaces alone are two patients, and that is said', () => {
    const ids = ['P 1', 'P1', 'P2', 'p1'];
    const patients = ids.map((patientId) => ({ patientId, modalities: {} as never }));
    const { jobs } = plan({ clinical: [clinical('c.csv', ...ids)], patients });
    expect(jobs[0]?.findings?.map(({ code, message }) => [code, message])).toEqual([
      [
        'PIPELINE_IDS_ALIKE',
        'Ids that differ only in case or spaces count as different patients: "P 1" and "P1" and "p1"',
      ],
    ]);
    expect(plan({ clinical: [clinical('c.csv', 'P2')] }).jobs[0]).not.toHaveProperty('findings');
  });

  test('a patient with a damaged DICOM file fails once and is not measured on what is left', () => {
    const broken = (path: string) => ({
      path,
      reason: 'DICOM file that does not parse: cut off',
      kind: 'broken' as const,
      patientId: 'P1',
    });
    const images = {
      series: ['P1', 'P2'].flatMap((id) => [series(id, 'CT', `ct-${id}`), segOf(id, `seg-${id}`, `ct-${id}`)]),
    };
    const { jobs, problems } = plan({ ...images, notUnderstood: [broken('a'), broken('b')] });
    expect(jobs.map(({ subject }) => subject)).toEqual(['P2']);
    expect(problems).toEqual([
      {
        stage: 'imaging',
        patient: 'P1',
        code: 'PIPELINE_BROKEN_PATIENT_FILE',
        reason: '"a" cannot be used: DICOM file that does not parse: cut off; and 1 more of the patient\'s files',
        inputError: false,
      },
    ]);
  });

  test('nothing to do, and unusable options', () => {
    expect(() => plan({}, { stages: ['genomic'] })).toThrow('The cohort folder holds no input for genomic');
    const bad: Partial<PlanOptions>[] = [
      { stages: [] },
      { stages: ['genomic', 'genomic'] },
      { stages: ['proteomic' as 'genomic'] },
      { imagingFrom: 'pet' as 'dicom' },
      { gene: 'all' } as Partial<PlanOptions>,
    ];
    for (const options of bad) expect(() => plan({}, options)).toThrow('Run options');
  });
});
