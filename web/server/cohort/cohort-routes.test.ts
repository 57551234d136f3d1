import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FeatureDefinition, type FeatureStore, openDuckDbStore } from '../../../featurestore/index.js';
import { clinicalStage } from '../../../pipelines/index.js';
import { recordRuns } from '../../../training/index.js';
import { got, studioApp } from '../../test/studio-app.js';
import type { BreakdownReply, FindingsReply, ModalitiesReply, OutcomeReply } from '../replies/cohort-reply.js';

const table = [
  'Case ID,Gender,Smoking status,Age at Histological Diagnosis,Weight (lbs),Pathological T stage,Pathological N stage,Pathological M stage,Survival Status,Date of Last Known Alive,Date of Death,CT Date,Days between CT and surgery',
  // The times from surgery are 100 (dead), 200 (alive), 300 (dead), 400 (alive) days.
  'A-1,Male,Former,55,150,T1a,N0,M0,Dead,4/21/2000,4/21/2000,1/1/2000,11',
  'A-2,Female,Former,65,5000,T1a,N0,M0,Alive,7/30/2000,N/A,1/1/2000,11',
  'A-3,Male,Current,75,150,T3,N1,M0,Dead,11/7/2000,11/7/2000,1/1/2000,11',
  'a-1,Female,Current,85,170,T4,Not Collected,M0,Alive,2/15/2001,N/A,1/1/2000,11',
].join('\n');

let folder: string;
let store: FeatureStore;
let app: FastifyInstance;

const definition = (name: string, role: FeatureDefinition['role'], type: FeatureDefinition['type']) =>
  ({ name, role, type, unit: '1', description: name }) as const;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cohort-page-'));
  await writeFile(join(folder, 'clinical.csv'), table);
  await writeFile(
    join(folder, 'damaged.dcm'),
    Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.alloc(9, 255)]),
  );
  store = await openDuckDbStore({ file: ':memory:' });
  await store.ingest((await clinicalStage.run({ file: join(folder, 'clinical.csv') }, {})).table);
  const group = {
    name: 'imaging',
    recordIdentifier: 'case_id',
    eventTime: 'event_time',
    settingsDigest: '0'.repeat(64),
    definitions: [
      definition('case_id', 'identifier', 'string'),
      definition('event_time', 'metadata', 'timestamp'),
      ...Array.from({ length: 10 }, (_, i) => definition(`f${i}`, 'feature', 'double')),
    ],
  };
  await store.createGroup(group);
  const values = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`f${i}`, i === 9 ? null : i + 0.5]));
  for (const id of ['A-1', 'A-2']) await store.record.put('imaging', { case_id: id, event_time: 0, ...values });
  const job = (patient: string, status: 'finished' | 'failed', startedAtMs: number) =>
    ({
      kind: 'imaging-job',
      name: patient,
      parentId: null,
      status,
      failure: status === 'failed' ? 'slices are missing between 10 and 15 mm' : null,
      startedAtMs,
      durationSeconds: 1,
      host: 'here',
      codeVersion: 'thoracle 0',
      parameters: { patient },
      metrics: status === 'failed' ? {} : { findings: { value: 2 } },
      inputs: [],
      groups: [],
      artifacts: [],
    }) as const;
  await recordRuns(store, [
    job('A-1', 'finished', 1000),
    job('A-2', 'finished', 1000),
    job('A-2', 'failed', 2000),
    job('A-3', 'failed', 1000),
  ]);
  app = studioApp({ store, cohort: folder });
}, 60_000);
afterAll(async () => {
  await app?.close();
  await store?.close();
});

