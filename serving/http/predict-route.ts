import type { FastifyInstance } from 'fastify';
import { ofCases } from '../cases/predict-case.js';
import { predictInSlices } from './in-slices.js';
import { questionRows, readQuestion } from './question.js';
import { predictSchema } from './question-schemas.js';
import { ownFeatures, predictInputs, type Server, withModel } from './server.js';
import { readCurve, survivalCurves } from './survival-curves.js';

/** `POST /predict`: predictions for records, or for patients of the store by id. */
export function addPredict(app: FastifyInstance, server: Server): void {
  app.post('/predict', { schema: predictSchema(ownFeatures(server)), config: { scope: 'predict' } }, (request) => {
    const question = readQuestion(request, ['curve']);
    const wanted = readCurve(question.options.curve);
    const { cases, model: name, version } = question;
    const answer = withModel(
      server,
      request,
      name,
      async (model) => {
        const rows = await questionRows(server, model, question);
        const inputs = { kind: 'features', rows } as const;
        const { slices } = request.facts;
        const answered =
          slices === undefined ? undefined : await settled(predictInSlices(server, request, model, inputs, slices));
        const predictions = ofCases(cases, answered ?? (() => predictInputs(server, request, model, inputs)));
        const curves = survivalCurves(model, predictions, wanted);
        return {
          predictions: predictions.map((prediction, i) => ({
            ...(cases === undefined ? {} : { case: cases[i] }),
            ...prediction,
            ...(curves === undefined ? {} : { survival: curves[i] }),
          })),
          model: model.manifest.modelId,
          version: model.version,
        };
      },
      version,
    );
    return answer;
  });
}

/** A promise's outcome as a function that returns or throws it. */
function settled<T>(promise: Promise<T>): Promise<() => T> {
  return promise.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
}
