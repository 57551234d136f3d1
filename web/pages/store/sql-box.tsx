import { useState } from 'preact/hooks';
import type { GroupsReply, QueryReply } from '../../server/replies/store-reply.js';
import { post, type ReplyError } from '../../session/client.js';
import { Refusal } from '../../session/reply-view.js';
import { useReply } from '../../session/use-reply.js';
import { DataTable } from '../../table/data-table.js';
import { useChosen } from './use-chosen.js';

/** Examples, for the groups that they need. */
const examples = [
  {
    title: 'How many patients died',
    needs: ['clinical'],
    sql: 'SELECT survival_event, count(*) AS patients, avg(survival_time_days) AS mean_days\nFROM clinical\nGROUP BY survival_event',
  },
  {
    title: 'Tumour volume and outcome, largest first',
    needs: ['clinical', 'imaging'],
    sql: 'SELECT case_id, original_shape_MeshVolume, survival_time_days, survival_event\nFROM imaging JOIN clinical USING (case_id)\nORDER BY original_shape_MeshVolume DESC',
  },
  {
    title: 'Patients without gene expression',
    needs: ['clinical', 'genomic'],
    sql: 'SELECT case_id FROM clinical\nWHERE case_id NOT IN (SELECT case_id FROM genomic)\nORDER BY case_id',
  },
  {
    title: 'What was written, by hour',
    needs: ['clinical'],
    sql: "SELECT date_trunc('hour', write_time) AS hour, version, count(*) AS lines\nFROM clinical_history\nGROUP BY 1, 2 ORDER BY 1",
  },
  {
    title: 'Runs, newest first',
    needs: ['experiments'],
    sql: 'SELECT started_at, kind, status, name FROM experiments\nORDER BY started_at DESC',
  },
] as const;

const limits = [100, 1000, 10_000];

type Outcome =
  | { readonly state: 'none' | 'running' }
  | { readonly state: 'here'; readonly reply: QueryReply }
  | { readonly state: 'refused'; readonly error: ReplyError };

/** One read-only statement: its result, how it was planned, and how long both took. */
export function SqlBox() {
  const { chosen, choose } = useChosen();
  const groups = useReply<GroupsReply>('/studio/api/store/groups');
  const known = groups.state === 'here' ? groups.value.groups.map(({ name }) => name) : [];
  const fitting = examples.filter(({ needs }) => needs.every((name) => known.includes(name)));
  const [sql, setSql] = useState(chosen.sql ?? '');
  const [limit, setLimit] = useState(1000);
  const [outcome, setOutcome] = useState<Outcome>({ state: 'none' });
  const run = async () => {
    if (sql.trim() === '') return;
    choose({ sql });
    setOutcome({ state: 'running' });
    try {
      setOutcome({ state: 'here', reply: await post<QueryReply>('/studio/api/store/query', { sql, limit }) });
    } catch (error) {
      setOutcome({ state: 'refused', error: error as ReplyError });
    }
  };
  return (
    <section>
      <h2>SQL</h2>
      <p class="hint">
        One reading statement. Each group is a view of its latest records under its own name, and{' '}
        <code>NAME_history</code> holds every line ever written; here: {known.join(', ') || 'none yet'}. Whatever would
        change the store or touch files is refused.
      </p>
      <label for="sql">Statement (Ctrl+Enter runs it)</label>
      <textarea
        id="sql"
        class="sql"
        rows={6}
        spellcheck={false}
        value={sql}
        onInput={({ currentTarget }) => setSql(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          void run();
        }}
      />
      <p class="row">
        <button type="button" class="main" onClick={run} disabled={outcome.state === 'running'}>
          Run
        </button>
        <label>
          At most{' '}
          <select value={limit} onChange={({ currentTarget }) => setLimit(Number(currentTarget.value))}>
            {limits.map((rows) => (
              <option key={rows} value={rows}>
                {rows} rows
              </option>
            ))}
          </select>
        </label>
        <label>
          Example{' '}
          <select
            value=""
            onChange={({ currentTarget }) => setSql(fitting[Number(currentTarget.value)]?.sql ?? sql)}
            disabled={fitting.length === 0}
          >
            <option value="">choose one</option>
            {fitting.map(({ title }, index) => (
              <option key={title} value={index}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </p>
      <div aria-live="polite">
        {outcome.state === 'running' && <p class="waiting">Running …</p>}
        {outcome.state === 'refused' && <Refusal error={outcome.error} />}
        {outcome.state === 'here' && <Result reply={outcome.reply} />}
      </div>
    </section>
  );
}

function Result({ reply }: { readonly reply: QueryReply }) {
  const { columns, rows, rowLimit, hasMore, columnsLeftOut, planMs, runMs, plan } = reply;
  const said = [
    `${rows.length} rows of ${columns.length} columns`,
    `planned in ${planMs.toFixed(1)} ms, run in ${runMs.toFixed(1)} ms`,
    hasMore ? `only the first ${rowLimit} rows are shown` : '',
    columnsLeftOut > 0 ? `${columnsLeftOut} more columns are left out` : '',
  ].filter(Boolean);
  return (
    <>
      <p>{said.join('; ')}.</p>
      <DataTable
        // Another result is another table: its order and search are its own.
        key={columns.map(({ name }) => name).join('\n')}
        caption="Result"
        columns={columns.map(({ name }, column) => ({
          key: String(column),
          title: name,
          value: (row: { readonly cells: QueryReply['rows'][number] }) => row.cells[column] ?? null,
        }))}
        rows={rows.map((cells, index) => ({ cells, index }))}
        rowKey={({ index }) => String(index)}
        pageSize={columns.length > 50 ? 10 : 25}
        empty="No row."
      />
      <details>
        <summary>Plan</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
        <pre class="plan" tabIndex={0}>
          {plan}
        </pre>
      </details>
    </>
  );
}
