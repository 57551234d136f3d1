import { count } from '../page/format.js';
import { type Html, html } from '../page/html.js';
import { capped, foldedTable, table } from '../page/table.js';
import type { ReportData } from '../report-data.js';

const mostListed = 300;

/** Who and what the model was made from, and everything that was left out. */
export function datasetSection(data: ReportData): Html {
  const { dataset, excluded } = data;
  return html`<section aria-labelledby="dataset">
<h2 id="dataset">Data</h2>
<p>${count(dataset.patients, 'patient')}, of whom ${dataset.events} died; ${count(dataset.features, 'feature')}. ${dataset.complete} have a record in every modality, ${dataset.incomplete} do not.</p>
${table({
  caption: 'Patients and features per modality',
  head: ['Modality', 'Patients with a record', 'Features'],
  rows: dataset.perModality.map(({ name, patients, features }) => [name, String(patients), String(features)]),
  figures: [1, 2],
})}
${listing(
  'Patients left out',
  ['Patient', 'Reason'],
  dataset.leftOut.map(({ patientId, reason }) => [patientId, reason]),
)}
${listing(
  'Columns excluded by their role',
  ['Column', 'Role'],
  excluded.map(({ column, role }) => [column, role]),
)}
${listing(
  'Columns constant or empty in training, dropped',
  ['Column'],
  dataset.unusable.map((column) => [column]),
)}
</section>`;
}

function listing(title: string, head: readonly string[], rows: readonly (readonly string[])[]): Html {
  if (rows.length === 0) return html`<p class="calm">${title}: none.</p>`;
  return foldedTable(`${title}: ${rows.length}`, { caption: title, head, rows: capped(rows, mostListed) });
}

/** What it takes to make the same model again. */
export function lineageSection(data: ReportData): Html {
  const { lineage, dataset } = data;
  return html`<section aria-labelledby="lineage">
<h2 id="lineage">Lineage</h2>
<p>The same data, recipe and seed give the same model id.</p>
${table({
  caption: 'Where the model comes from',
  head: ['What', 'Value'],
  rows: [
    ['Model', html`<code>${data.modelId}</code>`],
    ['Dataset (SHA-256)', html`<code>${dataset.digest}</code>`],
    ['Recipe, seed', `${data.recipe}, ${data.seed}`],
    ['thoracle', lineage.thoracleVersion],
    ['XGBoost', lineage.xgboostVersion],
  ],
})}
${table({
  caption: 'Feature groups',
  head: ['Group', 'Version', 'Settings (SHA-256)'],
  rows: lineage.groups.map((group) => [group.name, String(group.version), html`<code>${group.settingsDigest}</code>`]),
  figures: [1],
})}
</section>`;
}
