import {
  type ConfusionMatrix,
  confusionMatrix,
  kaplanMeier,
  logRank,
  type RocCurve,
  rocCurve,
} from '../../evaluate/index.js';
import { chartSvg } from '../charts/chart.js';
import { confusionChart } from '../charts/confusion-chart.js';
import { rocChart } from '../charts/roc-chart.js';
import { type RiskGroup, survivalChart } from '../charts/survival-chart.js';
import { count, fixed, interval, percent, pValue } from '../page/format.js';
import { type Html, html } from '../page/html.js';
import { foldedTable, table } from '../page/table.js';
import type { ReportData, ScoredPatient } from '../report-data.js';

/** ROC curve, confusion matrix and survival by predicted risk. */
export function discrimination(data: ReportData): Html {
  const { scored, threshold } = data;
  if (scored.length === 0) return html`<p class="calm">No patient was scored: no curves to draw.</p>`;
  const dead = scored.map((p) => p.dead);
  const matrix = confusionMatrix(
    dead,
    Float64Array.from(scored, (p) => p.probability),
    threshold,
  );
  return html`<div class="pair">${rocFigure(data, dead, matrix)}${confusionFigure(data, matrix)}</div>
${survivalFigure(scored)}`;
}

function rocFigure(data: ReportData, dead: readonly boolean[], m: ConfusionMatrix): Html {
  const deaths = m.truePositives + m.falseNegatives;
  if (deaths === 0 || deaths === dead.length) {
    return html`<figure><h3>Receiver operating characteristic</h3><p class="calm">Not defined: ${deaths} of ${dead.length} patients died.</p></figure>`;
  }
  const curve = rocCurve(
    dead,
    Float64Array.from(data.scored, (p) => p.probability),
  );
  const auc = data.metrics.rocAuc;
  const decision = [m.falsePositives / (dead.length - deaths), m.truePositives / deaths] as const;
  return html`<figure>
<h3>Receiver operating characteristic</h3>
${chartSvg(rocChart(curve, auc === undefined ? 'n/a' : interval(auc), decision))}
<figcaption>Area under the curve ${auc === undefined ? 'n/a' : interval(auc)}; the majority baseline's is 0.5. Orange: the decision at probability ${fixed(data.threshold, 2)}.</figcaption>
${rocTable(curve)}
</figure>`;
}

const mostPoints = 200;

function rocTable(curve: RocCurve): Html {
  const points = curve.threshold.length;
  const step = Math.ceil(points / mostPoints);
  const rows = curve.threshold.flatMap((threshold, i) =>
    i % step === 0 || i === points - 1
      ? [
          [
            threshold === Number.POSITIVE_INFINITY ? 'nobody' : `≥ ${fixed(threshold, 4)}`,
            fixed(curve.falsePositiveRate[i] as number),
            fixed(curve.truePositiveRate[i] as number),
          ],
        ]
      : [],
  );
  const every = step === 1 ? '' : `, every ${step}th point`;
  const head = ['Called dead', 'False positive rate', 'True positive rate'];
  return foldedTable('Numbers behind the curve', { caption: `ROC curve${every}`, head, rows, figures: [1, 2] });
}

function confusionFigure(data: ReportData, m: ConfusionMatrix): Html {
  const line = (name: string, alive: number, dead: number): string[] => {
    const total = alive + dead;
    return [
      name,
      String(alive),
      String(dead),
      String(total),
      total === 0 ? 'n/a' : percent((name === 'alive' ? alive : dead) / total),
    ];
  };
  const rows = [line('alive', m.trueNegatives, m.falsePositives), line('dead', m.falseNegatives, m.truePositives)];
  const lived = m.trueNegatives + m.falsePositives;
  const died = m.truePositives + m.falseNegatives;
  const majority = died > lived ? 'dead' : 'alive';
  return html`<figure>
<h3>Confusion matrix</h3>
${chartSvg(confusionChart(m))}
<figcaption>Called dead at a probability of ${fixed(data.threshold, 2)} or more. Shares are of the row. Right: ${m.trueNegatives + m.truePositives} of ${lived + died}; calling everybody ${majority}: ${Math.max(lived, died)} of ${lived + died}.</figcaption>
${foldedTable('The same as a table', {
  caption: 'Confusion matrix',
  head: ['In fact', 'Predicted alive', 'Predicted dead', 'All', 'Right'],
  rows,
  figures: [1, 2, 3, 4],
})}
</figure>`;
}

