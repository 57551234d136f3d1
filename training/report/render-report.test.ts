import { describe, expect, test } from 'vitest';
import { renderReport } from './index.js';
import { madeUpReport } from './made-up-report.js';
import type { ReportData } from './report-data.js';

const page = renderReport(madeUpReport());
const pictures = (text: string): readonly string[] => text.match(/<svg[\s\S]*?<\/svg>/g) ?? [];
const hostile = `<script>alert("x")</script>&'{a}\u0007\uD800]]>`;

/** Every tag closed in order, every attribute quoted: what an XML parser would insist on. */
function checkWellFormed(markup: string): void {
  const open: string[] = [];
  const empty = new Set(['meta', '!DOCTYPE']);
  let end = 0;
  for (const tag of markup.matchAll(/<(\/?)([\w!]+)((?: [\w:-]+(?:="[^"<]*")?)*) ?(\/?)>/g)) {
    expect(markup.slice(end, tag.index)).not.toMatch(/[<]|&(?!(amp|lt|gt|quot|#39);)/);
    end = tag.index + tag[0].length;
    const name = tag[2] as string;
    if (tag[1] === '/') expect(open.pop()).toBe(name);
    else if (tag[4] !== '/' && !empty.has(name)) open.push(name);
  }
  expect(markup.slice(end).trim()).toBe('');
  expect(open).toEqual([]);
}

describe('the page', () => {
  test('holds every part', () => {
    for (const part of [
      'Not a medical device',
      '2 warnings',
      'How well it predicts',
      'Receiver operating characteristic',
      'Confusion matrix',
      'Survival by predicted risk',
      'Precision and recall',
      'Calibration',
      'Decision curve',
      'Beside baselines, and with fewer modalities',
      'What the answers are made of',
      'Over all patients',
      'Explained variance',
      'Correlation circle',
      'Patients and features per modality',
      'Columns excluded by their role: 4',
      'constant or empty in training, dropped: 4',
      'Patients left out: 1',
      'Lineage',
      'Log-rank test of the two curves',
      '60 have a record in every modality, 59 do not',
      '9f2c9f2c',
      'Recipe "default"',
    ])
      expect(page, part).toContain(part);
  });

  test('warnings come before any score', () => {
    expect(page.indexOf('The sample is small')).toBeLessThan(page.indexOf('0.71'));
    expect(renderReport(madeUpReport(119, { warnings: [] }))).toContain('No warnings.');
  });

  test('a model that was told what came after surgery says so beside its scores, whatever its recipe', () => {
    const honest = renderReport(madeUpReport(40));
    expect(honest).toContain('No outcome or later information is among the inputs.');
    expect(honest).not.toContain('Not a measure of prediction');
    const pca = madeUpReport(40).pca as NonNullable<ReportData['pca']>;
    const columns = pca.columns.map((c, j) => (j === 3 ? { ...c, role: 'post-baseline' as const } : c));
    for (const recipe of ['components', 'reference'] as const) {
      const leaky = renderReport(madeUpReport(40, { recipe, pca: { ...pca, columns } }));
      expect(leaky).toContain('Information from after surgery is among the inputs.');
      expect(leaky.indexOf('Not a measure of prediction')).toBeLessThan(leaky.indexOf('<caption>Metrics with'));
    }
    expect(renderReport(madeUpReport(40, { recipe: 'reference' }))).not.toContain('Not a measure of prediction');
  });

  test('stands alone: no script, no address, no import', () => {
    expect(page).not.toMatch(/<script|<link|<img|javascript:|@import|url\((?!#)|src=|href=/i);
    expect(page.replaceAll(/xmlns(:xlink)?="http:\/\/www\.w3\.org\/[^"]*"/g, '')).not.toMatch(/https?:/);
    expect(page.length).toBeLessThan(3e6);
  });

  test('is well formed, its pictures too', () => {
    checkWellFormed(page);
    expect(pictures(page).length).toBe(17);
    for (const picture of pictures(page)) checkWellFormed(picture);
  });

  test('every picture has a title and a description, every id is used once', () => {
    for (const picture of pictures(page)) {
      const [, title, text] = /aria-labelledby="(\S+) (\S+)"/.exec(picture) ?? [];
      expect(picture).toContain(`<title id="${title}">`);
      expect(picture.split(`<desc id="${text}">`)[1]?.length).toBeGreaterThan(40);
      expect(picture).toContain('role="img"');
      expect(picture).not.toMatch(/#0a0b0\d|zr\d/);
    }
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
  });

  test('every table has a caption and every figure its numbers', () => {
    expect(page.match(/<table>/g)?.length).toBe(page.match(/<caption>/g)?.length);
    for (const figure of page.match(/<figure[\s\S]*?<\/figure>/g) ?? []) expect(figure).toMatch(/<table>/);
  });

  test('the same data gives the same bytes', () => {
    expect(renderReport(madeUpReport())).toBe(page);
    renderReport(madeUpReport(60));
    expect(renderReport(structuredClone(madeUpReport()))).toBe(page);
  });

  test('text from data is escaped, in pictures too', () => {
    const data = madeUpReport(40);
    const pca = data.pca as NonNullable<ReportData['pca']>;
    const attacked = renderReport({
      ...data,
      title: hostile,
      modelId: hostile,
      modalities: [hostile],
      warnings: [hostile],
      evaluation: hostile,
      metrics: { ...data.metrics, [hostile]: { value: 1, low: 1, high: 1 } },
      pca: { ...pca, columns: pca.columns.map((c) => ({ ...c, group: hostile, feature: hostile })) },
      excluded: [{ column: hostile, role: hostile }],
      scored: data.scored.map((p) => ({ ...p, patientId: hostile })),
      dataset: {
        ...data.dataset,
        digest: hostile,
        perModality: [{ name: hostile, patients: 1, features: 1 }],
        leftOut: [{ patientId: hostile, reason: hostile }],
        unusable: [hostile],
      },
      lineage: {
        thoracleVersion: hostile,
        xgboostVersion: hostile,
        groups: [{ name: hostile, version: 1, settingsDigest: hostile }],
      },
    });
    checkWellFormed(attacked);
    expect(['<script', '\u0007'].filter((text) => attacked.includes(text))).toEqual([]);
    expect(Buffer.from(attacked, 'utf8').toString('utf8') === attacked).toBe(true);
    expect(attacked).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;{a}\uFFFD\uFFFD]]&gt;');
  });
});

describe('when there is little to show', () => {
  const same = (dead: boolean, probability = 0.3) => ({ patientId: 'P', probability, dead, timeDays: 100 });
  test.each<[string, Partial<ReportData>, RegExp]>([
    ['no PCA', { pca: null }, /works on the columns themselves/],
    ['nobody scored', { scored: [] }, /No patient was scored/],
    ['nobody died', { scored: [same(false, 0.1), same(false)] }, /Not defined: 0 of 2 patients died[\s\S]*nobody died/],
    ['all alike', { scored: [same(true), same(false)] }, /do not differ around their median/],
    [
      'no follow-up',
      {
        scored: [
          { ...same(true), timeDays: Number.NaN },
          { ...same(false, 0.1), timeDays: Number.NaN },
        ],
      },
      /No two groups: the predictions of 0/,
    ],
    ['nothing left out', { excluded: [] }, /Columns excluded by their role: none/],
    ['no metrics', { metrics: {}, holdout: null }, /How well it predicts/],
  ])('%s', (_what, changed, expected) => {
    const text = renderReport(madeUpReport(40, changed));
    expect(text).toMatch(expected);
    checkWellFormed(text);
  });

  test('one component: no circle', () => {
    const pca = madeUpReport(40).pca as NonNullable<ReportData['pca']>;
    const one = { ...pca, components: pca.components.slice(0, 1), explainedVarianceRatio: [0.4] };
    expect(renderReport(madeUpReport(40, { pca: one }))).not.toContain('Correlation circle');
  });

  test('columns that do not vary are not listed as strong ones', () => {
    const pca = madeUpReport(40).pca as NonNullable<ReportData['pca']>;
    const without = (group: string, keep: number) => {
      const [first = -1] = pca.columns.flatMap((c, j) => (c.group === group ? [j] : []));
      const still = (j: number) => pca.columns[j]?.group === group && j >= first + keep;
      return { ...pca, components: pca.components.map((row) => row.map((x, j) => (still(j) ? 0 : x))) };
    };
    const one = renderReport(madeUpReport(40, { pca: without('genomic', 1) }));
    expect(one).toContain('the 1 strongest of 21 columns');
    const none = renderReport(madeUpReport(40, { pca: without('genomic', 0) }));
    expect(none).toContain('None of the 21 columns varies in training');
    checkWellFormed(none);
  });

  test('arrays that do not fit together are refused', () => {
    const pca = madeUpReport(40).pca as NonNullable<ReportData['pca']>;
    expect(() => renderReport(madeUpReport(40, { pca: { ...pca, correlations: [] } }))).toThrow(/0 correlations/);
  });
});

test('five thousand columns and two thousand patients stay readable and small', () => {
  const columns = Array.from({ length: 5000 }, (_, i) => ({
    group: 'genomic',
    version: 1,
    feature: `GENE${i}`,
    role: 'feature' as const,
    unit: '1',
  }));
  const wave = (k: number) => columns.map((_, i) => Math.sin(i * (k + 1)) / 50);
  const shares = Array.from({ length: 30 }, (_, k) => 0.1 * 0.9 ** k);
  const pca = {
    columns,
    components: shares.map((_, k) => wave(k)),
    explainedVarianceRatio: shares,
    allExplainedVarianceRatio: shares,
    correlations: columns.map((_, i) => [Math.sin(i) * 0.7, Math.cos(i * 3) * 0.7] as const),
  };
  const data = madeUpReport(2000, { pca, excluded: columns.map((c) => ({ column: c.feature, role: 'label' })) });
  const text = renderReport(data);
  expect(text.length).toBeLessThan(1.5e6);
  expect(text).toContain('… and 4700 more');
  checkWellFormed(text);
});
