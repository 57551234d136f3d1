import { calibrationCurve, calibrationOf, decisionCurve, prCurve } from '../../evaluate/index.js';
import { calibrationChart } from '../charts/calibration-chart.js';
import { chartSvg } from '../charts/chart.js';
import { decisionChart } from '../charts/decision-chart.js';
import { prChart } from '../charts/pr-chart.js';
import { calibrationGroups, type Judged, judgedOf } from '../judged.js';
import { fixed, interval } from '../page/format.js';
import { type Html, html, nothing } from '../page/html.js';
import { foldedTable } from '../page/table.js';
import type { ReportData } from '../report-data.js';

/** Precision and recall, calibration and decision curve of the predicted probabilities. */
export function probabilities(data: ReportData): Html {
  const judged = judgedOf(data);
  const deaths = judged.dead.filter(Boolean).length;
  if (deaths === 0 || deaths === judged.dead.length) return nothing;
  return html`<div class="pair">${prFigure(data, judged)}${calibrationFigure(judged)}</div>
${decisionFigure(judged)}`;
}

function prFigure(data: ReportData, { dead, probability, what }: Judged): Html {
  const curve = prCurve(dead, probability);
  const share = dead.filter(Boolean).length / dead.length;
  const own = data.metrics.prAuc;
  const area = own === undefined ? 'n/a' : interval(own);
  const step = Math.ceil(curve.threshold.length / 200);
  return html`<figure>
<h3>Precision and recall</h3>
${chartSvg(prChart(curve, area, share))}
<figcaption>${fixed(100 * share, 1)} % of ${dead.length} patients ${what}.${data.horizonDays === undefined ? '' : ' Patients censored before are left out of this picture.'}</figcaption>
${foldedTable('Numbers behind the curve', {
  caption: `Precision and recall${step === 1 ? '' : `, every ${step}th point`}`,
  head: ['Called dead', 'Recall', 'Precision'],
  rows: curve.threshold
    .map((t, k) => [`≥ ${fixed(t, 4)}`, fixed(curve.recall[k] as number), fixed(curve.precision[k] as number)])
    .filter((_, k) => k % step === 0),
  figures: [1, 2],
})}
</figure>`;
}

function calibrationFigure({ dead, probability, weight, what }: Judged): Html {
  const curve = calibrationCurve({ dead, probability, weight });
  const lines = calibrationOf({ dead, probability, weight });
  const groups = calibrationGroups({ dead, probability, weight, what });
  const summary =
    lines === null
      ? `Slope and intercept are not defined, integrated calibration index ${fixed(curve.ici)}`
      : `Slope ${fixed(lines.slope, 2)} (1 is right, below 1 too extreme), intercept ${fixed(lines.intercept, 2)} (0 is right, above 0 too few deaths predicted), integrated calibration index ${fixed(curve.ici)}`;
  return html`<figure>
<h3>Calibration</h3>
${chartSvg(calibrationChart(curve, groups, summary))}
<figcaption>${summary}. Of all predictions together; the table of metrics has the values with intervals.</figcaption>
${foldedTable('Numbers behind the picture', {
  caption: 'Calibration by groups of patients',
  head: ['Mean predicted', `Share that ${what}`, '95 % interval', 'Patients'],
  rows: groups.map((g) => [
    fixed(g.predicted),
    fixed(g.observed),
    `${fixed(g.low)} to ${fixed(g.high)}`,
    String(g.patients),
  ]),
  figures: [0, 1, 2, 3],
})}
</figure>`;
}

function decisionFigure({ dead, probability, weight, what }: Judged): Html {
  const thresholds = Array.from({ length: 95 }, (_, k) => (k + 1) / 100);
  const curve = decisionCurve(dead, probability, thresholds, weight);
  const shown = thresholds.flatMap((_, k) => (k % 5 === 4 ? [k] : []));
  return html`<figure class="wide">
<h3>Decision curve</h3>
${chartSvg(decisionChart(curve))}
<figcaption>True positives less false positives, these weighed by the odds of the threshold, per patient (${what}). A model is worth using at a threshold where it lies above both lines. Drawn down to a quarter of the largest benefit below 0.</figcaption>
${foldedTable('Numbers behind the picture', {
  caption: 'Net benefit',
  head: ['Threshold', 'Model', 'Everybody', 'Nobody'],
  rows: shown.map((k) => [
    fixed(thresholds[k] as number, 2),
    fixed(curve.model[k] as number, 4),
    fixed(curve.treatAll[k] as number, 4),
    fixed(0, 4),
  ]),
  figures: [0, 1, 2, 3],
})}
</figure>`;
}
