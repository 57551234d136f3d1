import { setImmediate } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { servingError } from '../errors.js';
import type { LoadedModel } from '../models/loaded-model.js';
import { PredictError, type Prediction } from '../predict/index.js';
import type { InputRows } from '../rows/input-names.js';
import { predictInputs, type Server } from './server.js';
import type { Slices } from './slices.js';

/** Rows that are answered before other requests have their turn: a millisecond or so. */
const sliceRows = 64;

/**
 * The predictions of `predictInputs`, with other requests in between.
 * @throws ServingError SERVING_JOB_NOT_FOUND when it was given up; PredictError of the first row that cannot be used, counted over all rows
 */
export async function predictInSlices(
  server: Server,
  request: FastifyRequest,
  model: LoadedModel,
  { kind, rows }: InputRows,
  slices: Slices,
): Promise<readonly Prediction[]> {
  const list = kind === 'features' ? model.names.features : model.names.components;
  const width = list.names.length;
  slices.rows = rows.length / width;
  const predictions: Prediction[] = [];
  for (let from = 0; from < slices.rows; from += sliceRows) {
    await setImmediate();
    if (slices.abandoned) throw servingError('SERVING_JOB_NOT_FOUND');
    const slice = rows.subarray(from * width, (from + sliceRows) * width);
    try {
      for (const one of predictInputs(server, request, model, { kind, rows: slice })) predictions.push(one);
      slices.done = predictions.length;
    } catch (error) {
      throw ofRow(error, from);
    }
  }
  return predictions;
}

function ofRow(error: unknown, from: number): unknown {
  if (!(error instanceof PredictError) || error.record === undefined) return error;
  const column = error.column === undefined ? {} : { column: error.column };
  return new PredictError(error.code, error.reason, { record: error.record + from, ...column });
}

/** Texts of a list, made piece by piece with other requests in between. */
export async function textInSlices<T>(
  items: readonly T[],
  text: (items: readonly T[]) => string,
): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let from = 0; from < items.length; from += sliceRows) {
    await setImmediate();
    texts.push(text(items.slice(from, from + sliceRows)));
  }
  return texts;
}
