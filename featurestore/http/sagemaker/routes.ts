import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FeatureStore } from '../../contract/index.js';
import { callerOf, requireWriteAccess } from '../caller.js';
import { type Door, errorReply, RequestError } from './errors.js';
import {
  createFeatureGroup,
  deleteFeatureGroup,
  describeFeatureGroup,
  type GroupCall,
  listFeatureGroups,
  updateFeatureGroup,
} from './groups.js';
import { batchGetRecord, batchWriteRecord, deleteRecord, getRecord, putRecord } from './records.js';

interface Operation {
  readonly changes: boolean;
  readonly run: (call: GroupCall, body: unknown) => Promise<object>;
}

/** What `X-Amz-Target: SageMaker.<name>` may ask for. */
const groupOperations: Readonly<Record<string, Operation>> = {
  CreateFeatureGroup: { changes: true, run: createFeatureGroup },
  DescribeFeatureGroup: { changes: false, run: describeFeatureGroup },
  UpdateFeatureGroup: { changes: true, run: updateFeatureGroup },
  DeleteFeatureGroup: { changes: true, run: deleteFeatureGroup },
  ListFeatureGroups: { changes: false, run: listFeatureGroups },
};

/**
 * The routes that the cloud's two clients call: records in the REST-JSON protocol, groups in JSON 1.1 at `POST /`. Bodies arrive as bytes;
 * who calls has been checked before.
 */
export function addSageMakerRoutes(app: FastifyInstance, store: FeatureStore): void {
  app.register(async (routes) => addGroupRoute(routes, store));
  app.register(async (routes) => addRecordRoutes(routes, store));
}

function addGroupRoute(app: FastifyInstance, store: FeatureStore): void {
  app.setErrorHandler(replyWith('groups'));
  app.post('/', { schema: { hide: true } }, async (request, reply) => {
    const target = String(request.headers['x-amz-target'] ?? '');
    const name = target.startsWith('SageMaker.') ? target.slice('SageMaker.'.length) : '';
    const operation = Object.hasOwn(groupOperations, name) ? groupOperations[name] : undefined;
    if (operation === undefined) {
      const known = Object.keys(groupOperations).join(', ');
      throw new RequestError(
        'unknown-operation',
        `X-Amz-Target ${JSON.stringify(target)} is not one of SageMaker's ${known}`,
      );
    }
    if (operation.changes) requireWriteAccess(request);
    const answer = await operation.run({ store, region: callerOf(request).region }, jsonBody(request));
    return sendJson(request, reply, answer, 'application/x-amz-json-1.1');
  });
}

function addRecordRoutes(app: FastifyInstance, store: FeatureStore): void {
  app.setErrorHandler(replyWith('records'));
  const schema = { hide: true };
  // a wildcard, since a resource name is longer than what a named parameter takes
  const path = '/FeatureGroup/*';
  app.get(path, { schema }, async (request, reply) =>
    sendJson(request, reply, await getRecord(store, nameIn(request), request.query)),
  );
  app.put(path, { schema }, async (request, reply) => {
    requireWriteAccess(request);
    await putRecord(store, nameIn(request), jsonBody(request));
    return sendJson(request, reply, {});
  });
  app.delete(path, { schema }, async (request, reply) => {
    requireWriteAccess(request);
    await deleteRecord(store, nameIn(request), request.query);
    return sendJson(request, reply, {});
  });
  app.post('/BatchGetRecord', { schema }, async (request, reply) =>
    sendJson(request, reply, await batchGetRecord(store, jsonBody(request))),
  );
  app.post('/BatchWriteRecord', { schema }, async (request, reply) => {
    requireWriteAccess(request);
    return sendJson(request, reply, await batchWriteRecord(store, jsonBody(request)));
  });
}

function nameIn(request: FastifyRequest): string {
  return (request.params as { readonly '*': string })['*'];
}

function jsonBody(request: FastifyRequest): unknown {
  const bytes = request.body;
  try {
    return JSON.parse(Buffer.isBuffer(bytes) && bytes.length > 0 ? bytes.toString('utf8') : '{}');
  } catch {
    throw new RequestError('validation', 'The body is not JSON');
  }
}

function sendJson(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: object,
  type = 'application/json',
): FastifyReply {
  reply.header('x-amzn-requestid', request.id).type(type);
  if (Buffer.isBuffer(answer)) return reply.send(answer);
  return reply.serializer(String).send(JSON.stringify(answer));
}

function replyWith(door: Door) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const { name, status, message } = errorReply(frameworkError(error), door);
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    else request.log.info({ error: name }, 'request refused');
    const type = door === 'groups' ? 'application/x-amz-json-1.1' : 'application/json';
    reply.code(status).header('x-amzn-errortype', name);
    sendJson(request, reply, { __type: name, message, Message: message }, type);
  };
}

/** The web framework's own refusals (a body too large, a type it cannot read) are the caller's to mend. */
function frameworkError(error: unknown): unknown {
  const status = error instanceof Error ? (error as { readonly statusCode?: number }).statusCode : undefined;
  if (status === undefined || status < 400 || status >= 500) return error;
  return new RequestError('validation', status === 413 ? 'The body is too large' : 'The request cannot be understood');
}
