import type { ModelForm } from '../../server/replies/predict-reply.js';
import type { AnsweredPrediction } from '../answer/answers.js';

/** Which inputs were missing and which lay outside of the training, by the server's own count. */
export function InputRemarks({
  prediction: { imputed, outOfRange },
  form,
  record,
}: {
  readonly prediction: AnsweredPrediction;
  readonly form: ModelForm;
  readonly record: Readonly<Record<string, number>>;
}) {
  return (
    <>
      <h3>Inputs</h3>
      {outOfRange.length > 0 && (
        <p class="warning-line">
          <span aria-hidden="true">▲ </span>
          {outOfRange.length === 1 ? 'One input lies' : `${outOfRange.length} inputs lie`} outside of what the training
          saw: {outOfRange.map((name) => `${name} = ${record[name] ?? '?'}`).join(', ')}.
        </p>
      )}
      {imputed.length === 0 ? (
        <p>All {form.columns.length} columns were given.</p>
      ) : (
        <details>
          <summary>
            {imputed.length} of {form.columns.length} columns were missing; the model filled them in
          </summary>
          <p class="names">{imputed.join(', ')}</p>
        </details>
      )}
    </>
  );
}
