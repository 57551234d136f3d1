import type { ModelCard } from '../card/index.js';
import { trainingError } from '../errors.js';
import { count } from './page/format.js';
import { type Html, html } from './page/html.js';
import { style } from './page/style.js';
import type { NestedEvaluation, ReportData } from './report-data.js';
import { cardSection } from './sections/card.js';
import { components } from './sections/components.js';
import { datasetSection, lineageSection } from './sections/dataset.js';
import { discrimination } from './sections/discrimination.js';
import { explanationSection } from './sections/explanation.js';
import { nestedEvaluationSection } from './sections/nested-evaluation.js';
import { heading, metricsSection, notADevice, tiles, warnings } from './sections/overview.js';
import { probabilities } from './sections/probabilities.js';

/** What of the data is drawn. */
export interface ReportOptions {
  /** Ids of the patients whose answers are taken apart; the lowest, middle and highest risk when left out. */
  readonly patients?: readonly string[];
  /** Left out of the page where it is not given. */
  readonly card?: ModelCard;
}

/**
 * The report as one HTML file that needs nothing else: no script, no network, pictures as inline SVG. The same data gives
 * the same bytes.
 * @throws TypeError when the arrays of the PCA do not fit together (a bug of the caller)
 * @throws TrainingError when a probability is not finite or a survival time is negative; TRAIN_REPORT_PATIENT when a patient
 *   was asked for who is not in the data
 */
export function renderReport(data: ReportData, options: ReportOptions = {}): string {
  const unknown = options.patients?.find((id) => !data.explanation?.patients.some(({ patientId }) => patientId === id));
  if (unknown !== undefined) throw trainingError('TRAIN_REPORT_PATIENT', unknown);
  return page(
    data.title,
    data.lineage.thoracleVersion,
    html`${heading(data)}
<main>
${tiles(data)}
${metricsSection(data)}
${discrimination(data)}
${probabilities(data)}
${nestedEvaluationSection(data.nested)}
${explanationSection(data, options.patients)}
${components(data)}
${datasetSection(data)}
${cardSection(options.card)}
${lineageSection(data)}
</main>`,
  );
}

/**
 * An evaluation without a model as a page of the same kind.
 * @param version of this program
 */
export function renderEvaluation(nested: NestedEvaluation, version: string): string {
  const title = 'Evaluation by nested cross-validation';
  return page(
    title,
    version,
    html`<header>
<p class="device">${notADevice}</p>
<h1>${title}</h1>
<p class="sub">${count(nested.dataset.patients, 'patient')}, ${count(nested.dataset.events, 'death')}, ${count(nested.dataset.features, 'feature')}.</p>
</header>
${warnings(nested.warnings)}
<main>
${nestedEvaluationSection(nested)}
</main>`,
  );
}

function page(title: string, version: string, body: Html): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="thoracle ${version}">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
<footer>${notADevice} Made by thoracle ${version}.</footer>
</body>
</html>
`.text;
}

/** The report's numbers as JSON text; a number that is not known is null. The same data gives the same bytes. */
export function reportJson(data: ReportData): string {
  return `${JSON.stringify(data, null, 2)}\n`;
}
