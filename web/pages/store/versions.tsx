import type { VersionSummary } from '../../server/replies/store-reply.js';
import { DataTable } from '../../table/data-table.js';
import { digestText, timeText } from './texts.js';

/** The versions of a group, and what each changed. */
export function Versions({ versions }: { readonly versions: readonly VersionSummary[] }) {
  return (
    <DataTable
      caption="Versions"
      columns={[
        { key: 'version', title: 'version', value: ({ version }) => version },
        { key: 'created', title: 'made (UTC)', value: ({ createdAtMs }) => timeText(createdAtMs) },
        { key: 'columns', title: 'columns', value: ({ columns }) => columns },
        { key: 'change', title: 'against the one before', value: changeText },
        {
          key: 'digest',
          title: 'settings digest',
          value: ({ settingsDigest }) => settingsDigest,
          show: ({ settingsDigest }) => <code title={settingsDigest}>{digestText(settingsDigest)}</code>,
        },
      ]}
      rows={versions}
      rowKey={({ version }) => String(version)}
      pageSize={10}
    />
  );
}

function changeText({ version, added, removed, addedCount, removedCount }: VersionSummary): string {
  if (version === 1) return 'the first';
  const some = (names: readonly string[], count: number) =>
    names.length < count ? `${names.join(', ')} and ${count - names.length} more` : names.join(', ');
  const parts = [
    addedCount > 0 ? `added: ${some(added, addedCount)}` : '',
    removedCount > 0 ? `taken away: ${some(removed, removedCount)}` : '',
  ].filter(Boolean);
  return parts.length === 0 ? 'the same columns; settings or descriptions differ' : parts.join('; ');
}
