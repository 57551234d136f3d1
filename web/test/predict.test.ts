import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../package-facts.js';
import { createApiKey } from '../../serving/index.js';
import { type DemoFolder, demoFolder } from '../../test/demo-folder.js';
import { type Serving, startListening } from '../../test/thoracle.js';
import type { ModelForm } from '../server/replies/predict-reply.js';
import { accessibilityFindings, noBrowser, startWalk, takePicture, type Walk } from './browser.js';

let demo: DemoFolder;
let studio: Serving;
let walk: Walk;
let admin = '';
let predictOnly = '';
const patient = 'R01-SYNTHETIC-001';

const get = (path: string, key: string) => fetch(`${studio.url}${path}`, { headers: { 'x-api-key': key } });

interface Answer {
  readonly predictions: readonly { readonly probability: number }[];
}

async function predictStored(): Promise<Answer> {
  const reply = await fetch(`${studio.url}/predict`, {
    method: 'POST',
    headers: { 'x-api-key': admin, 'content-type': 'application/json' },
    body: JSON.stringify({ cases: [patient] }),
  });
  return (await reply.json()) as Answer;
}

/** What a button saves. */
async function saved(press: () => Promise<void>): Promise<string> {
  const download = walk.page.waitForEvent('download');
  await press();
  return readFile(await (await download).path(), 'utf8');
}

