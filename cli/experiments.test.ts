import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDuckDbStore } from '../featurestore/index.js';
import { thoracle } from '../test/thoracle.js';
import { type RunDraft, recordRun } from '../training/index.js';

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
