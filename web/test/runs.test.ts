import { cp, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey, promoteModel, registerModel } from '../../serving/index.js';
import { demoFolder } from '../../test/demo-folder.js';
import { type Serving, startListening, thoracle } from '../../test/thoracle.js';
import { metricTexts } from '../../training/report/index.js';
import { blocksOf } from '../pages/runs/blocks.js';
import { metricNames } from '../pages/runs/texts.js';
import type { ModelReportReply } from '../server/replies/runs-reply.js';
import { accessibilityFindings, noBrowser, openWithKey, startWalk, takePicture, type Walk } from './browser.js';

let studio: Serving;
let alone: Serving;
let walk: Walk;
const keys = { read: '', admin: '' };

beforeAll(async () => {
  const { store, model } = await demoFolder();
  const folder = dirname(store);
  const second = join(folder, 'second');
  const trained = await thoracle(
    ...['train', '--store', store, '--modalities', 'clinical', '--recipe', 'default', '--seed', '0', '--out', second],
  );
  expect(trained.code, trained.stderr).toBe(0);
  const registry = join(folder, 'registry');
  await registerModel(registry, 'lung', model, 'test');
  await registerModel(registry, 'lung', second, 'test');
  await promoteModel(registry, 'lung', '1', 'test');
  const file = join(folder, 'keys.json');
  for (const scope of ['read', 'admin'] as const) {
    keys[scope] = (await createApiKey(file, { name: scope, scopes: [scope] })).secret;
  }
  const copy = join(folder, 'copy.duckdb');
  await cp(store, copy);
  studio = await startListening('studio', '--store', store, '--registry', registry, '--keys', file, '--port', '0');
  alone = await startListening('studio', '--store', copy, '--model', second, '--port', '0');
}, 120_000);
afterAll(async () => {
  await studio?.stop();
  await alone?.stop();
});

const asking = (path: string, init: RequestInit & { readonly key?: string } = {}) =>
  fetch(`${studio.url}${path}`, { ...init, headers: { 'x-api-key': init.key ?? keys.read, ...init.headers } });

