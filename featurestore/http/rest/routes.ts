import type { FastifyInstance, FastifyRequest } from 'fastify';
import type {
  BatchRequest,
  ConflictPolicy,
  DatasetSpec,
  DeletionMode,
  FeatureGroup,
  FeatureStore,
  GroupSearch,
  GroupSettings,
  StoreValue,
} from '../../contract/index.js';
import { requireWriteAccess } from '../caller.js';
import { RequestError } from '../sagemaker/errors.js';
import { fieldsOf, list, optionalChoice, optionalTexts, optionalWhole, text } from '../sagemaker/fields.js';
import { jsonFields, jsonOf, queryFields, tableOf } from './body.js';
import { datasetDocument } from './dataset-document.js';
import { replyWithError } from './errors.js';
import { batchBytes, recordBytes } from './record-bytes.js';
import * as schemas from './schemas.js';
import { driftOptions, statisticsOptions } from './statistics.js';

type Params = { readonly group: string; readonly id: string };
const conflictPolicies: readonly ConflictPolicy[] = ['replace', 'keep', 'error'];
const jsonType = 'application/json; charset=utf-8';
const deletionModes: readonly DeletionMode[] = ['soft', 'hard'];

/** Our own routes under `/store`; JSON in the words of the TypeScript contract. Who calls has been checked before. */
export function addRestRoutes(app: FastifyInstance, store: FeatureStore): void {
  app.register(
    async (routes) => {
      routes.setErrorHandler(replyWithError);
      // bodies are checked by hand, which names row and column; the schemas are the documentation
      routes.setValidatorCompiler(() => () => true);
      routes.setSerializerCompiler(() => (data) => JSON.stringify(data));
      addGroups(routes, store);
      addRecords(routes, store);
      addQuestions(routes, store);
      addStatistics(routes, store);
    },
    { prefix: '/store' },
  );
}

function paramsOf(request: FastifyRequest): Params {
  return request.params as Params;
}

function addGroups(app: FastifyInstance, store: FeatureStore): void {
  app.get('/groups', { schema: schemas.listGroups }, async (request) => {
    const search = queryFields(request, ['text', 'feature', 'role', 'tag', 'tagValue', 'owner']);
    return { groups: await store.searchGroups(search as GroupSearch) };
  });
  app.post('/groups', { schema: schemas.createGroup }, async (request, reply) => {
    requireWriteAccess(request);
    const { group, settings } = jsonFields(request, ['group', 'settings']);
    const checked = fieldsOf(group, 'group', [
      'name',
      'recordIdentifier',
      'eventTime',
      'definitions',
      'settingsDigest',
    ]);
    const wanted = { settingsDigest: '', ...checked } as unknown as FeatureGroup;
    for (const field of ['name', 'recordIdentifier', 'eventTime'] as const) text(checked, field);
    const definitions = list(checked, 'definitions').map((d, index) =>
      fieldsOf(d, `definitions[${index}]`, ['name', 'type', 'unit', 'description', 'role', 'reference']),
    );
    const made = { ...wanted, definitions: definitions as unknown as FeatureGroup['definitions'] };
    reply.code(201);
    return store.createGroup(made, (settings ?? {}) as Partial<GroupSettings>);
  });
  app.get('/groups/:group', { schema: schemas.describeGroup }, async (request) => {
    const { version } = queryFields(request, ['version']);
    return store.describeGroup(paramsOf(request).group, version === undefined ? undefined : wholeText(version));
  });
  app.delete('/groups/:group', { schema: schemas.deleteGroup }, async (request) => {
    requireWriteAccess(request);
    return store.deleteGroup(paramsOf(request).group, queryFields(request, ['confirm']).confirm ?? '');
  });
  app.post('/groups/:group/ingest', { schema: schemas.ingest }, async (request) => {
    requireWriteAccess(request);
    const onConflict = optionalChoice(queryFields(request, ['onConflict']), 'onConflict', conflictPolicies);
    const group = await store.definition(paramsOf(request).group);
    return store.ingest(tableOf(request, group), onConflict === undefined ? {} : { onConflict });
  });
}

function wholeText(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new RequestError('validation', `version is ${JSON.stringify(value)}, expected a whole number`);
}

function addRecords(app: FastifyInstance, store: FeatureStore): void {
  const path = '/groups/:group/records/:id';
  app.get(path, { schema: schemas.getRecord }, async (request, reply) => {
    const { group, id } = paramsOf(request);
    const { features } = queryFields(request, ['features']);
    const wanted = features === undefined ? {} : { features: features.split(',') };
    const record = await store.record.getPacked(group, id, wanted);
    if (record === undefined) throw unknownRecord(group, id);
    return reply.type(jsonType).send(recordBytes(record));
  });
  app.put(path, { schema: schemas.putRecord }, async (request) => {
    requireWriteAccess(request);
    const { group, id } = paramsOf(request);
    const fields = jsonFields(request, ['values', 'ttlMs']);
    const { recordIdentifier } = await store.definition(group);
    const values = fieldsOf(fields.values, 'values', Object.keys((fields.values ?? {}) as object));
    const ttlMs = optionalWhole(fields, 'ttlMs', 1, Number.MAX_SAFE_INTEGER);
    const record = { ...(values as Readonly<Record<string, StoreValue>>), [recordIdentifier]: id };
    return store.record.put(group, record, ttlMs === undefined ? {} : { ttlMs });
  });
  app.delete(path, { schema: schemas.deleteRecord }, async (request) => {
    requireWriteAccess(request);
    const { group, id } = paramsOf(request);
    const mode = optionalChoice(queryFields(request, ['mode']), 'mode', deletionModes);
    return { deleted: await store.record.delete(group, id, mode === undefined ? {} : { mode }) };
  });
  app.get(`${path}/history`, { schema: schemas.history }, async (request) => {
    const { group, id } = paramsOf(request);
    return { rows: await store.history(group, id) };
  });
  app.post('/batch-get', { schema: schemas.batchGet }, async (request, reply) => {
    const requests = list(jsonFields(request, ['requests']), 'requests').map(readRequest);
    return reply.type(jsonType).send(batchBytes(await store.record.batchGetPacked(requests)));
  });
}

function readRequest(item: unknown, index: number): BatchRequest {
  const fields = fieldsOf(item, `requests[${index}]`, ['group', 'ids', 'features']);
  const features = optionalTexts(fields, 'features');
  const ids = optionalTexts(fields, 'ids') ?? [];
  return { group: text(fields, 'group'), ids, ...(features === undefined ? {} : { features }) };
}

function addQuestions(app: FastifyInstance, store: FeatureStore): void {
  app.post('/query', { schema: schemas.runQuery }, async (request) => {
    const fields = jsonFields(request, ['sql', 'params']);
    return store.query(text(fields, 'sql'), list(fields, 'params') as readonly StoreValue[]);
  });
  app.post('/datasets', { schema: schemas.dataset }, async (request) => {
    return datasetDocument(await store.dataset(jsonOf(request) as DatasetSpec));
  });
}

function addStatistics(app: FastifyInstance, store: FeatureStore): void {
  app.post('/groups/:group/statistics', { schema: schemas.statistics }, async (request) => {
    return { features: await store.statistics(paramsOf(request).group, statisticsOptions(request)) };
  });
  app.post('/groups/:group/drift', { schema: schemas.drift }, async (request) => {
    return { features: await store.drift(paramsOf(request).group, driftOptions(request)) };
  });
}

function unknownRecord(group: string, id: string): RequestError {
  return new RequestError('not-found', `Group "${group}" holds no record of "${id}"`);
}
