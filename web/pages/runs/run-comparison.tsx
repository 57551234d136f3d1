import type { ListedRun, RunComparisonReply } from '../../server/replies/runs-reply.js';
import { ReplyView } from '../../session/reply-view.js';
import { useReply } from '../../session/use-reply.js';
import { DataTable } from '../../table/data-table.js';
import { Curves } from './curves.js';
import { intervalText, metricNames } from './texts.js';
import type { Address } from './use-address.js';
import { reportPath } from './version-paths.js';

/** Runs side by side: parameters that differ, metrics with intervals, and the curves of those whose model is in the registry. */
export function RunComparison({ ids, address }: { readonly ids: readonly string[]; readonly address: Address }) {
  const reply = useReply<RunComparisonReply>(`/studio/api/runs/compare?ids=${encodeURIComponent(ids.join(','))}`);
  return (
    <section aria-label="Comparison of runs">
      <h3>Comparison of {ids.length} runs</h3>
      <ReplyView reply={reply}>
        {(comparison) => (
          <>
            <Parameters comparison={comparison} all={address.get('parameters') === 'all'} address={address} />
            <DataTable
              caption="Metrics of the compared runs"
              columns={[
                { key: 'metric', title: 'Metric', value: ({ name }) => metricNames[name] ?? name },
                ...comparison.runs.map((run, index) => ({
                  key: run.id,
                  title: titleOf(run, comparison.runs),
                  value: ({ values }: RunComparisonReply['metrics'][number]) => intervalText(values[index]),
                })),
              ]}
              rows={comparison.metrics}
              rowKey={({ name }) => name}
              empty="None of these runs has metrics."
            />
            <p class="hint">With 95 % intervals. Intervals that overlap do not show that two runs are alike.</p>
            <RunCurves runs={comparison.runs} />
          </>
        )}
      </ReplyView>
    </section>
  );
}

function Parameters({
  comparison: { runs, parameters },
  all,
  address,
}: {
  readonly comparison: RunComparisonReply;
  readonly all: boolean;
  readonly address: Address;
}) {
  const rows = all ? parameters : parameters.filter(({ differs }) => differs);
  return (
    <>
      <p>
        <label>
          <input type="checkbox" checked={all} onChange={() => address.set({ parameters: all ? '' : 'all' })} /> also
          parameters that are the same
        </label>
      </p>
      <DataTable
        caption={all ? 'Parameters' : 'Parameters that differ'}
        columns={[
          { key: 'parameter', title: 'Parameter', value: ({ name }) => name },
          ...runs.map((run, index) => ({
            key: run.id,
            title: titleOf(run, runs),
            value: ({ values }: RunComparisonReply['parameters'][number]) => values[index] ?? null,
          })),
        ]}
        rows={rows}
        rowKey={({ name }) => name}
        empty="No parameter differs."
      />
    </>
  );
}

/** The name, and the id where two have the same. */
function titleOf({ id, name }: ListedRun, runs: readonly ListedRun[]): string {
  return runs.filter((run) => run.name === name).length === 1 ? name : `${name} ${id.slice(0, 8)}`;
}

function RunCurves({ runs }: { readonly runs: readonly ListedRun[] }) {
  const versions = runs.flatMap((run) =>
    run.model === null
      ? []
      : [{ name: `${run.model.name} ${run.model.version}`, path: reportPath(run.model.name, run.model.version) }],
  );
  if (versions.length === 0) {
    return <p class="hint">Curves are drawn of runs whose model is in the registry; none of these is.</p>;
  }
  return <Curves of={versions} />;
}
