import type { FastifyRequest } from 'fastify';
import { caseRows } from '../cases/predict-case.js';
import { ServingError, servingErrors } from '../errors.js';
import type { LoadedModel } from '../models/loaded-model.js';
import { checkRowCount } from '../rows/csv-rows.js';
import { parseJson } from '../rows/json-records.js';
import { recordRows } from '../rows/json-rows.js';
import { requireJson } from './body-format.js';
import type { Server } from './server.js';

const mostCases = 1000;
const longestId = 64;

/** Whom to predict for, and by which model. */
export interface Question {
  /** Ids of stored patients; then there are no records. */
  readonly cases?: readonly string[];
  readonly records?: readonly unknown[];
  /** The server's own model when absent. */
  readonly model?: string;
  readonly version?: string;
  /** What else the body holds, of the members that were allowed. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Reads `{"cases": ["<id>", …]}` or `{"records": [{…}, …]}`, with `model` and `version` beside them.
 * @param allowed names of further members
 * @throws ServingError SERVING_BAD_CASES, SERVING_BAD_JSON, SERVING_UNSUPPORTED_MEDIA_TYPE
 */
export function readQuestion(request: FastifyRequest, allowed: readonly string[] = []): Question {
  requireJson(request);
  const document = parseJson(typeof request.body === 'string' ? request.body : '');
  if (document === null || typeof document !== 'object' || Array.isArray(document)) throw bad('it is no object');
  const { cases, records, model, version, ...options } = document as Readonly<Record<string, unknown>>;
  if (Object.keys(options).some((key) => !allowed.includes(key))) {
    throw bad(`it holds more than cases, records, ${['model', 'version', ...allowed].join(', ')}`);
  }
  if ((cases === undefined) === (records === undefined)) throw bad('it holds not one of "cases" and "records"');
  const ids = cases === undefined ? undefined : readIds(listOf(cases, 'cases'));
  if (ids !== undefined) request.facts.cases = ids;
  return {
    ...(ids === undefined ? { records: listOf(records, 'records') } : { cases: ids }),
    ...optionalText(model, 'model'),
    ...optionalText(version, 'version'),
    options,
  };
}

/**
 * The rows of a question, in its order.
 * @throws ServingError of the store or of the records; PredictError naming row and column
 */
export async function questionRows(
  { store, mostValues }: Server,
  model: LoadedModel,
  { cases, records = [] }: Question,
): Promise<Float64Array> {
  const width = model.predictor.featureNames.length;
  checkRowCount((cases ?? records).length, width, mostValues);
  if (cases !== undefined) {
    if (store === undefined) throw new ServingError('SERVING_NO_STORE', servingErrors.SERVING_NO_STORE());
    return caseRows(store, model, cases);
  }
  const inputs = recordRows(records, model.names);
  if (inputs.kind === 'features') return inputs.rows;
  throw bad('its records are principal components; send raw features here, components to POST /invocations');
}

function readIds(cases: readonly unknown[]): readonly string[] {
  if (cases.length > mostCases) throw bad(`${cases.length} ids found, at most ${mostCases} are answered at a time`);
  return cases.map((id, i) => {
    if (typeof id === 'string' && id !== '' && id.length <= longestId) return id;
    throw bad(`entry ${i + 1} is not an id of 1 to ${longestId} characters`);
  });
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw bad(`"${name}" is not a list of at least one`);
}

function optionalText<Name extends 'model' | 'version'>(
  value: unknown,
  name: Name,
): { readonly [name in Name]?: string } {
  if (value === undefined) return {};
  if (typeof value === 'string') return { [name]: value } as { readonly [name in Name]?: string };
  throw bad(`"${name}" is no text`);
}

function bad(what: string): ServingError {
  return new ServingError('SERVING_BAD_CASES', servingErrors.SERVING_BAD_CASES(what));
}