interface Followed {
  readonly time: Float64Array;
  readonly dead: readonly boolean[];
  readonly name: string;
}

function survivalFigure(scored: readonly ScoredPatient[]): Html {
  const followed = scored.filter((p) => Number.isFinite(p.timeDays));
  const unknown = scored.length - followed.length;
  const note = unknown === 0 ? '' : ` ${count(unknown, 'patient')} without a usable follow-up time left out.`;
  const middle = median(followed.map((p) => p.probability));
  const high = followed.map((p) => p.probability > middle);
  if (!high.includes(true) || !high.includes(false)) {
    return html`<figure><h3>Survival by predicted risk</h3><p class="calm">No two groups: the predictions of ${followed.length} followed patients do not differ around their median.${note}</p></figure>`;
  }
  const groups = [pick(followed, high, true, 'high predicted risk'), pick(followed, high, false, 'low predicted risk')];
  const drawn = groups.map(
    ({ time, dead, name }): RiskGroup => ({
      name,
      curve: kaplanMeier(time, dead),
      patients: dead.length,
      deaths: dead.filter(Boolean).length,
    }),
  );
  const test = comparison(followed, high);
  return html`<figure class="wide">
<h3>Survival by predicted risk</h3>
${chartSvg(survivalChart(drawn, test))}
<figcaption>Kaplan-Meier estimate; patients split at the median predicted probability (${fixed(middle)}), ticks are patients last seen alive. ${test}.${note}</figcaption>
${riskTable(groups, drawn)}
</figure>`;
}

function pick(patients: readonly ScoredPatient[], high: readonly boolean[], wanted: boolean, name: string): Followed {
  const here = patients.filter((_, i) => high[i] === wanted);
  return { time: Float64Array.from(here, (p) => p.timeDays), dead: here.map((p) => p.dead), name };
}

function comparison(patients: readonly ScoredPatient[], high: readonly boolean[]): string {
  const dead = patients.map((p) => p.dead);
  if (!dead.includes(true)) return 'Log-rank test not defined: nobody died';
  const { chiSquare, pValue: p } = logRank(
    Float64Array.from(patients, (x) => x.timeDays),
    dead,
    high,
  );
  return `Log-rank test of the two curves: ${pValue(p)} (chi-squared ${fixed(chiSquare, 2)}, 1 degree of freedom; the predictions are taken as given)`;
}

const daysPerYear = 365.25;

function riskTable(groups: readonly Followed[], drawn: readonly RiskGroup[]): Html {
  const longest = Math.max(...groups.flatMap(({ time }) => [...time]));
  const years = Array.from({ length: Math.min(15, Math.floor(longest / daysPerYear)) + 1 }, (_, year) => year);
  const rows = years.map((year) => [
    String(year),
    ...groups.flatMap(({ time }, g) => {
      const { timeDays, survival } = (drawn[g] as RiskGroup).curve;
      const last = timeDays.findLastIndex((t) => t <= year * daysPerYear);
      const atRisk = time.filter((t) => t >= year * daysPerYear).length;
      return [String(atRisk), atRisk === 0 && year > 0 ? 'n/a' : percent(last === -1 ? 1 : (survival[last] as number))];
    }),
  ]);
  const head = ['Years since surgery', ...groups.flatMap(({ name }) => [`At risk, ${name}`, `Alive, ${name}`])];
  return table({
    caption: 'Patients at risk and Kaplan-Meier estimate by year and predicted risk',
    head,
    rows,
    figures: [1, 2, 3, 4],
  });
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[half] as number;
  return ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2;
}
