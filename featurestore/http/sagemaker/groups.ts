import type { FeatureStore, StoredGroup } from '../../contract/index.js';
import { groupArn, groupName } from './arn.js';
import { awsDefinitions, definitionOf, groupOf, readDefinitions } from './definitions.js';
import { badField, RequestError } from './errors.js';
import { type Fields, fieldsOf, list, optionalChoice, optionalText, text, ttlDuration } from './fields.js';
import { keptConfig, readKeptConfig, readOnlineConfig } from './group-config.js';
import { readPage, toToken } from './pages.js';

/** What the group operations need of a store. */
export type GroupStore = Pick<
  FeatureStore,
  'createGroup' | 'updateGroup' | 'listGroups' | 'describeGroup' | 'deleteGroup'
>;

/** Who asks: the region goes into resource names. */
export interface GroupCall {
  readonly store: GroupStore;
  readonly region: string;
}

/** As many definitions as one reply holds, and one group may be made with. */
const mostDefinitions = 2500;

/** `CreateFeatureGroup`. @throws RequestError when the group exists, or something is asked that this server does not do */
export async function createFeatureGroup({ store, region }: GroupCall, body: unknown): Promise<object> {
  const fields = fieldsOf(body, 'CreateFeatureGroup', [
    'FeatureGroupName',
    'RecordIdentifierFeatureName',
    'EventTimeFeatureName',
    'FeatureDefinitions',
    'OnlineStoreConfig',
    'OfflineStoreConfig',
    'ThroughputConfig',
    'RoleArn',
    'Description',
    'Tags',
  ]);
  const name = text(fields, 'FeatureGroupName');
  const keys = {
    name,
    recordIdentifier: text(fields, 'RecordIdentifierFeatureName'),
    eventTime: text(fields, 'EventTimeFeatureName'),
  };
  const tags = readTags(fields);
  const definitions = readDefinitions(fields, 'FeatureDefinitions');
  if (definitions.length > mostDefinitions) {
    throw badField('FeatureDefinitions', `holds ${definitions.length} features, at most ${mostDefinitions} are taken`);
  }
  const group = groupOf(keys, definitions, tags);
  const online = readOnlineConfig(fields);
  const offline = fields.OfflineStoreConfig !== undefined && fields.OfflineStoreConfig !== null;
  if (!online.enabled && !offline) {
    throw new RequestError(
      'validation',
      'At least one of OnlineStoreConfig and OfflineStoreConfig must turn a store on',
    );
  }
  const kept = keptConfig(fields);
  const settings = {
    description: optionalText(fields, 'Description') ?? '',
    tags: { ...tags, ...kept },
    online: online.enabled,
    offline,
    ...(online.ttlMs === undefined ? {} : { ttlMs: online.ttlMs }),
  };
  await store.createGroup(group, settings, { mustBeNew: true });
  return { FeatureGroupArn: groupArn(region, name) };
}

function readTags(fields: Fields): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const item of list(fields, 'Tags')) {
    const tag = fieldsOf(item, 'Tags', ['Key', 'Value']);
    const key = text(tag, 'Key');
    if (Object.hasOwn(tags, key)) throw badField('Tags', `holds the key "${key}" twice`);
    tags[key] = optionalText(tag, 'Value') ?? '';
  }
  return tags;
}

/** `DescribeFeatureGroup`; definitions come in pages of 2,500. */
export async function describeFeatureGroup({ store, region }: GroupCall, body: unknown): Promise<object> {
  const fields = fieldsOf(body, 'DescribeFeatureGroup', ['FeatureGroupName', 'NextToken']);
  const group = await store.describeGroup(groupName(text(fields, 'FeatureGroupName')));
  const first = group.version === 1 ? group : await store.describeGroup(group.name, 1);
  const start = readPage(optionalText(fields, 'NextToken'), group.name);
  const definitions = awsDefinitions(group);
  const next = start + mostDefinitions;
  const { settings } = group;
  const config = readKeptConfig(settings.tags);
  return {
    FeatureGroupArn: groupArn(region, group.name),
    FeatureGroupName: group.name,
    RecordIdentifierFeatureName: group.recordIdentifier,
    EventTimeFeatureName: group.eventTime,
    FeatureDefinitions: definitions.slice(start, next),
    CreationTime: first.createdAtMs / 1000,
    LastModifiedTime: Math.max(group.createdAtMs, group.updatedAtMs) / 1000,
    FeatureGroupStatus: 'Created',
    ...(group.version > 1 ? { LastUpdateStatus: { Status: 'Successful' } } : {}),
    OnlineStoreConfig: {
      EnableOnlineStore: settings.online,
      ...(settings.ttlMs === undefined ? {} : { TtlDuration: ttlDuration(settings.ttlMs) }),
      ...(config.StorageType === undefined ? {} : { StorageType: config.StorageType }),
    },
    ...(settings.offline ? { OfflineStoreStatus: { Status: 'Active' } } : {}),
    ...(config.OfflineStoreConfig === undefined ? {} : { OfflineStoreConfig: config.OfflineStoreConfig }),
    ...(config.RoleArn === undefined ? {} : { RoleArn: config.RoleArn }),
    ThroughputConfig: { ThroughputMode: 'OnDemand' },
    ...(settings.description === '' ? {} : { Description: settings.description }),
    ...(next < definitions.length ? { NextToken: toToken(next, group.name) } : {}),
  };
}

