import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { thoracle } from '../test/thoracle.js';
import { type ModelCard, saveBundle, train } from '../training/index.js';
import { reportJson } from '../training/report/index.js';
import { madeUpNested } from '../training/report/made-up-explanation.js';
import { syntheticDataset, syntheticGroups } from '../training/test/synthetic-dataset.js';

const root = mkdtempSync(join(tmpdir(), 'thoracle-report-'));
const model = join(root, 'model');
const out = join(root, 'page.html');
const evaluation = join(root, 'evaluation.json');

beforeAll(async () => {
  const modalities = ['genomic', 'clinical', 'imaging'] as const;
  const dataset = syntheticDataset({ patients: 50, seed: 2, signal: 2 });
  const trained = await train(dataset, { recipe: 'components', seed: 0, modalities, groups: syntheticGroups });
  await saveBundle(model, trained.bundle, { 'report.json': reportJson(trained.reportData) });
  writeFileSync(evaluation, JSON.stringify(madeUpNested));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('thoracle report', () => {
  test('a model with its card, the answers of the patients asked for and an evaluation beside it', async () => {
    const { code, stderr } = await thoracle(
      ...['report', '--model', model, '--evaluation', evaluation, '--patients', 'R01-002', 'R01-004', '--out', out],
    );
    expect(code, stderr).toBe(0);
    const page = readFileSync(out, 'utf8');
    for (const text of [
      'Patient R01-002',
      'Patient R01-004',
      'Model card',
      'TRIPOD+AI',
      'stage only',
      'Decision curve',
    ])
      expect(page, text).toContain(text);
    expect(page.length).toBeLessThan(3e6);
  });

  test('an evaluation alone', async () => {
    const { code } = await thoracle('report', '--evaluation', evaluation, '--out', out, '--json');
    expect(code).toBe(0);
    const page = readFileSync(out, 'utf8');
    expect(page).toContain('Evaluation by nested cross-validation');
    expect(page).toContain('Not a medical device');
    expect(page).not.toContain('Confusion matrix');
  });

  test.each([
    [['report', '--out', out], 'give --model, --evaluation, or both'],
    [['report', '--evaluation', evaluation, '--patients', 'R01-001', '--out', out], '--patients needs --model'],
    [['report', '--model', model, '--patients', 'R99', '--out', out], 'The report knows no patient "R99"'],
    [['report', '--model', root, '--out', out], 'manifest.json cannot be read'],
    [['report', '--evaluation', join(root, 'absent.json'), '--out', out], 'absent.json does not exist'],
    [['report', '--model', model, '--out', join(root, 'no', 'page.html')], 'page.html does not exist'],
  ])('%j is refused in one sentence', async (args, message) => {
    const { code, stderr } = await thoracle(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test.each([
    ['no json', '{', 'the document is no JSON'],
    ['a list', '[]', 'the document is a list; expected an object'],
    [
      'metrics that are no estimates',
      JSON.stringify({ ...madeUpNested, metrics: { rocAuc: 0.7 } }),
      'metrics.rocAuc is number; expected an object',
    ],
    [
      'a subset without metrics',
      JSON.stringify({ ...madeUpNested, subsets: { genomic: {} } }),
      'subsets.genomic.metrics is missing',
    ],
  ])('an evaluation that is %s is refused by name', async (_what, text, message) => {
    const file = join(root, 'bad.json');
    writeFileSync(file, text);
    const { code, stderr } = await thoracle('report', '--evaluation', file, '--out', out);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('bad.json holds no numbers of a report');
  });
});

describe('thoracle model card', () => {
  test('Markdown, and the same as JSON', async () => {
    const text = (await thoracle('model', 'card', model)).stdout;
    expect(text).toContain('## Intended use');
    expect(text).toMatch(/\| 12a \|.*cross-validation/);
    const card = JSON.parse((await thoracle('model', 'card', model, '--json')).stdout) as ModelCard;
    expect(card.tripod).toHaveLength(52);
    expect(text).toContain(card.modelId);
  });

  test('a folder without a model is refused', async () => {
    const { code, stderr } = await thoracle('model', 'card', root);
    expect(code).toBe(2);
    expect(stderr).toContain('manifest.json cannot be read');
  });
});
