import fastify, { type FastifyInstance, type FastifySchema, type RouteOptions } from 'fastify';
import { packageVersion } from '../../package-facts.js';
import type { BundleManifest } from '../../training/bundle/index.js';
import { schemaCompilers } from './schema-compilers.js';
import { notADevice } from './schemas.js';

/** Of the reply that the pages' own server makes; the rest is this server's to say. */
const passedOn = ['content-type', 'cache-control', 'etag', 'last-modified', 'location', 'content-length'] as const;

/** A route as its documentation needs it. */
interface Documented {
  readonly method: RouteOptions['method'];
  readonly url: string;
  readonly schema: FastifySchema;
}

/**
 * `GET /openapi.json` and the page `/docs`, of all routes that are added from now on. They are made by a server of their own that never listens, when somebody first asks for them:
 * what they need takes longer to load than a model.
 */
export function addDocumentation(app: FastifyInstance, manifest: BundleManifest | undefined): void {
  const documented: Documented[] = [];
  let from = false;
  // Plugins are added in their order: extensions that came before have added their routes by then.
  app.register(async () => {
    from = true;
  });
  app.addHook('onRoute', ({ method, url, schema }) => {
    if (from && schema !== undefined && schema.hide !== true && method !== 'HEAD')
      documented.push({ method, url, schema });
  });
  let pages: Promise<FastifyInstance> | undefined;
  const made = () => {
    pages ??= documentationServer(documented, manifest);
    return pages;
  };
  const own = { schema: { hide: true }, config: { scope: 'open' } } as const;
  app.register(async (routes) => {
    routes.get('/openapi.json', own, async () => (await made()).swagger());
    for (const address of ['/docs', '/docs/*']) {
      routes.get(address, own, async (request, reply) => {
        const page = await (await made()).inject({ method: 'GET', url: request.url, headers: conditions(request) });
        if (page.statusCode === 404) {
          reply.callNotFound();
          return reply;
        }
        for (const name of passedOn) if (page.headers[name] !== undefined) reply.header(name, page.headers[name]);
        return reply.code(page.statusCode).send(page.rawPayload);
      });
    }
  });
  app.addHook('onClose', async () => (await pages)?.close());
}

function conditions({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): Record<string, string> {
  const names = ['if-none-match', 'if-modified-since'];
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );
}

async function documentationServer(
  routes: readonly Documented[],
  manifest: BundleManifest | undefined,
): Promise<FastifyInstance> {
  const [{ default: swagger }, { default: swaggerUi }] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  const about = manifest === undefined ? '' : ` Model ${manifest.modelId}, recipe ${manifest.recipe}.`;
  const pages = fastify({ exposeHeadRoutes: false, ...schemaCompilers });
  await pages.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'thoracle',
        version: packageVersion(),
        description: `**${notADevice}**${about}`,
      },
    },
  });
  await pages.register(swaggerUi, {
    routePrefix: '/docs',
    theme: {
      title: `thoracle. ${notADevice}`,
      css: [{ filename: 'page.css', content: '.swagger-ui .topbar { display: none }' }],
    },
    uiConfig: { docExpansion: 'list', deepLinking: false, tryItOutEnabled: false },
    validatorUrl: false,
  });
  for (const route of routes) pages.route({ ...route, handler: async () => undefined });
  await pages.ready();
  return pages;
}
