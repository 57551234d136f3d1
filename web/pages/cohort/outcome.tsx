import { aliveAt, SurvivalChart } from '../../charts/survival-chart.js';
import type { OutcomeReply } from '../../server/replies/cohort-reply.js';
import { DataTable } from '../../table/data-table.js';
import { daysText, interval, percent } from './texts.js';

const years = [1, 2, 3, 5, 10];

/** How the patients fared: counts, curve, survival at whole years. */
export function Outcome({ value }: { readonly value: OutcomeReply }) {
  const { patients, known, deaths, medianFollowUpDays, longestDays, medianSurvival, curve } = value;
  if (known === 0) return <p class="empty">No clinical record has a usable survival time and event.</p>;
  const atYears = years.flatMap((year) => {
    const alive = aliveAt(curve, year * 365.25);
    return alive === undefined ? [] : [{ year, ...alive }];
  });
  const five = atYears.find(({ year }) => year === 5);
  return (
    <>
      <div class="cards">
        <Card value={String(patients)} what={`patients, ${known} with a usable outcome`} />
        <Card value={String(deaths)} what={`deaths, ${known - deaths} alive when last seen`} />
        <Card value={daysText(medianFollowUpDays)} what="median follow-up (reverse Kaplan-Meier)" />
        <Card
          value={daysText(medianSurvival.days)}
          what={`median survival${medianSurvival.days === null ? '' : `, 95 % interval ${daysText(medianSurvival.low)} to ${daysText(medianSurvival.high)}`}`}
        />
        {five !== undefined && (
          <Card value={percent(five.share)} what={`alive at 5 years, 95 % interval ${interval(five.low, five.high)}`} />
        )}
      </div>
      <div class="columns">
        <SurvivalChart
          title="Survival of the cohort"
          description={`Kaplan-Meier curve of ${known} patients with its 95 % band (log-log). ${deaths} died; ticks on the curve are patients who were alive when last seen.`}
          curves={[{ name: 'all patients', curve }]}
          bands
        />
        <div>
          <p>
            Time runs from surgery to death, or to the last day known alive (at most {daysText(longestDays)} here). Who
            was lost earlier counts up to then: a tick on the curve.
          </p>
          <DataTable
            caption="Survival at whole years"
            columns={[
              { key: 'year', title: 'years', value: ({ year }) => year },
              { key: 'share', title: 'alive (%)', value: ({ share }) => 100 * share, digits: 1 },
              { key: 'low', title: '95 % low', value: ({ low }) => 100 * low, digits: 1 },
              { key: 'high', title: '95 % high', value: ({ high }) => 100 * high, digits: 1 },
            ]}
            rows={atYears}
            rowKey={({ year }) => String(year)}
            empty="Nobody was followed for a whole year."
          />
        </div>
      </div>
    </>
  );
}

function Card({ value, what }: { readonly value: string; readonly what: string }) {
  return (
    <div class="card">
      <strong>{value}</strong>
      <span>{what}</span>
    </div>
  );
}
