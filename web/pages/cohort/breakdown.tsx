import { useLocation } from 'preact-iso/router';
import { BarChart } from '../../charts/bar-chart.js';
import { aliveAt, SurvivalChart } from '../../charts/survival-chart.js';
import type { BreakdownReply, FactorReply } from '../../server/replies/cohort-reply.js';
import { DataTable } from '../../table/data-table.js';
import { pText } from './texts.js';

/** Colours that can be told apart. */
const mostCurves = 6;

/** How many patients have each value of a factor, and how they fared. */
export function Breakdown({ value: { factors } }: { readonly value: BreakdownReply }) {
  const { query, route, path } = useLocation();
  const factor = factors.find(({ key }) => key === query.by) ?? factors[0];
  if (factor === undefined) {
    return <p class="empty">The clinical group has none of the columns by which a cohort is broken down.</p>;
  }
  const choose = (key: string) => route(`${path}?${new URLSearchParams({ ...query, by: key })}`, true);
  return (
    <>
      <p class="row">
        <label>
          By{' '}
          <select value={factor.key} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            {factors.map(({ key, title }) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <span class="hint">{saidOf(factor)}</span>
      </p>
      <div class="columns">
        <BarChart
          title={`Patients by ${factor.title}`}
          description={`Number of patients with each value of ${factor.title}.`}
          bars={factor.levels.map(({ name, patients }) => ({ label: name, value: patients }))}
          valueName="patients"
          labelName={factor.title}
        />
        <Curves factor={factor} />
      </div>
      <DataTable
        caption={`Groups by ${factor.title}`}
        columns={[
          { key: 'name', title: factor.title, value: ({ name }) => name },
          { key: 'patients', title: 'patients', value: ({ patients }) => patients },
          { key: 'known', title: 'with outcome', value: ({ known }) => known },
          { key: 'deaths', title: 'deaths', value: ({ deaths }) => deaths },
          { key: 'median', title: 'median survival (days)', value: ({ medianSurvival }) => medianSurvival.days },
          { key: 'low', title: '95 % low', value: ({ medianSurvival }) => medianSurvival.low },
          { key: 'high', title: '95 % high', value: ({ medianSurvival }) => medianSurvival.high },
          { key: 'three', title: 'alive at 3 years (%)', value: (level) => aliveInPercent(level, 3), digits: 1 },
          { key: 'five', title: 'alive at 5 years (%)', value: (level) => aliveInPercent(level, 5), digits: 1 },
        ]}
        rows={factor.levels}
        rowKey={({ name }) => name}
      />
    </>
  );
}

function Curves({ factor }: { readonly factor: FactorReply }) {
  const followed = factor.levels.filter(({ known }) => known > 0);
  const drawn = [...followed].sort((a, b) => b.known - a.known).slice(0, mostCurves);
  const curves = followed.filter((level) => drawn.includes(level));
  if (curves.length === 0) return <p class="empty">Nobody with a value of {factor.title} has a usable outcome.</p>;
  const more = followed.length > curves.length ? ` The ${mostCurves} largest groups are drawn; the table has all.` : '';
  return (
    <SurvivalChart
      title={`Survival by ${factor.title}`}
      description={`Kaplan-Meier curves of ${curves.map(({ name, known, deaths }) => `${name} (${known} patients, ${deaths} deaths)`).join(', ')}.${more}`}
      curves={curves}
    />
  );
}

function saidOf({ note, unknown, logRank }: FactorReply): string {
  return [
    note,
    unknown > 0 ? `Not known of ${unknown} patients.` : null,
    logRank === null
      ? null
      : `Log-rank test of all groups: ${pText(logRank.pValue)} (χ² = ${logRank.chiSquare.toFixed(1)}, ${logRank.degreesOfFreedom} d.f.), not adjusted for anything.`,
  ]
    .filter((sentence) => sentence !== null)
    .join(' ');
}

function aliveInPercent({ known, curve }: FactorReply['levels'][number], years: number): number | null {
  const alive = known === 0 ? undefined : aliveAt(curve, years * 365.25);
  return alive === undefined ? null : 100 * alive.share;
}
