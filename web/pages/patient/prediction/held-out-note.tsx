import type { HeldOutReply } from '../../../server/replies/patient-reply.js';
import type { ModelFacts } from './model-facts.js';

/** Whether the number above is an honest one, and the honest one where it is known. */
export function HeldOutNote({ known, model }: { readonly known: HeldOutReply; readonly model: ModelFacts }) {
  return (
    <div class="note" role="note">
      {sentence(known, model)}
      {known.evaluation !== null && known.state === 'trained-on' && (
        <details>
          <summary>How that was made</summary>
          <p>{known.evaluation}</p>
        </details>
      )}
    </div>
  );
}

function sentence({ state, probability, horizonDays, patients }: HeldOutReply, { answer }: ModelFacts) {
  if (state === 'new') {
    return <p>The model was not fitted on this patient: its training had {patients} others.</p>;
  }
  if (state === 'held-out') {
    return <p>The model was not fitted on this patient, whom its training kept apart to be tested on.</p>;
  }
  if (state === 'unknown') {
    return (
      <p>
        No report beside the model tells whether it was fitted on this patient. If it was, the number above is
        in-sample: surer than it would be of somebody new.
      </p>
    );
  }
  const within = horizonDays === null ? '' : ` within ${horizonDays} days`;
  return (
    <p>
      The model was fitted on {patients} patients, this one among them, so the number above is in-sample: surer than it
      would be of somebody new.{' '}
      {probability !== null && (
        <>
          Models of the cross-validation that had not seen this patient give a probability of death{within} of{' '}
          <strong>{(100 * probability).toFixed(0)} %</strong>
          {answer === 'probability' ? ', which is the honest one.' : '.'}
        </>
      )}
    </p>
  );
}
