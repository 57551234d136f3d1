import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { FeatureStore } from '../../../featurestore/index.js';
import { caseRows, type LoadedModel } from '../../../serving/index.js';
import { StudioError, studioErrors } from '../errors.js';
import type { ModelForm, StoredInputs, StoredPatients } from '../replies/predict-reply.js';
import type { StudioSources } from '../sources.js';
import { type Definitions, modelForm } from './model-form.js';

const hidden = { hide: true } as const;

/** What the page "Predict" asks beside `/predict` and `/explain`: the form of a model, and the values of stored patients. */
export function addPredictRoutes(app: FastifyInstance, sources: StudioSources): void {
  const { models, store, signedRuntime = false } = sources;
  app.get(
    '/studio/api/predict/form',
    { schema: hidden, config: { scope: 'predict' } },
    async (request): Promise<ModelForm> => {
      const names = [...new Set(models.list().map(({ name }) => name))];
      return withNamedModel(sources, request, async (model) => ({
        models: names.includes(model.name) ? names : [...names, model.name],
        ...modelForm(model, await definitionsOf(store)),
        signedRuntime,
      }));
    },
  );
  app.get(
    '/studio/api/predict/patients',
    { schema: hidden, config: { scope: 'read' } },
    async (request): Promise<StoredPatients> => {
      const from = storeOf(sources);
      return withNamedModel(sources, request, async ({ manifest }) => ({
        patients: await patientIds(from, new Set(manifest.columns.map(({ group }) => group))),
      }));
    },
  );
  app.get(
    '/studio/api/predict/patient',
    { schema: hidden, config: { scope: 'read' } },
    async (request): Promise<StoredInputs> => {
      const from = storeOf(sources);
      const patient = textOf(request, 'id');
      if (patient === undefined)
        throw new StudioError('STUDIO_BAD_QUERY', studioErrors.STUDIO_BAD_QUERY('id', 'missing', 'a patient id'));
      return withNamedModel(sources, request, async (model) => {
        const row = await caseRows(from, model, [patient]);
        const { featureNames } = model.predictor;
        const values = featureNames.map((name, i) => [name, Number.isNaN(row[i]) ? null : (row[i] as number)] as const);
        return { patient, values: Object.fromEntries(values) };
      });
    },
  );
}

function storeOf({ store }: StudioSources): FeatureStore {
  if (store === undefined) throw new StudioError('STUDIO_NO_STORE', studioErrors.STUDIO_NO_STORE());
  return store;
}

/** The model that `?model=` names, or the server's own, held meanwhile. */
async function withNamedModel<T>(
  { models, defaultModel }: StudioSources,
  request: FastifyRequest,
  answer: (model: LoadedModel) => Promise<T>,
): Promise<T> {
  const name = textOf(request, 'model') ?? defaultModel ?? models.list()[0]?.name;
  if (name === undefined) throw new StudioError('STUDIO_NO_MODEL', studioErrors.STUDIO_NO_MODEL());
  const model = await models.acquireOrLoad(name);
  try {
    return await answer(model);
  } finally {
    model.release();
  }
}

/** One parameter of the query. @throws StudioError STUDIO_BAD_QUERY when it is given twice or is too long */
function textOf(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Readonly<Record<string, unknown>>)[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && value.length <= 256) return value;
  const found = typeof value === 'string' ? `${value.length} characters long` : 'given more than once';
  throw new StudioError('STUDIO_BAD_QUERY', studioErrors.STUDIO_BAD_QUERY(name, found, 'one name'));
}

async function definitionsOf(store: FeatureStore | undefined): Promise<Definitions> {
  const groups = store === undefined ? [] : await store.listGroups();
  return new Map(groups.map((group) => [group.name, new Map(group.definitions.map((one) => [one.name, one]))]));
}

async function patientIds(store: FeatureStore, wanted: ReadonlySet<string>): Promise<readonly string[]> {
  const groups = (await store.listGroups()).filter(({ name }) => wanted.has(name));
  if (groups.length === 0) return [];
  // Names of groups and columns are letters, digits, - and _.
  const sql = groups.map(({ name, recordIdentifier }) => `SELECT "${recordIdentifier}" AS id FROM "${name}"`);
  const { rows } = await store.query(`${sql.join(' UNION ')} ORDER BY id`);
  return rows.map(([id]) => String(id));
}
