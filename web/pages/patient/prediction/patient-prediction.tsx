import { useEffect, useState } from 'preact/hooks';
import type { HeldOutReply } from '../../../server/replies/patient-reply.js';
import type { ReplyError } from '../../../session/client.js';
import { ReplyView } from '../../../session/reply-view.js';
import { allows, useSession } from '../../../session/session.js';
import { useReply, type Waiting } from '../../../session/use-reply.js';
import type { AnsweredExplanation, AnsweredPrediction } from '../../answer/answers.js';
import { askExplanations, askPredictions } from '../../answer/ask-answers.js';
import { FeatureContributions, ModalityContributions } from './contribution-charts.js';
import { HeldOutNote } from './held-out-note.js';
import { type ModelFacts, meaningOf } from './model-facts.js';
import { SurvivalChart } from './survival-chart.js';

const listedFeatures = 15;

/** What the model says of the patient, from what, and how far that may be believed. */
export function PatientPrediction({ id }: { readonly id: string }) {
  const session = useSession();
  return (
    <section aria-labelledby="prediction">
      <h2 id="prediction">Prediction</h2>
      {!session.has.model ? (
        <p class="empty">
          This server has no model of its own: start it with <code>--model</code>, which <code>thoracle train</code>{' '}
          makes.
        </p>
      ) : allows(session, 'predict') ? (
        <Predicted id={id} />
      ) : (
        <p class="empty">Predictions need a key of scope predict.</p>
      )}
    </section>
  );
}

interface Answers {
  readonly predicted: AnsweredPrediction;
  readonly explained: AnsweredExplanation;
}

function Predicted({ id }: { readonly id: string }) {
  const answers = useAnswers(id);
  const model = useReply<ModelFacts>('/model');
  const heldOut = useReply<HeldOutReply>(`/studio/api/patients/${encodeURIComponent(id)}/held-out`);
  return (
    <ReplyView reply={model}>
      {(facts) => (
        <ReplyView reply={answers}>
          {({ predicted, explained }) => (
            <>
              <Numbers predicted={predicted} model={facts} />
              <ReplyView reply={heldOut}>{(known) => <HeldOutNote known={known} model={facts} />}</ReplyView>
              <Inputs predicted={predicted} model={facts} />
              <div class="columns">
                <div>
                  <SurvivalChart survival={explained.survival ?? null} />
                  <ModalityContributions explained={explained} scale={meaningOf(facts).scale} />
                </div>
                <FeatureContributions explained={explained} scale={meaningOf(facts).scale} />
              </div>
              <Meaning model={facts} />
            </>
          )}
        </ReplyView>
      )}
    </ReplyView>
  );
}

/** Asks the two routes that anybody else would ask. */
function useAnswers(id: string): Waiting<Answers> {
  const [held, hold] = useState<Waiting<Answers>>({ state: 'waiting' });
  useEffect(() => {
    let gone = false;
    const cases = [id];
    Promise.all([askPredictions({ cases }), askExplanations({ cases, curve: true }, listedFeatures)]).then(
      ([[predicted], [explained]]) => {
        if (gone || predicted === undefined || explained === undefined) return;
        hold({ state: 'here', value: { predicted, explained } });
      },
      (error: ReplyError) => gone || hold({ state: 'refused', error }),
    );
    return () => {
      gone = true;
    };
  }, [id]);
  return held;
}

function Numbers({ predicted, model }: { readonly predicted: AnsweredPrediction; readonly model: ModelFacts }) {
  const { probability, score, riskGroup, medianSurvivalDays } = predicted;
  return (
    <div class="cards">
      <div class="card">
        <strong>{probability === null ? Number(score.toPrecision(3)) : `${(100 * probability).toFixed(0)} %`}</strong>
        <span>{meaningOf(model).name}, by the fitted model</span>
      </div>
      {riskGroup !== null && (
        <div class="card">
          <strong>{riskGroup}</strong>
          <span>risk group (thirds of the training’s patients)</span>
        </div>
      )}
      {medianSurvivalDays !== null && (
        <div class="card">
          <strong>{Math.round(medianSurvivalDays)} days</strong>
          <span>that half of such patients survive, says the model</span>
        </div>
      )}
    </div>
  );
}

/** Which inputs were not there, or are unlike everything that the model has seen. */
function Inputs({
  predicted: { imputed, outOfRange },
  model,
}: {
  readonly predicted: AnsweredPrediction;
  readonly model: ModelFacts;
}) {
  const all = model.columns.length;
  return (
    <>
      {imputed.length === 0 ? (
        <p class="hint">All {all} inputs of the model are there.</p>
      ) : (
        <details class="part">
          <summary>
            {imputed.length} of the model’s {all} inputs are missing and were filled in as the training says
          </summary>
          <p class="names">{imputed.join(', ')}</p>
        </details>
      )}
      {outOfRange.length > 0 && (
        <details class="part">
          <summary>{outOfRange.length} inputs lie outside of what the training has seen</summary>
          <p class="names">{outOfRange.join(', ')}</p>
        </details>
      )}
    </>
  );
}

/** What the number is, and what it is not. */
function Meaning({ model }: { readonly model: ModelFacts }) {
  const { patients, events, modalities } = model.trainedOn;
  return (
    <div class="note" role="note">
      <p>
        <strong>Research use.</strong> {meaningOf(model).sentence} It was learned from {patients} patients, {events} of
        whom died, by their {modalities.join(', ')} features. It is no prognosis of a person and may guide no treatment.
        Contributions say how the model came to its number, not what causes what.
      </p>
      {model.warnings.length > 0 && (
        <details>
          <summary>Warnings that travel with the model ({model.warnings.length})</summary>
          <ul>
            {model.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
