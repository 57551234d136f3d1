import type { FastifyInstance } from 'fastify';
import { ofCases } from '../cases/predict-case.js';
import { ServingError, servingErrors } from '../errors.js';
import type { LoadedModel } from '../models/loaded-model.js';
import type { Contributions, Prediction } from '../predict/index.js';
import { questionRows, readQuestion } from './question.js';
import { explainSchema } from './question-schemas.js';
import { ownFeatures, predictInputs, type Server, withModel } from './server.js';

const defaultTop = 20;

/** `POST /explain`: what each answer is made of, by column and by modality, for records or stored patients. */
export function addExplain(app: FastifyInstance, server: Server): void {
  app.post('/explain', { schema: explainSchema(ownFeatures(server)), config: { scope: 'predict' } }, (request) => {
    const question = readQuestion(request, ['top']);
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
        const p = model.predictor.featureNames.length;
        return {
          explanations: parts.map((part, i) => ({
            ...(cases === undefined ? {} : { case: cases[i] }),
            ...explanation(model, predictions[i] as Prediction, part, rows.subarray(i * p, (i + 1) * p), top),
          })),
          model: model.manifest.modelId,
          version: model.version,
        };
      },
      version,
    );
  });
}

/** The columns that add most, either way, first; `others` is the sum of the rest, so that all adds up to the risk. */
function explanation(
  { manifest, predictor }: LoadedModel,
  { score, probability }: Prediction,
  { risk, expected, byFeature, byModality }: Contributions,
  row: Float64Array,
  top: number,
): object {
  const order = Array.from(byFeature.keys()).sort(
    (a, b) => Math.abs(byFeature[b] as number) - Math.abs(byFeature[a] as number) || a - b,
  );
  const sum = (columns: readonly number[]) => columns.reduce((total, c) => total + (byFeature[c] as number), 0);
  return {
    score,
    probability,
    risk,
    expected,
    modalities: byModality,
    contributions: order.slice(0, top).map((c) => ({
      feature: predictor.featureNames[c],
      modality: manifest.columns[c]?.group,
      value: Number.isNaN(row[c]) ? null : row[c],
      contribution: byFeature[c],
    })),
    others: sum(order.slice(top)),
  };
}

function readTop(top: unknown): number {
  if (top === undefined) return defaultTop;
  if (typeof top === 'number' && Number.isInteger(top) && top >= 1 && top <= 100_000) return top;
  throw new ServingError('SERVING_BAD_CASES', servingErrors.SERVING_BAD_CASES('"top" is no whole number from 1'));
}
