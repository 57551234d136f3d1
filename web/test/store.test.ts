import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoFolder } from '../../test/demo-folder.js';
import { type Serving, startListening } from '../../test/thoracle.js';
import { accessibilityFindings, noBrowser, startWalk, takePicture, type Walk } from './browser.js';

let studio: Serving;
let walk: Walk;

/** Lines of the table that pressing a button downloads. */
async function downloaded(page: Page, button: string): Promise<readonly string[]> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  return (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/);
}

async function run(page: Page, sql: string): Promise<void> {
  await page.getByLabel('Statement (Ctrl+Enter runs it)').fill(sql);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
}

describe.skipIf(noBrowser !== '')(`the feature store page${noBrowser}`, () => {
  beforeAll(async () => {
    const { store, cohort } = await demoFolder();
    studio = await startListening('studio', '--store', store, '--cohort', cohort, '--port', '0');
    walk = await startWalk();
  });
  afterAll(async () => {
    await walk?.close();
    await studio?.stop();
  });

  test('lists the groups, and a link opens one with its versions', async () => {
    const { page } = walk;
    await page.goto(`${studio.url}/studio/store`);
    const groups = page.getByRole('table', { name: 'Groups', exact: true });
    await groups.waitFor();
    const names = (await downloaded(page, 'CSV of Groups')).slice(1).map((line) => line.split(',')[0]);
    expect(names).toEqual(['clinical', 'experiments', 'genomic', 'imaging']);
    await groups.getByRole('link', { name: 'imaging' }).click();
    await page.getByRole('table', { name: 'Versions', exact: true }).getByText('the first').waitFor();
    expect(new URL(page.url()).searchParams.get('group')).toBe('imaging');
  });

  test('definitions have role and unit: searched on the server, sorted and exported here', async () => {
    const { page } = walk;
    const features = page.getByRole('table', { name: 'Features of imaging', exact: true });
    await page.getByRole('combobox', { name: 'Role' }).selectOption('feature');
    await page.getByRole('searchbox', { name: 'Name or description' }).fill('shape volume');
    await page.getByRole('form', { name: 'Name or description' }).getByRole('button', { name: 'Search' }).click();
    await page.getByRole('button', { name: /^All \d definitions as CSV$/ }).waitFor();
    await features.getByRole('button', { name: 'greatest' }).click();
    await features.getByRole('button', { name: /^greatest/ }).click();
    const lines = await downloaded(page, 'CSV of Features of imaging');
    expect(lines[0]).toBe(
      'feature,role,type,unit,values,missing,distinct,median,least,greatest,most frequent,description',
    );
    expect(lines.slice(1).join('\n')).toMatch(/original_shape_MeshVolume,feature,double,mm3,\d+,0,/);
    const greatest = lines.slice(1).map((line) => Number(line.split(',')[9]));
    expect(greatest.length).toBeGreaterThan(1);
    expect(greatest).toEqual([...greatest].sort((a, b) => b - a));
    const all = await downloaded(page, `All ${greatest.length} definitions as CSV`);
    expect(all[0]).toBe('name,type,unit,role,description,reference');
    expect(all).toHaveLength(greatest.length + 1);
  });

  test('one feature has its statistics and its histogram, whose numbers add up', async () => {
    const { page } = walk;
    await page.getByRole('link', { name: 'original_shape_MeshVolume', exact: true }).click();
    const panel = page.getByRole('region', { name: 'Feature original_shape_MeshVolume', exact: true });
    await panel.getByText('standard deviation').waitFor();
    const values = Number(await panel.locator('dt:text-is("values") + dd').textContent());
    const lines = await downloaded(page, 'CSV of Values of original_shape_MeshVolume');
    const counts = lines.slice(1).map((line) => Number(line.split(',').at(-1)));
    expect(counts).toHaveLength(20);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values);
    await page.reload();
    await panel.getByRole('img', { name: 'Values of original_shape_MeshVolume' }).waitFor();
  });

  test('lineage names what made the rows, of which files, and the runs', async () => {
    const { page } = walk;
    const writers = await downloaded(page, 'CSV of What made the rows');
    expect(writers[1]).toMatch(/^1,imaging@/);
    await page.getByText(/^Input files \(\d+\)$/).click();
    const inputs = (await downloaded(page, 'CSV of Input files')).slice(1);
    expect(inputs.length).toBeGreaterThan(0);
    for (const line of inputs) expect(line).toMatch(/,[0-9a-f]{64},/);
    const runs = await downloaded(page, 'CSV of Runs of the group');
    expect(runs.some((line) => line.includes(',wrote,pipeline,'))).toBe(true);
    expect(runs.some((line) => line.includes(',read,train,'))).toBe(true);
  });

  test('a record has its history, and none before it was written', async () => {
    const { page } = walk;
    const record = page.getByRole('combobox', { name: 'Record', exact: true });
    await record.selectOption({ index: 1 });
    const id = await record.inputValue();
    expect(new URL(page.url()).searchParams.get('id')).toBe(id);
    await page
      .getByRole('table', { name: `History of ${id}`, exact: true })
      .getByText('written', { exact: true })
      .waitFor();
    await page.getByRole('searchbox', { name: 'Part of a feature’s name' }).fill('MeshVolume');
    await page.getByRole('form', { name: 'Part of a feature’s name' }).getByRole('button').click();
    const values = page.getByRole('table', { name: `Values of ${id}`, exact: true });
    await expect.poll(() => values.getByRole('row').count()).toBe(2);
    await page.getByLabel('As known at (UTC)').fill('2001-01-01T00:00:00');
    await page.getByText(`There was no record of ${id} then.`).waitFor();
    await page.getByLabel('As known at (UTC)').fill('');
    await values.waitFor();
  });

  test.each(['light', 'dark'] as const)('is readable in %s, also on a small screen', async (colours) => {
    const { page } = walk;
    await page.evaluate('scrollTo(0, 0)');
    await takePicture(page, 'store', colours);
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.setViewportSize({ width: 400, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(walk.troubles).toEqual([]);
  });

  test('SQL: an example and a statement with their plan and times; a link holds the statement', async () => {
    const { page } = walk;
    await page.getByRole('link', { name: 'SQL', exact: true }).click();
    await page.getByLabel('Example').selectOption({ label: 'How many patients died' });
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText(/^2 rows of 3 columns; planned in [\d.]+ ms, run in [\d.]+ ms\.$/).waitFor();
    await page.getByText('Plan', { exact: true }).click();
    await page.getByText(/GROUP_BY/).waitFor();
    await run(page, 'SELECT case_id FROM clinical ORDER BY case_id DESC');
    await page.getByText(/^40 rows of 1 columns/).waitFor();
    const ids = (await downloaded(page, 'CSV of Result')).slice(1);
    expect(ids).toHaveLength(40);
    expect(ids).toEqual([...ids].sort().reverse());
    for (const colours of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: colours });
      expect(await accessibilityFindings(page)).toEqual([]);
    }
    await page.reload();
    expect(await page.getByLabel('Statement (Ctrl+Enter runs it)').inputValue()).toContain('DESC');
    expect(walk.troubles).toEqual([]);
  });

  test('SQL: what would write is refused with one sentence, and nothing has changed', async () => {
    const { page } = walk;
    await run(page, 'DELETE FROM clinical');
    const refusal = page.getByRole('alert');
    await refusal.waitFor();
    expect(await refusal.textContent()).toBe(
      'The query was refused: it is not a SELECT; only one reading statement is allowed STORE_QUERY_REFUSED',
    );
    expect(await accessibilityFindings(page)).toEqual([]);
    await run(page, 'SELECT count(*) AS patients FROM clinical');
    await page.getByRole('table', { name: 'Result', exact: true }).getByText('40', { exact: true }).waitFor();
    // The browser notes the refusal itself; nothing else went wrong.
    expect(walk.troubles).toHaveLength(1);
    expect(walk.troubles[0]).toMatch(/403 .*\/studio\/api\/store\/query$/);
  });
});
