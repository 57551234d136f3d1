import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../serving/index.js';
import { demoFolder } from '../../test/demo-folder.js';
import { type Serving, startListening } from '../../test/thoracle.js';
import { accessibilityFindings, noBrowser, openWithKey, startWalk, takePicture, type Walk } from './browser.js';

const clinical = 'NSCLCR01Radiogenomic_DATA_LABELS.SYNTHETIC.csv';
let studio: Serving;
let walk: Walk;
let expression: string;
let good: Buffer;
const keys = { read: '', admin: '' };

describe.skipIf(noBrowser !== '')(`the page of jobs${noBrowser}`, () => {
  beforeAll(async () => {
    const demo = await demoFolder();
    const folder = dirname(demo.store);
    const cohort = join(folder, 'cohort');
    await mkdir(cohort);
    await copyFile(join(demo.cohort, clinical), join(cohort, clinical));
    const name = 'GSE103584_R01_NSCLC_RNAseq.SYNTHETIC.txt';
    good = await readFile(join(demo.cohort, name));
    expression = join(cohort, name);
    // A file that was cut off on its way.
    await writeFile(expression, good.subarray(0, good.length / 2));
    const file = join(folder, 'keys.json');
    for (const scope of ['read', 'admin'] as const) {
      keys[scope] = (await createApiKey(file, { name: scope, scopes: [scope] })).secret;
    }
    studio = await startListening('studio', '--store', demo.store, '--cohort', cohort, '--keys', file, '--port', '0');
    walk = await startWalk();
  });
  afterAll(async () => {
    await walk?.close();
    await studio?.stop();
  });

  const logIn = async (scope: 'read' | 'admin') => {
    await openWithKey(walk.page, `${studio.url}/studio/jobs`, keys[scope]);
    await walk.page.getByRole('heading', { name: 'Jobs', exact: true }).waitFor();
  };

  test('who may only read sees what ran, and is refused by the server too', async () => {
    const { page } = walk;
    await logIn('read');
    await page.getByText('Starting a job needs the scope admin').waitFor();
    expect(await page.getByRole('button', { name: 'Start', exact: true }).count()).toBe(0);
    const runs = page.getByRole('table', { name: 'Recorded runs of the pipelines' });
    expect(await runs.getByText('finished').count()).toBe(1);
    const reply = await fetch(`${studio.url}/studio/api/jobs`, {
      method: 'POST',
      headers: { 'x-api-key': keys.read, 'content-type': 'application/json' },
      body: JSON.stringify({ stages: ['clinical'], genes: 'metagenes' }),
    });
    expect(reply.status).toBe(403);
  });

  test('a job runs before the eyes of the person; what failed is retried once its file is mended', async () => {
    const { page, troubles } = walk;
    await logIn('admin');
    await page.getByLabel('CT images with segmentation').uncheck();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('heading', { name: 'Job: done' }).waitFor();
    const items = page.getByRole('table', { name: 'Patients and files of the job' });
    await items.getByText('failed').waitFor();
    expect(await items.getByRole('row').allInnerTexts()).toHaveLength(3);
    for (const colours of ['light', 'dark'] as const) {
      await takePicture(page, 'jobs', colours);
      expect(await accessibilityFindings(page)).toEqual([]);
    }
    await writeFile(expression, good);
    await page.getByRole('button', { name: 'Retry 1 failed' }).click();
    await page.getByText(/genomic: \d+ done, 0 failed/).waitFor();
    const runs = page.getByRole('table', { name: 'Recorded runs of the pipelines' });
    await expect.poll(() => runs.getByText('finished').count()).toBe(3);
    expect(troubles).toEqual([]);
  });

  test('bad requests are refused in one sentence', async () => {
    const ask = async (path: string, body?: string) => {
      const reply = await fetch(`${studio.url}/studio/api/jobs${path}`, {
        ...(body === undefined ? {} : { method: 'POST', body }),
        headers: { 'x-api-key': keys.admin, 'content-type': 'application/json' },
      });
      return [reply.status, ((await reply.json()) as { error: { code: string } }).error.code];
    };
    expect(await ask('', '{"stages":[]}')).toEqual([400, 'STUDIO_BAD_JOB']);
    expect(await ask('/nothing')).toEqual([404, 'STUDIO_NO_JOB']);
    expect(await ask('/nothing/events')).toEqual([404, 'STUDIO_NO_JOB']);
    expect(await ask('/nothing/cancel', '{}')).toEqual([404, 'STUDIO_NO_JOB']);
  });
});
