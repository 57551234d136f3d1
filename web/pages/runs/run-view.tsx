import type { ListedRun, RunLineageReply } from '../../server/replies/runs-reply.js';
import { ReplyView } from '../../session/reply-view.js';
import { useReply } from '../../session/use-reply.js';
import { DataTable } from '../../table/data-table.js';
import { intervalText } from './texts.js';
import type { Address } from './use-address.js';

/** One run: what it was given, what came of it, and what it was made from. */
export function RunView({
  id,
  run,
  address,
}: {
  readonly id: string;
  readonly run: ListedRun | undefined;
  readonly address: Address;
}) {
  const lineage = useReply<RunLineageReply>(`/studio/api/runs/${encodeURIComponent(id)}/lineage`);
  return (
    <section aria-label="Chosen run">
      <h3>
        Run {run?.name ?? ''} <code>{id}</code>
      </h3>
      <p class="row">
        {run !== undefined && (
          <span class="hint">
            {run.codeVersion} on {run.host}.
          </span>
        )}
        <button type="button" onClick={() => address.set({ run: '' })}>
          Close the run
        </button>
      </p>
      {run !== undefined && (
        <div class="columns">
          <DataTable
            caption="Parameters of the run"
            columns={[
              { key: 'name', title: 'Parameter', value: ({ name }) => name },
              { key: 'value', title: 'Value', value: ({ value }) => value },
            ]}
            rows={Object.entries(run.parameters).map(([name, value]) => ({ name, value: String(value) }))}
            rowKey={({ name }) => name}
            empty="The run has no parameters."
          />
          <DataTable
            caption="Metrics of the run"
            columns={[
              { key: 'name', title: 'Metric', value: ({ name }) => name },
              { key: 'value', title: 'Value (95 % interval)', value: ({ value }) => intervalText(value) },
            ]}
            rows={Object.entries(run.metrics).map(([name, value]) => ({ name, value }))}
            rowKey={({ name }) => name}
            empty="The run has no metrics."
          />
        </div>
      )}
      <ReplyView reply={lineage}>
        {({ nodes }) => (
          <DataTable
            caption="Lineage of the run"
            columns={[
              { key: 'kind', title: 'Kind', value: ({ kind }) => kind },
              { key: 'label', title: 'What', value: ({ label }) => label },
              { key: 'into', title: 'Went into', value: ({ madeInto }) => madeInto.join(', ') || null },
              {
                key: 'sha256',
                title: 'SHA-256',
                value: ({ sha256 }) => sha256,
                show: ({ sha256 }) => (sha256 === null ? '–' : <code>{sha256.slice(0, 16)}</code>),
              },
            ]}
            rows={nodes}
            rowKey={(node) => node.id}
            pageSize={10}
          />
        )}
      </ReplyView>
    </section>
  );
}
