import { LineChart, type Series } from '../../charts/line-chart.js';
import { SurvivalChart } from '../../charts/survival-chart.js';
import type { ModelCurves, ModelReportReply } from '../../server/replies/runs-reply.js';
import { Refusal } from '../../session/reply-view.js';
import { DataTable } from '../../table/data-table.js';
import { pText } from './texts.js';
import { useReplies } from './use-replies.js';

interface Drawn {
  readonly name: string;
  readonly report: ModelReportReply;
}

/** The curves of one model or of several over each other. */
export function Curves({ of }: { readonly of: readonly { readonly name: string; readonly path: string }[] }) {
  const answers = useReplies<ModelReportReply>(of.map(({ path }) => path));
  if (answers === undefined) return <p class="waiting">Loading …</p>;
  const nameOf = (path: string) => of.find((one) => one.path === path)?.name ?? '';
  const drawn = answers.flatMap((one) => ('value' in one ? [{ name: nameOf(one.path), report: one.value }] : []));
  return (
    <>
      {answers.map((one) => ('error' in one ? <Refusal key={one.path} error={one.error} /> : null))}
      {drawn.map(({ name, report }) => (
        <p key={name} class="hint">
          {of.length > 1 && <strong>{name}: </strong>}
          {saidOf(report)}
        </p>
      ))}
      <Pictures drawn={drawn} />
      {drawn.map((one) => (
        <Survival key={one.name} drawn={one} several={of.length > 1} />
      ))}
    </>
  );
}

function saidOf({ what, patients, deaths, unknown, evaluation }: ModelReportReply): string {
  const left = unknown === 0 ? '' : ` ${unknown} whose state was not known are left out of the curves.`;
  return `Of ${patients} patients ${deaths} ${what}.${left} ${evaluation}`;
}

function Pictures({ drawn }: { readonly drawn: readonly Drawn[] }) {
  const has = drawn.filter(({ report }) => report.curves !== null);
  if (has.length === 0) {
    return drawn.length === 0 ? null : <p class="empty">All patients fared alike: there is no curve to draw.</p>;
  }
  const each = (points: (curves: ModelCurves) => Series['points']): readonly Series[] =>
    has.map(({ name, report: { curves } }) => ({ name, points: curves === null ? [] : points(curves) }));
  const names = has.map(({ name }) => name).join(', ');
  const unit = [0, 1] as const;
  return (
    <>
      <div class="columns">
        <LineChart
          title="ROC curve"
          description={`Share of deaths found against share of false alarms for ${names}; the diagonal is chance.`}
          series={each(({ roc }) => points(roc.falsePositiveRate, roc.truePositiveRate))}
          xName="false positive rate"
          yName="true positive rate"
          xDomain={unit}
          yDomain={unit}
          diagonal
        />
        <LineChart
          title="Precision and recall"
          description={`Precision against recall for ${names}.`}
          series={each(({ precisionRecall }) => points(precisionRecall.recall, precisionRecall.precision))}
          xName="recall"
          yName="precision"
          xDomain={unit}
          yDomain={unit}
        />
        <LineChart
          title="Calibration"
          description={`Observed against predicted share of deaths, smoothed, for ${names}; on the diagonal predictions are right. ${has.map(({ name, report }) => `${name}: integrated calibration index ${report.curves?.calibration.ici.toFixed(3)}`).join('; ')}.`}
          series={each(({ calibration }) => points(calibration.predicted, calibration.observed))}
          xName="predicted probability of death"
          yName="observed share of deaths"
          xDomain={unit}
          yDomain={unit}
          diagonal
        />
        <Decision has={has} />
      </div>
      <p class="hint">
        Calibration is smoothed over the patients; where few patients have such a prediction the curve says little. A
        model is worth using at a threshold where its net benefit lies above both treating everybody and nobody.
      </p>
      <Groups has={has} />
    </>
  );
}

function Decision({ has }: { readonly has: readonly Drawn[] }) {
  const names = has.map(({ name }) => name).join(', ');
  const series = has.flatMap(({ name, report: { curves } }) =>
    curves === null ? [] : [{ name, points: points(curves.decision.threshold, curves.decision.model) }],
  );
  // Who was compared on other patients has another share of deaths, and so another line of treating everybody.
  const everybody = has.flatMap(({ name, report: { curves } }) =>
    curves === null
      ? []
      : [
          {
            name: has.length === 1 ? 'everybody' : `everybody (${name})`,
            points: points(curves.decision.threshold, curves.decision.treatAll),
          },
        ],
  );
  const top = Math.max(0.01, ...[...series, ...everybody].flatMap((one) => one.points.map(({ y }) => y)));
  const low = -top / 4;
  const inside = (one: Series): Series => ({ ...one, points: one.points.filter(({ y }) => y >= low) });
  return (
    <LineChart
      title="Decision curve"
      description={`Net benefit by threshold of treatment for ${names}, and of treating everybody; treating nobody is 0. Values below ${low.toFixed(2)} are not drawn.`}
      series={[...series, ...everybody, { name: 'nobody', points: points([0.01, 0.95], [0, 0]) }].map(inside)}
      xName="threshold"
      yName="net benefit"
      xDomain={[0, 1]}
      yDomain={[low, top]}
    />
  );
}

function Groups({ has }: { readonly has: readonly Drawn[] }) {
  const rows = has.flatMap(({ name, report }) =>
    (report.curves?.calibration.groups ?? []).map((group, index) => ({ name, index: index + 1, ...group })),
  );
  return (
    <DataTable
      caption="Calibration by groups of patients"
      columns={[
        { key: 'model', title: 'Model', value: ({ name }) => name },
        { key: 'group', title: 'Group', value: ({ index }) => index },
        { key: 'predicted', title: 'Mean predicted', value: ({ predicted }) => predicted, digits: 3 },
        { key: 'observed', title: 'Observed', value: ({ observed }) => observed, digits: 3 },
        { key: 'low', title: '95 % low', value: ({ low }) => low, digits: 3 },
        { key: 'high', title: '95 % high', value: ({ high }) => high, digits: 3 },
        { key: 'patients', title: 'Patients', value: ({ patients }) => patients },
      ]}
      rows={rows}
      rowKey={({ name, index }) => `${name} ${index}`}
    />
  );
}

function Survival({ drawn: { name, report }, several }: { readonly drawn: Drawn; readonly several: boolean }) {
  const { survival } = report;
  if (survival === null) return <p class="empty">The predictions do not differ: there are no two groups of risk.</p>;
  const { groups, logRank, splitAt } = survival;
  const test =
    logRank === null
      ? 'Nobody died, so the curves cannot be tested.'
      : `Log-rank test: ${pText(logRank.pValue)} (χ² = ${logRank.chiSquare.toFixed(1)}); the predictions are taken as given.`;
  return (
    <>
      <SurvivalChart
        title={several ? `Survival by predicted risk, ${name}` : 'Survival by predicted risk'}
        description={`Kaplan-Meier curves with 95 % bands of ${groups.map((group) => `${group.name} (${group.patients} patients, ${group.deaths} deaths)`).join(', ')}.`}
        curves={groups}
        bands
        width={900}
      />
      <p class="hint">
        Patients split at the median prediction ({splitAt.toFixed(3)}). {test}
      </p>
    </>
  );
}

function points(x: readonly number[], y: readonly number[]): Series['points'] {
  return x.map((value, i) => ({ x: value, y: y[i] ?? 0 }));
}
