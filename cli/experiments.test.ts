import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDuckDbStore } from '../featurestore/index.js';
import { thoracle } from '../test/thoracle.js';
import { type Lineage, type RunDraft, type RunRecord, recordRun } from '../training/index.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-runs-'));
const store = join(folder, 'study.duckdb');
const ids: string[] = [];

const draft: RunDraft = {
  kind: 'train',
  name: 'default recipe, clinical',
  parentId: null,
  status: 'finished',
  failure: null,
  startedAtMs: Date.UTC(2026, 0, 2),
  durationSeconds: 3,
  host: 'bench-1',
  codeVersion: 'thoracle 0.1.0',
  parameters: { seed: 0 },
  metrics: { harrellC: { value: 0.61, low: 0.5, high: 0.7 } },
  inputs: [{ name: 'dataset', sha256: 'd'.repeat(64) }],
  groups: [],
  artifacts: [{ name: 'model', sha256: 'a'.repeat(64) }],
};

beforeAll(async () => {
  const opened = await openDuckDbStore({ file: store });
  for (const seed of [0, 1]) {
    const run = await recordRun(opened, { ...draft, startedAtMs: draft.startedAtMs + seed, parameters: { seed } });
    ids.push(run.runId);
  }
  await opened.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('thoracle experiments', () => {
  test('list, show, compare, best and lineage', async () => {
    const [first, second] = ids as [string, string];
    const listed = await thoracle('experiments', 'list', '--store', store);
    expect(listed.stdout).toMatch(new RegExp(`${second}.*\\n${first}`));
    expect(
      JSON.parse((await thoracle('experiments', 'list', '--kind', 'batch', '--store', store, '--json')).stdout),
    ).toEqual([]);
    expect((await thoracle('experiments', 'show', first.slice(0, 10), '--store', store)).stdout).toContain(
      'harrellC  0.6100',
    );
    expect((await thoracle('experiments', 'compare', first, second, '--store', store)).stdout).toMatch(
      /\* seed\s+0\s+1/,
    );
    const best = JSON.parse(
      (await thoracle('experiments', 'best', 'harrellC', '--store', store, '--json')).stdout,
    ) as RunDraft;
    expect(best.metrics).toEqual(draft.metrics);
    const lineage = await thoracle('experiments', 'lineage', first, '--store', store);
    expect(lineage.stdout).toContain('artifact model  <-  run train: default recipe, clinical');
  });

  test.each([
    [['experiments', 'show', 'nothing', '--store', store], 'No run has the id "nothing"'],
    [
      ['experiments', 'best', 'height', '--store', store],
      'No finished run has the metric "height"; there are harrellC',
    ],
    [['experiments', 'list', '--kind', 'walk', '--store', store], 'Allowed choices are train, evaluate'],
    [
      ['experiments', 'export', '--mlflow', 'http://127.0.0.1:9', '--store', store],
      'http://127.0.0.1:9 did not take the runs',
    ],
    [['experiments', 'list', '--store', join(folder, 'absent.duckdb')], 'no such file'],
  ])('%j is refused in one sentence', async (args, message) => {
    const { code, stderr } = await thoracle(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('every command remembers its run', () => {
  const cohort = join(folder, 'cohort');
  const study = join(folder, 'cohort.duckdb');
  const model = join(folder, 'model');
  const listed = async (...more: readonly string[]) =>
    JSON.parse((await thoracle('experiments', 'list', '--store', study, '--json', ...more)).stdout) as RunRecord[];

  beforeAll(async () => {
    await thoracle('cohort', 'generate', '--patients', '36', '--seed', '3', '--out', cohort);
    const files = readdirSync(join(cohort, 'objects'), { recursive: true, withFileTypes: true }).filter((f) =>
      f.isFile(),
    );
    const slice = files.map((file) => join(file.parentPath, file.name)).sort()[0] ?? '';
    truncateSync(slice, statSync(slice).size - 500);
    const run = await thoracle('run', '--cohort', cohort, '--store', study, '--json');
    expect(run.code, run.stderr).toBe(1);
  }, 120_000);

  test('run: the pipelines as the parent, each imaging job as a child, the failed one with its reason', async () => {
    const [parent, ...others] = await listed('--kind', 'pipeline');
    expect(others).toEqual([]);
    const jobs = await listed('--kind', 'imaging-job');
    const failed = jobs.filter(({ status }) => status === 'failed');
    expect(parent).toMatchObject({
      status: 'finished',
      failure: null,
      host: hostname(),
      codeVersion: expect.stringMatching(/^thoracle /),
    });
    expect(parent?.metrics.imagingDone?.value).toBe(jobs.length - failed.length);
    expect(parent?.metrics.imagingFailed?.value).toBe(failed.length);
    expect(parent?.metrics.clinicalDone?.value).toBe(36);
    expect(parent?.groups.map(({ name }) => name).sort()).toEqual(['clinical', 'genomic', 'imaging']);
    expect(parent?.inputs.length).toBeGreaterThanOrEqual(2);
    expect(failed.length).toBeGreaterThanOrEqual(1);
    for (const job of jobs) {
      expect(job.parentId).toBe(parent?.runId);
      expect(job.durationSeconds).toBeGreaterThanOrEqual(0);
      if (job.status === 'failed') expect(job.failure).toMatch(/\S/);
      else {
        expect(job.durationSeconds).toBeGreaterThan(0);
        expect(job.inputs[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(job.groups).toEqual([expect.objectContaining({ name: 'imaging', version: 1 })]);
        const ct = job.artifacts.find(({ name }) => name.endsWith('.nii.gz'));
        const bytes = readFileSync(join(folder, 'artifacts', ct?.name ?? ''));
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(ct?.sha256);
      }
    }
  });

  test('evaluate and train: finished and failed', async () => {
    const asked = ['--store', study, '--modalities', 'clinical'];
    const evaluated = await thoracle(
      'evaluate',
      ...asked,
      '--task',
      'status',
      '--repeats',
      '1',
      '--folds',
      '2',
      '--json',
    );
    expect(evaluated.code, evaluated.stderr).toBe(0);
    const [evaluation] = await listed('--kind', 'evaluate');
    expect(evaluation).toMatchObject({ status: 'finished', parameters: { task: 'status', folds: 2 } });
    expect(evaluation?.metrics).toEqual(JSON.parse(evaluated.stdout).metrics);
    expect(evaluation?.groups).toMatchObject([{ name: 'clinical', version: 1 }]);

    const refused = await thoracle('evaluate', ...asked, '--patients', 'X99-');
    expect(refused.code).toBe(2);
    const [latest] = await listed('--kind', 'evaluate');
    expect(latest).toMatchObject({ status: 'failed', metrics: {}, parameters: { patients: 'X99-' } });
    expect(refused.stderr).toContain(latest?.failure);
  }, 60_000);

  test('lineage leads from the prediction for a patient to the files it was made from', async () => {
    const trained = await thoracle(
      'train',
      '--store',
      study,
      '--modalities',
      'clinical,imaging',
      '--out',
      model,
      '--json',
    );
    expect(trained.code, trained.stderr).toBe(0);
    const { id } = JSON.parse(trained.stdout).model as { readonly id: string };
    const [job] = (await listed('--kind', 'imaging-job')).filter(({ status }) => status === 'finished');
    const patient = job?.name ?? '';
    const asked = ['experiments', 'lineage', id, '--store', study, '--case', patient];
    const { nodes, edges } = JSON.parse((await thoracle(...asked, '--json')).stdout) as Lineage;
    const leads = (from: string): readonly string[] =>
      edges.filter((edge) => edge.from === from).flatMap(({ to }) => [to, ...leads(to)]);
    const reached = new Set(leads(`prediction:${patient}`));
    expect(reached).toContain(`artifact:${id}`);
    expect(reached).toContain('group:imaging@1');
    const own = new Set(leads(`record:imaging@1/${patient}`));
    expect([...own].sort()).toEqual(job?.inputs.map(({ sha256 }) => `source:${sha256}`).sort());
    expect(reached.size).toBe(nodes.length - 1);
    expect((await thoracle(...asked)).stdout).toContain(
      `prediction for ${patient}  <-  record imaging@1 of ${patient}`,
    );
    const nobody = await thoracle('experiments', 'lineage', id, '--store', study, '--case', 'R99-999');
    expect(nobody.code).toBe(2);
    expect(nobody.stderr).toContain('No group that the model reads has a record of "R99-999"');
  }, 60_000);
});
