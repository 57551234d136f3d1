import type { ListedPatient, PatientListReply } from '../../server/replies/patient-reply.js';
import { ReplyView } from '../../session/reply-view.js';
import { useReply } from '../../session/use-reply.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { patientLink } from './patient-link.js';

const columns: readonly Column<ListedPatient>[] = [
  {
    key: 'id',
    title: 'patient',
    value: ({ id }) => id,
    show: ({ id }) => <a href={patientLink({}, { id })}>{id}</a>,
  },
  { key: 'age', title: 'age (years)', value: ({ ageYears }) => ageYears },
  { key: 'sex', title: 'sex', value: ({ sex }) => sex },
  { key: 'histology', title: 'histology', value: ({ histology }) => histology },
  { key: 'stage', title: 'stage', value: ({ stage }) => stage },
  { key: 'records', title: 'records', value: ({ modalities }) => modalities.join(', ') },
  { key: 'images', title: 'images', value: ({ images }) => (images === null ? null : images ? 'CT' : 'none') },
  {
    key: 'outcome',
    title: 'outcome',
    value: ({ event }) => (event === null ? null : event ? 'died' : 'alive'),
  },
  { key: 'time', title: 'follow-up (days)', value: ({ timeDays }) => timeDays },
];

/** Everybody, to choose from. */
export function PatientList() {
  const reply = useReply<PatientListReply>('/studio/api/patients');
  return (
    <>
      <h1>Patients</h1>
      <ReplyView reply={reply}>
        {({ patients, indexing }) => (
          <>
            {indexing && <p class="hint">The folder of raw files is being read; who has images is known after that.</p>}
            <DataTable
              caption="Patients"
              columns={columns}
              rows={patients}
              rowKey={({ id }) => id}
              order={{ key: 'id', direction: 'ascending' }}
              empty="The store has no patient yet: “thoracle run --cohort DIR --store FILE” fills it."
            />
          </>
        )}
      </ReplyView>
    </>
  );
}
