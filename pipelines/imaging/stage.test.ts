import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { ctSlice, segmentation, structureSet } from '../../test/imaging/sample-objects.js';
import { hasSharedData, needsSharedData, sharedData } from '../../test/shared-data.js';
import { openImage } from './image-source/open-image.js';
import { parseSettings } from './settings/parse-settings.js';
import { defaultSettings } from './settings/settings.js';
import { type ImagingInput, imagingStage } from './stage.js';

const folder = mkdtempSync(join(tmpdir(), 'imaging-stage-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Three slices of 4 x 3 voxels at z = 0, 2, 4 with stored values that grow by `step`, and a SEG of the lower two. */
function patient(id: string, step: number): ImagingInput {
  const file = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, `${id}-${name}`), bytes);
    return join(folder, `${id}-${name}`);
  };
  const slice = (z: number) =>
    ctSlice({
      position: [0, 0, 2 * z],
      values: Array.from({ length: 12 }, (_, i) => (12 * z + i) * step),
      series: `1.2.${step}`,
    });
  const everywhere = Array.from({ length: 12 }, () => 1);
  return {
    patientId: id,
    // Not in the order of the slices.
    ctFiles: [2, 0, 1].map((z) => file(`${z}.dcm`, slice(z))),
    segmentationFile: file(
      'seg.dcm',
      segmentation({
        frames: [
          { position: [0, 0, 0], values: everywhere },
          { position: [0, 0, 2], values: everywhere },
        ],
      }),
    ),
    studyDate: '19940213',
  };
}

const one = patient('P1', 1);
const two = patient('P2', 3);
const cell = async (input: ImagingInput, column: string, settings = defaultSettings) =>
  (await imagingStage.run(input, settings)).table.columns.get(column)?.values[0];

test('a patient becomes one row: features, where they came from, and when', async () => {
  const { table, findings } = await imagingStage.run(one, defaultSettings);
  expect(table.group.name).toBe('imaging');
  expect([...table.columns.keys()]).toEqual(table.group.definitions.map((d) => d.name));
  const value = (name: string) => table.columns.get(name)?.values[0];
  expect(value('case_id')).toBe('P1');
  expect(value('event_time')).toBe(Date.UTC(1994, 1, 13));
  expect(value('ScanDate')).toBe('1994-02-13');
  expect(value('imageName')).toBe('1.2.1');
  expect(value('maskName')).toBe('Tumour');
  expect(value('diagnostics_Mask-original_VoxelNum')).toBe(24);
  expect(value('original_firstorder_Mean')).toBe(-1000 + 11.5);
  expect(value('original_shape_VoxelVolume')).toBeCloseTo(24 * 0.5 * 0.75 * 2, 9);
  expect(findings).toEqual([]);
});

test('features have their unit and IBSI code, everything else is metadata', async () => {
  const { table } = await imagingStage.run(one, defaultSettings);
  const byName = new Map(table.group.definitions.map((d) => [d.name, d] as const));
  expect(byName.get('original_glcm_JointEntropy')).toMatchObject({
    role: 'feature',
    unit: 'bit',
    reference: 'IBSI:TU9B',
  });
  expect(byName.get('original_firstorder_Energy')).toMatchObject({
    role: 'feature',
    unit: 'HU2',
    reference: 'IBSI:N8CA',
  });
  const features = table.group.definitions.filter((d) => d.role === 'feature').map((d) => d.name);
  expect(features).toHaveLength(107);
  expect(features.every((name) => name.startsWith('original_'))).toBe(true);
  for (const { name } of table.group.definitions) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
});

test('another patient has other values in the same group', async () => {
  const [a, b] = [await imagingStage.run(one, defaultSettings), await imagingStage.run(two, defaultSettings)];
  expect(b.table.group).toEqual(a.table.group);
  expect(b.table.columns.get('original_firstorder_Mean')?.values[0]).toBe(-1000 + 3 * 11.5);
  expect(b.artifacts.map((x) => x.fileName)).toEqual([
    'P2/ct.nii.gz',
    'P2/mask.nii.gz',
    'P2/overlay-lung.png',
    'P2/overlay-mediastinum.png',
  ]);
});

test('the same input gives the same bytes; other settings are another group', async () => {
  const [a, b] = [await imagingStage.run(one, defaultSettings), await imagingStage.run(one, defaultSettings)];
  expect(b).toEqual(a);
  const normalised = parseSettings('setting: { normalize: true, binWidth: 0.1 }');
  const { group } = (await imagingStage.run(one, normalised)).table;
  expect(group.settingsDigest).not.toBe(a.table.group.settingsDigest);
  expect(group.definitions.find((d) => d.name === 'original_firstorder_Mean')?.unit).toBe('1');
});