describe.skipIf(noBrowser !== '')(`the page Predict${noBrowser}`, () => {
  beforeAll(async () => {
    demo = await demoFolder();
    const keys = join(demo.store, '..', 'predict-keys.json');
    admin = (await createApiKey(keys, { name: 'admin', scopes: ['admin'] })).secret;
    predictOnly = (await createApiKey(keys, { name: 'predict', scopes: ['predict'] })).secret;
    studio = await startListening(
      'studio',
      '--store',
      demo.store,
      '--model',
      demo.model,
      '--port',
      '0',
      '--keys',
      keys,
    );
    walk = await startWalk();
    await walk.context.addInitScript(`sessionStorage.setItem('thoracle-key', ${JSON.stringify(admin)})`);
    await walk.page.goto(`${studio.url}/studio/predict`);
  });
  afterAll(async () => {
    await walk?.close();
    await studio?.stop();
  });

  test('the form of a model has its columns by modality, categories as one choice', async () => {
    const form = (await (await get('/studio/api/predict/form', predictOnly)).json()) as ModelForm;
    expect(form.groups.map(({ name }) => name)).toEqual(['clinical', 'genomic', 'imaging']);
    const fields = form.groups.flatMap((group) => group.fields);
    const columns = fields.flatMap((field) => (field.kind === 'number' ? [field.name] : field.columns));
    expect(columns.toSorted()).toEqual(form.columns.toSorted());
    const smoking = fields.find(({ name }) => name === 'Smokingstatus');
    expect(smoking).toMatchObject({ kind: 'category', label: 'Smoking status' });
    expect(smoking?.kind === 'category' && smoking.levels.map(({ name }) => name)).toEqual([
      'Current',
      'Former',
      'Nonsmoker',
    ]);
    expect(fields.every(({ kind, typical }) => kind === 'category' || typeof typical === 'number')).toBe(true);
  });

  test.each([
    ['form?model=other', 404, 'SERVING_MODEL_NOT_FOUND'],
    ['form?model=a&model=b', 400, 'STUDIO_BAD_QUERY'],
    ['patient', 400, 'STUDIO_BAD_QUERY'],
    ['patient?id=nobody', 404, 'SERVING_UNKNOWN_CASE'],
  ])('%s is refused', async (path, status, code) => {
    const reply = await get(`/studio/api/predict/${path}`, admin);
    expect([reply.status, ((await reply.json()) as { error: { code: string } }).error.code]).toEqual([status, code]);
  });

  test('a key that may only predict reads no patient', async () => {
    expect((await get(`/studio/api/predict/patient?id=${patient}`, predictOnly)).status).toBe(403);
    expect((await get('/studio/api/predict/patients', predictOnly)).status).toBe(403);
  });

  test('a stored patient is filled in and answered as the server answers for the id', async () => {
    const { page } = walk;
    await page.getByLabel('Patient of the store').fill(patient);
    await page.getByRole('heading', { name: 'Answer', exact: true }).waitFor();
    expect(page.url()).toContain(`patient=${patient}`);
    const [first] = (await predictStored()).predictions;
    const shown = `${(100 * (first?.probability ?? Number.NaN)).toFixed(1)} %`;
    await page.getByText(shown).waitFor();
    await page.getByRole('img', { name: /^Contributions by input/ }).waitFor();
    await page.getByRole('img', { name: /^Contributions by modality/ }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await takePicture(page, 'predict', 'light');
    await takePicture(page, 'predict', 'dark');
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('the calls that are shown give the same answer', async () => {
    const { page } = walk;
    const expected = (await predictStored()).predictions[0]?.probability;
    const env = { ...process.env, THORACLE_KEY: admin };
    const curl = await page.getByRole('textbox', { name: 'Call with curl' }).inputValue();
    const byCurl = await promisify(execFile)('sh', ['-c', curl], { env });
    expect((JSON.parse(byCurl.stdout) as Answer).predictions[0]?.probability).toBe(expected);
    await page.getByRole('combobox', { name: 'Call with' }).selectOption('JavaScript (AWS SDK)');
    const script = await page.getByRole('textbox', { name: 'Call with JavaScript (AWS SDK)' }).inputValue();
    const file = join(packageRoot(), `call-${process.pid}.mjs`);
    await writeFile(file, script);
    try {
      const bySdk = await promisify(execFile)(process.execPath, [file], { env });
      expect((JSON.parse(bySdk.stdout) as Answer).predictions[0]?.probability).toBe(expected);
    } finally {
      await rm(file);
    }
  });

  test('what is typed is checked at once, and a bad value is not sent', async () => {
    const { page } = walk;
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('button', { name: 'Predict', exact: true }).click();
    await page.getByText('Give at least one value.').waitFor();
    const age = page.getByLabel('Age at Histological Diagnosis');
    await age.fill('6o');
    await expectNote(age, /Not a number/);
    expect(await age.getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('button', { name: 'Predict', exact: true }).click();
    await page.getByText('The value of Age at Histological Diagnosis cannot be used.').waitFor();
    expect(await age.evaluate((input) => input === input.ownerDocument.activeElement)).toBe(true);
    await age.fill('640');
    await expectNote(age, /Outside of the training: above/);
    await page.getByLabel('Search inputs').fill('sphericity');
    await page.getByText('1 inputs found').waitFor();
    await page.getByLabel('original_shape_Sphericity').fill('0.7');
    await page.getByText(/^2 of \d+ columns given; \d+ missing$/).waitFor();
    await page.getByRole('button', { name: 'Predict', exact: true }).click();
    await page.getByText(/outside of what the training\s+saw: AgeatHistologicalDiagnosis = 640/).waitFor();
    await page.getByText(/columns were missing; the model filled them in/).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  });

  test('a table: bad cells are named, the others answered, sorted, exported, explained', async () => {
    const { page } = walk;
    await page.getByRole('link', { name: 'Many patients' }).click();
    const text =
      'patient,AgeatHistologicalDiagnosis,Gender,Histology\nP1,64,Male,Adenocarcinoma\nP2,x,Male,\nP3,71,Female,\n';
    const input = page.getByLabel(/Drop a CSV file/);
    await input.setInputFiles({ name: 'some.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByText('3 patients, of whom 1 cannot be asked for').waitFor();
    const faults = page.getByRole('region', { name: 'Cells that cannot be used' });
    expect(await faults.getByRole('row').nth(1).getByRole('cell').allTextContents()).toEqual([
      '2',
      '3',
      'P2',
      'AgeatHistologicalDiagnosis',
      'x',
      'Not a number',
    ]);
    const answers = page.getByRole('region', { name: 'Predictions' });
    expect(await answers.getByRole('row').count()).toBe(3);
    const csv = await saved(() => page.getByRole('button', { name: 'CSV of Predictions' }).click());
    expect(csv.split('\r\n')[0]).toMatch(/^row,patient,probability of death,class,/);
    const fromTable = csv
      .split('\r\n')
      .find((line) => line.includes(',P1,'))
      ?.split(',')[2];
    await answers.getByRole('button', { name: 'patient', exact: true }).click();
    expect(await answers.getByRole('row').nth(1).getByRole('button').textContent()).toContain('P1');
    expect(await accessibilityFindings(page)).toEqual([]);
    await takePicture(page, 'predict-table', 'light');
    await takePicture(page, 'predict-table', 'dark');
    expect(await accessibilityFindings(page)).toEqual([]);
    const rows = await saved(() => page.getByRole('button', { name: 'Save rows.csv' }).click());
    const reply = await fetch(`${studio.url}/invocations`, {
      method: 'POST',
      headers: { 'x-api-key': admin, 'content-type': 'text/csv', accept: 'application/json' },
      body: rows,
    });
    expect(String(((await reply.json()) as Answer).predictions[0]?.probability)).toBe(fromTable);
    await answers.getByRole('button', { name: /^P1/ }).click();
    await page.getByText(`${(100 * Number(fromTable)).toFixed(1)} %`).waitFor();
    expect(await page.getByLabel('Gender').inputValue()).toBe('Male');
  });

  test('a column that the model has not is left out only when a person says so; a pasted table that is none is refused', async () => {
    const { page } = walk;
    await page.getByRole('link', { name: 'Many patients' }).click();
    await page.getByText('Paste a table').click();
    await page.getByLabel('Table as text').fill('patient,PackYear,Gender\nP1,40,Male\n');
    await page.getByRole('button', { name: 'Read it' }).click();
    await page.getByText('One column is no input of this model: PackYear').waitFor();
    await page.getByRole('button', { name: 'Leave it out and predict' }).click();
    await page.getByRole('region', { name: 'Predictions' }).getByText('P1').waitFor();
    await page.getByLabel('Table as text').fill('height\n180\n');
    await page.getByRole('button', { name: 'Read it' }).click();
    await page.getByText('Pasted table: None of its columns is an input of the model').waitFor();
  });

  test('no script failed and nothing came from elsewhere', () => {
    expect(walk.troubles).toEqual([]);
  });
});

/** The sentence that the field is described by. */
async function expectNote(field: ReturnType<Walk['page']['getByLabel']>, text: RegExp): Promise<void> {
  const id = await field.getAttribute('aria-describedby');
  await walk.page.locator(`[id="${id}"]`).filter({ hasText: text }).waitFor();
}
