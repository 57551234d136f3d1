import { readFile } from 'node:fs/promises';
import dicomParser from 'dicom-parser';
import { decode } from 'fast-png';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cohortPath, indexCohort } from '../../cohort/index.js';
import { type DemoFolder, demoFolder } from '../../test/demo-folder.js';
import { type Serving, startListening } from '../../test/thoracle.js';
import type { ImageReply, PatientListReply } from '../server/replies/patient-reply.js';
import { accessibilityFindings, noBrowser, startWalk, takePicture, type Walk } from './browser.js';

let demo: DemoFolder;
let studio: Serving;
let walk: Walk;
let page: Page;
let list: PatientListReply;
let id: string;
let facts: Extract<ImageReply, { readonly state: 'here' }>;

/** In the page: a browser that knows no WebGL 2. */
const withoutWebGl = `
  const original = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind === 'webgl2' ? null : original.call(this, kind, ...rest);
  };`;

/** In the page: pixels of the outline's colour, and different greys, of a plain canvas. */
const countColours = `(() => {
  const canvas = document.querySelector('.slice-canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const greys = new Set();
  let red = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] === 255 && data[i + 1] === 64) red++;
    else greys.add(data[i]);
  }
  return { red, greys: greys.size };
})()`;

describe.skipIf(noBrowser !== '')(`a patient in the studio${noBrowser}`, () => {
  beforeAll(async () => {
    demo = await demoFolder();
    const { store, cohort, model } = demo;
    studio = await startListening('studio', '--store', store, '--cohort', cohort, '--model', model, '--port', '0');
    const ask = async <T>(path: string) => (await (await fetch(`${studio.url}/studio/api/${path}`)).json()) as T;
    list = await ask('patients');
    id = list.patients.find(({ modalities }) => modalities.length === 3)?.id ?? '';
    const reply = await ask<ImageReply>(`patients/${id}/image`);
    if (reply.state === 'none') throw new Error(reply.reason);
    facts = reply;
    walk = await startWalk();
    page = walk.page;
  });
  afterAll(async () => {
    await walk?.close();
    await studio?.stop();
  });

  const open = (query = `?id=${id}`) => page.goto(`${studio.url}/studio/patient${query}`);

  test('the list is searched, sorted and exported, and leads to a patient', async () => {
    await open('');
    const table = page.getByRole('region', { name: 'Patients' });
    await table.waitFor();
    await table.getByRole('button', { name: 'age (years)' }).click();
    const ages = await table.locator('tbody td:nth-child(2)').allTextContents();
    const known = ages.map(Number).filter(Number.isFinite);
    expect(known).toEqual(known.toSorted((a, b) => a - b));
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV of Patients' }).click();
    const csv = await readFile(await (await saved).path(), 'utf8');
    expect(csv.split('\r\n')[0]).toBe(
      'patient,age (years),sex,histology,stage,records,images,outcome,follow-up (days)',
    );
    expect(csv.trim().split('\r\n')).toHaveLength(1 + list.patients.length);
    await page.getByRole('searchbox').fill(id);
    await page.getByText(`1 of ${list.patients.length} rows`).waitFor();
    await table.getByRole('link', { name: id }).click();
    await page.getByRole('heading', { level: 1, name: `Patient ${id}` }).waitFor();
  });

  test('prediction: the fitted number, the honest one, what it is made of, and what it is not', async () => {
    await open();
    const part = page.getByRole('region', { name: 'Prediction' });
    await part.getByText('probability of death, by the fitted model').waitFor();
    await part.getByText('this one among them').waitFor();
    const held = (await (await fetch(`${studio.url}/studio/api/patients/${id}/held-out`)).json()) as {
      readonly probability: number;
    };
    await part
      .getByText(`${(100 * held.probability).toFixed(0)} %`)
      .first()
      .waitFor();
    await part.getByRole('img', { name: 'Contribution of each modality' }).waitFor();
    await part.getByText('Research use.').waitFor();
    const saved = page.waitForEvent('download');
    await part.getByRole('button', { name: 'CSV of Contribution of each feature' }).click();
    const rows = (await readFile(await (await saved).path(), 'utf8')).trim().split('\r\n');
    expect(rows[0]).toBe('feature,log-odds of death,kind');
    expect(rows.at(-1)).toMatch(/^all others,/);
  });

  test('clinical facts and features: parts apart, percentiles, a chosen distribution in the address', async () => {
    const clinical = page.getByRole('region', { name: 'Clinical' });
    await clinical.getByText('Age at histological diagnosis').waitFor();
    expect(await clinical.getByText('Days from surgery to death or to').isVisible()).toBe(false);
    await clinical.getByRole('heading', { name: 'After surgery and outcome' }).click();
    await clinical.getByText('Days from surgery to death or to the last day known alive').waitFor();
    const radiomics = page.getByRole('region', { name: 'Radiomics', exact: true });
    await radiomics.getByRole('img', { name: 'original_shape_MeshVolume' }).waitFor();
    await radiomics.getByRole('searchbox').first().fill('glcm_JointEntropy');
    await radiomics.getByRole('button', { name: 'original_glcm_JointEntropy' }).click();
    await radiomics.getByRole('img', { name: 'original_glcm_JointEntropy' }).waitFor();
    expect(page.url()).toContain('radiomics=original_glcm_JointEntropy');
    await page.getByRole('region', { name: 'Genes' }).getByRole('img').first().waitFor();
  });

  test('a picture of the region is there before the viewer, in both windows', async () => {
    await open();
    const picture = page.getByRole('img', { name: /^Axial, coronal and sagittal cuts/ });
    await picture.waitFor();
    const lung = await picture.getAttribute('src');
    await page.getByRole('button', { name: 'mediastinum' }).click();
    await page.getByRole('img', { name: /window mediastinum$/ }).waitFor();
    await expect.poll(() => picture.getAttribute('src')).not.toBe(lung);
  });

  test('the viewer shows the volume, its outline and its numbers where DICOM puts them', async () => {
    // Volumes are drawn in software here: fewer pixels, less waiting.
    await page.setViewportSize({ width: 800, height: 640 });
    await page.getByRole('button', { name: 'Open the viewer' }).click();
    const cross = page.getByText(/^Cross: /);
    await cross.waitFor();
    expect(page.url()).toContain('viewer=open');
    expect(await cross.textContent()).toBe(`Cross: ${await placeInDicom()}`);
    const shown = await coloursOfCanvas();
    expect(shown.greys).toBeGreaterThan(20);
    expect(shown.outline).toBeGreaterThan(20);
    await page.getByLabel('Outline').uncheck();
    await expect.poll(async () => (await coloursOfCanvas()).outline).toBe(0);
    await page.getByLabel('Outline').check();
  });

  test('windows are chosen and typed, slices moved by the keyboard', async () => {
    const before = await coloursOfCanvas();
    await page.getByRole('button', { name: 'bone' }).click();
    expect(await page.getByLabel('Centre, HU').inputValue()).toBe('400');
    await expect.poll(async () => (await coloursOfCanvas()).mean).toBeLessThan(before.mean);
    await page.getByLabel('Width, HU').fill('0');
    expect(await page.getByLabel('Width, HU').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Width, HU').fill('900');
    expect(await page.getByRole('button', { name: 'bone' }).getAttribute('aria-pressed')).toBe('false');
    const slider = page.getByLabel('Axial slice');
    const at = Number(await slider.inputValue());
    const [, , spacing] = facts.spacingMm;
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    expect(Number(await slider.inputValue())).toBe(at + 1);
    const mm = Math.abs((facts.region?.centreRasMm[2] ?? 0) + spacing).toFixed(1);
    await page.getByText(new RegExp(`^[SI] ${mm} mm, ${at + 2} of ${facts.size[2]}$`)).waitFor();
    await page.getByRole('button', { name: 'Go to the tumour’s centre' }).click();
    await expect.poll(() => slider.inputValue()).toBe(String(at));
    await page.getByRole('button', { name: '3D', exact: true }).click();
    await slider.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'All', exact: true }).click();
  });

  test('without WebGL 2 the axial slices are drawn, with window and outline', async () => {
    await page.addInitScript({ content: withoutWebGl });
    await open(`?id=${id}&viewer=open`);
    await page.getByText('WebGL 2 is missing').waitFor();
    await page.getByRole('img', { name: /^Axial slice at / }).waitFor();
    const reds = () => page.evaluate<{ readonly red: number; readonly greys: number }>(countColours);
    await expect.poll(async () => (await reds()).red).toBeGreaterThan(3);
    expect((await reds()).greys).toBeGreaterThan(20);
    await page.getByRole('slider', { name: 'Axial slice' }).fill('0');
    await expect.poll(async () => (await reds()).red).toBe(0);
    expect(await accessibilityFindings(page)).toEqual([]);
  });

  test.each(['light', 'dark'] as const)('nothing keeps anybody out, in %s', async (colours) => {
    const own = await startWalk(colours);
    await own.page.goto(`${studio.url}/studio/patient?id=${id}`);
    await own.page.getByRole('img', { name: /^Axial, coronal and sagittal cuts/ }).waitFor();
    await own.page.getByRole('region', { name: 'Genes' }).getByRole('img').first().waitFor();
    await own.page.getByRole('region', { name: 'Prediction' }).getByText('Research use.').waitFor();
    await takePicture(own.page, 'patient', colours);
    expect(await accessibilityFindings(own.page)).toEqual([]);
    await own.page.getByRole('button', { name: 'Open the viewer' }).click();
    await own.page.getByText(/^Cross: /).waitFor();
    await own.page.getByRole('heading', { name: 'Images' }).evaluate((heading) => heading.scrollIntoView());
    await takePicture(own.page, 'patient-images', colours);
    expect(await accessibilityFindings(own.page)).toEqual([]);
    await own.page.setViewportSize({ width: 400, height: 800 });
    const overflow = await own.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    expect(own.troubles).toEqual([]);
    await own.close();
  });

  test('nothing went wrong on the way', () => expect(walk.troubles).toEqual([]));

  /** Where the region's central voxel lies and what it holds, read from the DICOM file of its slice and nothing of ours. */
  async function placeInDicom(): Promise<string> {
    const index = await indexCohort(demo.cohort);
    const series = index.series.find((one) => one.patientId === id && one.modality === 'CT');
    const [x, y, z] = facts.region?.centreRasMm ?? [0, 0, 0];
    for (const { path } of series?.files ?? []) {
      const bytes = await readFile(cohortPath(index, path));
      const data = dicomParser.parseDicom(new Uint8Array(bytes));
      const numbers = (tag: string) => (data.string(tag) ?? '').split('\\').map(Number);
      const [ox = 0, oy = 0, oz = 0] = numbers('x00200032');
      if (Math.abs(oz - z) > 0.01) continue;
      expect(numbers('x00200037')).toEqual([1, 0, 0, 0, 1, 0]);
      const [rowSpacing = 1, columnSpacing = 1] = numbers('x00280030');
      // DICOM counts to the patient's left and back; the page says right and front.
      const [column, row] = [Math.round((-x - ox) / columnSpacing), Math.round((-y - oy) / rowSpacing)];
      const at = (data.elements.x7fe00010?.dataOffset ?? 0) + 2 * (column + row * (data.uint16('x00280011') ?? 0));
      const stored = data.uint16('x00280103') === 1 ? bytes.readInt16LE(at) : bytes.readUInt16LE(at);
      const hu = stored * (numbers('x00281053')[0] ?? 1) + (numbers('x00281052')[0] ?? 0);
      const [left, back] = [ox + column * columnSpacing, oy + row * rowSpacing];
      const side = (mm: number, up: string, down: string) => `${mm > 0 ? up : down} ${Math.abs(mm).toFixed(1)} mm`;
      return `${side(left, 'L', 'R')}, ${side(back, 'P', 'A')}, ${side(oz, 'S', 'I')}; ${hu} HU`;
    }
    throw new Error('no slice of the series lies at the centre of the region');
  }

  /** What is on the canvas of the viewer: different greys, pixels of the outline's colour, mean brightness. */
  async function coloursOfCanvas(): Promise<{
    readonly greys: number;
    readonly outline: number;
    readonly mean: number;
  }> {
    await page.waitForTimeout(100);
    const png = await page.locator('.volume-canvas').screenshot();
    const { data, channels } = decode(png);
    const greys = new Set<number>();
    let [outline, sum] = [0, 0];
    for (let i = 0; i < data.length; i += channels) {
      const [r = 0, g = 0, b = 0] = [data[i], data[i + 1], data[i + 2]];
      sum += r;
      if (r > 240 && Math.abs(g - 64) < 12 && Math.abs(b - 64) < 12) outline++;
      if (r === g && g === b) greys.add(r);
    }
    return { greys: greys.size, outline, mean: (sum * channels) / data.length };
  }
});
