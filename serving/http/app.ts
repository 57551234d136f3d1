import { Readable } from 'node:stream';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { closeWithLastReply } from '../../close-with-last-reply.js';
import type { SignatureVerifier } from '../../featurestore/http/signature/index.js';
import type { CaseStore } from '../cases/predict-case.js';
import { ServingError, servingError, servingErrors } from '../errors.js';
import type { ModelRepository } from '../models/model-folder.js';
import type { ModelHost } from '../models/model-host.js';
import { withoutNumbers } from '../models/without-numbers.js';
import { quoted } from '../predict/index.js';
import { begunBefore } from './begun-request.js';
import { readBodiesAs } from './body-format.js';
import { answerBrokenRequest } from './broken-request.js';
import { addDocumentation } from './documentation.js';
import { errorReply, replyWithError } from './error-reply.js';
import { addExplain } from './explain-route.js';
import { addExtensions, type ServerExtension } from './extension.js';
import { addInvocations } from './invocations.js';
import { addOpenInference } from './open-inference/routes.js';
import { addPredict } from './predict-route.js';
import { nothingThere, type RouteMethods, watchRoutes } from './route-methods.js';
import {
  bodyLimitOf,
  type ContainerSettings,
  containerSettings,
  executionParameters,
} from './sagemaker/container-settings.js';
import type { Endpoint } from './sagemaker/endpoints.js';
import { addMultiModelRoutes } from './sagemaker/multi-model.js';
import { addRuntimeRoutes } from './sagemaker/runtime-routes.js';
import { schemaCompilers } from './schema-compilers.js';
import { executionSchema, modelSchema, pingSchema } from './schemas.js';
import { type Server, withModel } from './server.js';
import { addShortPath } from './short-path.js';
import { type TimeLimits, timeSettings } from './time-limits.js';

/** What the server answers from. */
export interface AppOptions {
  readonly models: ModelHost;
  /** Name of the model that answers where a request names none. */
  readonly defaultModel?: string;
  /** Where `POST /predict` and `/explain` find patients; without a store they take records only. */
  readonly store?: CaseStore;
  /** Authentication, metrics, audit, capture: whatever stands beside the answers, in the order of its hooks. */
  readonly extensions?: readonly ServerExtension[];
  /** A pino logger for what fails and what is refused; silent without one. Bodies are never logged. */
  readonly logger?: FastifyBaseLogger;
  /** Where `POST /models` may load from; without it models can be neither loaded nor unloaded over HTTP. */
  readonly repository?: ModelRepository;
  /** Endpoints of several variants for the cloud's runtime clients; every model is an endpoint of its name besides. */
  readonly endpoints?: readonly Endpoint[];
  /** Checks the signatures of the cloud's runtime clients; without it they are not looked at. */
  readonly verify?: SignatureVerifier;
  /** What the platform around a container says; default: nothing, so 6 MB a body. */
  readonly container?: ContainerSettings;
  /** Certificate and private key, PEM: the server speaks HTTPS. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  readonly timeLimits?: TimeLimits;
  /** False: every request goes through the framework, plain ones too. What is answered is the same. */
  readonly shortPath?: boolean;
}

/** No request may stand for more: a short text can hold many rows of mostly missing values. */
const leastMostValues = 4_000_000;
/** A name in an address, percent-encoded. */
const longestParameter = 2048;

/** The server as a value: nothing listens, nothing is opened. `listen` or `app.inject` use it. */
export function buildApp(options: AppOptions): FastifyInstance {
  const container = options.container ?? containerSettings({});
  const bodyLimit = bodyLimitOf(container);
  const times = timeSettings(options.timeLimits);
  const app: FastifyInstance = fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    ...(options.tls === undefined ? { http: times.server } : { https: { ...options.tls, ...times.server } }),
    ...times.framework,
    // Two lines for each request cost more than the answer; failures are logged, and metrics and audit know the rest.
    logController: new LogController({ disableRequestLogging: true }),
    ...schemaCompilers,
    bodyLimit,
    routerOptions: { maxParamLength: longestParameter },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (_error, _request, reply) => void sendError(reply, badRequest()),
  });
  readBodiesAs(app, 'string');
  const methods = watchRoutes(app);
  const { extensions = [] } = options;
  addExtensions(app, extensions);
  app.addHook('preParsing', (request, _reply, payload, done) => {
    try {
      checkVersion(request);
      checkEncoding(request);
    } catch (error) {
      done(error as Error);
      return;
    }
    const body = begunBefore(request.raw)?.body;
    done(null, body === undefined ? payload : Readable.from(body, { objectMode: false }));
  });
  app.setErrorHandler(replyWithError);
  app.setNotFoundHandler((request, reply) => replyWithError(nothingThere(methods, request, reply), request, reply));
  closeWithLastReply(app);
  const { models, defaultModel, store } = options;
  const watchers = extensions.filter((extension) => extension.onPredictions !== undefined);
  // Two bytes or more a value in any body: none of them is turned away but by its missing values.
  const mostValues = Math.max(leastMostValues, bodyLimit / 2);
  const shadowWatchers = extensions.filter((extension) => extension.onShadow !== undefined);
  const onePerLine = container.batch;
  const server: Server = { models, defaultModel, store, watchers, shadowWatchers, mostValues, onePerLine };
  addDocumentation(app, defaultModel === undefined ? undefined : models.peek(defaultModel)?.manifest);
  if (options.shortPath !== false) addShortPath(app, server, extensions, bodyLimit);
  app.register(async (routes) => addRoutes(routes, server, container, methods, options));
  return app;
}

/** Node's parser lets a request pass that says it is of HTTP/0.9 or HTTP/2. @throws ServingError SERVING_HTTP_VERSION */
function checkVersion({ raw }: FastifyRequest): void {
  if (raw.httpVersionMajor !== 1) throw servingError('SERVING_HTTP_VERSION');
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

function addRoutes(
  app: FastifyInstance,
  server: Server,
  container: ContainerSettings,
  methods: RouteMethods,
  { repository, endpoints = [], verify }: AppOptions,
): void {
  app.get('/ping', { schema: pingSchema, config: { scope: 'open' } }, async () => {
    const { defaultModel } = server;
    const model = defaultModel === undefined ? undefined : server.models.peek(defaultModel);
    if (defaultModel !== undefined && model === undefined) {
      const message = servingErrors.SERVING_NOT_READY(`model "${defaultModel}" is not loaded`);
      throw new ServingError('SERVING_NOT_READY', message);
    }
    return { status: 'ok', ...(model === undefined ? {} : { model: model.manifest.modelId }) };
  });
  app.get('/model', { schema: modelSchema, config: { scope: 'read' } }, (request) =>
    withModel(server, request, undefined, ({ manifest }) => withoutNumbers(manifest)),
  );
  app.get('/execution-parameters', { schema: executionSchema, config: { scope: 'open' } }, async () =>
    executionParameters(container),
  );
  addInvocations(app, server);
  addMultiModelRoutes(app, server, repository);
  addRuntimeRoutes(app, server, { endpoints, verify });
  addOpenInference(app, server, repository, methods);
  addPredict(app, server);
  addExplain(app, server);
}

function badRequest(): ServingError {
  return new ServingError('SERVING_BAD_REQUEST', servingErrors.SERVING_BAD_REQUEST());
}

function sendError(reply: FastifyReply, error: ServingError): void {
  const { status, body } = errorReply(error);
  reply.code(status).type('application/json').send(body);
}
