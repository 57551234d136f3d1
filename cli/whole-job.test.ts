import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { answerPattern, pageCalls, runCall } from '../test/serving/page-calls.js';
import { hasSharedData, needsSharedData, sharedData } from '../test/shared-data.js';
import { startServing, thoracle } from '../test/thoracle.js';

const groups = ['genomic', 'clinical', 'imaging'] as const;
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'thoracle-job-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await thoracle(...args);
  expect(code, stderr).toBe(0);
  return stdout;
}

describe('a synthetic cohort from raw files to predictions', () => {
  const workers = [1, 2] as const;
  const at = (n: number, name: string) => join(root, `workers-${n}`, name);
  const trained: Record<string, unknown>[] = [];

  beforeAll(async () => {
    const cohort = join(root, 'cohort');
    await ok('cohort', 'generate', '--patients', '60', '--seed', '11', '--out', cohort);
    for (const n of workers) {
      mkdirSync(join(root, `workers-${n}`));
      const store = at(n, 'store.duckdb');
      await ok('run', '--cohort', cohort, '--store', store, '--workers', String(n), '--json');
      for (const group of groups) await ok('store', 'export', group, at(n, `${group}.csv`), '--store', store);
      const options = ['--modalities', 'genomic,clinical,imaging', '--seed', '5', '--out', at(n, 'model')];
      options.push('--recipe', 'components');
      trained.push(JSON.parse(await ok('train', '--store', store, ...options, '--json')));
    }
  }, 300_000);

  test('tables, model, report and artifacts have the same bytes with 1 and with 2 workers', () => {
    const same = (name: string) => expect(readFileSync(at(1, name)).equals(readFileSync(at(2, name))), name).toBe(true);
    for (const group of groups) same(`${group}.csv`);
    for (const file of ['manifest.json', 'model.json', 'report.html', 'report.json', 'train.json'])
      same(`model/${file}`);
    const artifacts = readdirSync(at(1, 'artifacts'), { recursive: true, encoding: 'utf8' }).sort();
    expect(readdirSync(at(2, 'artifacts'), { recursive: true, encoding: 'utf8' }).sort()).toEqual(artifacts);
    const files = artifacts.filter((name) => /\.(png|gz)$/.test(name));
    expect(files.length).toBeGreaterThan(50);
    for (const name of files) same(join('artifacts', name));
    expect(trained[0]).toEqual(trained[1]);
  });

  test('the cross-validated AUC of components and XGBoost is above chance, its interval excludes 0.5', () => {
    const result = trained[0] as {
      metrics: Record<string, { value: number; low: number; high: number }>;
      baseline: typeof result.metrics;
      evaluation: string;
    };
    expect(result.evaluation).toContain('cross-validation');
    expect(result.metrics.rocAuc?.low).toBeGreaterThan(0.5);
    expect(Object.keys(result.baseline)).toEqual(Object.keys(result.metrics));
  });

  test('only columns known at surgery entered, and what was kept out is listed with its role', () => {
    const { columns } = JSON.parse(readFileSync(at(1, 'model/manifest.json'), 'utf8'));
    expect(new Set(columns.map((c: { role: string }) => c.role))).toEqual(new Set(['feature']));
    const { excluded } = trained[0] as { excluded: { column: string; role: string }[] };
    expect(excluded).toContainEqual({ column: 'survival_time_days', role: 'outcome' });
    expect(excluded).toContainEqual({ column: 'Chemotherapy_Yes', role: 'post-baseline' });
  });

  test('predictions for a stored patient and for its exported row agree, whoever made the store', async () => {
    const id = JSON.parse(
      await ok(
        'store',
        'query',
        'SELECT min(case_id) AS id FROM imaging JOIN genomic USING (case_id)',
        '--store',
        at(1, 'store.duckdb'),
        '--json',
      ),
    )[0].id;
    const answers = [];
    for (const n of workers) {
      answers.push(
        await ok('predict', '--model', at(n, 'model'), '--store', at(n, 'store.duckdb'), '--case', id, '--json'),
      );
    }
    expect(answers[0]).toBe(answers[1]);
    const [prediction] = JSON.parse(answers[0] as string).predictions;
    expect(prediction.case).toBe(id);
    expect(prediction.probability).toBeGreaterThan(0);
    expect(prediction.probability).toBeLessThan(1);
  });

  test('predict reads rows from CSV and JSON, and names row and column of a bad one', async () => {
    const model = at(1, 'model');
    const json = join(root, 'rows.json');
    writeFileSync(
      json,
      JSON.stringify([
        { PackYears: 40, CD44: 12.5 },
        { PackYears: null, CD44: 3 },
      ]),
    );
    const csv = join(root, 'rows.csv');
    writeFileSync(csv, 'CD44,PackYears\n12.5,40\n3,\n');
    const answers = [await ok('predict', '--model', model, '--input', json, '--json')];
    answers.push(await ok('predict', '--model', model, '--input', csv, '--json'));
    expect(answers[0]).toBe(answers[1]);
    expect(JSON.parse(answers[0] as string).predictions).toHaveLength(2);
    const bad = join(root, 'bad.csv');
    writeFileSync(bad, 'CD44,PackYears\n12.5,40\n3,many\n');
    const refused = await thoracle('predict', '--model', model, '--input', bad);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^error: .*[Rr]ow 2.*PackYears/m);
    expect((await thoracle('predict', '--model', model)).code).toBe(2);
  });

  test('serve answers until it is told to stop', async () => {
    const server = await startServing('--model', at(1, 'model'), '--store', at(1, 'store.duckdb'), '--port', '0');
    onTestFinished(async () => {
      await server.stop();
    });
    const id = 'R01-SYNTHETIC-001';
    const ask = (path: string, body: unknown) =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await fetch(`${server.url}/ping`)).status).toBe(200);
    const served = (await (await ask('/predict', { cases: [id] })).json()) as {
      predictions: { probability: number }[];
    };
    const predicted = JSON.parse(
      await ok('predict', '--model', at(1, 'model'), '--store', at(1, 'store.duckdb'), '--case', id, '--json'),
    );
    expect(served.predictions[0]?.probability).toBe(predicted.predictions[0].probability);
    const refused = await ask('/invocations', [{ PackYears: 'many' }]);
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ error: { row: 1, column: 'PackYears' } });
    const page = await (await fetch(`${server.url}/openapi.json`)).text();
    expect(/not a medical device/i.test(page)).toBe(true);
    const { code, stderr } = await server.stop();
    expect(code).toBe(0);
    expect(stderr).not.toContain('PackYears');
  });

  test('every call of docs/serving.md answers as the page shows', async () => {
    const places = ['--model', at(1, 'model'), '--store', at(1, 'store.duckdb'), '--jobs', join(root, 'jobs')];
    const server = await startServing(...places, '--port', '0');
    onTestFinished(async () => {
      await server.stop();
    });
    const calls = pageCalls(readFileSync(new URL('../docs/serving.md', import.meta.url), 'utf8'));
    expect(calls.length).toBeGreaterThan(9);
    for (const call of calls) expect(await runCall(call, server.url), call.code).toMatch(answerPattern(call.answer));
  });

  test('the store is described and asked from the command line; a statement that writes is refused', async () => {
    const store = at(1, 'store.duckdb');
    const listed = JSON.parse(await ok('store', 'groups', '--store', store, '--json'));
    expect(listed.map((g: { name: string }) => g.name)).toEqual(['clinical', 'experiments', 'genomic', 'imaging']);
    expect(listed[0].records).toBe(60);
    const described = JSON.parse(await ok('store', 'describe', 'imaging', '--store', store, '--json'));
    expect(described.definitions).toContainEqual(
      expect.objectContaining({
        name: 'original_shape_MeshVolume',
        unit: 'mm3',
        role: 'feature',
        reference: 'IBSI:RNU0',
      }),
    );
    const record = JSON.parse(await ok('store', 'get', 'clinical', 'R01-SYNTHETIC-001', '--store', store, '--json'));
    expect(record.values.case_id).toBe('R01-SYNTHETIC-001');
    expect(
      JSON.parse(await ok('store', 'history', 'clinical', 'R01-SYNTHETIC-001', '--store', store, '--json')),
    ).toHaveLength(1);
    const refused = await thoracle('store', 'query', 'DROP VIEW clinical', '--store', store);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^error: /m);
    expect((await thoracle('store', 'get', 'clinical', 'nobody', '--store', store)).code).toBe(2);
  });

  test('a second run changes nothing in the store', async () => {
    const store = at(1, 'store.duckdb');
    const count = 'SELECT count(*) AS n FROM clinical_history';
    const before = await ok('store', 'query', count, '--store', store, '--json');
    await ok('run', '--cohort', join(root, 'cohort'), '--store', store, '--stages', 'clinical,genomic');
    expect(await ok('store', 'query', count, '--store', store, '--json')).toBe(before);
  });
});

