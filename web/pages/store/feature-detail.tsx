import type { FeatureDefinition, FeatureStatistics } from '../../../featurestore/contract/index.js';
import { BarChart } from '../../charts/bar-chart.js';
import { Histogram } from '../../charts/histogram.js';
import type { DescribedFeature } from '../../server/replies/store-reply.js';
import { ReplyView } from '../../session/reply-view.js';
import { useReply } from '../../session/use-reply.js';
import { numberText } from './texts.js';
import { useChosen } from './use-chosen.js';

const msPerDay = 86_400_000;

/** One feature: its definition, its numbers and how its values are spread. */
export function FeatureDetail({ place, name }: { readonly place: string; readonly name: string }) {
  const { chosen, choose } = useChosen();
  const asked = new URLSearchParams({ name, bins: '20' });
  if (chosen.version !== undefined) asked.set('version', chosen.version);
  const reply = useReply<DescribedFeature>(`${place}/feature?${asked}`);
  return (
    <section id="feature" class="panel" aria-label={`Feature ${name}`}>
      <p class="row">
        <strong>{name}</strong>
        <button type="button" onClick={() => choose({ feature: undefined })}>
          Close<span class="unseen"> {name}</span>
        </button>
      </p>
      <ReplyView reply={reply}>
        {({ definition, statistics }) => (
          <>
            <p>
              {definition.description}. Role {definition.role}, type {definition.type}, unit{' '}
              <code>{definition.unit}</code>
              {definition.reference !== undefined && `, defined by ${definition.reference}`}.
            </p>
            {statistics === null ? (
              <p class="empty">A key of the group has no statistics.</p>
            ) : (
              <div class="columns">
                <Spread definition={definition} statistics={statistics} />
                <Numbers definition={definition} statistics={statistics} />
              </div>
            )}
          </>
        )}
      </ReplyView>
    </section>
  );
}

interface Described {
  readonly definition: FeatureDefinition;
  readonly statistics: FeatureStatistics;
}

function Spread({ definition: { name, type, unit }, statistics: { numeric, top, count, distinct } }: Described) {
  const isFew = type === 'string' || (type === 'integer' && distinct <= 10);
  if (count === 0) return <p class="empty">No record has a value.</p>;
  if (isFew || numeric === undefined) {
    const more = distinct > top.length ? ` The ${top.length} most frequent of ${distinct} are shown.` : '';
    return (
      <BarChart
        title={`Values of ${name}`}
        description={`Number of records with each value.${more}`}
        bars={top.map(({ value, count: records }) => ({ label: String(value), value: records }))}
        valueName="records"
        labelName={name}
      />
    );
  }
  const { edges, counts } = numeric.histogram;
  const scale = type === 'timestamp' ? 1 / msPerDay : 1;
  return (
    <Histogram
      title={`Values of ${name}`}
      description={`How ${count} values are spread over ${counts.length} bins of equal width.`}
      bins={counts.map((records, i) => ({
        low: (edges[i] ?? 0) * scale,
        high: (edges[i + 1] ?? 0) * scale,
        count: records,
      }))}
      valueName={type === 'timestamp' ? 'days since 1970' : unit === '1' ? name : `${name} (${unit})`}
      width={560}
      height={260}
    />
  );
}

function Numbers({ definition, statistics }: Described) {
  const { count, missing, infinite, distinct, numeric } = statistics;
  const text = (value: number | null | undefined) =>
    definition.type === 'timestamp' && typeof value === 'number'
      ? new Date(value).toISOString().slice(0, 10)
      : numberText(value);
  const lines: readonly (readonly [string, string])[] = [
    ['values', String(count)],
    ['missing', `${missing} (${((100 * missing) / Math.max(1, count + missing)).toFixed(1)} %)`],
    ['distinct', String(distinct)],
    ...(infinite > 0 ? [['infinite', String(infinite)] as const] : []),
    ...(numeric === undefined
      ? []
      : [
          ['mean', text(numeric.mean)] as const,
          [
            'standard deviation',
            definition.type === 'timestamp' ? `${numberText((numeric.sd ?? 0) / msPerDay)} days` : text(numeric.sd),
          ] as const,
          ['least', text(numeric.min)] as const,
          ...numeric.quantiles.map(({ p, value }) => [`${100 * p} % are at most`, text(value)] as const),
          ['greatest', text(numeric.max)] as const,
        ]),
  ];
  return (
    <dl class="numbers">
      {lines.map(([what, value]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
