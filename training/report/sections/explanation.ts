import type { ExplanationSummary } from '../../explain/index.js';
import { type AttributionRow, attributionChart } from '../charts/attribution-chart.js';
import { chartSvg } from '../charts/chart.js';
import { type WaterfallStep, waterfallChart } from '../charts/waterfall-chart.js';
import { count, fixed } from '../page/format.js';
import { type Html, html, nothing } from '../page/html.js';
import { capped, foldedTable, table } from '../page/table.js';
import type { ReportData } from '../report-data.js';

const mostRows = 20;
/** Dots per row of the summary: beyond, every so-manieth patient by margin is drawn. */
const mostDots = 150;
const mostSteps = 12;
const mostListed = 300;

/**
 * What the answers are made of: over all patients, per modality, and for single patients.
 * @param asked ids of the patients whose waterfalls are drawn; the lowest, middle and highest margin when left out
 */
export function explanationSection(data: ReportData, asked?: readonly string[]): Html {
  const { explanation } = data;
  if (explanation === undefined || explanation === null || explanation.patients.length === 0) return nothing;
  return html`<section aria-labelledby="explanation">
<h2 id="explanation">What the answers are made of</h2>
<p>Each column's share of the ${explanation.scale} (SHAP values; of a model on components, taken back through loadings and scaling). They describe the model, fitted on all ${count(explanation.patients.length, 'patient')}, not causes.</p>
${groupTable(explanation)}
${summaryFigure(explanation)}
${chosen(explanation, asked).map((patient, ordinal) => waterfallFigure(explanation, patient, ordinal))}
${patientTable(explanation)}
</section>`;
}

function groupTable({ groups, scale }: ExplanationSummary): Html {
  const total = groups.reduce((sum, group) => sum + group.meanAbsolute, 0);
  return table({
    caption: `What each modality adds to the ${scale}: mean of its absolute sum over the patients`,
    head: ['Modality', 'Mean |contribution|', 'Share'],
    rows: groups.map(({ name, meanAbsolute }) => [
      name,
      fixed(meanAbsolute, 4),
      total > 0 ? `${fixed((100 * meanAbsolute) / total, 1)} %` : 'n/a',
    ]),
    figures: [1, 2],
  });
}

function summaryFigure(explanation: ExplanationSummary): Html {
  const { columns, patients, scale, restColumns } = explanation;
  if (columns.length === 0) {
    return html`<figure><p class="calm">No column moves the answer: the model says the same of everybody.</p></figure>`;
  }
  const drawn = thinned([...patients].sort((a, b) => a.margin - b.margin));
  const rows = columns.slice(0, mostRows).map(
    ({ feature }, c): AttributionRow => ({
      name: feature,
      contributions: drawn.map((patient) => patient.contributions[c] as number),
      ranks: ranksOf(drawn.map((patient) => patient.values[c] ?? null)),
    }),
  );
  const which =
    rows.length < columns.length + restColumns
      ? `The ${rows.length} strongest of ${columns.length + restColumns}`
      : 'All';
  const dots = drawn.length < patients.length ? ` ${drawn.length} of ${patients.length} patients are drawn.` : '';
  return html`<figure class="wide">
<h3>Over all patients</h3>
${chartSvg(attributionChart(rows, scale))}
<figcaption>${which} columns, strongest first; one dot per patient.${dots} Low, middle and high are thirds of the patients' values.</figcaption>
${foldedTable('Numbers behind the picture', {
  caption: `Mean |contribution| to the ${scale}`,
  head: ['Column', 'Modality', 'Mean |contribution|'],
  rows: columns.map(({ feature, group, meanAbsolute }) => [feature, group, fixed(meanAbsolute, 4)]),
  figures: [2],
})}
</figure>`;
}

function thinned<T>(list: readonly T[]): readonly T[] {
  if (list.length <= mostDots) return list;
  return Array.from({ length: mostDots }, (_, k) => list[Math.round((k * (list.length - 1)) / (mostDots - 1))] as T);
}

/** Mean rank of each value among the known ones, scaled to [0, 1]; equal values share theirs. */
function ranksOf(values: readonly (number | null)[]): readonly (number | null)[] {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return values.map((value) => {
    if (value === null) return null;
    if (known.length < 2) return 0.5;
    const first = known.indexOf(value);
    const last = known.lastIndexOf(value);
    return (first + last) / 2 / (known.length - 1);
  });
}

type Patient = ExplanationSummary['patients'][number];

function chosen({ patients }: ExplanationSummary, asked: readonly string[] | undefined): readonly Patient[] {
  if (asked !== undefined) return patients.filter(({ patientId }) => asked.includes(patientId));
  const ordered = [...patients].sort((a, b) => a.margin - b.margin);
  const at = [ordered.length - 1, ordered.length >> 1, 0];
  return [...new Set(at)].map((k) => ordered[k] as Patient);
}

function waterfallFigure(explanation: ExplanationSummary, patient: Patient, ordinal: number): Html {
  const { expected, scale } = explanation;
  const steps = stepsOf(explanation, patient);
  return html`<figure class="wide">
<h3>Patient ${patient.patientId}</h3>
${chartSvg(waterfallChart(ordinal, patient.patientId, expected, steps, scale))}
<figcaption>From the expected ${scale} to this patient's: orange raises the risk, blue lowers it. Names carry the raw value.</figcaption>
${foldedTable('Numbers behind the picture', {
  caption: `Contributions to the ${scale}, patient ${patient.patientId}`,
  head: ['Column', 'Contribution'],
  rows: [
    ['expected', fixed(expected, 4)],
    ...steps.map(({ name, contribution }) => [name, fixed(contribution, 4)]),
    ['margin', fixed(patient.margin, 4)],
  ],
  figures: [1],
})}
</figure>`;
}

function stepsOf({ columns, restColumns }: ExplanationSummary, patient: Patient): readonly WaterfallStep[] {
  const all = strongest(patient).map((c) => ({
    name: `${columns[c]?.feature} ${valueText(patient.values[c] ?? null)}`,
    contribution: patient.contributions[c] as number,
  }));
  const shown = all.slice(0, mostSteps);
  const folded = all.length - shown.length + restColumns;
  if (folded === 0) return shown;
  const sum = all.slice(mostSteps).reduce((total, step) => total + step.contribution, patient.rest);
  return [...shown, { name: `${count(folded, 'other column')}`, contribution: sum }];
}

/** Positions of the columns by |contribution|, falling. */
function strongest({ contributions }: Patient): readonly number[] {
  const size = (c: number): number => Math.abs(contributions[c] as number);
  return contributions.map((_, c) => c).sort((a, b) => size(b) - size(a) || a - b);
}

function valueText(value: number | null): string {
  return value === null ? '(missing)' : `= ${Number(value.toPrecision(4))}`;
}

function patientTable(explanation: ExplanationSummary): Html {
  const { patients, columns, scale } = explanation;
  const rows = patients.map((patient) => {
    const parts = strongest(patient)
      .slice(0, 5)
      .filter((c) => patient.contributions[c] !== 0)
      .map((c) => {
        const value = patient.contributions[c] as number;
        return `${columns[c]?.feature} ${value >= 0 ? '+' : ''}${fixed(value)}`;
      });
    return [patient.patientId, fixed(patient.margin), parts.join('; ')];
  });
  return foldedTable(`Every patient: ${patients.length}`, {
    caption: `The five largest contributions to each patient's ${scale}`,
    head: ['Patient', `Their ${scale}`, 'Largest contributions'],
    rows: capped(rows, mostListed),
    figures: [1],
  });
}
