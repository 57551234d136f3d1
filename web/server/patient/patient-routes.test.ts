import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indexCohort } from '../../../cohort/index.js';
import { type FeatureStore, openStore } from '../../../featurestore/index.js';
import { buildApp, ModelHost, readModel } from '../../../serving/index.js';
import { type DemoFolder, demoFolder } from '../../../test/demo-folder.js';
import type {
  DistributionReply,
  HeldOutReply,
  ImageReply,
  PatientListReply,
  PatientReply,
  StandingReply,
} from '../replies/patient-reply.js';
import { studioExtension } from '../studio-extension.js';
import { findImage } from './patient-images.js';

let demo: DemoFolder;
let store: FeatureStore;
let app: FastifyInstance;
let list: PatientListReply;

beforeAll(async () => {
  demo = await demoFolder();
  store = await openStore(demo.store, { readOnly: true });
  const models = new ModelHost({ read: readModel });
  await models.load('model', demo.model);
  const sources = { models, defaultModel: 'model', store, cohort: demo.cohort };
  app = buildApp({ models, defaultModel: 'model', store, extensions: [studioExtension(sources)] });
  list = (await ask('')).json();
});
afterAll(async () => {
  await app?.close();
  await store?.close();
});

const ask = (path: string) => app.inject(`/studio/api/patients${path}`);
const withAll = () => list.patients.find(({ modalities }) => modalities.length === 3)?.id as string;

describe('patients of the store', () => {
  test('the list names everybody with what is known of each', async () => {
    expect(list.patients).toHaveLength(40);
    const ids = list.patients.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    const record = await store.record.get('clinical', withAll());
    const own = list.patients.find(({ id }) => id === withAll());
    expect(own).toMatchObject({
      ageYears: record?.values.AgeatHistologicalDiagnosis,
      sex: record?.values.Gender,
      timeDays: record?.values.survival_time_days,
      event: record?.values.survival_event === 1,
    });
  });

  test('a category is one fact, and what became known after surgery stands apart', async () => {
    const { clinical, previous, next, listed } = (await ask(`/${withAll()}`)).json<PatientReply>();
    const fact = (name: string) => clinical?.find((item) => item.name === name);
    expect(clinical?.some(({ name }) => name.startsWith('Histology_'))).toBe(false);
    expect(fact('Histology')).toMatchObject({ value: listed.histology, kind: 'before surgery' });
    expect(fact('Chemotherapy')?.kind).toBe('after surgery');
    expect(fact('DateofLastKnownAlive')).toMatchObject({ kind: 'follow-up', unit: 'date' });
    expect(fact('survival_time_days')).toMatchObject({ value: listed.timeDays, kind: 'outcome', unit: 'd' });
    const ids = list.patients.map(({ id }) => id);
    expect([previous, next]).toEqual([
      ids[ids.indexOf(withAll()) - 1] ?? null,
      ids[ids.indexOf(withAll()) + 1] ?? null,
    ]);
  });

  test('where the source says that it does not know, its words are shown', async () => {
    const { rows } = await store.query('SELECT case_id FROM clinical WHERE "EGFRmutationstatus_Unknown" = 1 LIMIT 1');
    const { clinical } = (await ask(`/${rows[0]?.[0]}`)).json<PatientReply>();
    const mutation = clinical?.find(({ name }) => name === 'EGFRmutationstatus');
    expect(mutation).toMatchObject({ value: null, recordedAs: 'Unknown', kind: 'before surgery' });
  });

  test('features come with the place among the others, and one with its distribution', async () => {
    const standing = (await ask(`/${withAll()}/standing?group=imaging`)).json<StandingReply>();
    const record = await store.record.get('imaging', withAll());
    expect(standing.first).toContain('original_shape_MeshVolume');
    for (const { feature, value, percentile } of standing.features) {
      expect(value).toBe(record?.values[feature]);
      expect(percentile).toBeGreaterThan(0);
      expect(percentile).toBeLessThan(100);
    }
    const name = 'original_shape_Sphericity';
    const { bins, ...own } = (
      await ask(`/${withAll()}/distribution?group=imaging&feature=${name}`)
    ).json<DistributionReply>();
    expect(own).toEqual(standing.features.find(({ feature }) => feature === name));
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(own.count);
  });

  test('the model was fitted on the patient: the number of the cross-validation is given', async () => {
    const reply = (await ask(`/${withAll()}/held-out`)).json<HeldOutReply>();
    const report = JSON.parse(await readFile(join(demo.model, 'report.json'), 'utf8')) as {
      readonly scored: readonly { readonly patientId: string; readonly probability: number }[];
    };
    const probability = report.scored.find(({ patientId }) => patientId === withAll())?.probability;
    expect(reply).toMatchObject({ state: 'trained-on', probability, patients: 40 });
    expect(reply.evaluation).toContain('cross-validation');
  });
});

