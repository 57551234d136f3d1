import type { ListedRun, RunListReply } from '../../server/replies/runs-reply.js';
import { ReplyView } from '../../session/reply-view.js';
import { useSession } from '../../session/session.js';
import { useReply } from '../../session/use-reply.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { RunComparison } from './run-comparison.js';
import { RunView } from './run-view.js';
import { timeText } from './texts.js';
import { type Address, useAddress } from './use-address.js';

/** Metrics that tell most at first sight. */
const firstMetrics = ['rocAuc', 'harrellC', 'brier'] as const;

/** The runs that the store remembers: choose two or more to compare them. */
export function Experiments() {
  const { has } = useSession();
  return (
    <section>
      <h2>Experiments</h2>
      {has.store ? (
        <Runs />
      ) : (
        <p class="empty">
          This server has no feature store, which remembers the runs. <code>thoracle studio --store FILE</code> shows
          them here.
        </p>
      )}
    </section>
  );
}

function Runs() {
  const address = useAddress();
  const kind = address.get('kind');
  const query = kind === undefined ? '' : `?kind=${encodeURIComponent(kind)}`;
  const reply = useReply<RunListReply>(`/studio/api/runs${query}`);
  const compared = (address.get('compare') ?? '').split(',').filter(Boolean);
  const shown = address.get('run');
  return (
    <ReplyView reply={reply}>
      {({ runs, kinds }) => (
        <>
          <p class="row">
            <label>
              Kind{' '}
              <select value={kind ?? ''} onChange={({ currentTarget }) => address.set({ kind: currentTarget.value })}>
                <option value="">all but images of single patients</option>
                {kinds.map((one) => (
                  <option key={one.kind} value={one.kind}>
                    {one.kind} ({one.runs})
                  </option>
                ))}
              </select>
            </label>
            <span class="hint">
              {compared.length < 2 ? 'Choose two or more runs to compare them.' : `${compared.length} runs compared.`}
            </span>
            {compared.length > 0 && (
              <button type="button" onClick={() => address.set({ compare: '' })}>
                Choose none
              </button>
            )}
          </p>
          <DataTable
            caption="Experiments"
            columns={columnsOf(compared, address)}
            rows={runs}
            rowKey={({ id }) => id}
            pageSize={15}
            empty="No run yet: thoracle run, thoracle train and thoracle evaluate with --store FILE are remembered here."
          />
          {shown !== undefined && <RunView id={shown} run={runs.find(({ id }) => id === shown)} address={address} />}
          {compared.length > 1 && <RunComparison ids={compared} address={address} />}
        </>
      )}
    </ReplyView>
  );
}

function columnsOf(compared: readonly string[], address: Address): readonly Column<ListedRun>[] {
  const choose = (id: string) => {
    const chosen = compared.includes(id) ? compared.filter((one) => one !== id) : [...compared, id];
    address.set({ compare: chosen.join(',') });
  };
  return [
    {
      key: 'compare',
      title: 'Compare',
      value: ({ id }) => (compared.includes(id) ? 'yes' : 'no'),
      show: ({ id, kind, startedAtMs }) => (
        <input
          type="checkbox"
          aria-label={`Compare ${kind} ${id} of ${timeText(startedAtMs)}`}
          checked={compared.includes(id)}
          onChange={() => choose(id)}
        />
      ),
    },
    { key: 'started', title: 'Started (UTC)', value: ({ startedAtMs }) => timeText(startedAtMs) },
    { key: 'kind', title: 'Kind', value: ({ kind }) => kind },
    {
      key: 'name',
      title: 'Run',
      value: ({ name }) => name,
      show: ({ id, name }) => <a href={address.with({ run: id })}>{name}</a>,
    },
    {
      key: 'status',
      title: 'Status',
      value: ({ status, failure }) => (failure === null ? status : `${status}: ${failure}`),
    },
    { key: 'seconds', title: 'Time (s)', value: ({ durationSeconds }) => durationSeconds, digits: 1 },
    ...firstMetrics.map(
      (name): Column<ListedRun> => ({
        key: name,
        title: name,
        value: ({ metrics }) => metrics[name]?.value ?? null,
        digits: 3,
      }),
    ),
    {
      key: 'model',
      title: 'Model',
      value: ({ model }) => (model === null ? null : `${model.name} ${model.version}`),
      show: ({ model }) =>
        model === null ? (
          '–'
        ) : (
          <a href={address.with({ model: model.name, version: model.version })}>
            {model.name} {model.version}
          </a>
        ),
    },
    { key: 'id', title: 'Id', value: ({ id }) => id, show: ({ id }) => <code>{id.slice(0, 8)}</code> },
  ];
}
