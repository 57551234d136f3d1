import { describe, expect, test } from 'vitest';
import type { BundleManifest } from '../bundle/index.js';
import { renderReport } from '../report/index.js';
import { madeUpReport } from '../report/made-up-report.js';
import { cardMarkdown, modelCard, tripodItems } from './index.js';

const report = madeUpReport(60);
const manifest: BundleManifest = {
  formatVersion: 2,
  modelId: report.modelId,
  task: { kind: 'status' },
  recipe: 'default',
  columns: report.pca?.columns ?? [],
  ranges: [],
  members: [
    {
      name: 'all',
      weight: 1,
      steps: [{ kind: 'impute', values: [] }],
      inputs: ['PC1', 'PC2', 'PC3'],
      model: { kind: 'booster', file: 'model.json', sha256: '0'.repeat(64) },
    },
  ],
  answer: { kind: 'probability', slope: 1, intercept: 0 },
  riskGroups: null,
  chosen: {},
  threshold: 0.5,
  trainedOn: { datasetDigest: report.dataset.digest, patients: 60, events: 20, modalities: report.modalities, seed: 0 },
  metrics: report.metrics,
  baseline: report.baseline,
  warnings: report.warnings,
  lineage: report.lineage,
};
const card = modelCard(manifest, report);
const part = (title: string, of = card): string =>
  of.sections.find((s) => s.title === title)?.sentences.join(' ') ?? '';

describe('the checklist', () => {
  test('has the 27 items of TRIPOD+AI with their parts, each once, in order', () => {
    const parts: Readonly<Record<number, string>> = {
      3: 'abc',
      5: 'ab',
      6: 'abc',
      8: 'abc',
      9: 'abc',
      12: 'abcdefg',
      18: 'abcdef',
      20: 'abc',
      23: 'ab',
      27: 'abc',
    };
    const wanted = Array.from({ length: 27 }, (_, k) => k + 1).flatMap((n) =>
      parts[n] === undefined ? [String(n)] : [...parts[n]].map((letter) => `${n}${letter}`),
    );
    expect(tripodItems.map(({ number }) => number)).toEqual(wanted);
    expect(wanted).toHaveLength(52);
  });

  test('is filled from the run: numbers, evaluation, intervals; what the run cannot know is left to the authors', () => {
    const answer = (number: string) => card.tripod.find((line) => line.number === number)?.answer;
    expect(answer('10')).toMatchObject({
      status: 'answered',
      text: expect.stringContaining('60, 20 deaths, 3 inputs'),
    });
    expect(answer('12a')).toMatchObject({ status: 'answered', text: report.evaluation });
    expect(answer('23a')).toMatchObject({ text: expect.stringContaining('rocAuc 0.712 (0.614 to 0.803)') });
    expect(answer('21')).toMatchObject({ text: expect.stringContaining('genomic 117 (41)') });
    expect(answer('17')).toMatchObject({ status: 'unknown' });
    expect(answer('12d')).toMatchObject({ status: 'not applicable' });
  });
});

describe('the card', () => {
  test('says what the model is for, its data, metrics, warnings and limits', () => {
    expect(card.sections.map(({ title }) => title)).toEqual([
      'Intended use',
      'Data',
      'Model',
      'Metrics',
      'Warnings',
      'Limits',
    ]);
    expect(part('Intended use')).toContain('not a medical device');
    expect(part('Data')).toContain('Fitted on 60 patients, of whom 20 died');
    expect(part('Warnings')).toBe(report.warnings.join(' '));
    expect(part('Limits')).toContain('20 deaths for 3 inputs are few');
    expect(card.sections.find(({ title }) => title === 'Metrics')?.table?.rows[0]).toEqual([
      'rocAuc',
      '0.712 (0.614 to 0.803)',
      '0.500 (0.500 to 0.500)',
    ]);
  });

  test('a leaky column is named in data and checklist', () => {
    const columns = manifest.columns.map((c, j) =>
      j === 2 ? { ...c, feature: 'Recurrence_yes', role: 'post-baseline' as const } : c,
    );
    const leaky = modelCard({ ...manifest, columns }, report);
    expect(part('Data', leaky)).toContain('Information from after surgery is among the inputs (Recurrence_yes)');
    expect(part('Data')).toContain('No column from after surgery');
    expect(leaky.tripod.find(({ number }) => number === '6c')?.answer.text).toContain('Recurrence_yes');
  });

  test('without report and scores it says so', () => {
    const bare = modelCard(
      {
        ...manifest,
        metrics: {},
        baseline: {},
        warnings: [],
        trainedOn: { ...manifest.trainedOn, patients: 0, events: 0 },
      },
      undefined,
    );
    expect(part('Metrics', bare)).toBe('None: the model came without scores.');
    expect(part('Data', bare)).toContain('Trained elsewhere');
    expect(part('Warnings', bare)).toBe('None.');
    expect(bare.tripod.find(({ number }) => number === '12a')?.answer.status).toBe('unknown');
  });
});

test('of a model from elsewhere nothing is said that is not known', () => {
  const foreign = modelCard({ ...manifest, recipe: 'imported', metrics: {}, baseline: {} }, undefined);
  expect(part('Data', foreign)).toContain('The roles of its columns are not known');
  expect(part('Limits', foreign)).toBe('Nothing is known here of how the model was made and evaluated.');
  expect(part('Intended use', foreign)).not.toContain('resected');
  const known = foreign.tripod.filter(({ answer }) => answer.status !== 'unknown').map(({ number }) => number);
  expect(known).toEqual(['3b', '12g', '22', '26', '27a', '27b']);
});

test('Markdown: tables are whole, text from data is no markup', () => {
  const text = cardMarkdown(modelCard({ ...manifest, warnings: ['a | b <script>\n# c'] }, report));
  expect(text).toContain('- a \\| b \\<script\\> \\# c');
  const table = text.slice(text.indexOf('| Item |')).trim().split('\n');
  expect(table).toHaveLength(54);
  for (const line of table) expect(line.replaceAll('\\|', '').split('|')).toHaveLength(7);
  expect(text).toContain('doi:10.1136/bmj-2023-078378');
});

test('the report holds the card and the checklist', () => {
  const page = renderReport(report, { card });
  expect(page).toContain('<h2 id="card">Model card</h2>');
  expect(page).toContain('TRIPOD+AI, filled by the run');
  expect(renderReport(report)).not.toContain('Model card');
});