describe('images', () => {
  test('volume and mask are on one grid, and the centre lies in the mask', async () => {
    const facts = (await ask(`/${withAll()}/image`)).json<ImageReply>();
    if (facts.state === 'none') throw new Error(facts.reason);
    const volume = niftiOf((await ask(`/${withAll()}/volume.nii.gz`)).rawPayload);
    const mask = niftiOf((await ask(`/${withAll()}/mask.nii.gz`)).rawPayload);
    expect(volume.size).toEqual(facts.size);
    expect(mask.size).toEqual(volume.size);
    expect(mask.affine).toEqual(volume.affine);
    const inside = mask.voxels.filter((value) => value === 1).length;
    expect(inside).toBe(facts.region?.voxels);
    const record = await store.record.get('imaging', withAll());
    expect(inside).toBe(record?.values['diagnostics_Mask-original_VoxelNum']);
    // The demo's axes are those of the patient, so the matrix is diagonal.
    const centre = facts.region?.centreRasMm ?? [];
    const [i = 0, j = 0, k = 0] = centre.map((mm, axis) => {
      const row = mask.affine[axis] ?? [];
      return Math.round((mm - (row[3] ?? 0)) / (row[axis] ?? 1));
    });
    const [nx = 0, ny = 0] = mask.size;
    expect(mask.voxels[i + nx * (j + ny * k)]).toBe(1);
  });

  test('pictures are those that the facts name', async () => {
    const picture = await ask(`/${withAll()}/overview.png?window=lung`);
    expect(picture.headers).toMatchObject({ 'content-type': 'image/png', 'cache-control': 'no-store' });
    expect(picture.rawPayload.subarray(1, 4).toString()).toBe('PNG');
    expect((await ask(`/${withAll()}/overview.png?window=bone`)).json()).toMatchObject({
      error: { code: 'STUDIO_BAD_QUERY', message: expect.stringContaining('lung or mediastinum') },
    });
  });

  test('without a segmentation the CT is shown alone; without a CT it is said', async () => {
    const index = await indexCohort(demo.cohort);
    const own = index.series.filter(({ patientId }) => patientId === withAll());
    const only = (modality: string) =>
      findImage({ ...index, series: own.filter((s) => s.modality === modality) }, withAll());
    expect(only('CT')).toMatchObject({ segmentationReason: expect.stringContaining('no SEG or RTSTRUCT') });
    expect(only('CT')).not.toHaveProperty('task.segmentationFile');
    expect(only('SEG')).toEqual({ reason: 'The folder of raw files has no CT of this patient.' });
  });
});

