import type { Estimate } from '../../bundle/index.js';
import { chartSvg } from '../charts/chart.js';
import { type ForestRow, forestChart } from '../charts/forest-chart.js';
import { metricTexts } from '../metric-texts.js';
import { fixed, interval, pValue } from '../page/format.js';
import { type Html, html, nothing } from '../page/html.js';
import { foldedTable, table } from '../page/table.js';
import type { NestedEvaluation, ReportData } from '../report-data.js';

/** What the baselines are, in words. */
const baselineTexts: Readonly<Record<string, string>> = {
  majority: 'majority class',
  kaplanMeier: 'Kaplan-Meier (no covariates)',
  stageOnly: 'stage only',
  coxElasticNet: 'Cox elastic net',
  elasticNet: 'elastic net',
  earlyFusion: 'early fusion (one ridge on all columns)',
  reference: 'reference recipe, honest columns',
  referenceLeaky: 'reference recipe, leaky columns (inflated)',
  referenceLeakyWithoutPca: 'reference recipe, leaky columns, no PCA (inflated)',
};

/** Nested cross-validation: the model beside every baseline and on every subset of the modalities. */
export function nestedEvaluationSection(nested: ReportData['nested']): Html {
  if (nested === undefined || nested === null) return nothing;
  const { metrics, baselines, subsets } = nested;
  const columns = [['default', metrics], ...Object.entries(baselines)] as const;
  const names = Object.keys(metrics);
  return html`<section aria-labelledby="nested">
<h2 id="nested">Beside baselines, and with fewer modalities</h2>
<p>${nested.evaluation}</p>
${forestOf('harrellC', nested)}
${forestOf('rocAuc', nested)}
${table({
  caption: `Metrics with 95 % intervals beside the baselines, ${nested.dataset.patients} patients, ${nested.dataset.events} deaths`,
  head: ['Metric', ...columns.map(([name]) => baselineTexts[name] ?? name)],
  rows: names.map((name) => [
    metricTexts[name]?.label ?? name,
    ...columns.map(([, own]) => (own[name] === undefined ? 'not defined' : interval(own[name]))),
  ]),
  figures: columns.map((_, c) => c + 1),
})}
${table({
  caption: 'Every subset of the modalities, each on the patients who have a record in one of them',
  head: ['Modalities', 'Patients', 'Deaths', ...names.map((name) => metricTexts[name]?.label ?? name)],
  rows: Object.entries(subsets).map(([name, subset]) => [
    name,
    String(subset.patients),
    String(subset.events),
    ...names.map((metric) => (subset.metrics[metric] === undefined ? 'not defined' : interval(subset.metrics[metric]))),
  ]),
  figures: [1, 2, ...names.map((_, k) => k + 3)],
})}
${comparisonTable(nested)}
</section>`;
}

function forestOf(metric: string, { metrics, baselines, subsets }: NestedEvaluation): Html {
  const own = metrics[metric];
  if (own === undefined) return nothing;
  const row = (name: string, estimate: Estimate | undefined): readonly ForestRow[] =>
    estimate === undefined ? [] : [{ name, estimate, main: false }];
  const rows: readonly ForestRow[] = [
    { name: 'default', estimate: own, main: true },
    ...Object.entries(baselines).flatMap(([name, all]) => row(baselineTexts[name] ?? name, all[metric])),
    ...Object.entries(subsets)
      .filter(([, subset]) => subset.metrics[metric] !== own)
      .flatMap(([name, subset]) => row(name, subset.metrics[metric])),
  ];
  const label = metricTexts[metric]?.label ?? metric;
  return html`<figure class="wide">
<h3>${label}</h3>
${chartSvg(forestChart(`forest-${metric}`, label, rows, 0.5))}
<figcaption>95 % intervals; dashed: a model that knows nothing. Subsets are scored on the patients who have a record in one of their modalities, so their lines are of different patients.</figcaption>
${foldedTable('Numbers behind the picture', {
  caption: `${label}, values`,
  head: ['Model', 'Value (95 % interval)'],
  rows: rows.map(({ name, estimate }) => [name, interval(estimate)]),
  figures: [1],
})}
</figure>`;
}

function comparisonTable({ comparison }: NestedEvaluation): Html {
  const rows = Object.entries(comparison).map(([name, d]) => [
    metricTexts[name]?.label ?? name,
    `${fixed(d.value)} (${fixed(d.low)} to ${fixed(d.high)})`,
    pValue(d.pValue),
  ]);
  if (rows.length === 0) return nothing;
  return table({
    caption:
      'Default less reference recipe, fold by fold; t-test corrected for shared training patients (Nadeau & Bengio)',
    head: ['Metric', 'Difference (95 % interval)', 'p'],
    rows,
    figures: [1, 2],
  });
}
