import type { GroupSummary, GroupsReply } from '../../server/replies/store-reply.js';
import { DataTable } from '../../table/data-table.js';
import { timeText } from './texts.js';

/** The groups of the store. */
export function Groups({ value: { groups } }: { readonly value: GroupsReply }) {
  return (
    <>
      <p class="hint">
        A group is a named table of features about one kind of record. Only columns with the role “feature” ever enter a
        model. A changed definition makes a new version; no value is ever overwritten.
      </p>
      <DataTable
        caption="Groups"
        columns={[
          {
            key: 'name',
            title: 'group',
            value: ({ name }) => name,
            show: ({ name }) => <a href={`/studio/store?group=${encodeURIComponent(name)}`}>{name}</a>,
          },
          { key: 'version', title: 'newest version', value: ({ version }) => version },
          { key: 'records', title: 'records at it', value: ({ records }) => records },
          { key: 'features', title: 'features', value: ({ roles }) => roles.feature ?? 0 },
          { key: 'others', title: 'other columns', value: othersOf },
          { key: 'description', title: 'description', value: ({ settings }) => settings.description },
          { key: 'owner', title: 'owner', value: ({ settings }) => settings.owner },
          { key: 'keeps', title: 'keeps', value: keeps },
          { key: 'updated', title: 'changed (UTC)', value: ({ updatedAtMs }) => timeText(updatedAtMs) },
        ]}
        rows={groups}
        rowKey={({ name }) => name}
        empty="The store is empty: thoracle run --cohort DIR --store FILE fills it."
      />
    </>
  );
}

function othersOf({ roles }: GroupSummary): string {
  return Object.entries(roles)
    .filter(([role]) => role !== 'feature')
    .map(([role, count]) => `${count} ${role}`)
    .join(', ');
}

function keeps({ settings: { online, offline, ttlMs } }: GroupSummary): string {
  const what = [online ? 'latest records' : '', offline ? 'history' : ''].filter(Boolean).join(' and ');
  return ttlMs === undefined ? what : `${what}, for ${(ttlMs / 86_400_000).toPrecision(3)} days`;
}
