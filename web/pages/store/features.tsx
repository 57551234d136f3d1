import { useState } from 'preact/hooks';
import type { DescribedFeature, FeaturesReply, GroupSummary } from '../../server/replies/store-reply.js';
import { send } from '../../session/client.js';
import { ReplyView } from '../../session/reply-view.js';
import { useReply } from '../../session/use-reply.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { saveFile } from '../../table/save-file.js';
import { useChosen } from './use-chosen.js';
import { SearchForm, WindowButtons } from './windowed.js';

/** As many as the server hands out at once: most groups are there as a whole, so that sorting is over all of it. */
const count = 200;

/** The definitions of a group with what the latest records say of each, window by window where there are thousands. */
export function Features({ place, group }: { readonly place: string; readonly group: GroupSummary }) {
  const { chosen, choose, linkTo } = useChosen();
  const [from, setFrom] = useState(0);
  const asked = new URLSearchParams({ from: String(from), count: String(count) });
  const fits = new URLSearchParams();
  for (const name of ['version', 'search', 'role']) {
    const value = chosen[name];
    if (value === undefined) continue;
    asked.set(name, value);
    fits.set(name, value);
  }
  const reply = useReply<FeaturesReply>(`${place}/features?${asked}`);
  const search = (change: Readonly<Record<string, string | undefined>>) => {
    setFrom(0);
    choose(change);
  };
  return (
    <>
      <SearchForm
        label="Name or description"
        value={chosen.search ?? ''}
        onSearch={(words) => search({ search: words })}
      >
        <label>
          Role{' '}
          <select value={chosen.role ?? ''} onChange={({ currentTarget }) => search({ role: currentTarget.value })}>
            <option value="">all</option>
            {Object.entries(group.roles).map(([role, columns]) => (
              <option key={role} value={role}>
                {role} ({columns})
              </option>
            ))}
          </select>
        </label>
        <label>
          Version{' '}
          <select
            value={chosen.version ?? ''}
            onChange={({ currentTarget }) => search({ version: currentTarget.value })}
          >
            <option value="">newest, records of all versions</option>
            {Array.from({ length: group.version }, (_, i) => String(group.version - i)).map((version) => (
              <option key={version} value={version}>
                {version}, its records only
              </option>
            ))}
          </select>
        </label>
      </SearchForm>
      <ReplyView reply={reply}>
        {({ features, total }) => (
          <>
            <DataTable
              caption={`Features of ${group.name}`}
              columns={columnsOf((feature) => linkTo({ feature }))}
              rows={features}
              rowKey={({ definition }) => definition.name}
              pageSize={25}
              empty="No column fits."
            />
            {total > count && (
              <p class="hint">
                The table sorts and exports the {features.length} of {total} that are loaded; the search above it goes
                through all.
              </p>
            )}
            <div class="row">
              <WindowButtons name="features" total={total} from={from} count={count} onFrom={setFrom} />
              <button type="button" onClick={() => saveAll(place, fits, group.name)}>
                All {total} definitions as CSV
              </button>
            </div>
          </>
        )}
      </ReplyView>
    </>
  );
}

async function saveAll(place: string, fits: URLSearchParams, group: string): Promise<void> {
  const reply = await send(`${place}/features.csv?${fits}`);
  saveFile(`${group}-definitions.csv`, 'text/csv', await reply.text());
}

function columnsOf(linkTo: (feature: string) => string): readonly Column<DescribedFeature>[] {
  const quantile = ({ statistics }: DescribedFeature, p: number) =>
    statistics?.numeric?.quantiles.find((one) => one.p === p)?.value ?? null;
  return [
    {
      key: 'name',
      title: 'feature',
      value: ({ definition }) => definition.name,
      show: ({ definition: { name }, statistics }) =>
        statistics === null ? <code>{name}</code> : <a href={`${linkTo(name)}#feature`}>{name}</a>,
    },
    { key: 'role', title: 'role', value: ({ definition }) => definition.role },
    { key: 'type', title: 'type', value: ({ definition }) => definition.type },
    { key: 'unit', title: 'unit', value: ({ definition }) => definition.unit },
    { key: 'count', title: 'values', value: ({ statistics }) => statistics?.count ?? null },
    { key: 'missing', title: 'missing', value: ({ statistics }) => statistics?.missing ?? null },
    { key: 'distinct', title: 'distinct', value: ({ statistics }) => statistics?.distinct ?? null },
    { key: 'median', title: 'median', value: (row) => numeric(row, quantile(row, 0.5)) },
    { key: 'min', title: 'least', value: (row) => numeric(row, row.statistics?.numeric?.min ?? null) },
    { key: 'max', title: 'greatest', value: (row) => numeric(row, row.statistics?.numeric?.max ?? null) },
    { key: 'top', title: 'most frequent', value: mostFrequent },
    { key: 'description', title: 'description', value: ({ definition }) => definition.description },
  ];
}

/** Times are said as days. */
function numeric({ definition }: DescribedFeature, value: number | null): string | number | null {
  return definition.type === 'timestamp' && value !== null ? new Date(value).toISOString().slice(0, 10) : value;
}

function mostFrequent({ definition, statistics }: DescribedFeature): string | null {
  const first = statistics?.top[0];
  if (first === undefined || definition.type === 'double' || definition.type === 'timestamp') return null;
  return `${first.value} (${first.count})`;
}
