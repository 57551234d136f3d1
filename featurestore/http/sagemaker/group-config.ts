import { badField } from './errors.js';
import { type Fields, fieldsOf, optionalChoice, optionalFlag, optionalText, optionalTtlMs } from './fields.js';

/** Tag that holds what clients of the cloud store say about a group and want to read again, though this server has no use for it. */
const configTag = 'sagemaker:config';

const storageTypes = ['Standard', 'Standard_V2', 'InMemory'] as const;

/** What is remembered of a client's wishes. */
export interface KeptConfig {
  readonly StorageType?: string;
  readonly OfflineStoreConfig?: unknown;
  readonly RoleArn?: string;
}

/** What `OnlineStoreConfig` asks for. */
export interface OnlineConfig {
  readonly enabled: boolean;
  readonly ttlMs?: number;
}

/** @throws RequestError when encryption keys are named: this server encrypts nothing */
export function readOnlineConfig(fields: Fields): OnlineConfig {
  const online = onlineFields(fields);
  const ttlMs = optionalTtlMs(online);
  return { enabled: optionalFlag(online, 'EnableOnlineStore') ?? false, ...(ttlMs === undefined ? {} : { ttlMs }) };
}

function onlineFields(fields: Fields): Fields {
  const value = fields.OnlineStoreConfig ?? {};
  const known = ['SecurityConfig', 'EnableOnlineStore', 'TtlDuration', 'StorageType'];
  const online = fieldsOf(value, 'OnlineStoreConfig', known);
  if (online.SecurityConfig !== undefined && online.SecurityConfig !== null) {
    throw badField(
      'SecurityConfig',
      'is not supported: this server encrypts nothing; keep its files on an encrypted disk',
    );
  }
  return online;
}

/**
 * The tag with the wishes that are kept; none when there are none. Where the offline history lies is decided by the server: an S3 address
 * is remembered, not used.
 * @throws RequestError when provisioned throughput is asked for
 */
export function keptConfig(fields: Fields): Readonly<Record<string, string>> {
  const throughput = fieldsOf(fields.ThroughputConfig ?? {}, 'ThroughputConfig', [
    'ThroughputMode',
    'ProvisionedReadCapacityUnits',
    'ProvisionedWriteCapacityUnits',
  ]);
  optionalChoice(throughput, 'ThroughputMode', ['OnDemand']);
  for (const name of ['ProvisionedReadCapacityUnits', 'ProvisionedWriteCapacityUnits']) {
    if ((throughput[name] ?? null) !== null) throw badField(name, 'is not supported: throughput is on demand');
  }
  const storage = optionalChoice(onlineFields(fields), 'StorageType', storageTypes);
  const role = optionalText(fields, 'RoleArn');
  const offline = fields.OfflineStoreConfig ?? undefined;
  if (offline !== undefined) {
    const known = ['S3StorageConfig', 'DisableGlueTableCreation', 'DataCatalogConfig', 'TableFormat'];
    fieldsOf(offline, 'OfflineStoreConfig', known);
  }
  const config: KeptConfig = {
    ...(storage === undefined ? {} : { StorageType: storage }),
    ...(role === undefined ? {} : { RoleArn: role }),
    ...(offline === undefined ? {} : { OfflineStoreConfig: offline }),
  };
  return Object.keys(config).length === 0 ? {} : { [configTag]: JSON.stringify(config) };
}

/** What was kept of a client's wishes; empty for groups that were made otherwise. */
export function readKeptConfig(tags: Readonly<Record<string, string>>): KeptConfig {
  const text = tags[configTag];
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as KeptConfig;
  } catch {
    return {};
  }
}
