import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { packageRoot, packageVersion } from '../../package-facts.js';
import type { ServerExtension } from '../../serving/index.js';
import { addCohortRoutes } from './cohort/cohort-routes.js';
import { CohortFiles } from './cohort-files.js';
import { replyWithStudioError, StudioError, studioErrors } from './errors.js';
import { addJobRoutes } from './jobs/job-routes.js';
import { addPatientRoutes } from './patient/patient-routes.js';
import { addPredictRoutes } from './predict/predict-routes.js';
import type { SessionReply } from './replies/session-reply.js';
import { addRunRoutes } from './runs/run-routes.js';
import type { StudioSources } from './sources.js';
import { addStoreRoutes } from './store/store-routes.js';

/** Where the pages lie once they are built. */
function pagesFolder(): string {
  return join(packageRoot(), 'dist', 'web', 'pages');
}

/**
 * The pages under `/studio/`, and what they ask under `/studio/api/`. The pages are open, since they hold no data; each of their questions
 * has a scope of its own.
 */
export function studioExtension(sources: StudioSources): ServerExtension {
  return {
    name: 'studio',
    routes: (app) => {
      app.setErrorHandler(replyWithStudioError);
      const files = sources.cohort === undefined ? undefined : new CohortFiles(sources.cohort);
      app.get('/', { schema: { hide: true }, config: { scope: 'open' } }, (_request, reply) =>
        reply.redirect('/studio/'),
      );
      // Browsers ask for it whatever the document says.
      app.get('/favicon.ico', { schema: { hide: true }, config: { scope: 'open' } }, (_request, reply) =>
        reply.redirect('/studio/icon.svg'),
      );
      addPages(app);
      addSession(app, sources);
      addPatientRoutes(app, sources, files);
      addCohortRoutes(app, sources, files);
      addJobRoutes(app, sources);
      addPredictRoutes(app, sources);
      addStoreRoutes(app, sources);
      addRunRoutes(app, sources);
    },
  };
}

function addPages(app: FastifyInstance): void {
  const root = pagesFolder();
  if (!existsSync(join(root, 'index.html'))) {
    app.get('/studio/*', { schema: { hide: true }, config: { scope: 'open' } }, () => {
      throw new StudioError('STUDIO_NO_PAGES', studioErrors.STUDIO_NO_PAGES());
    });
    return;
  }
  app.register(async (pages) => {
    pages.addHook('onRoute', (route) => {
      route.config = { ...route.config, scope: 'open' };
      route.schema = { hide: true };
    });
    // Names of files under assets/ change with their content.
    await pages.register(fastifyStatic, {
      root: join(root, 'assets'),
      prefix: '/studio/assets/',
      immutable: true,
      maxAge: '365d',
    });
    pages.get('/studio/icon.svg', (_request, reply) => reply.sendFile('icon.svg', root));
    // Each address of the pages is the same document; its script shows what the address says.
    for (const path of ['/studio', '/studio/', '/studio/:page', '/studio/:page/*']) {
      pages.get(path, (_request, reply) => reply.header('cache-control', 'no-cache').sendFile('index.html', root));
    }
  });
}

function addSession(app: FastifyInstance, { store, cohort, registry, defaultModel, jobs }: StudioSources): void {
  app.get('/studio/api/session', { schema: { hide: true }, config: { scope: 'known' } }, ({ facts }): SessionReply => {
    const { caller, scopes = ['admin'] } = facts;
    return {
      version: packageVersion(),
      caller: caller === '' ? null : caller,
      scopes: scopes.filter((scope) => scope !== 'open' && scope !== 'known'),
      has: {
        store: store !== undefined,
        cohort: cohort !== undefined,
        model: defaultModel !== undefined,
        registry: registry !== undefined,
        jobs: jobs !== undefined,
      },
    };
  });
}
