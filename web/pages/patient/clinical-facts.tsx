import type { ClinicalItem, FactKind } from '../../server/replies/patient-reply.js';
import { type Column, DataTable } from '../../table/data-table.js';

const columns: readonly Column<ClinicalItem>[] = [
  { key: 'definition', title: 'fact', value: ({ definition }) => definition },
  {
    key: 'value',
    title: 'value',
    value: ({ value, recordedAs }) => value ?? (recordedAs === null ? null : `missing: ${recordedAs}`),
  },
  { key: 'unit', title: 'unit', value: ({ unit }) => (unit === '1' ? '' : unit) },
  { key: 'name', title: 'column', value: ({ name }) => name },
];

const parts: readonly { readonly title: string; readonly note: string; readonly kinds: readonly FactKind[] }[] = [
  {
    title: 'Known at surgery',
    note: 'What a model may take.',
    kinds: ['before surgery'],
  },
  {
    title: 'After surgery and outcome',
    note: 'Known only later: treatment, recurrence, follow-up and outcome. No model of the default recipes takes any of it.',
    kinds: ['after surgery', 'follow-up', 'outcome'],
  },
  { title: 'About the record', note: 'Dates and names that are neither.', kinds: ['about the record'] },
];

/** The clinical record, with what was known at surgery apart from what came later. */
export function ClinicalFacts({ items }: { readonly items: readonly ClinicalItem[] | null }) {
  return (
    <section aria-labelledby="clinical">
      <h2 id="clinical">Clinical</h2>
      {items === null ? (
        <p class="empty">The store has no clinical record of this patient.</p>
      ) : (
        parts.map(({ title, note, kinds }) => {
          const rows = items.filter(({ kind }) => kinds.includes(kind));
          if (rows.length === 0) return null;
          return (
            <details key={title} open={kinds[0] === 'before surgery'} class="part">
              <summary>
                <h3>
                  {title} ({rows.length})
                </h3>
              </summary>
              <p class="hint">{note}</p>
              <DataTable caption={title} columns={columns} rows={rows} rowKey={({ name }) => name} />
            </details>
          );
        })
      )}
    </section>
  );
}