/** `UpdateFeatureGroup`: features are added (a new version), the time to live of later writes is changed. */
export async function updateFeatureGroup({ store, region }: GroupCall, body: unknown): Promise<object> {
  const known = ['FeatureGroupName', 'FeatureAdditions', 'OnlineStoreConfig', 'ThroughputConfig'];
  const fields = fieldsOf(body, 'UpdateFeatureGroup', known);
  const group = await store.describeGroup(groupName(text(fields, 'FeatureGroupName')));
  const additions = readDefinitions(fields, 'FeatureAdditions');
  const online = readOnlineConfig(fields);
  keptConfig(fields);
  if (additions.length === 0 && fields.OnlineStoreConfig === undefined && fields.ThroughputConfig === undefined) {
    throw new RequestError('validation', `Nothing to update: expected one of ${known.slice(1).join(', ')}`);
  }
  const there = new Set(group.definitions.map((d) => d.name));
  for (const { FeatureName: name } of additions) {
    if (there.has(name)) throw badField('FeatureAdditions', `holds "${name}", which the group has`);
  }
  if (additions.length > 0) {
    const added = additions.map((addition) => definitionOf(addition, group, group.settings.tags));
    const { name, recordIdentifier, eventTime, settingsDigest, definitions } = group;
    await store.createGroup({
      name,
      recordIdentifier,
      eventTime,
      settingsDigest,
      definitions: [...definitions, ...added],
    });
  }
  if (online.ttlMs !== undefined) await store.updateGroup(group.name, { ttlMs: online.ttlMs });
  return { FeatureGroupArn: groupArn(region, group.name) };
}

/** `DeleteFeatureGroup`: the group and its whole history. */
export async function deleteFeatureGroup({ store }: GroupCall, body: unknown): Promise<object> {
  const fields = fieldsOf(body, 'DeleteFeatureGroup', ['FeatureGroupName']);
  const name = groupName(text(fields, 'FeatureGroupName'));
  await store.deleteGroup(name, name);
  return {};
}

/** What a list of groups can be sorted by; all groups of this store are in the same state. */
type SortBy = 'Name' | 'CreationTime' | 'FeatureGroupStatus' | 'OfflineStoreStatus';
const sortOrders: readonly SortBy[] = ['Name', 'CreationTime', 'FeatureGroupStatus', 'OfflineStoreStatus'];

/** `ListFeatureGroups`: filtered, sorted, in pages of `MaxResults` (10 by default). */
export async function listFeatureGroups({ store, region }: GroupCall, body: unknown): Promise<object> {
  const fields = fieldsOf(body, 'ListFeatureGroups', [
    'NameContains',
    'FeatureGroupStatusEquals',
    'OfflineStoreStatusEquals',
    'CreationTimeAfter',
    'CreationTimeBefore',
    'SortOrder',
    'SortBy',
    'MaxResults',
    'NextToken',
  ]);
  const { NextToken: _page, MaxResults: _size, ...filters } = fields;
  const question = JSON.stringify(filters);
  const start = readPage(optionalText(fields, 'NextToken'), question);
  const size = optionalWholeOrTen(fields);
  const groups = (await store.listGroups()).filter(filterOf(fields));
  const sortBy = optionalChoice(fields, 'SortBy', sortOrders) ?? 'CreationTime';
  const sign = optionalChoice(fields, 'SortOrder', ['Ascending', 'Descending']) === 'Descending' ? -1 : 1;
  const sorted = sortBy === 'CreationTime' ? groups.sort((a, b) => a.createdAtMs - b.createdAtMs) : groups;
  if (sign < 0) sorted.reverse();
  const next = start + size;
  return {
    FeatureGroupSummaries: sorted.slice(start, next).map((group) => ({
      FeatureGroupName: group.name,
      FeatureGroupArn: groupArn(region, group.name),
      CreationTime: group.createdAtMs / 1000,
      FeatureGroupStatus: 'Created',
      ...(group.settings.offline ? { OfflineStoreStatus: { Status: 'Active' } } : {}),
    })),
    ...(next < sorted.length ? { NextToken: toToken(next, question) } : {}),
  };
}

function optionalWholeOrTen(fields: Fields): number {
  const value = fields.MaxResults ?? 10;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 100) {
    throw badField('MaxResults', `is ${JSON.stringify(value)}, expected a whole number from 1 to 100`);
  }
  return value;
}

function filterOf(fields: Fields): (group: StoredGroup) => boolean {
  const part = optionalText(fields, 'NameContains')?.toLowerCase() ?? '';
  const status = optionalText(fields, 'FeatureGroupStatusEquals') ?? 'Created';
  const offline = optionalText(fields, 'OfflineStoreStatusEquals');
  const after = secondsField(fields, 'CreationTimeAfter') ?? Number.NEGATIVE_INFINITY;
  const before = secondsField(fields, 'CreationTimeBefore') ?? Number.POSITIVE_INFINITY;
  return ({ name, createdAtMs, settings }) =>
    name.toLowerCase().includes(part) &&
    status === 'Created' &&
    (offline === undefined || (offline === 'Active' && settings.offline)) &&
    createdAtMs > after * 1000 &&
    createdAtMs < before * 1000;
}

/** The JSON protocol writes times as seconds since 1970. */
function secondsField(fields: Fields, name: string): number | undefined {
  const value = fields[name] ?? undefined;
  if (value !== undefined && (typeof value !== 'number' || !Number.isFinite(value))) {
    throw badField(name, 'is not a time');
  }
  return value;
}
