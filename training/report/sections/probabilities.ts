import {
  calibrationCurve,
  calibrationOf,
  censoringCurve,
  decisionCurve,
  horizonWeights,
  prCurve,
} from '../../evaluate/index.js';
import { type CalibrationGroup, calibrationChart } from '../charts/calibration-chart.js';
import { chartSvg } from '../charts/chart.js';
import { decisionChart } from '../charts/decision-chart.js';
import { prChart } from '../charts/pr-chart.js';
import { fixed, interval } from '../page/format.js';
import { type Html, html, nothing } from '../page/html.js';
import { foldedTable } from '../page/table.js';
import type { ReportData } from '../report-data.js';

/** Patients with a known state, what was predicted for them and what they count. */
interface Judged {
  readonly dead: readonly boolean[];
  readonly probability: Float64Array;
  readonly weight: Float64Array;
  /** `died`, or `died within 730 days`. */
  readonly what: string;
}

/** Precision and recall, calibration and decision curve of the predicted probabilities. */
export function probabilities(data: ReportData): Html {
  const judged = judgedOf(data);
  const deaths = judged.dead.filter(Boolean).length;
  if (deaths === 0 || deaths === judged.dead.length) return nothing;
  return html`<div class="pair">${prFigure(data, judged)}${calibrationFigure(judged)}</div>
${decisionFigure(judged)}`;
}

/**
 * With a horizon, patients who were censored before it are left out and the others weigh for them (inverse probability of
 * censoring); without one everybody counts once.
 */
function judgedOf({ scored, horizonDays }: ReportData): Judged {
  if (horizonDays === undefined) {
    return {
      dead: scored.map((p) => p.dead),
      probability: Float64Array.from(scored, (p) => p.probability),
      weight: new Float64Array(scored.length).fill(1),
      what: 'died',
    };
  }
  const followed = scored.filter((p) => Number.isFinite(p.timeDays));
  const time = Float64Array.from(followed, (p) => p.timeDays);
  const event = followed.map((p) => p.dead);
  const weights = horizonWeights(censoringCurve(time, event), time, event, horizonDays);
  const known = followed.flatMap((_, i) => ((weights[i] as number) > 0 ? [i] : []));
  return {
    dead: known.map((i) => event[i] === true && (time[i] as number) <= horizonDays),
    probability: Float64Array.from(known, (i) => followed[i]?.probability as number),
    weight: Float64Array.from(known, (i) => weights[i] as number),
    what: `died within ${horizonDays} days`,
  };
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
  const groups = groupsOf({ dead, probability, weight, what });
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

/**
 * Groups of equal size by predicted probability, one per 20 patients, from 2 to 10; Wilson's interval with the effective
 * number of patients, (sum of weights)^2 / sum of squared weights.
 * @see Wilson, J Am Stat Assoc 1927;22:209-212
 */
function groupsOf({ dead, probability, weight }: Judged): readonly CalibrationGroup[] {
  const order = [...probability.keys()].sort(
    (a, b) => (probability[a] as number) - (probability[b] as number) || a - b,
  );
  const number = Math.max(2, Math.min(10, Math.floor(order.length / 20)));
  return Array.from({ length: number }, (_, g) => {
    const rows = order.slice(Math.round((g * order.length) / number), Math.round(((g + 1) * order.length) / number));
    const sum = (of: (i: number) => number) => rows.reduce((total, i) => total + of(i), 0);
    const w = (i: number): number => weight[i] as number;
    const total = sum(w);
    const effective = total ** 2 / sum((i) => w(i) ** 2);
    const observed = sum((i) => (dead[i] ? w(i) : 0)) / total;
    return {
      patients: rows.length,
      predicted: sum((i) => w(i) * (probability[i] as number)) / total,
      observed,
      ...wilson(observed, effective),
    };
  }).filter((group) => group.patients > 0);
}

function wilson(share: number, n: number): { readonly low: number; readonly high: number } {
  const z = 1.959963984540054;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
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
