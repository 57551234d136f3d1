import { BarChart } from '../../charts/bar-chart.js';
import { LineChart } from '../../charts/line-chart.js';
import type { FieldGroup } from '../../server/replies/predict-reply.js';
import type { ReplyError } from '../../session/client.js';
import { Refusal } from '../../session/reply-view.js';
import type { AnsweredExplanation, AnsweredPrediction, AnsweredSurvival } from './answers.js';
import { inputContributions } from './merge-categories.js';
import './answer.css';

/** What is needed of a model to read its answers. */
export interface AnsweringModel {
  readonly answer: 'probability' | 'hazard' | 'log-time';
  readonly task: { readonly kind: 'status' | 'horizon' | 'survival'; readonly horizonDays?: number };
  readonly threshold: number | null;
  /** Its inputs as a person sees them. */
  readonly groups: readonly FieldGroup[];
}

const daysPerYear = 365.25;

/** The answer of a model for one patient, with what it is made of. */
export function AnswerView({
  prediction,
  explanation,
  model,
}: {
  readonly prediction: AnsweredPrediction;
  /** Of all columns. Left out: not asked for, or on its way. */
  readonly explanation?: AnsweredExplanation | ReplyError | undefined;
  readonly model: AnsweringModel;
}) {
  const { survival } = prediction;
  return (
    <div class="answer">
      <Headline prediction={prediction} model={model} />
      {survival !== undefined && survival !== null && <SurvivalFigure survival={survival} />}
      {explanation !== undefined &&
        ('contributions' in explanation ? (
          <Contributions explanation={explanation} model={model} />
        ) : (
          <Refusal error={explanation} />
        ))}
    </div>
  );
}

/** The answer in a few numbers. */
export function Headline({
  prediction,
  model,
}: {
  readonly prediction: AnsweredPrediction;
  readonly model: AnsweringModel;
}) {
  const { probability, label, riskGroup, medianSurvivalDays, survival, score } = prediction;
  return (
    <div class="cards">
      {probability !== null && (
        <Card value={percent(probability)} name={`predicted probability of death${horizonText(model)}`} />
      )}
      {probability === null && model.answer === 'hazard' && (
        <Card value={score.toPrecision(3)} name="hazard ratio, to the model's baseline" />
      )}
      {probability === null && model.answer === 'log-time' && (
        <Card value={yearsText(score)} name="expected survival after surgery" />
      )}
      {riskGroup !== null && <Card value={riskGroup} name="risk group" />}
      {label !== null && model.threshold !== null && (
        <Card
          value={label === 1 ? 'dead' : 'alive'}
          name={`class, at the model's threshold of ${percent(model.threshold)}`}
        />
      )}
      {medianSurvivalDays !== null && (
        <Card value={yearsText(medianSurvivalDays)} name={`median survival (${Math.round(medianSurvivalDays)} days)`} />
      )}
      {survival !== undefined &&
        survival !== null &&
        [1, 3, 5].map((years) => <AliveCard key={years} years={years} survival={survival} />)}
    </div>
  );
}

function AliveCard({ years, survival }: { readonly years: number; readonly survival: AnsweredSurvival }) {
  const { timeDays, probability } = survival;
  const days = years * daysPerYear;
  if ((timeDays.at(-1) ?? 0) < days) return null;
  const at = timeDays.findLastIndex((time) => time <= days);
  return (
    <Card
      value={percent(at === -1 ? 1 : (probability[at] as number))}
      name={`alive after ${years} ${years === 1 ? 'year' : 'years'}`}
    />
  );
}

function Card({ value, name }: { readonly value: string; readonly name: string }) {
  return (
    <div class="card">
      <strong>{value}</strong>
      <span>{name}</span>
    </div>
  );
}

/** Predicted survival of one patient, beside others where there are some. */
export function SurvivalFigure({ survival }: { readonly survival: AnsweredSurvival }) {
  const { timeDays, probability } = survival;
  const points = [
    { x: 0, y: 1 },
    ...timeDays.map((time, i) => ({ x: time / daysPerYear, y: probability[i] as number })),
  ];
  const last = points.at(-1);
  return (
    <LineChart
      title="Predicted survival"
      description={`Probability of being alive, by years since surgery; ${percent(last?.y ?? 1)} after ${(last?.x ?? 0).toFixed(1)} years, the last that the model knows of.`}
      series={[{ name: 'this patient, predicted', points }]}
      xName="Years since surgery"
      yName="Probability of being alive"
      yDomain={[0, 1]}
      steps
      height={280}
    />
  );
}

const lowers = 'lowers the risk';
const raises = 'raises the risk';
/** Inputs that are drawn. */
const mostShown = 15;

/** What the risk is made of, by modality and by input. */
export function Contributions({
  explanation,
  model,
}: {
  readonly explanation: AnsweredExplanation;
  readonly model: Pick<AnsweringModel, 'answer' | 'groups'>;
}) {
  const { modalities, expected, risk } = explanation;
  const inputs = inputContributions(explanation, model.groups);
  const shown = inputs.slice(0, mostShown);
  const others = shown.reduce((rest, { contribution }) => rest - contribution, risk - expected);
  const unit = riskUnit(model);
  const kindOf = (value: number) => (value < 0 ? lowers : raises);
  return (
    <>
      <BarChart
        title="Contributions by modality"
        description={`What each modality adds to the risk, in ${unit}. Bars to the right raise it, bars to the left lower it.`}
        bars={Object.entries(modalities).map(([label, value]) => ({ label, value, kind: kindOf(value) }))}
        kinds={[lowers, raises]}
        labelName="modality"
        valueName={unit}
      />
      <BarChart
        title="Contributions by input"
        description={`The ${shown.length} inputs that add most to the risk, either way, in ${unit}, with the patient's values.`}
        bars={shown.map(({ label, value, contribution }) => ({
          label: `${label}: ${shownValue(value)}`,
          value: contribution,
          kind: kindOf(contribution),
        }))}
        kinds={[lowers, raises]}
        labelName="input"
        valueName={unit}
      />
      <p class="hint">
        Risk {risk.toFixed(3)} = {expected.toFixed(3)} that the model expects of nobody in particular, and the
        contributions of all inputs; those not shown add up to {others.toFixed(3)}. Contributions describe the model,
        not the disease.
      </p>
    </>
  );
}

function shownValue(value: number | string | null): string {
  if (value === null) return 'missing';
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : value;
}

function riskUnit({ answer }: Pick<AnsweringModel, 'answer'>): string {
  if (answer === 'probability') return 'log-odds of death';
  return answer === 'hazard' ? 'log hazard ratio' : 'minus ln(days)';
}

function horizonText({ task }: AnsweringModel): string {
  return task.kind === 'horizon' && task.horizonDays !== undefined ? ` within ${yearsText(task.horizonDays)}` : '';
}

/** `42.1 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** `1.8 years`. */
export function yearsText(days: number): string {
  return `${(days / daysPerYear).toFixed(1)} years`;
}
