import type { BatchRequest, FeatureStore, TargetStore } from '../../contract/index.js';
import { ReplyBytes } from '../reply-bytes.js';
import type { ValueWriter } from '../value-writer.js';
import { groupName } from './arn.js';
import { badField, errorReply, RequestError } from './errors.js';
import { type Fields, fieldsOf, list, optionalChoice, optionalTexts, optionalTtlMs, text } from './fields.js';
import { awsRecordWriter, writeExpiry } from './record-bytes.js';
import { eventTimeMs, readRecord } from './values.js';

/** What the record operations need of a store. */
export type RecordStore = Pick<FeatureStore, 'definition' | 'record'>;

const stores: Readonly<Record<string, TargetStore>> = { OnlineStore: 'online', OfflineStore: 'offline' };
const switches = ['Enabled', 'Disabled'] as const;
const mostBatchGroups = 100;
const mostBatchIds = 100;
const mostBatchWrites = 100;
/** Bytes of a record's reply beside its values, more or less. */
const frame = 200;

/** `PutRecord`: the whole record anew. */
export async function putRecord(store: RecordStore, nameOrArn: string, body: unknown): Promise<void> {
  const fields = fieldsOf(body, 'PutRecord', ['Record', 'TargetStores', 'TtlDuration']);
  await put(store, nameOrArn, fields, optionalTtlMs(fields));
}

