import { useState } from 'preact/hooks';
import type { GroupSummary, HistoryLine, HistoryReply, RecordsReply } from '../../server/replies/store-reply.js';
import { ReplyView } from '../../session/reply-view.js';
import { useReply } from '../../session/use-reply.js';
import { DataTable } from '../../table/data-table.js';
import { timeText, valueText } from './texts.js';
import { useChosen } from './use-chosen.js';
import { SearchForm, WindowButtons } from './windowed.js';

const count = 50;

/** Everything ever written about one record, and the record as of a time. */
export function RecordHistory({ place, group }: { readonly place: string; readonly group: GroupSummary }) {
  const { chosen, choose } = useChosen();
  const [words, setWords] = useState('');
  const found = useReply<RecordsReply>(`${place}/records?${new URLSearchParams({ search: words })}`);
  return (
    <section>
      <h2>Records over time</h2>
      <SearchForm label={`Part of ${group.recordIdentifier}`} value={words} onSearch={setWords} />
      <ReplyView reply={found}>
        {({ ids, total }) => (
          <p class="row">
            <label>
              Record{' '}
              <select value={chosen.id ?? ''} onChange={({ currentTarget }) => choose({ id: currentTarget.value })}>
                <option value="">choose one</option>
                {chosen.id !== undefined && !ids.includes(chosen.id) && <option value={chosen.id}>{chosen.id}</option>}
                {ids.map((id) => (
                  <option key={id} value={id}>
                    {id}
                  </option>
                ))}
              </select>
            </label>
            <span class="hint">
              {total} records{total > ids.length ? `, the first ${ids.length} are listed` : ''}
            </span>
          </p>
        )}
      </ReplyView>
      {chosen.id !== undefined && <OneRecord key={chosen.id} place={place} id={chosen.id} />}
    </section>
  );
}

function OneRecord({ place, id }: { readonly place: string; readonly id: string }) {
  const { chosen, choose } = useChosen();
  const [from, setFrom] = useState(0);
  const [search, setSearch] = useState('');
  const asked = new URLSearchParams({ id, from: String(from), count: String(count), search });
  for (const name of ['asOf', 'knownAt']) {
    const value = chosen[name];
    if (value !== undefined) asked.set(name, value);
  }
  const reply = useReply<HistoryReply>(`${place}/history?${asked}`);
  const time = (name: 'asOf' | 'knownAt', label: string) => (
    <label>
      {label}{' '}
      <input
        type="datetime-local"
        step={1}
        value={chosen[name] ?? ''}
        onChange={({ currentTarget }) => choose({ [name]: currentTarget.value })}
      />
    </label>
  );
  return (
    <>
      <div class="row">
        {time('asOf', 'About no later than (UTC)')}
        {time('knownAt', 'As known at (UTC)')}
      </div>
      <ReplyView reply={reply}>
        {({ lines, record }) => (
          <>
            <DataTable
              caption={`History of ${id}`}
              columns={[
                { key: 'write', title: 'written (UTC)', value: ({ writeTime }) => timeText(writeTime) },
                { key: 'event', title: 'about (UTC)', value: ({ eventTime }) => timeText(eventTime) },
                { key: 'did', title: 'what', value: ({ did }) => did },
                { key: 'version', title: 'version', value: ({ version }) => version },
                { key: 'changed', title: 'changed against the line before', value: changedText },
              ]}
              rows={lines.map((line, index) => ({ ...line, index }))}
              rowKey={({ index }) => String(index)}
              pageSize={10}
              empty={`Nothing was ever written about ${id}.`}
            />
            {record === null ? (
              <p class="empty">There was no record of {id} then.</p>
            ) : (
              <>
                <h3>
                  {id} as written {timeText(record.writeTime)}, version {record.version}
                </h3>
                <SearchForm
                  label="Part of a feature’s name"
                  value={search}
                  onSearch={(words) => {
                    setFrom(0);
                    setSearch(words);
                  }}
                />
                <DataTable
                  caption={`Values of ${id}`}
                  columns={[
                    { key: 'feature', title: 'feature', value: ({ feature }) => feature },
                    {
                      key: 'value',
                      title: 'value',
                      value: ({ value }) => (typeof value === 'boolean' ? String(value) : value),
                    },
                    { key: 'unit', title: 'unit', value: ({ unit }) => unit },
                  ]}
                  rows={record.values}
                  rowKey={({ feature }) => feature}
                  pageSize={count}
                />
                <WindowButtons name="values" total={record.total} from={from} count={count} onFrom={setFrom} />
              </>
            )}
          </>
        )}
      </ReplyView>
    </>
  );
}

function changedText({ changed, changedCount, did }: HistoryLine): string {
  if (changedCount === null) return did === 'written' ? 'new' : '';
  if (changedCount === 0) return 'nothing';
  const named = changed.map(({ feature, before, after }) => `${feature}: ${valueText(before)} → ${valueText(after)}`);
  const more = changedCount > changed.length ? ` and ${changedCount - changed.length} more` : '';
  return named.join('; ') + more;
}