describe('what the page of runs asks', () => {
  test.each([
    ['/studio/api/runs?kind=other', 400, 'STUDIO_BAD_QUERY'],
    ['/studio/api/runs/compare?ids=abc', 400, 'STUDIO_BAD_QUERY'],
    ['/studio/api/runs/compare', 400, 'STUDIO_BAD_QUERY'],
    ['/studio/api/runs/compare?ids=abc,def', 404, 'STUDIO_UNKNOWN_RUN'],
    ['/studio/api/runs/abc/lineage', 404, 'STUDIO_UNKNOWN_RUN'],
    ['/studio/api/models/lung/versions/9/report', 404, 'SERVING_UNKNOWN_VERSION'],
    ['/studio/api/models/none/versions/1/report', 404, 'SERVING_UNKNOWN_VERSION'],
    ['/studio/api/models/..%2F..%2Fsecond/versions/1/report', 404, 'SERVING_UNKNOWN_VERSION'],
    ['/studio/api/models/lung/versions/..%2F..%2F..%2F..%2Fsecond/report', 404, 'SERVING_UNKNOWN_VERSION'],
    ['/studio/api/models/__proto__/versions/1/report', 404, 'SERVING_UNKNOWN_VERSION'],
  ])('%s is refused with %i %s', async (path, status, code) => {
    const reply = await asking(path);
    expect([reply.status, ((await reply.json()) as { error: { code: string } }).error.code]).toEqual([status, code]);
  });

  test('curves are those of the report beside the version', async () => {
    const report = JSON.parse(await readFile(join((await demoFolder()).model, 'report.json'), 'utf8'));
    const reply = await asking('/studio/api/models/lung/versions/1/report');
    const told = (await reply.json()) as ModelReportReply;
    expect(told).toMatchObject({
      modelId: report.modelId,
      patients: report.scored.length,
      deaths: report.scored.filter(({ dead }: { dead: boolean }) => dead).length,
      unknown: 0,
    });
    const { curves } = told;
    if (curves === null) throw new Error('the report has no curves');
    const { falsePositiveRate, truePositiveRate } = curves.roc;
    const at = (values: readonly number[], i: number) => values[i] ?? 0;
    const area = truePositiveRate.reduce((sum, y, i) => {
      const width = at(falsePositiveRate, i) - at(falsePositiveRate, i - 1);
      return sum + ((y + at(truePositiveRate, i - 1)) / 2) * width;
    }, 0);
    // The report averages the repeats for each patient, and its area is of the same averages.
    expect(area).toBeCloseTo(report.metrics.rocAuc.value, 10);
    const { groups } = curves.calibration;
    expect(groups.reduce((sum, { patients }) => sum + patients, 0)).toBe(report.scored.length);
  });

  test('who may only read changes nothing', async () => {
    for (const path of ['versions/2/promote', 'versions/2/archive', 'rollback']) {
      const reply = await asking(`/registry/models/lung/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      expect(reply.status).toBe(403);
    }
    expect((await asking('/studio/api/runs', { key: 'none' })).status).toBe(401);
  });

  test('metrics are called as in the report', () => {
    expect(metricNames).toEqual(
      Object.fromEntries(Object.entries(metricTexts).map(([name, { label }]) => [name, label])),
    );
  });

  test('a card is taken apart into headings, paragraphs, lists, tables and code', () => {
    const text =
      '# T\n\none\ntwo\n- a\n- b\n\n| x | y |\n|---|:-:|\n| 1 \\| 2 | <b>3</b> |\n\n```\n# no\n```\n1. first';
    expect(blocksOf(text)).toEqual([
      { kind: 'heading', level: 1, text: 'T' },
      { kind: 'paragraph', text: 'one two' },
      { kind: 'list', ordered: false, items: ['a', 'b'] },
      { kind: 'table', head: ['x', 'y'], rows: [['1 | 2', '<b>3</b>']] },
      { kind: 'code', text: '# no' },
      { kind: 'list', ordered: true, items: ['first'] },
    ]);
    expect(blocksOf('```\nnever closed')).toEqual([{ kind: 'code', text: 'never closed' }]);
  });
});

async function downloaded(page: Page, button: string): Promise<readonly string[]> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  return (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/);
}

describe.skipIf(noBrowser !== '')(`the page of runs and models${noBrowser}`, () => {
  beforeAll(async () => {
    walk = await startWalk();
    await openWithKey(walk.page, `${studio.url}/studio/runs`, keys.admin);
    await walk.page.getByRole('table', { name: 'Metrics beside the baseline' }).waitFor();
  });
  afterAll(() => walk?.close());

  const openVersion = async (query: string) => {
    await walk.page.goto(`${studio.url}/studio/runs?${query}`);
    await walk.page.getByRole('img', { name: 'ROC curve' }).first().waitFor();
  };

  test('runs are listed newest first, sorted, filtered by kind and exported', async () => {
    const { page } = walk;
    const rows = await downloaded(page, 'CSV of Experiments');
    expect(rows[0]).toBe('Compare,Started (UTC),Kind,Run,Status,Time (s),rocAuc,harrellC,brier,Model,Id');
    const started = rows.slice(1).map((row) => row.split(',')[1]);
    expect(started.length).toBeGreaterThan(2);
    expect(started).toEqual([...started].sort().reverse());
    const table = page.getByRole('table', { name: 'Experiments' });
    await table.getByRole('button', { name: 'Started (UTC)' }).click();
    expect((await downloaded(page, 'CSV of Experiments')).slice(1).map((row) => row.split(',')[1])).toEqual(
      [...started].sort(),
    );
    await page.getByLabel('Kind').selectOption('train');
    await table.getByRole('cell', { name: 'pipeline', exact: true }).waitFor({ state: 'detached' });
    expect((await downloaded(page, 'CSV of Experiments')).slice(1).map((row) => row.split(',')[2])).toEqual([
      'train',
      'train',
    ]);
  });

  test('two runs are compared, also from a link', async () => {
    const { page } = walk;
    const boxes = page.getByRole('checkbox', { name: /^Compare train/ });
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.getByRole('heading', { name: 'Comparison of 2 runs' }).waitFor();
    expect(new URL(page.url()).searchParams.get('compare')?.split(',')).toHaveLength(2);
    await page.reload();
    await page.getByRole('table', { name: 'Parameters that differ' }).waitFor();
    const parameters = await downloaded(page, 'CSV of Parameters that differ');
    expect(parameters.some((row) => row.startsWith('modalities,'))).toBe(true);
    expect(parameters.some((row) => row.startsWith('seed,'))).toBe(false);
    const metrics = await downloaded(page, 'CSV of Metrics of the compared runs');
    expect(metrics.find((row) => row.startsWith('Area under the ROC curve'))).toMatch(
      /^[^,]+,\d\.\d{3} \(\d\.\d{3} to \d\.\d{3}\),\d\.\d{3} \(/,
    );
    const comparison = page.getByRole('region', { name: 'Comparison of runs' });
    await comparison.getByRole('img', { name: 'Decision curve' }).waitFor();
    await page.getByRole('button', { name: 'Choose none' }).click();
    await comparison.waitFor({ state: 'detached' });
  });

  test('a run tells its parameters and its lineage', async () => {
    const { page } = walk;
    await page.getByRole('link', { name: /default recipe/ }).click();
    await page.getByRole('table', { name: 'Lineage of the run' }).getByText('clinical@1').first().waitFor();
    await page.getByRole('button', { name: 'Close the run' }).click();
  });

  test('two versions lie over each other', async () => {
    const { page } = walk;
    await openVersion('model=lung&version=1');
    await page.getByLabel('Beside it').selectOption('lung/2');
    const metrics = page.getByRole('table', { name: 'Metrics beside the baseline' });
    await metrics.getByRole('button', { name: 'lung 2: model (95 % interval)' }).waitFor();
    await page.getByRole('img', { name: 'ROC curve' }).waitFor();
    const curve = await downloaded(page, 'CSV of ROC curve');
    expect(new Set(curve.slice(1).map((row) => row.split(',')[0]))).toEqual(new Set(['lung 1', 'lung 2']));
    await page.getByRole('img', { name: 'Survival by predicted risk, lung 2' }).waitFor();
  });

  test('a version has its card and its checklist', async () => {
    const { page } = walk;
    await openVersion('model=lung&version=1');
    await page.getByText('Read the card').click();
    await page.getByRole('heading', { name: 'Intended use' }).waitFor();
    await page.getByRole('region', { name: /^Card: Metric, Model/ }).waitFor();
    expect(await downloaded(page, 'CSV of TRIPOD+AI checklist')).toHaveLength(53);
  });

  test.each(['light', 'dark'] as const)('is readable in %s, also on a small screen', async (colours) => {
    const { page } = walk;
    await openVersion('model=lung&version=1&beside=lung/2');
    await takePicture(page, 'runs', colours);
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.setViewportSize({ width: 400, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('a version is promoted and rolled back once it is confirmed', async () => {
    const { page } = walk;
    await openVersion('model=lung&version=2');
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Promote …' }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    const stages = async () =>
      ((await (await asking('/registry/models/lung')).json()) as { production: string }).production;
    expect(await stages()).toBe('1');
    await page.getByRole('button', { name: 'Promote …' }).click();
    await dialog.getByRole('button', { name: 'Promote', exact: true }).click();
    await page.getByText('lung 2 is now production.').waitFor();
    await page.getByRole('heading', { name: 'lung, version 2 production' }).waitFor();
    expect(await stages()).toBe('2');
    expect(walk.troubles).toEqual([]);
    await page.getByRole('button', { name: 'Roll back …' }).click();
    await dialog.getByRole('button', { name: 'Roll back', exact: true }).click();
    await page.getByText('lung 1 is now production.').waitFor();
    await page.getByRole('heading', { name: 'lung, version 2 archived' }).waitFor();
    expect(await stages()).toBe('1');
    // There is nothing before the first: the server says so, in the dialog.
    await page.getByRole('button', { name: 'Roll back …' }).click();
    await dialog.getByRole('button', { name: 'Roll back', exact: true }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  test('a key that may only read sees no buttons', async () => {
    const { page } = walk;
    await openWithKey(page, `${studio.url}/studio/runs`, keys.read);
    await page.getByText('needs the scope admin').waitFor();
    await page.getByRole('img', { name: 'Calibration' }).waitFor();
    expect(await page.getByRole('button', { name: /Promote|Archive|Roll back/ }).count()).toBe(0);
  });

  test('the one model of a server without a registry has its papers and curves too', async () => {
    const { page } = walk;
    await page.goto(`${alone.url}/studio/runs`);
    await page.getByText('one model and no registry').waitFor();
    await page.getByRole('img', { name: 'Decision curve' }).waitFor();
    expect(await downloaded(page, 'CSV of TRIPOD+AI checklist')).toHaveLength(53);
  });
});
