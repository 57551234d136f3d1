import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { LoadedModel } from '../../../serving/index.js';
import { StudioError, studioErrors, theStore } from '../errors.js';
import type { Question } from '../question.js';
import type { StudioSources } from '../sources.js';
import { onlyModel, onlyReport, versionReport } from './model-report.js';
import { runComparison, runLineage, runList } from './recorded-runs.js';

/** Recorded runs, and what the registry's own routes do not tell of models: the numbers of their curves. */
export function addRunRoutes(app: FastifyInstance, sources: StudioSources): void {
  const { store, registry } = sources;
  const options = { schema: { hide: true }, config: { scope: 'read' as const } };
  const question = (request: FastifyRequest) => request.query as Question;
  const part = (request: FastifyRequest, name: string) =>
    (request.params as Readonly<Record<string, string>>)[name] ?? '';
  app.get('/studio/api/runs', options, (request) => runList(theStore(store), registry, question(request)));
  app.get('/studio/api/runs/compare', options, (request) =>
    runComparison(theStore(store), registry, question(request)),
  );
  app.get('/studio/api/runs/:id/lineage', options, (request) => runLineage(theStore(store), part(request, 'id')));
  app.get('/studio/api/models/:name/versions/:version/report', options, (request) =>
    versionReport(registry, part(request, 'name'), part(request, 'version')),
  );
  app.get('/studio/api/model', options, () => withModel(sources, onlyModel));
  app.get('/studio/api/model/report', options, () => withModel(sources, onlyReport));
}

/** @throws StudioError STUDIO_NO_MODEL */
async function withModel<T>(
  { models, defaultModel }: StudioSources,
  work: (model: LoadedModel) => Promise<T>,
): Promise<T> {
  const model = defaultModel === undefined ? undefined : await models.acquireOrLoad(defaultModel);
  if (model === undefined) throw new StudioError('STUDIO_NO_MODEL', studioErrors.STUDIO_NO_MODEL());
  try {
    return await work(model);
  } finally {
    model.release();
  }
}