async function put(store: RecordStore, nameOrArn: string, fields: Fields, ttlMs: number | undefined): Promise<void> {
  const group = await store.definition(groupName(nameOrArn));
  const targets = readTargets(fields);
  await store.record.put(group.name, readRecord(fields, 'Record', group), {
    version: group.version,
    ...(targets === undefined ? {} : { targets }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
  });
}

/** `GetRecord`: an empty reply when there is no such record. @returns the reply as JSON */
export async function getRecord(store: RecordStore, nameOrArn: string, query: unknown): Promise<Buffer> {
  const fields = fieldsOf(query, 'GetRecord', [
    'RecordIdentifierValueAsString',
    'FeatureName',
    'ExpirationTimeResponse',
  ]);
  const group = await store.definition(groupName(nameOrArn));
  const features = optionalTexts({ FeatureName: asList(fields.FeatureName) }, 'FeatureName');
  const withExpiry = optionalChoice(fields, 'ExpirationTimeResponse', switches) === 'Enabled';
  const record = await store.record.getPacked(
    group.name,
    text(fields, 'RecordIdentifierValueAsString'),
    features === undefined ? undefined : { features },
  );
  if (record === undefined) return Buffer.from('{}');
  const writer = awsRecordWriter(group)(record.layout);
  const reply = new ReplyBytes(writer.room + frame);
  reply.text('{"Record":');
  writer.write(record, reply);
  writeExpiry(record, withExpiry, reply);
  reply.text('}');
  return reply.end();
}

/** `DeleteRecord`. @throws RequestError when a hard delete is older than the record */
export async function deleteRecord(store: RecordStore, nameOrArn: string, query: unknown): Promise<void> {
  const known = ['RecordIdentifierValueAsString', 'EventTime', 'TargetStores', 'DeletionMode'];
  const fields = fieldsOf(query, 'DeleteRecord', known);
  const group = await store.definition(groupName(nameOrArn));
  const id = text(fields, 'RecordIdentifierValueAsString');
  const mode = optionalChoice(fields, 'DeletionMode', ['SoftDelete', 'HardDelete']) === 'HardDelete' ? 'hard' : 'soft';
  const targets = readTargets({ TargetStores: asList(fields.TargetStores) });
  const deleted = await store.record.delete(group.name, id, {
    mode,
    eventTimeMs: eventTimeMs(text(fields, 'EventTime'), group),
    ...(targets === undefined ? {} : { targets }),
  });
  if (!deleted && mode === 'hard' && group.settings.online && (await store.record.get(group.name, id)) !== undefined) {
    throw new RequestError('validation', 'EventTime is earlier than that of the record, which stays');
  }
}

/** `BatchGetRecord`: one group that cannot be read does not stop the others. @returns the reply as JSON */
export async function batchGetRecord(store: RecordStore, body: unknown): Promise<Buffer> {
  const fields = fieldsOf(body, 'BatchGetRecord', ['Identifiers', 'ExpirationTimeResponse']);
  const withExpiry = optionalChoice(fields, 'ExpirationTimeResponse', switches) === 'Enabled';
  const asked = list(fields, 'Identifiers').map(readIdentifiers);
  if (asked.length === 0 || asked.length > mostBatchGroups) {
    throw badField('Identifiers', `holds ${asked.length} groups, expected 1 to ${mostBatchGroups}`);
  }
  const { records, errors } = await store.record.batchGetPacked(asked.map(({ request }) => request));
  const writers = new Map<string, ReturnType<typeof awsRecordWriter>>();
  for (const { group } of records) {
    if (!writers.has(group)) writers.set(group, awsRecordWriter(await store.definition(group)));
  }
  const names = new Map(asked.map(({ said, request }) => [request.group, said]));
  const refused = errors.flatMap(({ group, ids, code, message }) =>
    ids.map((id) => ({
      FeatureGroupName: names.get(group) ?? group,
      RecordIdentifierValueAsString: id,
      ErrorCode: code === 'STORE_UNKNOWN_GROUP' ? 'ResourceNotFound' : 'ValidationError',
      ErrorMessage: message,
    })),
  );
  const found = records.map((record) => ({
    record,
    writer: writers.get(record.group)?.(record.layout) as ValueWriter,
  }));
  const reply = new ReplyBytes(found.reduce((sum, { writer }) => sum + writer.room + frame, frame));
  reply.text('{"Records":[');
  for (const [index, { record, writer }] of found.entries()) {
    const name = JSON.stringify(names.get(record.group) ?? record.group);
    const id = JSON.stringify(record.id);
    reply.text(`${index > 0 ? ',' : ''}{"FeatureGroupName":${name},"RecordIdentifierValueAsString":${id},"Record":`);
    writer.write(record, reply);
    writeExpiry(record, withExpiry, reply);
    reply.text('}');
  }
  reply.text(`],"Errors":${JSON.stringify(refused)},"UnprocessedIdentifiers":[]}`);
  return reply.end();
}

function readIdentifiers(item: unknown): { readonly said: string; readonly request: BatchRequest } {
  const known = ['FeatureGroupName', 'RecordIdentifiersValueAsString', 'FeatureNames'];
  const one = fieldsOf(item, 'Identifiers', known);
  const said = text(one, 'FeatureGroupName');
  const ids = optionalTexts(one, 'RecordIdentifiersValueAsString') ?? [];
  if (ids.length === 0 || ids.length > mostBatchIds) {
    throw badField('RecordIdentifiersValueAsString', `holds ${ids.length} ids, expected 1 to ${mostBatchIds}`);
  }
  const features = optionalTexts(one, 'FeatureNames');
  return { said, request: { group: groupName(said), ids, ...(features === undefined ? {} : { features }) } };
}

/** `BatchWriteRecord`: each entry on its own; those that are refused come back with the reason. */
export async function batchWriteRecord(store: RecordStore, body: unknown): Promise<object> {
  const fields = fieldsOf(body, 'BatchWriteRecord', ['Entries', 'TtlDuration']);
  const common = optionalTtlMs(fields);
  const entries = list(fields, 'Entries');
  if (entries.length === 0 || entries.length > mostBatchWrites) {
    throw badField('Entries', `holds ${entries.length} records, expected 1 to ${mostBatchWrites}`);
  }
  const errors: object[] = [];
  for (const entry of entries) {
    try {
      const one = fieldsOf(entry, 'Entries', ['FeatureGroupName', 'Record', 'TargetStores', 'TtlDuration']);
      await put(store, text(one, 'FeatureGroupName'), one, optionalTtlMs(one) ?? common);
    } catch (error) {
      const { name, status, message } = errorReply(error, 'records');
      if (status >= 500) throw error;
      errors.push({ Entry: entry, ErrorCode: name, ErrorMessage: message });
    }
  }
  return { Errors: errors, UnprocessedEntries: [] };
}

/** A query string gives one value as a text, several as a list. */
function asList(value: unknown): unknown {
  return typeof value === 'string' ? [value] : value;
}

function readTargets(fields: Fields): readonly TargetStore[] | undefined {
  return optionalTexts(fields, 'TargetStores')?.map((name) => {
    const target = stores[name];
    if (target === undefined)
      throw badField('TargetStores', `holds "${name}", expected ${Object.keys(stores).join(', ')}`);
    return target;
  });
}
