import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoFolder } from '../../test/demo-folder.js';
import { type Serving, startListening } from '../../test/thoracle.js';
import { accessibilityFindings, noBrowser, startWalk, takePicture, type Walk } from './browser.js';

let studio: Serving;
let walk: Walk;

/** What pressing a button downloads. */
async function downloaded(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  return readFile(await download.path(), 'utf8');
}

describe.skipIf(noBrowser !== '')(`the cohort page${noBrowser}`, () => {
  beforeAll(async () => {
    const { store, cohort } = await demoFolder();
    studio = await startListening('studio', '--store', store, '--cohort', cohort, '--port', '0');
    walk = await startWalk();
    await walk.page.goto(`${studio.url}/studio/cohort`);
    await walk.page.getByRole('table', { name: 'Findings', exact: true }).waitFor();
  });
  afterAll(async () => {
    await walk?.close();
    await studio?.stop();
  });

  test('shows how the patients fared, with the numbers of the curve as a file', async () => {
    const { page } = walk;
    await page.getByText('median follow-up (reverse Kaplan-Meier)').waitFor();
    const lines = (await downloaded(page, 'CSV of Survival of the cohort')).trim().split(/\r?\n/);
    expect(lines[0]).toBe('curve,years from surgery,alive (share),low,high');
    expect(lines[1]).toBe('all patients,0,1,1,1');
    const alive = lines.slice(1).map((line) => Number(line.split(',')[2]));
    expect(alive.every((share, i) => i === 0 || share <= (alive[i - 1] as number))).toBe(true);
    const picture = await downloaded(page, 'SVG of Survival of the cohort');
    expect(picture).toMatch(/^<svg .*at risk/s);
  });

  test('shows which patient has what: sort, search, filter, export', async () => {
    const { page } = walk;
    const table = page.getByRole('table', { name: 'Patients and their data', exact: true });
    const first = table.getByRole('row').nth(1).getByRole('link');
    await table.getByRole('button', { name: 'patient' }).click();
    await table.getByRole('button', { name: /^patient/ }).click();
    const last = await first.textContent();
    expect(await first.getAttribute('href')).toBe(`/studio/patient?id=${last}`);
    await page.getByLabel('Show').selectOption('gaps');
    expect(new URL(page.url()).searchParams.get('show')).toBe('gaps');
    const gaps = await downloaded(page, 'CSV of Patients and their data');
    const rows = gaps.trim().split(/\r?\n/).slice(1);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatch(/missing|failed|files/);
    await page.getByLabel('Search in Patients and their data').fill('nobody-is-called-so');
    await page.getByText('No patient is like that.').waitFor();
    await page.getByLabel('Search in Patients and their data').fill('');
  });

  test('breaks the cohort down by what the address says', async () => {
    const { page } = walk;
    await page.getByRole('combobox', { name: 'By', exact: true }).selectOption('smoking');
    expect(new URL(page.url()).searchParams.get('by')).toBe('smoking');
    await page.reload();
    await page.getByRole('img', { name: 'Survival by Smoking' }).waitFor();
    const rows = (await downloaded(page, 'CSV of Groups by Smoking')).trim().split(/\r?\n/);
    expect(rows[0]).toBe(
      'Smoking,patients,with outcome,deaths,median survival (days),95 % low,95 % high,alive at 3 years (%),alive at 5 years (%)',
    );
    expect(rows.slice(1).map((row) => row.split(',')[0])).toEqual(['Nonsmoker', 'Former', 'Current']);
  });

  test('says what is odd in the data, and looks at the raw files again', async () => {
    const { page } = walk;
    const findings = page.getByRole('table', { name: 'Findings', exact: true });
    await findings.getByText('CLINICAL_', { exact: false }).first().waitFor();
    await page.getByRole('button', { name: 'Look at the raw files again' }).click();
    await findings.getByText('synthetic-truth.csv').waitFor();
    await page.getByRole('table', { name: 'Missing values', exact: true }).waitFor();
  });

  test.each(['light', 'dark'] as const)('is readable in %s, also on a small screen', async (colours) => {
    const { page } = walk;
    await page.evaluate('scrollTo(0, 0)');
    await takePicture(page, 'cohort', colours);
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.setViewportSize({ width: 400, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(walk.troubles).toEqual([]);
  });
});