describe('the cohort page asks', () => {
  test('which patient has what, with the reason of a failure', async () => {
    const { modalities, patients, hasFolder } = (await got(app, '/studio/api/cohort/modalities'))
      .body as ModalitiesReply;
    expect(hasFolder).toBe(true);
    expect(modalities.map(({ name, counts }) => [name, counts])).toEqual([
      ['genomic', { present: 0, failed: 0, files: 0, missing: 4 }],
      ['clinical', { present: 4, failed: 0, files: 0, missing: 0 }],
      ['imaging', { present: 2, failed: 1, files: 0, missing: 1 }],
    ]);
    const imaging = Object.fromEntries(patients.map(({ patientId, cells }) => [patientId, cells[2]]));
    expect(imaging).toEqual({
      'A-1': { state: 'present', reason: null },
      'A-2': {
        state: 'present',
        reason: 'from an earlier run; the newest one failed: slices are missing between 10 and 15 mm',
      },
      'A-3': { state: 'failed', reason: 'slices are missing between 10 and 15 mm' },
      'a-1': { state: 'missing', reason: null },
    });
  });

  test('how they fared', async () => {
    const outcome = (await got(app, '/studio/api/cohort/outcome')).body as OutcomeReply;
    expect(outcome).toMatchObject({
      patients: 4,
      known: 4,
      deaths: 2,
      // By hand: 3/4 after day 100, 3/8 after day 300; the censorings leave 2/3 after day 200 and nobody after day 400.
      medianSurvival: { days: 300 },
      medianFollowUpDays: 400,
      longestDays: 400,
      curve: {
        timeDays: [100, 200, 300, 400],
        survival: [0.75, 0.75, 0.375, 0.375],
        atRisk: [4, 3, 2, 1],
        deaths: [1, 0, 1, 0],
        censored: [0, 1, 0, 1],
      },
    });
  });

  test('the cohort by stage, age and sex', async () => {
    const { factors } = (await got(app, '/studio/api/cohort/breakdown')).body as BreakdownReply;
    const levels = (key: string) => {
      const factor = factors.find((one) => one.key === key);
      return [factor?.levels.map(({ name, patients, deaths }) => [name, patients, deaths]), factor?.unknown];
    };
    expect(levels('stage')).toEqual([
      [
        ['I', 2, 1],
        ['III', 1, 1],
      ],
      1,
    ]);
    expect(levels('age')).toEqual([
      [
        ['under 60', 1, 1],
        ['60 to 69', 1, 0],
        ['70 to 79', 1, 1],
        ['80 and over', 1, 0],
      ],
      0,
    ]);
    expect(levels('smoking')).toEqual([
      [
        ['Former', 2, 1],
        ['Current', 2, 1],
      ],
      0,
    ]);
    expect(factors.map(({ key }) => key)).not.toContain('kras');
    expect(factors.find(({ key }) => key === 'sex')?.logRank?.degreesOfFreedom).toBe(1);
  });

  test('what is odd in the data, what it means and where it is', async () => {
    const { findings, missing } = (await got(app, '/studio/api/cohort/findings')).body as FindingsReply;
    const of = (code: string) => findings.filter((finding) => finding.code === code);
    expect(of('CLINICAL_IMPLAUSIBLE_VALUE')).toEqual([
      {
        severity: 'warning',
        code: 'CLINICAL_IMPLAUSIBLE_VALUE',
        patientId: 'A-2',
        where: 'Weight (lbs)',
        found: '"Weight (lbs)" is 5000, outside 20 to 1000; it is kept',
        means: expect.stringContaining('slip of the pen'),
      },
    ]);
    expect(of('IMAGING_JOB_FAILED').map(({ patientId }) => patientId)).toEqual(['A-2', 'A-3']);
    expect(of('IMAGING_FINDINGS').map(({ found }) => found)).toEqual([expect.stringContaining('noted 2 things')]);
    expect(of('PIPELINE_IDS_ALIKE').map(({ found }) => found)).toEqual([expect.stringContaining('"A-1" and "a-1"')]);
    expect(of('SAME_FEATURES')).toMatchObject([{ patientId: 'A-2', where: 'imaging' }]);
    expect(of('FILE_BROKEN').map(({ where }) => where)).toEqual(['damaged.dcm']);
    expect(findings.every(({ means }) => means.length > 20)).toBe(true);
    expect(missing).toContainEqual({ group: 'imaging', column: 'f9', role: 'feature', missing: 2, records: 2 });
    expect(missing).toContainEqual({
      group: 'clinical',
      column: 'PathologicalNstage',
      role: 'feature',
      missing: 1,
      records: 4,
    });
  });

  test('again: a file that is new is seen', async () => {
    await writeFile(join(folder, 'note.txt'), 'nothing of use');
    const files = async (path: string) =>
      ((await got(app, path)).body as FindingsReply).findings.filter(({ where }) => where === 'note.txt').length;
    expect(await files('/studio/api/cohort/findings')).toBe(0);
    expect(await files('/studio/api/cohort/findings?again=1')).toBe(1);
  });
});

describe('refused in one sentence', () => {
  test('a parameter that is no yes', async () => {
    expect(await got(app, '/studio/api/cohort/findings?again=maybe')).toEqual({
      status: 400,
      body: {
        error: { code: 'STUDIO_BAD_QUERY', message: 'The parameter "again" is "maybe"; expected 1 or nothing' },
      },
    });
  });

  test('a server without a store', async () => {
    const bare = studioApp({});
    for (const part of ['modalities', 'outcome', 'breakdown', 'findings']) {
      expect(await got(bare, `/studio/api/cohort/${part}`)).toMatchObject({
        status: 409,
        body: { error: { code: 'STUDIO_NO_STORE' } },
      });
    }
    await bare.close();
  });

  test('an empty store has no outcomes, but its other questions are answered', async () => {
    const empty = await openDuckDbStore({ file: ':memory:' });
    const bare = studioApp({ store: empty });
    expect(await got(bare, '/studio/api/cohort/outcome')).toMatchObject({
      status: 409,
      body: { error: { code: 'STUDIO_NO_OUTCOMES' } },
    });
    expect((await got(bare, '/studio/api/cohort/modalities')).body).toEqual({
      modalities: [],
      patients: [],
      hasFolder: false,
    });
    expect(await got(bare, '/studio/api/cohort/findings')).toMatchObject({ status: 200, body: { findings: [] } });
    await bare.close();
    await empty.close();
  });

  test('a folder that is gone', async () => {
    const bare = studioApp({ store, cohort: join(folder, 'gone') });
    expect(await got(bare, '/studio/api/cohort/modalities')).toMatchObject({
      status: 409,
      body: { error: { code: 'COHORT_ROOT_MISSING' } },
    });
    await bare.close();
  });
});
