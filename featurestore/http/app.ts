import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { closeWithLastReply } from '../../close-with-last-reply.js';
import { packageVersion } from '../../package-facts.js';
import { type StoreRoutesOptions, storeRoutes } from './plugin.js';
import { errorReply } from './rest/errors.js';
import { RequestError } from './sagemaker/errors.js';

/** The store's own server. */
export interface StoreAppOptions extends StoreRoutesOptions {
  /** A pino logger; silent without one. Requests are logged without their bodies. */
  readonly logger?: FastifyBaseLogger;
  /** Bytes; default 64 MB. */
  readonly bodyLimit?: number;
}

const defaultBodyLimit = 64 * 1024 * 1024;
const requestTimeoutMs = 60_000;
/** An id in an address, percent-encoded. */
const longestParameter = 2048;

/** The server as a value: nothing listens, nothing is opened. */
export function buildStoreApp(options: StoreAppOptions): FastifyInstance {
  const app: FastifyInstance = fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    bodyLimit: options.bodyLimit ?? defaultBodyLimit,
    requestTimeout: requestTimeoutMs,
    routerOptions: { maxParamLength: longestParameter },
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    const { status, body } = errorReply(new RequestError('not-found', `There is nothing at ${request.method} ${path}`));
    reply.code(status).send(body);
  });
  closeWithLastReply(app);
  app.register(swagger, { openapi: openApi });
  app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { docExpansion: 'list' }, validatorUrl: false });
  app.register(async (open) => {
    open.get('/ping', { schema: { summary: 'Is the server up?' } }, async () => ({ status: 'ok' }));
    open.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  });
  app.register(storeRoutes(options));
  return app;
}

const openApi = {
  info: {
    title: 'thoracle feature store',
    version: packageVersion(),
    description:
      'Research software, not a medical device. Every request but /ping is signed with AWS Signature Version 4 (service "sagemaker", any region): ' +
      'the cloud’s own clients do it, and curl with --aws-sigv4.',
  },
  components: {
    securitySchemes: {
      signature: {
        type: 'apiKey' as const,
        in: 'header' as const,
        name: 'Authorization',
        description: 'AWS4-HMAC-SHA256',
      },
    },
  },
};
