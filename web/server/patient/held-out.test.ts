import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { followRegistry, ModelHost, promoteModel, readModel, registerModel } from '../../../serving/index.js';
import { demoFolder } from '../../../test/demo-folder.js';
import type { ReportData } from '../../../training/index.js';
import { heldOut } from './held-out.js';

let folder: string;
let model: string;
let report: ReportData;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'held-out-'));
  ({ model } = await demoFolder());
  report = JSON.parse(await readFile(join(model, 'report.json'), 'utf8')) as ReportData;
});
afterAll(() => rm(folder, { recursive: true }));

/** The demo's model with a report that differs, or without one. */
async function withReport(change: Partial<ReportData> | undefined) {
  const place = await mkdtemp(join(folder, 'model-'));
  await cp(model, place, { recursive: true });
  if (change === undefined) await rm(join(place, 'report.json'));
  else await writeFile(join(place, 'report.json'), JSON.stringify({ ...report, ...change }));
  const host = new ModelHost({ read: readModel });
  return host.load('model', place);
}

test('everybody of a cross-validation was trained on, and nobody else', async () => {
  const [first] = report.scored;
  const own = await withReport({});
  expect(await heldOut(own, first?.patientId ?? '')).toMatchObject({
    state: 'trained-on',
    probability: first?.probability,
  });
  expect(await heldOut(own, 'somebody-else')).toMatchObject({ state: 'new', probability: null });
});

test('with a split, those who were scored were not trained on; of the others nothing is known', async () => {
  const { dataset, scored } = report;
  const own = await withReport({
    dataset: { ...dataset, patients: dataset.patients + 10 },
    scored: scored.slice(0, 10),
  });
  expect(await heldOut(own, scored[0]?.patientId ?? '')).toMatchObject({ state: 'held-out' });
  expect(await heldOut(own, scored[11]?.patientId ?? '')).toMatchObject({ state: 'unknown' });
});

test('a patient who was left out is new; one whom an incomplete list lacks is not called so', async () => {
  const { dataset, scored } = report;
  const leftOut = [{ patientId: 'left', reason: 'no outcome' }];
  const own = await withReport({ dataset: { ...dataset, leftOut }, scored: scored.slice(1) });
  expect(await heldOut(own, 'left')).toMatchObject({ state: 'new' });
  expect(await heldOut(own, scored[0]?.patientId ?? '')).toMatchObject({ state: 'unknown' });
});

test('no report, or that of another model, tells nothing', async () => {
  for (const change of [undefined, { modelId: 'another' }]) {
    expect(await heldOut(await withReport(change), report.scored[0]?.patientId ?? '')).toMatchObject({
      state: 'unknown',
      patients: 40,
    });
  }
});

test('the report of a registered version is found too', async () => {
  const registry = join(folder, 'registry');
  const { version } = await registerModel(registry, 'lung', model);
  await promoteModel(registry, 'lung', version);
  const host = new ModelHost({ read: readModel });
  const following = await followRegistry(host, registry, { onTrouble: () => undefined });
  following.close();
  const own = host.acquire('lung');
  if (own === undefined) throw new Error('the promoted model is not loaded');
  expect(await heldOut(own, report.scored[0]?.patientId ?? '')).toMatchObject({ state: 'trained-on' });
});
