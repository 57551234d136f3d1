import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServingError, servingErrors } from '../errors.js';
import type { LoadedModel } from '../models/loaded-model.js';
import type { HeaderChoice } from '../rows/csv-rows.js';
import { type RowsFormat, readRows } from '../rows/read-rows.js';
import { chooseReplyType, type ReplyType } from './accept.js';
import { invocationsSchema } from './schemas.js';
import { predictRows, type Server, withModel } from './server.js';

const offered: readonly ReplyType[] = ['application/json', 'text/csv'];

/** Values in the matrix of one request: more than whole rows in a body of the default limit can hold. */
const mostValues = 4_000_000;

/** `POST /invocations`: raw features in, the whole fitted chain applied, probabilities of death out. */
export function addInvocations(app: FastifyInstance, server: Server): void {
  const { models, defaultModel } = server;
  const model = defaultModel === undefined ? undefined : models.peek(defaultModel);
  const schema = invocationsSchema(model?.predictor.featureNames ?? []);
  app.post('/invocations', { schema, config: { scope: 'predict' } }, (request, reply) =>
    withModel(server, request, undefined, (held) => answerInvocation(server, held, request, reply)),
  );
}

/** Answers rows in the body, in the types that headers say. */
export function answerInvocation(
  server: Server,
  model: LoadedModel,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { predictor } = model;
  const { facts } = request;
  const start = performance.now();
  facts.receiveMs = start - facts.startMs;
  const contentType = request.headers['content-type'] ?? '';
  const sent: ReplyType = contentType.toLowerCase().startsWith('text/csv') ? 'text/csv' : 'application/json';
  const answer = chooseReplyType(request.headers.accept, sent, offered);
  if (answer === undefined) {
    throw new ServingError('SERVING_NOT_ACCEPTABLE', servingErrors.SERVING_NOT_ACCEPTABLE(offered));
  }
  const format: RowsFormat = sent === 'text/csv' ? 'csv' : 'json';
  const rows = readRows(bodyText(request), format, predictor.featureNames, headerChoice(contentType), mostValues);
  facts.parseMs = performance.now() - start;
  const predictions = predictRows(server, request, model, rows);
  const predicted = performance.now();
  const text =
    answer === 'text/csv'
      ? predictions.map((p) => String(p.probability)).join(',')
      : JSON.stringify({ predictions, model: predictor.modelId });
  facts.encodeMs = performance.now() - predicted;
  reply.type(answer === 'text/csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8');
  return reply.serializer(String).send(text);
}

function bodyText(request: FastifyRequest): string {
  if (typeof request.body === 'string' && request.body.trim() !== '') return request.body;
  throw new ServingError('SERVING_NO_ROWS', servingErrors.SERVING_NO_ROWS());
}

/** `text/csv; header=present` and `header=absent` (RFC 4180, section 3) settle what is otherwise told from the first row. */
function headerChoice(contentType: string): HeaderChoice {
  const said = /;\s*header\s*=\s*"?(present|absent)"?/i.exec(contentType)?.[1]?.toLowerCase();
  return said === 'present' || said === 'absent' ? said : 'auto';
}
