import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../serving/index.js';
import { demoFolder } from '../../test/demo-folder.js';
import { hasSharedData, needsSharedData, sharedData } from '../../test/shared-data.js';
import { type Serving, startListening, thoracle } from '../../test/thoracle.js';
import { accessibilityFindings, noBrowser, openWithKey, startWalk, type Walk } from './browser.js';

const studios: Serving[] = [];
let walk: Walk;

beforeAll(async () => {
  if (noBrowser === '') walk = await startWalk();
});
afterAll(async () => {
  await walk?.close();
  for (const studio of studios) await studio.stop();
});

async function openStudio(...options: readonly string[]): Promise<string> {
  const studio = await startListening('studio', '--port', '0', ...options);
  studios.push(studio);
  return studio.url;
}

describe('who may see what of a patient', () => {
  const secrets = { read: '', predict: '' };
  let url: string;
  let id: string;

  beforeAll(async () => {
    const { store, cohort, model } = await demoFolder();
    const keys = join(store, '..', 'keys.json');
    for (const scope of ['read', 'predict'] as const) {
      secrets[scope] = (await createApiKey(keys, { name: scope, scopes: [scope] })).secret;
    }
    url = await openStudio('--store', store, '--cohort', cohort, '--model', model, '--keys', keys);
    const reply = await asking('patients', secrets.read);
    const { patients } = (await reply.json()) as { readonly patients: readonly { id: string; modalities: string[] }[] };
    id = patients.find(({ modalities }) => modalities.length === 3)?.id ?? '';
  });

  const asking = (path: string, key?: string) =>
    fetch(`${url}/studio/api/${path}`, key === undefined ? {} : { headers: { 'x-api-key': key } });

  test.each([
    ['', 'read'],
    ['/image', 'read'],
    ['/volume.nii.gz', 'read'],
    ['/mask.nii.gz', 'read'],
    ['/overview.png?window=lung', 'read'],
    ['/standing?group=imaging', 'read'],
    ['/held-out', 'predict'],
  ] as const)('%s is for those with scope %s alone', async (path, scope) => {
    const other = scope === 'read' ? 'predict' : 'read';
    const statuses = [undefined, secrets[other], secrets[scope]].map(
      async (key) => (await asking(`patients/${id}${path}`, key)).status,
    );
    expect(await Promise.all(statuses)).toEqual([401, 403, 200]);
  });

  test.skipIf(noBrowser !== '')('a key that may not predict sees the images and no prediction', async () => {
    await openWithKey(walk.page, `${url}/studio/patient?id=${id}`, secrets.read);
    await walk.page.getByText('Predictions need a key of scope predict.').waitFor();
    await walk.page.getByRole('img', { name: /^Axial, coronal and sagittal cuts/ }).waitFor();
    expect(walk.troubles).toEqual([]);
  });
});

describe.skipIf(!hasSharedData || noBrowser !== '')(`real tables ${needsSharedData}${noBrowser}`, () => {
  test('patients without images have their facts, genes and place among the others', async () => {
    const store = join((await demoFolder()).store, '..', 'real.duckdb');
    const run = await thoracle('run', '--cohort', sharedData('nsclc-radiogenomics'), '--store', store);
    expect(run.code, run.stderr).toBe(0);
    const url = await openStudio('--store', store);
    const { page } = walk;
    await page.goto(`${url}/studio/patient?id=R01-022`);
    await page.getByText('62 years, Male').waitFor();
    await page.getByText('start it with --model').waitFor();
    await page.getByText('start it with --cohort').waitFor();
    await page.getByText('no record of this patient in the group imaging').waitFor();
    await page.getByRole('region', { name: 'Genes' }).getByRole('img').first().waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'R01-023 →' }).click();
    await page.getByRole('heading', { level: 1, name: 'Patient R01-023' }).waitFor();
    await page.goto(`${url}/studio/patient?id=nobody`);
    await page.getByRole('alert').getByText('No patient "nobody" here').waitFor();
  });
});
