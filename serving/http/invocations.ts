import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServingError, servingErrors } from '../errors.js';
import type { LoadedModel } from '../models/loaded-model.js';
import type { Prediction } from '../predict/index.js';
import type { InputKind, InputRows } from '../rows/input-names.js';
import { readInputRows } from '../rows/read-rows.js';
import { type RowsText, textOf } from '../rows/rows-text.js';
import type { ReplyType } from './accept.js';
import { type BodyFormat, bodyFormat, readBodiesAs } from './body-format.js';
import { predictInSlices, textInSlices } from './in-slices.js';
import { type RowsReading, readInSlices } from './read-in-slices.js';
import { invocationsSchema } from './schemas.js';
import { ownFeatures, predictInputs, type Server, withModel } from './server.js';
import type { Slices } from './slices.js';

/** Header by which a client names one of several models. */
export const targetModelHeader = 'x-amzn-sagemaker-target-model';

/** `POST /invocations`: raw features or components in, the fitted chain applied, probabilities of death out. */
export function addInvocations(app: FastifyInstance, server: Server): void {
  const schema = invocationsSchema(ownFeatures(server));
  addRowRoutes(app, (routes) => {
    routes.post('/invocations', { schema, config: { scope: 'predict', protocol: 'sagemaker' } }, (request, reply) => {
      const target = request.headers[targetModelHeader] as string | undefined;
      return pending(withModel(server, request, target, (held) => answerInvocation(server, held, request, reply)));
    });
  });
}

/** Adds routes whose bodies are rows, which are read from their bytes. */
export function addRowRoutes(app: FastifyInstance, add: (routes: FastifyInstance) => void): void {
  app.register(async (routes) => {
    readBodiesAs(routes, 'buffer');
    add(routes);
  });
}

/** What the framework is to wait for: it would wait for the end of a reply too, at the cost of six listeners, were it handed the reply. */
export function pending(answer: FastifyReply | Promise<unknown>): Promise<unknown> | undefined {
  return answer instanceof Promise ? answer : undefined;
}

/**
 * Answers the rows of the body, in the types that the headers say.
 * @param afterwards gets what was answered once the reply is on its way
 */
export function answerInvocation(
  server: Server,
  model: LoadedModel,
  request: FastifyRequest,
  reply: FastifyReply,
  afterwards?: (inputs: InputRows, predictions: readonly Prediction[]) => void,
): FastifyReply | Promise<FastifyReply> {
  const { facts } = request;
  const format = bodyFormat(request);
  const { reply: type } = format;
  if (facts.slices !== undefined) {
    const { names } = model;
    const { mostValues } = server;
    const reading = { body: rowsIn(request.body), format: format.format, header: format.header, names, mostValues };
    return answerInSlices(server, { model, reading, type, afterwards }, request, reply);
  }
  const inputs = readBody(server, request, model, format, request.body);
  const { predictions, text } = answerInputs(server, request, model, inputs, type);
  reply.header('content-type', contentTypes[type]).serializer(String).send(text);
  afterwards?.(inputs, predictions);
  return reply;
}

/** The rows of a body, and how long it took to get and to read them. @throws what `readInputRows` throws */
export function readBody(
  server: Server,
  { facts }: Pick<FastifyRequest, 'facts'>,
  model: LoadedModel,
  { format, header }: BodyFormat,
  body: unknown,
): InputRows {
  const start = performance.now();
  facts.receiveMs = start - facts.startMs;
  const inputs = readInputRows(rowsIn(body), format, model.names, header, server.mostValues);
  facts.parseMs = performance.now() - start;
  return inputs;
}

/** Predictions and the text of the reply. @throws PredictError of the first row that cannot be used */
export function answerInputs(
  server: Server,
  request: Pick<FastifyRequest, 'facts'>,
  model: LoadedModel,
  inputs: InputRows,
  type: ReplyType,
): { readonly predictions: readonly Prediction[]; readonly text: string } {
  const predictions = predictInputs(server, request, model, inputs);
  const predicted = performance.now();
  const text = encode(predictions, type, model, inputs.kind, server.onePerLine);
  request.facts.encodeMs = performance.now() - predicted;
  return { predictions, text };
}

interface Answering {
  readonly model: LoadedModel;
  readonly reading: RowsReading;
  readonly type: ReplyType;
  readonly afterwards: ((inputs: InputRows, predictions: readonly Prediction[]) => void) | undefined;
}

/** The same reply, made with other requests in between. */
async function answerInSlices(
  server: Server,
  { model, reading, type, afterwards }: Answering,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { facts } = request;
  const { onePerLine } = server;
  const slices = facts.slices as Slices;
  const start = performance.now();
  facts.receiveMs = start - facts.startMs;
  const inputs = await readInSlices(reading, slices);
  facts.parseMs = performance.now() - start;
  const predictions = await predictInSlices(server, request, model, inputs, slices);
  const predicted = performance.now();
  const texts = await textInSlices(predictions, (slice) => encode(slice, type, model, inputs.kind, onePerLine));
  facts.encodeMs = performance.now() - predicted;
  reply
    .header('content-type', contentTypes[type])
    .serializer(String)
    .send(joined(texts, type, onePerLine));
  afterwards?.(inputs, predictions);
  return reply;
}

/** The text of all rows from those of slices. */
function joined(texts: readonly string[], type: ReplyType, onePerLine: boolean): string {
  if (type === 'application/jsonlines' || onePerLine) return texts.join('');
  if (type === 'text/csv') return texts.join(',');
  const [head, tail] = ['{"predictions":[', texts[0]?.slice(texts[0].lastIndexOf(']')) ?? ''];
  return `${head}${texts.map((text) => text.slice(head.length, -tail.length)).join(',')}${tail}`;
}

/** `Content-Type` of the replies. */
export const contentTypes: Readonly<Record<ReplyType, string>> = {
  'text/csv': 'text/csv; charset=utf-8',
  'application/json': 'application/json; charset=utf-8',
  'application/jsonlines': 'application/jsonlines; charset=utf-8',
};

function encode(
  predictions: readonly Prediction[],
  type: ReplyType,
  model: LoadedModel,
  kind: InputKind,
  onePerLine: boolean,
): string {
  switch (type) {
    case 'text/csv':
      return csvText(predictions, onePerLine);
    case 'application/jsonlines':
      return `${predictions.map((prediction) => JSON.stringify(prediction)).join('\n')}\n`;
    case 'application/json': {
      const inputs = kind === 'components' ? { inputs: kind } : {};
      return JSON.stringify({ predictions, model: model.predictor.modelId, ...inputs });
    }
  }
}

function csvText(predictions: readonly Prediction[], onePerLine: boolean): string {
  const [first] = predictions;
  if (predictions.length === 1 && first !== undefined && !onePerLine) return String(first.score);
  const cells = predictions.map((prediction) => String(prediction.score));
  return onePerLine ? `${cells.join('\n')}\n` : cells.join(',');
}

function rowsIn(body: unknown): RowsText {
  if ((typeof body === 'string' || Buffer.isBuffer(body)) && !isBlank(body)) return body;
  throw new ServingError('SERVING_NO_ROWS', servingErrors.SERVING_NO_ROWS());
}

function isBlank(body: RowsText): boolean {
  const first = typeof body === 'string' ? body.charCodeAt(0) : body[0];
  // White space begins with a byte up to the blank's, or one of no ASCII letter.
  return !(first !== undefined && first > 0x20 && first < 0x7f) && textOf(body).trim() === '';
}
