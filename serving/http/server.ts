import type { FastifyRequest } from 'fastify';
import type { CaseStore } from '../cases/predict-case.js';
import { ServingError, servingErrors } from '../errors.js';
import { loadFailure } from '../models/load-failure.js';
import type { LoadedModel } from '../models/loaded-model.js';
import type { ModelHost } from '../models/model-host.js';
import type { Prediction } from '../predict/index.js';
import type { InputRows } from '../rows/input-names.js';
import type { ServerExtension } from './extension.js';

/** What every route answers from. */
export interface Server {
  readonly models: ModelHost;
  /** Name of the model of `/invocations`, `/model` and `/predict`; without one each request names its model. */
  readonly defaultModel: string | undefined;
  readonly store: CaseStore | undefined;
  /** Those that look at predictions. */
  readonly watchers: readonly ServerExtension[];
  /** Those that look at the answers of shadow variants. */
  readonly shadowWatchers: readonly ServerExtension[];
  /** Values in the matrix of one request. */
  readonly mostValues: number;
  /** Answers in CSV stand one on a line. */
  readonly onePerLine: boolean;
}

/** Columns of the server's own model, for documentation; none when it has no such model. */
export function ownFeatures({ models, defaultModel }: Server): readonly string[] {
  return (defaultModel === undefined ? undefined : models.peek(defaultModel)?.predictor.featureNames) ?? [];
}

/**
 * Answers from a model that stays in memory meanwhile, whatever happens to its name; loads it first when it is known but not there.
 * Synchronous when the model is loaded and the answer is.
 * @throws ServingError SERVING_NO_MODEL, SERVING_MODEL_NOT_FOUND, SERVING_NO_MEMORY
 */
export function withModel<T>(
  server: Server,
  request: Pick<FastifyRequest, 'facts'>,
  name: string | undefined,
  answer: (model: LoadedModel) => T,
  version?: string,
): T | Promise<Awaited<T>> {
  const wanted = name ?? server.defaultModel;
  if (wanted === undefined) throw new ServingError('SERVING_NO_MODEL', servingErrors.SERVING_NO_MODEL());
  const model = server.models.acquire(wanted, version);
  if (model !== undefined) return answerFrom(model, request, answer);
  return loadAndAnswer(server, request, wanted, version, answer);
}

async function loadAndAnswer<T>(
  server: Server,
  request: Pick<FastifyRequest, 'facts'>,
  name: string,
  version: string | undefined,
  answer: (model: LoadedModel) => T,
): Promise<Awaited<T>> {
  let model: LoadedModel;
  try {
    model = await server.models.acquireOrLoad(name, version);
  } catch (error) {
    throw loadFailure(error);
  }
  return await answerFrom(model, request, answer);
}

function answerFrom<T>(
  model: LoadedModel,
  request: Pick<FastifyRequest, 'facts'>,
  answer: (model: LoadedModel) => T,
): T | Promise<Awaited<T>> {
  request.facts.answeredBy(model);
  let waits = false;
  try {
    const result = answer(model);
    if (!(result instanceof Promise)) return result;
    waits = true;
    return result.finally(() => model.release()) as Promise<Awaited<T>>;
  } finally {
    if (!waits) model.release();
  }
}

/** Predicts, measures it, and shows answers to raw features to those who look at them. */
export function predictInputs(
  server: Server,
  { facts }: Pick<FastifyRequest, 'facts'>,
  model: LoadedModel,
  { kind, rows }: InputRows,
): readonly Prediction[] {
  const { predictor } = model;
  const start = performance.now();
  const predictions = kind === 'features' ? predictor.predictRows(rows) : predictor.predictComponents(rows);
  facts.predictMs += performance.now() - start;
  facts.rows += predictions.length;
  if (kind === 'features') {
    for (const watcher of server.watchers) watcher.onPredictions?.(facts, model, rows, predictions);
  }
  return predictions;
}
