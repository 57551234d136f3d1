import { useEffect, useRef, useState } from 'preact/hooks';
import type { ModelForm, StoredInputs } from '../../server/replies/predict-reply.js';
import { ask, type ReplyError } from '../../session/client.js';
import { Refusal } from '../../session/reply-view.js';
import { allows, useSession } from '../../session/session.js';
import { AnswerView } from '../answer/answer-view.js';
import type { AnsweredExplanation, AnsweredPrediction } from '../answer/answers.js';
import { askExplanations, askPredictions } from '../answer/ask-answers.js';
import { Calls } from './calls.js';
import { type FormContent, fieldsOf, findingOf, recordOf, textsOf, typicalTexts } from './field-values.js';
import { FormGroups } from './form-groups.js';
import { InputRemarks } from './input-remarks.js';
import { PatientChoice } from './patient-choice.js';

type Asked =
  | { readonly state: 'nothing' }
  | { readonly state: 'waiting' }
  | { readonly state: 'refused'; readonly error: ReplyError }
  | {
      readonly state: 'here';
      readonly record: Readonly<Record<string, number>>;
      readonly prediction: AnsweredPrediction;
      readonly explanation: AnsweredExplanation | ReplyError;
    };

interface OnePatientProps {
  readonly form: ModelForm;
  readonly content: FormContent;
  readonly onContent: (content: FormContent) => void;
  /** The content came whole from elsewhere. */
  readonly asksAtOnce: boolean;
  /** A stored patient to fill in and ask for. */
  readonly patient: string | undefined;
  readonly onPatient: (id: string | undefined) => void;
}

/** A form for one patient, and the answer beside it. */
export function OnePatient({ form, content, onContent, asksAtOnce, patient, onPatient }: OnePatientProps) {
  const session = useSession();
  const [asked, setAsked] = useState<Asked>({ state: 'nothing' });
  const [problem, setProblem] = useState('');
  const result = useRef<HTMLElement>(null);
  const canRead = session.has.store && allows(session, 'read');
  const request = async (from: FormContent) => {
    const trouble = problemOf(form, from);
    setProblem(trouble);
    if (trouble !== '') return;
    setAsked({ state: 'waiting' });
    setAsked(await answerFor(form, recordOf(form, from.texts, from.stored)));
    // Where it stands below the form.
    if (matchMedia('(max-width: 900px)').matches) result.current?.scrollIntoView();
  };
  useEffect(() => {
    if (asksAtOnce) void request(content);
  }, []);
  useEffect(() => {
    if (patient === undefined || !canRead || patient === content.patient) return;
    setAsked({ state: 'waiting' });
    storedContent(form, patient).then(
      (stored) => {
        onContent(stored);
        return request(stored);
      },
      (error: ReplyError) => setAsked({ state: 'refused', error }),
    );
  }, [patient]);
  const change = (texts: FormContent['texts']) => onContent({ texts, stored: content.stored });
  const record = recordOf(form, content.texts, content.stored);
  return (
    <div class="asking">
      <form
        aria-label="Inputs of one patient"
        onSubmit={(event) => {
          event.preventDefault();
          void request(content);
        }}
      >
        <div class="row">
          {canRead && <PatientChoice model={form.name} chosen={content.patient} onChoose={onPatient} />}
          <button
            type="button"
            onClick={() => {
              onPatient(undefined);
              change(typicalTexts(form));
            }}
          >
            Typical patient
          </button>
          <button
            type="button"
            onClick={() => {
              onPatient(undefined);
              change({});
            }}
          >
            Clear
          </button>
        </div>
        <FormGroups
          groups={form.groups}
          texts={content.texts}
          onText={(name, text) => {
            if (content.patient !== undefined) onPatient(undefined);
            change({ ...content.texts, [name]: text });
          }}
        />
        <div class="submit row">
          <button type="submit" class="main">
            Predict
          </button>
          <span class="count" aria-live="polite">
            {Object.keys(record).length} of {form.columns.length} columns given;{' '}
            {form.columns.length - Object.keys(record).length} missing
          </span>
          {problem !== '' && (
            <p class="refusal" role="alert">
              {problem}
            </p>
          )}
        </div>
      </form>
      <section ref={result} class="result" aria-label="Answer" aria-busy={asked.state === 'waiting'}>
        <Result asked={asked} form={form} record={record} />
      </section>
    </div>
  );
}

function Result({
  asked,
  form,
  record,
}: {
  readonly asked: Asked;
  readonly form: ModelForm;
  readonly record: Readonly<Record<string, number>>;
}) {
  if (asked.state === 'refused') return <Refusal error={asked.error} />;
  if (asked.state === 'waiting') return <p class="waiting">Asking the model …</p>;
  if (asked.state === 'nothing') {
    return (
      <p class="hint">
        Fill in what is known and press Predict. Whatever is missing the model fills in by itself, and says so. “Typical
        patient” fills in what the model takes for missing values: mostly medians of the training.
      </p>
    );
  }
  const isOld = JSON.stringify(asked.record) !== JSON.stringify(record);
  return (
    <>
      <h2>Answer</h2>
      <p class="stale" aria-live="polite">
        {isOld ? 'The inputs have changed since: press Predict again.' : ''}
      </p>
      <AnswerView prediction={asked.prediction} explanation={asked.explanation} model={form} />
      <InputRemarks prediction={asked.prediction} form={form} record={asked.record} />
      <Calls form={form} record={asked.record} />
    </>
  );
}

/** Why the content cannot be asked with; empty when it can. */
function problemOf(form: ModelForm, { texts, stored }: FormContent): string {
  const faulty = fieldsOf(form).filter((field) => findingOf(field, texts[field.name] ?? '')?.kind === 'fault');
  const [first] = faulty;
  if (first !== undefined) {
    document.getElementById(`field-${first.name}`)?.focus();
    const others = faulty.length > 1 ? `, nor can those of ${faulty.length - 1} more inputs` : '';
    return `The value of ${first.label} cannot be used${others}.`;
  }
  return Object.keys(recordOf(form, texts, stored)).length === 0 ? 'Give at least one value.' : '';
}

async function answerFor(form: ModelForm, record: Readonly<Record<string, number>>): Promise<Asked> {
  const question = { records: [record], model: form.name };
  try {
    const [predictions, explanation] = await Promise.all([
      askPredictions({ ...question, curve: form.task.kind === 'survival' }),
      askExplanations(question, form.columns.length).then(
        ([first]) => first as AnsweredExplanation,
        (error: ReplyError) => error,
      ),
    ]);
    return { state: 'here', record, prediction: predictions[0] as AnsweredPrediction, explanation };
  } catch (error) {
    return { state: 'refused', error: error as ReplyError };
  }
}

async function storedContent(form: ModelForm, id: string): Promise<FormContent> {
  const query = new URLSearchParams({ model: form.name, id });
  const { values } = await ask<StoredInputs>(`/studio/api/predict/patient?${query}`);
  return { texts: textsOf(form, values), stored: values, patient: id };
}
