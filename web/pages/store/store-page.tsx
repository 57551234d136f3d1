import { useLocation } from 'preact-iso/router';
import { LoadedPart } from '../../session/loaded-part.js';
import { useSession } from '../../session/session.js';
import { Groups } from './groups.js';
import { OneGroup } from './one-group.js';
import { SqlBox } from './sql-box.js';
import './store.css';

/** What the store holds: groups with their features, where they come from, records over time, and SQL. */
export function StorePage() {
  const { has } = useSession();
  const { query } = useLocation();
  if (!has.store) {
    return (
      <>
        <h1>Feature store</h1>
        <p class="empty">
          This server has no feature store. <code>thoracle run --cohort DIR --store FILE</code> makes one of a folder of
          raw files; <code>thoracle studio --store FILE</code> shows it here.
        </p>
      </>
    );
  }
  const { group, view } = query;
  return (
    <>
      <h1>Feature store</h1>
      <nav class="parts" aria-label="Parts of the feature store">
        <a href="/studio/store" aria-current={group === undefined && view !== 'sql' ? 'page' : undefined}>
          Groups
        </a>
        {group !== undefined && (
          <a href={`/studio/store?group=${encodeURIComponent(group)}`} aria-current="page">
            {group}
          </a>
        )}
        <a href="/studio/store?view=sql" aria-current={view === 'sql' ? 'page' : undefined}>
          SQL
        </a>
      </nav>
      {view === 'sql' ? (
        <SqlBox />
      ) : group === undefined ? (
        <LoadedPart path="/studio/api/store/groups" title="Groups" part={Groups} />
      ) : (
        <OneGroup key={group} name={group} />
      )}
    </>
  );
}
