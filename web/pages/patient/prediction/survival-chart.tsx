import { LineChart, type Series } from '../../../charts/line-chart.js';
import type { OutcomeReply } from '../../../server/replies/cohort-reply.js';
import { ReplyView } from '../../../session/reply-view.js';
import { useReply } from '../../../session/use-reply.js';
import type { AnsweredSurvival } from '../../answer/answers.js';

/** The patient's curve, where the model has one, beside that of the whole cohort. */
export function SurvivalChart({ survival }: { readonly survival: AnsweredSurvival | null }) {
  const reply = useReply<OutcomeReply>('/studio/api/cohort/outcome');
  return (
    <div>
      <ReplyView reply={reply}>
        {({ known, deaths, curve }) => {
          const cohort: Series = {
            name: `cohort of ${known}`,
            points: [
              { x: 0, y: 1, low: 1, high: 1 },
              ...curve.timeDays.map((x, i) => ({
                x,
                y: curve.survival[i] ?? 0,
                low: curve.low[i] ?? 0,
                high: curve.high[i] ?? 1,
              })),
            ],
          };
          const own: readonly Series[] = survival === null ? [] : [curveOf(survival)];
          return (
            <LineChart
              title="Survival"
              description={`Kaplan-Meier estimate of the cohort (${deaths} deaths) with its 95 % band${survival === null ? '' : ', and the curve that the model predicts for this patient'}.`}
              series={[...own, cohort]}
              xName="days from surgery"
              yName="alive"
              yDomain={[0, 1]}
              steps
            />
          );
        }}
      </ReplyView>
      {survival === null && (
        <p class="hint">
          This model gives one number and no curve over time; the curve of the cohort is shown for orientation. A model
          trained with <code>--task survival</code> predicts a curve for each patient.
        </p>
      )}
    </div>
  );
}

function curveOf({ timeDays, probability }: AnsweredSurvival): Series {
  const start = timeDays[0] === 0 ? [] : [{ x: 0, y: 1 }];
  return {
    name: 'this patient',
    points: [...start, ...timeDays.map((x, i) => ({ x, y: probability[i] ?? 0 }))],
  };
}