test('provenance: the digest of the segmentation is that of its bytes, that of the series does not depend on file order', async () => {
  const digests = async (input: ImagingInput) =>
    (await imagingStage.run(input, defaultSettings)).table.provenance[0]?.inputDigests;
  const seg = createHash('sha256').update(readFileSync(one.segmentationFile)).digest('hex');
  expect(await digests(one)).toEqual([
    { name: '1.2.1', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    { name: 'P1-seg.dcm', sha256: seg },
  ]);
  expect(await digests({ ...one, ctFiles: [...one.ctFiles].reverse() })).toEqual(await digests(one));
});

test('no patient id leads out of its own artifact folder', async () => {
  const folders = ['A/../P1', '..', 'x/y', 'x%2Fy', 'a\\b', 'P.1'].map(async (patientId) => {
    const { artifacts } = await imagingStage.run({ ...one, patientId }, defaultSettings);
    return artifacts[0]?.fileName;
  });
  expect(await Promise.all(folders)).toEqual([
    'A%2F..%2FP1/ct.nii.gz',
    '%2E%2E/ct.nii.gz',
    'x%2Fy/ct.nii.gz',
    'x%252Fy/ct.nii.gz',
    'a%5Cb/ct.nii.gz',
    'P.1/ct.nii.gz',
  ]);
});

test('artifacts can be read back', async () => {
  const { artifacts } = await imagingStage.run(one, defaultSettings);
  const [ct, mask, overlay] = artifacts;
  const file = join(folder, 'back.nii.gz');
  writeFileSync(file, ct?.bytes ?? '');
  const { volume } = await openImage(file);
  expect([...volume.size]).toEqual([4, 3, 3]);
  expect([...volume.voxels.slice(0, 3)]).toEqual([-1000, -999, -998]);
  expect(gunzipSync(mask?.bytes ?? '').length).toBe(352 + 36);
  expect([...(overlay?.bytes.slice(1, 4) ?? [])]).toEqual([...Buffer.from('PNG')]);
});

test('without a date the event time is 0 and a finding says so', async () => {
  for (const studyDate of [undefined, '19940231', 'last year']) {
    const { table, findings } = await imagingStage.run({ ...one, studyDate }, defaultSettings);
    expect(table.columns.get('event_time')?.values[0]).toBe(0);
    expect(table.columns.get('ScanDate')?.values[0]).toBeNull();
    expect(findings).toMatchObject([{ code: 'IMAGING_NO_STUDY_DATE', patientId: 'P1' }]);
  }
});

test('a structure set: the ROI is chosen by name or number', async () => {
  const square = (x0: number, x1: number, z: number) => ({
    points: [x0, -0.1, z, x1, -0.1, z, x1, 1.1, z, x0, 1.1, z],
  });
  const segmentationFile = join(folder, 'rtstruct.dcm');
  writeFileSync(
    segmentationFile,
    structureSet([
      { number: 4, name: 'wide', contours: [square(-0.1, 2.4, 0), square(-0.1, 2.4, 2)] },
      { number: 9, name: 'narrow', contours: [square(-0.1, 1, 0), square(-0.1, 1, 2)] },
    ]),
  );
  const input: ImagingInput = { ...one, segmentationFile, segmentationKind: 'RTSTRUCT' };
  const count = (roi: string | number) => cell({ ...input, roi }, 'diagnostics_Mask-original_VoxelNum');
  expect(await count('wide')).toBeGreaterThan((await count(9)) as number);
  await expect(imagingStage.run(input, defaultSettings)).rejects.toMatchObject({ code: 'RTSTRUCT_ROI_NOT_CHOSEN' });
  await expect(imagingStage.run({ ...one, segmentationKind: 'RTSTRUCT' }, defaultSettings)).rejects.toMatchObject({
    code: 'DICOM_KIND',
  });
});

test('what cannot be measured is an error of the room, without the name of the patient', async () => {
  const settings = { ...defaultSettings, minimumROISize: 1000 };
  const error: unknown = await imagingStage.run(one, settings).catch((e: unknown) => e);
  expect(error).toMatchObject({ name: 'ImagingError', code: 'RADIOMICS_TOO_SMALL' });
  expect((error as Error).message).not.toMatch(/Secret/);
  await expect(imagingStage.run({ ...one, ctFiles: [] }, defaultSettings)).rejects.toMatchObject({
    code: 'SERIES_EMPTY',
  });
});

describe.skipIf(!hasSharedData)(`LUNG1-001 ${needsSharedData}`, () => {
  test('from DICOM to a row, in file order of the slices', async () => {
    const image = sharedData('nsclc-radiomics-lung1-001/image');
    const input: ImagingInput = {
      patientId: 'LUNG1-001',
      ctFiles: (await readdir(image)).map((name) => join(image, name)),
      segmentationFile: sharedData('nsclc-radiomics-lung1-001/mask_rtstruct/1-1.dcm'),
      roi: 'GTV-1',
      studyDate: '20080918',
    };
    const { table, findings } = await imagingStage.run(input, defaultSettings);
    const value = (name: string) => table.columns.get(name)?.values[0];
    // 54639 voxels, mean -64.1, minimum -1021, maximum 1040: another program's rasterisation, by voxel centres.
    expect(value('diagnostics_Mask-original_VoxelNum')).toBe(54639);
    expect(value('original_firstorder_Mean')).toBeCloseTo(-64.1, 1);
    expect([value('original_firstorder_Minimum'), value('original_firstorder_Maximum')]).toEqual([-1021, 1040]);
    expect(value('maskName')).toBe('GTV-1');
    expect(findings).toEqual([]);
  });
});
