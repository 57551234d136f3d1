import { useLocation } from 'preact-iso/router';
import type { CellState, ModalitiesReply, ModalityCell } from '../../server/replies/cohort-reply.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { ModalityMatrix } from './modality-matrix.js';

/** How each state is written: with a sign, so that colour is not all that tells them apart. */
export const stateTexts: Readonly<Record<CellState, string>> = {
  present: '■ present',
  failed: '✕ failed',
  files: '□ files only',
  missing: '· missing',
};

type Patient = ModalitiesReply['patients'][number];

const shown = {
  all: { title: 'all patients', fits: () => true },
  complete: {
    title: 'patients with everything',
    fits: (cells: readonly ModalityCell[]) => cells.every(({ state }) => state === 'present'),
  },
  gaps: {
    title: 'patients with a gap',
    fits: (cells: readonly ModalityCell[]) => cells.some(({ state }) => state !== 'present'),
  },
  failed: {
    title: 'patients with a failure',
    fits: (cells: readonly ModalityCell[]) => cells.some(({ state }) => state === 'failed'),
  },
} as const;

/** Which patient has what: a picture of the whole, and a table of each. */
export function Modalities({ value }: { readonly value: ModalitiesReply }) {
  const { modalities, patients, hasFolder } = value;
  const { query, route, path } = useLocation();
  const wanted = Object.entries(shown).find(([key]) => key === query.show);
  const chosen = wanted?.[1] ?? shown.all;
  if (patients.length === 0) {
    return (
      <p class="empty">
        The store holds no patient yet. <code>thoracle run --cohort DIR --store FILE</code> fills it.
      </p>
    );
  }
  const features = modalities.filter(({ kind }) => kind === 'features');
  const complete = patients.filter(({ cells }) => features.every((_, i) => cells[i]?.state === 'present')).length;
  const choose = (key: string) => {
    const next = new URLSearchParams(query);
    if (key === 'all') next.delete('show');
    else next.set('show', key);
    route(next.size === 0 ? path : `${path}?${next}`, true);
  };
  return (
    <>
      <p>
        {patients.length} patients, {complete} with features of every kind
        {hasFolder ? '.' : '. Start the server with --cohort DIR to see the raw files beside them.'}
      </p>
      <ModalityMatrix modalities={modalities} patients={patients} />
      <p class="row">
        <label>
          Show{' '}
          <select value={wanted?.[0] ?? 'all'} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            {Object.entries(shown).map(([key, { title }]) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </p>
      <DataTable
        caption="Patients and their data"
        columns={columnsOf(modalities)}
        rows={patients.filter(({ cells }) => chosen.fits(cells))}
        rowKey={({ patientId }) => patientId}
        pageSize={20}
        empty="No patient is like that."
      />
    </>
  );
}

function columnsOf(modalities: ModalitiesReply['modalities']): readonly Column<Patient>[] {
  return [
    {
      key: 'patient',
      title: 'patient',
      value: ({ patientId }) => patientId,
      show: ({ patientId }) => <a href={`/studio/patient?id=${encodeURIComponent(patientId)}`}>{patientId}</a>,
    },
    ...modalities.map(
      ({ name, title }, i): Column<Patient> => ({
        key: `${name} ${i}`,
        title,
        value: ({ cells }) => cells[i]?.state ?? null,
        show: ({ cells }) => <State cell={cells[i]} />,
      }),
    ),
    {
      key: 'why',
      title: 'why',
      value: ({ cells }) => [...new Set(cells.flatMap(({ reason }) => (reason === null ? [] : [reason])))].join('; '),
    },
  ];
}

function State({ cell }: { readonly cell: ModalityCell | undefined }) {
  if (cell === undefined) return null;
  return <span class={`state state-${cell.state}`}>{stateTexts[cell.state]}</span>;
}
