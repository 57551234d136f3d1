import type { FastifyInstance } from 'fastify';
import { type CaseStore, predictCase } from '../cases/predict-case.js';
import { ServingError, servingErrors } from '../errors.js';
import { parseJson } from '../rows/json-records.js';
import { requireJson } from './body-format.js';
import { casesSchema } from './schemas.js';
import { type Server, withModel } from './server.js';

const mostCases = 1000;

/** `POST /predict`: predictions from the store's latest records, by patient id. */
export function addPredictCases(app: FastifyInstance, server: Server, store: CaseStore): void {
  app.post('/predict', { schema: casesSchema, config: { scope: 'predict' } }, (request) => {
    requireJson(request);
    const cases = readCases(request.body);
    return withModel(server, request, undefined, async (model) => {
      const predictions = [];
      for (const id of cases) predictions.push({ case: id, ...(await predictCase(store, model, id)) });
      request.facts.rows = cases.length;
      return { predictions, model: model.manifest.modelId };
    });
  });
}

function readCases(body: unknown): readonly string[] {
  const document = parseJson(typeof body === 'string' ? body : '');
  if (document === null || typeof document !== 'object' || !Object.hasOwn(document, 'cases'))
    throw bad('no "cases" found');
  if (Object.keys(document).length > 1) throw bad('it holds more than "cases"');
  const { cases } = document as { readonly cases: unknown };
  if (!Array.isArray(cases) || cases.length === 0) throw bad('"cases" is not a list of at least one id');
  if (cases.length > mostCases) throw bad(`${cases.length} ids found, at most ${mostCases} are answered at a time`);
  return cases.map((id: unknown, i) => {
    if (typeof id === 'string' && id !== '' && id.length <= 64) return id;
    throw bad(`entry ${i + 1} is not an id of 1 to 64 characters`);
  });
}

function bad(what: string): ServingError {
  return new ServingError('SERVING_BAD_CASES', servingErrors.SERVING_BAD_CASES(what));
}