describe.skipIf(!hasSharedData)(`the public cohort's real tables ${needsSharedData}`, () => {
  test('211 clinical, 130 genomic and 60 imaging rows; all three modalities train', async () => {
    const store = join(root, 'real.duckdb');
    const run = JSON.parse(
      await ok('run', '--cohort', sharedData('nsclc-radiogenomics'), '--store', store, '--genes', 'all', '--json'),
    );
    const done = Object.fromEntries(groups.map((group) => [group, run.stages[group].done]));
    expect(done).toEqual({ genomic: 130, clinical: 211, imaging: 60 });
    for (const group of groups) expect(run.stages[group]).toMatchObject({ failed: [], skipped: 0 });
    const r01 = await ok(
      'store',
      'query',
      "SELECT count(*) AS n FROM clinical WHERE case_id LIKE 'R01-%'",
      '--store',
      store,
      '--json',
    );
    expect(JSON.parse(r01)).toEqual([{ n: 162 }]);

    const model = join(root, 'real-model');
    const trained = JSON.parse(
      await ok('train', '--store', store, '--modalities', 'genomic,clinical,imaging', '--out', model, '--json'),
    );
    expect(trained.dataset).toMatchObject({ patients: 211, events: 63, complete: 60, incomplete: 151 });
    // One probability for everybody has no slope.
    const both = Object.keys(trained.metrics).filter((name) => name !== 'calibrationSlope');
    expect(Object.keys(trained.baseline)).toEqual(both);
    const report = readFileSync(join(model, 'report.html'), 'utf8');
    const table = report.slice(report.indexOf('Model without any column</th>'));
    const rows = table.slice(0, table.indexOf('</tbody>')).split('<tr>').slice(1);
    expect(rows.length).toBe(Object.keys(trained.metrics).length);
    for (const row of rows) {
      const estimates = row.match(/-?\d\.\d{3} \(-?\d\.\d{3} to -?\d\.\d{3}\)/g)?.length;
      expect(estimates, row).toBeGreaterThanOrEqual(row.includes('alibration slope') ? 1 : 2);
    }

    const leaky = await thoracle(
      'train',
      '--store',
      store,
      '--modalities',
      'genomic-clinical-imaging',
      '--recipe',
      'reference',
      '--out',
      join(root, 'leaky'),
      '--json',
    );
    expect(leaky.code).toBe(0);
    expect(leaky.stderr).toMatch(/warning: .*TimetoDeathdays/);
    expect(JSON.parse(leaky.stdout).dataset.patients).toBe(119);
  }, 180_000);

  test('radiomics of the real patient: GTV-1 from its structure set', async () => {
    const folder = 'nsclc-radiomics-lung1-001';
    const out = await ok(
      'radiomics',
      sharedData(`${folder}/image`),
      sharedData(`${folder}/mask_rtstruct`),
      '--roi',
      'GTV-1',
      '--json',
    );
    const { features, diagnostics } = JSON.parse(out);
    // 54639 voxels of 0.9765625 x 0.9765625 x 3 mm, as the data set's description states for this contour (within 1 %).
    expect(Math.abs(features.original_shape_VoxelVolume / 156_320 - 1)).toBeLessThan(0.01);
    expect(Math.abs(features.original_firstorder_Mean + 64.1)).toBeLessThan(2);
    expect(Object.values(features).every((value) => Number.isFinite(value))).toBe(true);
    expect(Object.keys(features).length).toBe(107);
    expect(diagnostics).toBeTypeOf('object');
  });
});
