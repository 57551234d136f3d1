import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { ModelForm } from '../../server/replies/predict-reply.js';
import { ReplyView } from '../../session/reply-view.js';
import { useReply } from '../../session/use-reply.js';
import type { FormContent } from './field-values.js';
import { ManyPatients } from './many-patients.js';
import { OnePatient } from './one-patient.js';
import './predict.css';

/** Asks a model for one patient or many. The model and the way of asking are in the address. */
export function PredictPage() {
  const { query } = useLocation();
  const model = query.model === undefined ? '' : `?model=${encodeURIComponent(query.model)}`;
  const form = useReply<ModelForm>(`/studio/api/predict/form${model}`);
  return (
    <div class="predict">
      <h1>Predict</h1>
      <ReplyView reply={form}>{(value) => <Asking key={value.modelId} form={value} />}</ReplyView>
    </div>
  );
}

function Asking({ form }: { readonly form: ModelForm }) {
  const { query, path, route } = useLocation();
  const [content, setContent] = useState<FormContent>({ texts: {}, stored: {} });
  const [turn, setTurn] = useState(0);
  const isMany = query.how === 'many';
  const address = (changes: Readonly<Record<string, string | undefined>>) => {
    const wanted = Object.entries({ ...query, ...changes }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    );
    return wanted.length === 0 ? path : `${path}?${new URLSearchParams(wanted)}`;
  };
  const open = (opened: FormContent) => {
    setContent(opened);
    setTurn(turn + 1);
    route(address({ how: undefined, patient: undefined }));
  };
  return (
    <>
      <ModelLine form={form} onModel={(model) => route(address({ model, patient: undefined }))} />
      <nav class="row ways" aria-label="How many patients">
        <a href={address({ how: undefined })} aria-current={isMany ? undefined : 'page'}>
          One patient
        </a>
        <a href={address({ how: 'many', patient: undefined })} aria-current={isMany ? 'page' : undefined}>
          Many patients (CSV)
        </a>
      </nav>
      {/* What was answered stays while the other way is looked at. */}
      <div hidden={isMany}>
        <OnePatient
          key={turn}
          form={form}
          content={content}
          onContent={setContent}
          asksAtOnce={turn > 0}
          patient={isMany ? undefined : query.patient}
          onPatient={(patient) => route(address({ patient }), true)}
        />
      </div>
      <div hidden={!isMany}>
        <ManyPatients form={form} onOpen={open} />
      </div>
    </>
  );
}

const tasks: Readonly<Record<ModelForm['task']['kind'], string>> = {
  status: 'dead or alive when last seen',
  horizon: 'dead or alive at a horizon',
  survival: 'survival over time',
};

function ModelLine({ form, onModel }: { readonly form: ModelForm; readonly onModel: (name: string) => void }) {
  const { models, name, version, task, trainedOn, columns, warnings } = form;
  const horizon = task.kind === 'horizon' ? ` (${task.horizonDays} days)` : '';
  return (
    <>
      <p class="row">
        {models.length > 1 ? (
          <label>
            Model{' '}
            <select value={name} onChange={({ currentTarget }) => onModel(currentTarget.value)}>
              {models.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </label>
        ) : (
          <span>
            Model <strong>{name}</strong>
          </span>
        )}
        <span class="hint">
          version {version}; {tasks[task.kind]}
          {horizon}; {columns.length} columns; trained on {trainedOn.patients} patients, of whom {trainedOn.events}{' '}
          died.
        </span>
      </p>
      {warnings.length > 0 && (
        <details class="warnings">
          <summary>
            {warnings.length === 1 ? 'One warning comes' : `${warnings.length} warnings come`} with this model
          </summary>
          <ul>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
