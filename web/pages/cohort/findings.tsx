import { useState } from 'preact/hooks';
import { BarChart } from '../../charts/bar-chart.js';
import type { FindingsReply, MissingRate, QualityFinding } from '../../server/replies/cohort-reply.js';
import { ReplyView } from '../../session/reply-view.js';
import { useSession } from '../../session/session.js';
import { useReply } from '../../session/use-reply.js';
import { DataTable } from '../../table/data-table.js';

const signs = { failure: '✕ failure', warning: '! warning', info: 'i note' } as const;

/** What is odd in the data, what it means and where it is. */
export function Findings() {
  const { has } = useSession();
  const [turn, setTurn] = useState(0);
  const reply = useReply<FindingsReply>(`/studio/api/cohort/findings${turn === 0 ? '' : '?again=1'}`, turn);
  return (
    <section>
      <h2>Data quality</h2>
      <ReplyView reply={reply}>
        {(value) => (
          <>
            <p class="row">
              <span>{summary(value.findings)}</span>
              {value.folderSeenAtMs !== null && (
                <span class="hint">Raw files as of {new Date(value.folderSeenAtMs).toLocaleTimeString()}.</span>
              )}
              {has.cohort && (
                <button type="button" onClick={() => setTurn(turn + 1)}>
                  Look at the raw files again
                </button>
              )}
            </p>
            <FindingTable findings={value.findings} />
            <Gaps value={value} />
          </>
        )}
      </ReplyView>
    </section>
  );
}

function summary(findings: readonly QualityFinding[]): string {
  const count = (severity: QualityFinding['severity']) => findings.filter((one) => one.severity === severity).length;
  return `${count('failure')} failures, ${count('warning')} warnings, ${count('info')} notes.`;
}

function FindingTable({ findings }: { readonly findings: readonly QualityFinding[] }) {
  const rows = findings.map((finding, index) => ({ ...finding, index }));
  return (
    <DataTable
      caption="Findings"
      columns={[
        {
          key: 'severity',
          title: 'kind',
          value: ({ severity }) => severity,
          show: ({ severity }) => <span class={`state${severity === 'failure' ? ' bad' : ''}`}>{signs[severity]}</span>,
        },
        {
          key: 'patient',
          title: 'patient',
          value: ({ patientId }) => patientId,
          show: ({ patientId }) =>
            patientId === null ? null : <a href={`/studio/patient?id=${encodeURIComponent(patientId)}`}>{patientId}</a>,
        },
        { key: 'where', title: 'where', value: ({ where }) => where },
        { key: 'found', title: 'what was found', value: ({ found }) => found },
        { key: 'means', title: 'what it means', value: ({ means }) => means },
        { key: 'code', title: 'code', value: ({ code }) => code, show: ({ code }) => <code>{code}</code> },
      ]}
      rows={rows}
      rowKey={({ index }) => String(index)}
      pageSize={15}
      empty="Nothing odd was found."
    />
  );
}

function Gaps({ value: { missing, tooWide } }: { readonly value: FindingsReply }) {
  const share = ({ missing: gone, records }: MissingRate) => (100 * gone) / records;
  const features = missing.filter(({ role }) => role === 'feature');
  return (
    <>
      <h3>Missing values</h3>
      <p class="hint">
        {missing.length} columns have a record without a value. A model fills a missing feature with the median of the
        patients that it was trained on.
        {tooWide.length > 0 &&
          ` Not counted here, for their width: ${tooWide.join(', ')}; the feature store page shows them.`}
      </p>
      <div class="columns">
        {features.length > 0 && (
          <BarChart
            title="Features with the most gaps"
            description="Share of the records of the group that have no value."
            bars={features.slice(0, 12).map((rate) => ({ label: `${rate.group}: ${rate.column}`, value: share(rate) }))}
            valueName="missing (%)"
            labelName="feature"
          />
        )}
        <DataTable
          caption="Missing values"
          columns={[
            { key: 'group', title: 'group', value: ({ group }) => group },
            { key: 'column', title: 'column', value: ({ column }) => column },
            { key: 'role', title: 'role', value: ({ role }) => role },
            { key: 'missing', title: 'missing', value: ({ missing: gone }) => gone },
            { key: 'share', title: 'missing (%)', value: share, digits: 1 },
          ]}
          rows={missing}
          rowKey={({ group, column }) => `${group} ${column}`}
          pageSize={12}
          empty="Every column has a value for every record."
        />
      </div>
    </>
  );
}
