import { useEffect, useState } from 'preact/hooks';
import type { StoredPatients } from '../../server/replies/predict-reply.js';
import { useReply } from '../../session/use-reply.js';

/** Chooses a patient of the store by id. */
export function PatientChoice({
  model,
  chosen,
  onChoose,
}: {
  readonly model: string;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}) {
  const [id, setId] = useState(chosen ?? '');
  useEffect(() => setId(chosen ?? ''), [chosen]);
  const reply = useReply<StoredPatients>(`/studio/api/predict/patients?model=${encodeURIComponent(model)}`);
  const patients = reply.state === 'here' ? reply.value.patients : [];
  const take = (text: string) => {
    setId(text);
    if (text !== chosen && patients.includes(text)) onChoose(text);
  };
  // It may have been written before the list was here.
  useEffect(() => take(id), [patients.length]);
  return (
    <label>
      Patient of the store{' '}
      <input
        list="stored-patients"
        size={20}
        autocomplete="off"
        placeholder={patients[0] ?? ''}
        value={id}
        onInput={({ currentTarget }) => take(currentTarget.value)}
        onChange={({ currentTarget: { value } }) => {
          // Not in the list: the server says so.
          if (value !== '' && value !== chosen && !patients.includes(value)) onChoose(value);
        }}
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      />
      <datalist id="stored-patients">
        {patients.map((patient) => (
          <option key={patient} value={patient} />
        ))}
      </datalist>
    </label>
  );
}
