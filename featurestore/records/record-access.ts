import type {
  BatchRequest,
  BatchResult,
  DeleteOptions,
  FeatureRecord,
  PutOptions,
  PutResult,
  RecordAccess,
  StoreValue,
} from '../contract/index.js';
import { findDefinition } from '../dataset/roles.js';
import { StoreError, storeError } from '../errors.js';
import type { StoreSession, Work } from '../sql/session.js';
import { deleteRecord } from './delete-record.js';
import { putRecord } from './put-record.js';
import { isAlive, latestLogRow, latestLogRows, recordOf } from './read.js';

/** The records of a store one by one. */
export class SqlRecordAccess implements RecordAccess {
  constructor(private readonly session: StoreSession) {}

  get(
    group: string,
    id: string,
    options: { readonly features?: readonly string[] } = {},
  ): Promise<FeatureRecord | undefined> {
    return this.session.read(async (work) => {
      const groupId = onlineGroup(work, group, options.features);
      const latest = await latestLogRow(work.database, groupId, id);
      if (!isAlive(latest, work.nowMs)) return undefined;
      return recordOf(work.catalogue.version(group, latest.version), latest, options.features);
    });
  }

  batchGet(requests: readonly BatchRequest[]): Promise<BatchResult> {
    return this.session.read(async (work) => {
      const records: FeatureRecord[] = [];
      const errors: BatchResult['errors'][number][] = [];
      for (const request of requests) {
        try {
          records.push(...(await getMany(work, request)));
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          errors.push({ group: request.group, ids: request.ids, code: error.code, message: error.message });
        }
      }
      return { records, errors };
    });
  }

  put(group: string, values: Readonly<Record<string, StoreValue>>, options: PutOptions = {}): Promise<PutResult> {
    checkKeys(options, ['targets', 'ttlMs', 'version']);
    return this.session.write((work) => putRecord(work, group, values, options));
  }

  delete(group: string, id: string, options: DeleteOptions = {}): Promise<boolean> {
    checkKeys(options, ['mode', 'eventTimeMs', 'targets']);
    return this.session.write((work) => deleteRecord(work, group, id, options));
  }
}

async function getMany(work: Work, { group, ids, features }: BatchRequest): Promise<FeatureRecord[]> {
  const groupId = onlineGroup(work, group, features);
  const rows = await latestLogRows(work, groupId, [...new Set(ids)]);
  const byId = new Map(rows.map((row) => [row.id, row] as const));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row === undefined ? [] : [recordOf(work.catalogue.version(group, row.version), row, features)];
  });
}

/** @throws StoreError STORE_UNKNOWN_GROUP, STORE_UNKNOWN_FEATURE or STORE_NOT_ONLINE */
function onlineGroup({ catalogue }: Work, group: string, features: readonly string[] = []): number {
  const newest = catalogue.version(group);
  for (const feature of features) findDefinition(newest, feature);
  if (!catalogue.settings(group).online) throw storeError('STORE_NOT_ONLINE', group);
  return newest.groupId;
}

function checkKeys(options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw storeError('STORE_BAD_OPTIONS', `unknown option "${key}"`);
  }
}
