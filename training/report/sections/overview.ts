import type { Estimate } from '../../bundle/index.js';
import { type MetricText, metricTexts } from '../metric-texts.js';
import { count, fixed, interval } from '../page/format.js';
import { type Html, html, nothing } from '../page/html.js';
import { table } from '../page/table.js';
import type { ReportData } from '../report-data.js';

/** Said on every page. */
export const notADevice =
  'Research software. Not a medical device: not for diagnosis, treatment or any other clinical use.';

/** Title, what it is not, and everything a reader must know before believing a number. */
export function heading(data: ReportData): Html {
  const about =
    data.recipe === 'reference'
      ? 'repeats a published template, its flaws included'
      : 'every choice is made inside the training part';
  const inputs = hasLeak(data)
    ? 'Information from after surgery is among the inputs.'
    : 'No outcome or later information is among the inputs.';
  return html`<header>
<p class="device">${notADevice}</p>
<h1>${data.title}</h1>
<p class="sub">Recipe "${data.recipe}": ${about}. ${inputs} Modalities: ${data.modalities.join(', ')}. Seed ${data.seed}. Model <code>${data.modelId}</code>.</p>
</header>
${warnings(data.warnings)}`;
}

/** Whether a column that tells what came after the start of follow-up went in. */
function hasLeak({ pca }: ReportData): boolean {
  return pca?.columns.some(({ role }) => role !== 'feature' && role !== 'metadata') ?? false;
}

/** Sentences that a reader must see before any number. */
export function warnings(sentences: readonly string[]): Html {
  if (sentences.length === 0) return html`<p class="calm">No warnings.</p>`;
  return html`<section class="warnings" aria-labelledby="warnings">
<h2 id="warnings">${count(sentences.length, 'warning')}</h2>
<ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>
</section>`;
}

/** The numbers a reader looks for first. */
export function tiles(data: ReportData): Html {
  const { dataset } = data;
  const numbers = [
    tile(
      String(dataset.patients),
      'patients',
      `${count(dataset.events, 'death')}, ${count(dataset.features, 'feature')}`,
    ),
    tile(String(dataset.complete), 'complete patients', `${dataset.incomplete} lack a modality`),
    ...['rocAuc', 'accuracy'].map((name) => metricTile(name, data)),
  ];
  return html`<div class="tiles">${numbers}</div>`;
}

function metricTile(name: string, { metrics, baseline }: ReportData): Html {
  const found = metrics[name];
  if (found === undefined) return nothing;
  const beside = baseline[name];
  const label = metricTexts[name]?.label ?? name;
  const span = `95 %: ${fixed(found.low, 2)} to ${fixed(found.high, 2)}`;
  return tile(
    fixed(found.value, 2),
    label,
    `${span}; baseline ${beside === undefined ? 'n/a' : fixed(beside.value, 2)}`,
  );
}

function tile(value: string, label: string, note: string): Html {
  return html`<div class="tile"><b>${value}</b><span>${label}</span><small>${note}</small></div>`;
}

/** Every metric with its interval, the baseline beside it, and whether the two can be told apart. */
export function metricsSection(data: ReportData): Html {
  const known = Object.keys(metricTexts);
  const found = Object.keys(data.metrics);
  const names = [
    ...known.filter((name) => found.includes(name)),
    ...found.filter((name) => !known.includes(name)).sort((a, b) => (a < b ? -1 : 1)),
  ];
  const rows = names.map((name) => {
    const own = data.metrics[name] as Estimate;
    const beside = data.baseline[name];
    return [
      metricTexts[name]?.label ?? name,
      interval(own),
      beside === undefined ? 'not defined' : interval(beside),
      nobodyCalledDead(name, beside) ? 'baseline calls nobody dead' : verdict(own, beside, metricTexts[name]?.better),
      ...(data.holdout === null ? [] : [data.holdout[name] === undefined ? 'n/a' : interval(data.holdout[name])]),
    ];
  });
  const head = ['Metric', 'Model (95 % interval)', 'Model without any column', 'Model against baseline'];
  return html`<section aria-labelledby="metrics">
<h2 id="metrics">How well it predicts</h2>
${hasLeak(data) ? html`<p class="leak">Not a measure of prediction: the model was told what happened after surgery (see the warnings).</p>` : nothing}
<p>${data.evaluation} The baseline knows nothing about a patient: everybody is given the class that most belong to. "Better" and "worse" mean that the model's interval leaves out the baseline's value.</p>
${table({
  caption: 'Metrics with 95 % intervals beside the majority-class baseline',
  head: [...head, ...(data.holdout === null ? [] : ['Held-out 20 %'])],
  rows,
  figures: data.holdout === null ? [1, 2] : [1, 2, 4],
})}
</section>`;
}

/** Precision and recall of a baseline that calls everybody alive are 0 by convention: beating that is no merit. */
function nobodyCalledDead(name: string, beside: Estimate | undefined): boolean {
  return (name === 'precision' || name === 'recall') && beside?.value === 0 && beside.high === 0;
}

/** Only an interval that leaves the baseline out tells the two apart. */
function verdict(own: Estimate, beside: Estimate | undefined, better: MetricText['better'] | undefined): string {
  if (beside === undefined || better === undefined || better === 'neither') return '';
  const above = own.low > beside.value;
  const below = own.high < beside.value;
  if (!above && !below) return 'cannot be told apart';
  return above === (better === 'higher') ? 'better' : 'worse';
}
