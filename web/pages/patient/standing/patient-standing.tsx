import { useLocation } from 'preact-iso/router';
import { Histogram } from '../../../charts/histogram.js';
import type { DistributionReply, Standing, StandingReply } from '../../../server/replies/patient-reply.js';
import { ReplyView } from '../../../session/reply-view.js';
import { useReply } from '../../../session/use-reply.js';
import { type Column, DataTable } from '../../../table/data-table.js';
import { patientLink } from '../patient-link.js';

/** Features of one group: a few drawn among the whole cohort, and all of them in a table. */
export function PatientStanding({
  id,
  group,
  anchor,
  title,
  isThere,
}: {
  readonly id: string;
  readonly group: string;
  readonly anchor: string;
  readonly title: string;
  readonly isThere: boolean;
}) {
  const reply = useReply<StandingReply>(
    isThere ? `/studio/api/patients/${encodeURIComponent(id)}/standing?group=${group}` : undefined,
  );
  return (
    <section aria-labelledby={anchor}>
      <h2 id={anchor}>{title}</h2>
      {isThere ? (
        <ReplyView reply={reply}>
          {(standing) => <Group id={id} anchor={anchor} title={title} standing={standing} />}
        </ReplyView>
      ) : (
        <p class="empty">
          The store has no record of this patient in the group <code>{group}</code>.
        </p>
      )}
    </section>
  );
}

function Group({
  id,
  anchor,
  title,
  standing,
}: {
  readonly id: string;
  readonly anchor: string;
  readonly title: string;
  readonly standing: StandingReply;
}) {
  const { query, route } = useLocation();
  const { group, features, first, patients } = standing;
  const chosen = features.find(({ feature }) => feature === query[anchor])?.feature;
  const drawn = [...new Set([...(chosen === undefined ? [] : [chosen]), ...first])].slice(0, 4);
  const known = features.filter(({ value }) => value !== null).length;
  const columns: readonly Column<Standing>[] = [
    {
      key: 'feature',
      title: 'feature',
      value: ({ feature }) => feature,
      show: ({ feature }) => (
        <button type="button" class="choose" onClick={() => route(patientLink(query, { [anchor]: feature }), true)}>
          {feature}
          <span class="unseen">: draw its distribution</span>
        </button>
      ),
    },
    { key: 'value', title: 'value', value: ({ value }) => value },
    { key: 'unit', title: 'unit', value: ({ unit }) => (unit === '1' ? '' : unit) },
    { key: 'percentile', title: 'percentile', value: ({ percentile }) => percentile, digits: 0 },
    { key: 'median', title: 'median of the cohort', value: ({ median }) => median },
    { key: 'definition', title: 'definition', value: ({ definition }) => definition },
  ];
  return (
    <>
      <p class="hint">
        {known} of {features.length} features have a value. Percentile: share of the {patients} patients of the group
        with a lower value, equal ones counted half.
      </p>
      <div class="columns">
        {drawn.map((feature) => (
          <OneDistribution key={feature} id={id} group={group} feature={feature} />
        ))}
      </div>
      <DataTable
        caption={`${title} of ${id}`}
        columns={columns}
        rows={features}
        rowKey={({ feature }) => feature}
        pageSize={10}
      />
    </>
  );
}

function OneDistribution({
  id,
  group,
  feature,
}: {
  readonly id: string;
  readonly group: string;
  readonly feature: string;
}) {
  const parameters = new URLSearchParams({ group, feature });
  const reply = useReply<DistributionReply>(
    `/studio/api/patients/${encodeURIComponent(id)}/distribution?${parameters}`,
  );
  return (
    <ReplyView reply={reply}>
      {({ bins, value, percentile, unit, count, definition }) => (
        <div>
          <Histogram
            title={feature}
            description={`${definition}. How its ${count} values are spread over the cohort${value === null ? '' : `; this patient has ${value.toPrecision(4)}`}.`}
            bins={bins}
            valueName={unit === '1' ? 'value' : `value (${unit})`}
            {...(value === null ? {} : { mark: { value, label: 'this patient' } })}
          />
          <p class="hint">
            {value === null
              ? 'This patient has no value.'
              : `This patient: ${Number(value.toPrecision(5))}${unit === '1' ? '' : ` ${unit}`}, percentile ${percentile?.toFixed(0)}.`}
          </p>
        </div>
      )}
    </ReplyView>
  );
}
