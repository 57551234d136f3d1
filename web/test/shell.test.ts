import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../serving/index.js';
import { type DemoFolder, demoFolder } from '../../test/demo-folder.js';
import { type Serving, startListening } from '../../test/thoracle.js';
import { accessibilityFindings, noBrowser, startWalk, type Walk } from './browser.js';

let demo: DemoFolder;
let studio: Serving;
let walk: Walk;
const secrets = { read: '', predict: '', admin: '' };

describe.skipIf(noBrowser !== '')(`the studio's frame${noBrowser}`, () => {
  beforeAll(async () => {
    demo = await demoFolder();
    const keys = join(demo.store, '..', 'keys.json');
    for (const scope of ['read', 'predict', 'admin'] as const) {
      secrets[scope] = (await createApiKey(keys, { name: scope, scopes: [scope] })).secret;
    }
    const { store, cohort, model } = demo;
    studio = await startListening(
      'studio',
      '--store',
      store,
      '--cohort',
      cohort,
      '--model',
      model,
      '--port',
      '0',
      '--keys',
      keys,
    );
    walk = await startWalk();
  });
  afterAll(async () => {
    await walk?.close();
    await studio?.stop();
  });

  test.each([
    ['read', ['Cohort', 'Feature store', 'Patient', 'Runs and models', 'Jobs']],
    ['predict', ['Predict']],
    ['admin', ['Cohort', 'Feature store', 'Patient', 'Runs and models', 'Predict', 'Jobs']],
  ] as const)('a key of scope %s opens its pages, and logging out closes them', async (scope, titles) => {
    const { page } = walk;
    await page.goto(`${studio.url}/`);
    await page.getByLabel('API key').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.getByLabel('API key').fill(secrets[scope]);
    await page.getByRole('button', { name: 'Log in' }).click();
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    await links.first().waitFor();
    expect(await links.allTextContents()).toEqual(titles);
    await page.getByText('Research use only').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('API key').waitFor();
  });

  test('what a key may not do is refused by the server too', async () => {
    const reply = await fetch(`${studio.url}/studio/api/session`, { headers: { 'x-api-key': 'nobody' } });
    expect(reply.status).toBe(401);
    const known = await fetch(`${studio.url}/studio/api/session`, {
      headers: { 'x-api-key': secrets.predict },
    });
    expect(await known.json()).toMatchObject({ scopes: ['predict'], has: { store: true, cohort: true } });
  });
});
