import type { FastifyInstance } from 'fastify';
import { ofCases } from '../cases/predict-case.js';
import { ServingError, servingErrors } from '../errors.js';
import type { LoadedModel } from '../models/loaded-model.js';
import type { Contributions, Prediction } from '../predict/index.js';
import { questionRows, readQuestion } from './question.js';
import { explainSchema } from './question-schemas.js';
import { ownFeatures, predictInputs, type Server, withModel } from './server.js';
import { readCurve, survivalCurves } from './survival-curves.js';

const defaultTop = 20;

/** `POST /explain`: what each answer is made of, by column and by modality, for records or stored patients. */
export function addExplain(app: FastifyInstance, server: Server): void {
  app.post('/explain', { schema: explainSchema(ownFeatures(server)), config: { scope: 'predict' } }, (request) => {
    const question = readQuestion(request, ['top', 'curve']);
    const wanted = readCurve(question.options.curve);
    const { cases, model: name, version } = question;
    const top = readTop(question.options.top);
    return withModel(
      server,
      request,
      name,
      async (model) => {
        const rows = await questionRows(server, model, question);
        const predictions = ofCases(cases, () => predictInputs(server, request, model, { kind: 'features', rows }));
        const parts = ofCases(cases, () => model.predictor.explainRows(rows));
        const curves = survivalCurves(model, predictions, wanted);
        const p = model.predictor.featureNames.length;
        return {
          explanations: parts.map((part, i) => ({
            ...(cases === undefined ? {} : { case: cases[i] }),
            ...explanation(model, predictions[i] as Prediction, part, rows.subarray(i * p, (i + 1) * p), top),
            ...(curves === undefined ? {} : { survival: curves[i] }),
          })),
          model: model.manifest.modelId,
          version: model.version,
        };
      },
      version,
    );
  });
}

/**
 * The columns that add most, either way, first; `others` is what is left of the risk. The risk is that of the prediction, whose margin is a sum in float32 as XGBoost's
 * library makes it; contributions are summed in float64, and what the two differ by is in `others`.
 */
function explanation(
  { manifest, predictor }: LoadedModel,
  { score, probability, risk, riskGroup, medianSurvivalDays }: Prediction,
  { expected, byFeature, byModality }: Contributions,
  row: Float64Array,
  top: number,
): object {
  const order = Array.from(byFeature.keys()).sort(
    (a, b) => Math.abs(byFeature[b] as number) - Math.abs(byFeature[a] as number) || a - b,
  );
  const listed = order.slice(0, top);
  const sum = listed.reduce((total, c) => total + (byFeature[c] as number), expected);
  return {
    score,
    probability,
    risk,
    riskGroup,
    medianSurvivalDays,
    expected,
    modalities: byModality,
    contributions: listed.map((c) => ({
      feature: predictor.featureNames[c],
      modality: manifest.columns[c]?.group,
      value: Number.isNaN(row[c]) ? null : row[c],
      contribution: byFeature[c],
    })),
    others: risk - sum,
  };
}

function readTop(top: unknown): number {
  if (top === undefined) return defaultTop;
  if (typeof top === 'number' && Number.isInteger(top) && top >= 1 && top <= 100_000) return top;
  throw new ServingError('SERVING_BAD_CASES', servingErrors.SERVING_BAD_CASES('"top" is no whole number from 1'));
}