describe('what is refused', () => {
  test.each([
    ['/nobody', 404, 'STUDIO_UNKNOWN_PATIENT'],
    ['/nobody/image', 404, 'STUDIO_UNKNOWN_PATIENT'],
    ['/nobody/held-out', 404, 'STUDIO_UNKNOWN_PATIENT'],
    ['/nobody/standing?group=imaging', 404, 'STUDIO_UNKNOWN_PATIENT'],
    ['/..%2F..%2F..%2Fetc%2Fpasswd/volume.nii.gz', 404, 'STUDIO_UNKNOWN_PATIENT'],
    ['/%00/mask.nii.gz', 404, 'STUDIO_UNKNOWN_PATIENT'],
    ['/PATIENT/standing', 400, 'STUDIO_BAD_QUERY'],
    ['/PATIENT/standing?group=imaging&group=clinical', 400, 'STUDIO_BAD_QUERY'],
    ['/PATIENT/standing?group=pets', 404, 'STUDIO_UNKNOWN_GROUP'],
    ['/PATIENT/distribution?group=imaging&feature=1%3B%20DROP', 404, 'STUDIO_UNKNOWN_FEATURE'],
    ['/PATIENT/overview.png', 400, 'STUDIO_BAD_QUERY'],
  ])('%s is %i %s', async (path, status, code) => {
    const reply = await ask(path.replace('PATIENT', withAll()));
    expect(reply.statusCode).toBe(status);
    expect(reply.json()).toMatchObject({ error: { code } });
  });

  test('a server without a cohort, a model or a store says so', async () => {
    const models = new ModelHost({ read: readModel });
    const bare = buildApp({ models, extensions: [studioExtension({ models, store })] });
    const codeOf = async (server: FastifyInstance, path: string) =>
      (await server.inject(`/studio/api/patients${path}`)).json<{ readonly error: { readonly code: string } }>().error
        .code;
    expect(await codeOf(bare, `/${withAll()}/image`)).toBe('STUDIO_NO_COHORT');
    expect(await codeOf(bare, `/${withAll()}/held-out`)).toBe('STUDIO_NO_MODEL');
    await bare.close();
    const empty = buildApp({ models, extensions: [studioExtension({ models })] });
    expect(await codeOf(empty, '')).toBe('STUDIO_NO_STORE');
    await empty.close();
  });

  test('a damaged file is a reason on the page, not a failure', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'patient-'));
    const index = await indexCohort(demo.cohort);
    const own = index.series.filter(({ patientId }) => patientId === withAll());
    await mkdir(join(folder, 'own'));
    for (const [i, { path }] of own.flatMap(({ files }) => files).entries()) {
      const bytes = await readFile(join(index.root, path));
      // The header stays whole, so that the index knows the file; half of the pixels of one slice are gone.
      await writeFile(join(folder, 'own', String(i)), i === 3 ? bytes.subarray(0, bytes.length - 2000) : bytes);
    }
    const models = new ModelHost({ read: readModel });
    const broken = buildApp({ models, extensions: [studioExtension({ models, store, cohort: folder })] });
    const facts = await broken.inject(`/studio/api/patients/${withAll()}/image`);
    expect(facts.json()).toMatchObject({ state: 'none', reason: expect.stringMatching(/\w/) });
    const volume = await broken.inject(`/studio/api/patients/${withAll()}/volume.nii.gz`);
    expect([volume.statusCode, volume.json<{ error: { code: string } }>().error.code]).toEqual([
      404,
      'STUDIO_NO_IMAGE',
    ]);
    await broken.close();
    await rm(folder, { recursive: true });
  });
});

/** A little-endian NIfTI-1 file as its standard lays it out: dim at 40, datatype at 70, srow at 280, voxels at 352. */
function niftiOf(zipped: Buffer) {
  const bytes = gunzipSync(zipped);
  const size = [0, 1, 2].map((i) => bytes.readInt16LE(42 + 2 * i));
  const affine = [0, 1, 2].map((row) => [0, 1, 2, 3].map((c) => bytes.readFloatLE(280 + 16 * row + 4 * c)));
  const wide = bytes.readInt16LE(70) === 4;
  const count = size.reduce((product, n) => product * n, 1);
  const voxels = Array.from({ length: count }, (_, i) => (wide ? bytes.readInt16LE(352 + 2 * i) : bytes[352 + i]));
  return { size, affine, voxels };
}
