import type { Socket } from 'node:net';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { BundleManifest } from '../../training/bundle/index.js';
import type { CaseStore } from '../cases/predict-case.js';
import { ServingError, servingErrors } from '../errors.js';
import { type Predictor, quoted } from '../predict/index.js';
import { errorReply, replyWithError } from './error-reply.js';
import { addInvocations } from './invocations.js';
import { addPredictCases } from './predict-cases.js';
import { modelSchema, notADevice, pingSchema } from './schemas.js';

/** What the server answers from. */
export interface AppOptions {
  readonly predictor: Predictor;
  readonly manifest: BundleManifest;
  /** Where `POST /predict` finds patients; without a store that route does not exist. */
  readonly store?: CaseStore;
  /** A pino logger; silent without one. Requests are logged without their bodies. */
  readonly logger?: FastifyBaseLogger;
  /** Bytes; default 6 MB. */
  readonly bodyLimit?: number;
}

const defaultBodyLimit = 6 * 1024 * 1024;
/** For a whole request to arrive. */
const requestTimeoutMs = 60_000;

/** The server as a value: nothing listens, nothing is opened. `listen` or `app.inject` use it. */
export function buildApp(options: AppOptions): FastifyInstance {
  const app: FastifyInstance = fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    bodyLimit: options.bodyLimit ?? defaultBodyLimit,
    requestTimeout: requestTimeoutMs,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (_error, _request, reply) => void sendError(reply, badRequest()),
  });
  // Rows are checked by the predictor, which names row and column; the schemas are the documentation.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', 'text/csv'], { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  app.addHook('preParsing', async (request) => checkEncoding(request));
  app.setErrorHandler(replyWithError);
  app.setNotFoundHandler((request, reply) => replyNotFound(app, request, reply));
  closeWithLastReply(app);
  addDocumentation(app, options.manifest);
  app.register(async (routes) => addRoutes(routes, options));
  return app;
}

/** Bodies are read as UTF-8; whatever says it is something else is refused rather than misread. */
function checkEncoding({ headers }: FastifyRequest): void {
  const compression = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (compression !== 'identity') {
    throw new ServingError('SERVING_COMPRESSED_BODY', servingErrors.SERVING_COMPRESSED_BODY());
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  if (!['utf-8', 'utf8', 'us-ascii'].includes(charset)) {
    throw new ServingError('SERVING_CHARSET', servingErrors.SERVING_CHARSET(quoted(charset)));
  }
}

/** What is no HTTP, or never comes to an end: answered in the shape of every other error, then the connection ends. */
function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const text = JSON.stringify(errorReply(badRequest()).body);
  const type = 'Content-Type: application/json; charset=utf-8';
  socket.end(
    `HTTP/1.1 400 Bad Request\r\n${type}\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

/** A reply sent while the server closes ends its connection, which would otherwise hold the server open for its keep-alive time. */
function closeWithLastReply(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}

function addRoutes(app: FastifyInstance, { predictor, manifest, store }: AppOptions): void {
  const { steps: _fitted, ...about } = manifest;
  app.get('/ping', { schema: pingSchema }, async () => ({ status: 'ok', model: manifest.modelId }));
  app.get('/model', { schema: modelSchema }, async () => about);
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  addInvocations(app, predictor);
  if (store !== undefined) addPredictCases(app, store, { manifest, predictor });
}

function addDocumentation(app: FastifyInstance, manifest: BundleManifest): void {
  const { thoracleVersion } = manifest.lineage;
  app.register(swagger, {
    openapi: {
      info: {
        title: 'thoracle',
        version: thoracleVersion,
        description: `**${notADevice}** Model ${manifest.modelId}, recipe ${manifest.recipe}.`,
      },
    },
  });
  app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: {
      title: `thoracle. ${notADevice}`,
      css: [{ filename: 'page.css', content: '.swagger-ui .topbar { display: none }' }],
    },
    uiConfig: { docExpansion: 'list', deepLinking: false, tryItOutEnabled: false },
    validatorUrl: false,
  });
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** 405 with `Allow` where the address exists for another method, else 404. */
function replyNotFound(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): void {
  const path = request.url.split('?')[0] ?? '/';
  const allowed = methods.filter((method) => app.hasRoute({ method, url: path }));
  if (allowed.length === 0) {
    sendError(reply, new ServingError('SERVING_NOT_FOUND', servingErrors.SERVING_NOT_FOUND(quoted(path))));
    return;
  }
  reply.header('allow', allowed.join(', '));
  sendError(reply, new ServingError('SERVING_METHOD', servingErrors.SERVING_METHOD(quoted(path), allowed)));
}

function badRequest(): ServingError {
  return new ServingError('SERVING_BAD_REQUEST', servingErrors.SERVING_BAD_REQUEST());
}

function sendError(reply: FastifyReply, error: ServingError): void {
  const { status, body } = errorReply(error);
  reply.code(status).type('application/json').send(body);
}
