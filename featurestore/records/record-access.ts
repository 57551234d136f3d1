import type {
  BatchRequest,
  BatchResult,
  DeleteOptions,
  FeatureRecord,
  PackedRecord,
  PackedRow,
  PutOptions,
  PutResult,
  RecordAccess,
  RecordLayout,
  StoreValue,
} from '../contract/index.js';
import { findDefinition } from '../dataset/roles.js';
import { StoreError, storeError } from '../errors.js';
import type { SqlReader } from '../sql/database.js';
import type { StoreSession, Work } from '../sql/session.js';
import { deleteRecord } from './delete-record.js';
import { HeldValues } from './held-values.js';
import { LatestLines } from './latest-lines.js';
import { layoutOf, packedRecord, type RecordLine, unpacked } from './packed-record.js';
import { putRecord } from './put-record.js';
import { isAlive, type LogRow, latestLogRow, latestLogRows, valuesAt } from './read.js';

/** The records of a store one by one. */
export class SqlRecordAccess implements RecordAccess {
  readonly #latest = new LatestLines();

  readonly #values: HeldValues;

  /** @param cacheMb MB of values that are held in memory at most, where the engine has no cache of rows itself */
  constructor(
    private readonly session: StoreSession,
    cacheMb: number,
  ) {
    this.#values = new HeldValues(cacheMb * 1e6);
  }

  async get(
    group: string,
    id: string,
    options: { readonly features?: readonly string[] } = {},
  ): Promise<FeatureRecord | undefined> {
    const found = await this.getPacked(group, id, options);
    return found === undefined ? undefined : unpacked(found);
  }

  async batchGet(requests: readonly BatchRequest[]): Promise<BatchResult> {
    const { records, errors } = await this.batchGetPacked(requests);
    return { records: records.map(unpacked), errors };
  }

  getPacked(
    group: string,
    id: string,
    options: { readonly features?: readonly string[] } = {},
  ): Promise<PackedRecord | undefined> {
    return this.session.readBeside(async (work, reader) => {
      const groupId = onlineGroup(work, group, options.features);
      const known = await this.#linesOf(work, reader, group, groupId, [id]);
      const latest = known === undefined ? await aliveRow(work, reader, groupId, id) : known[0];
      if (latest === undefined) return undefined;
      const version = work.catalogue.version(group, latest.version);
      return packedRecord(version, latest, layoutOf(version.group, options.features));
    });
  }

  async batchGetPacked(requests: readonly BatchRequest[]): Promise<BatchResult<PackedRecord>> {
    const records: PackedRecord[] = [];
    const errors: BatchResult['errors'][number][] = [];
    for (const request of requests) {
      try {
        const found = await this.session.readBeside((work, reader) => this.#getMany(work, reader, request));
        records.push(...(found ?? (await this.session.read((work) => this.#getMany(work, undefined, request))) ?? []));
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        errors.push({ group: request.group, ids: request.ids, code: error.code, message: error.message });
      }
    }
    return { records, errors };
  }

  put(group: string, values: Readonly<Record<string, StoreValue>>, options: PutOptions = {}): Promise<PutResult> {
    checkKeys(options, ['targets', 'ttlMs', 'version']);
    return this.session.write((work) => putRecord(work, group, values, options));
  }

  delete(group: string, id: string, options: DeleteOptions = {}): Promise<boolean> {
    checkKeys(options, ['mode', 'eventTimeMs', 'targets']);
    return this.session.write((work) => deleteRecord(work, group, id, options));
  }

  /** Undefined when the lines are not known beside the writes: then it must be asked in turn, without a reader. */
  async #getMany(
    work: Work,
    reader: SqlReader | undefined,
    { group, ids, features }: BatchRequest,
  ): Promise<PackedRecord[] | undefined> {
    const groupId = onlineGroup(work, group, features);
    const wanted = [...new Set(ids)];
    const known = await this.#linesOf(work, reader, group, groupId, wanted);
    if (reader !== undefined && known === undefined) return undefined;
    const rows = known ?? (await latestLogRows(work, groupId, wanted));
    const byId = new Map(rows.map((row) => [row.id, row] as const));
    const layouts = new Map<number, RecordLayout>();
    return ids.flatMap((id) => {
      const row = byId.get(id);
      if (row === undefined) return [];
      const version = work.catalogue.version(group, row.version);
      const layout = layouts.get(row.version) ?? layoutOf(version.group, features);
      layouts.set(row.version, layout);
      return [packedRecord(version, row, layout)];
    });
  }

  /** The lines of those records that are neither deleted nor expired; undefined when the log must be asked which they are. */
  async #linesOf(
    { catalogue, nowMs }: Work,
    reader: SqlReader | undefined,
    group: string,
    groupId: number,
    ids: readonly string[],
  ): Promise<readonly RecordLine[] | undefined> {
    if (reader === undefined) return undefined;
    const lines = await this.#latest.find(reader, groupId, ids, this.session.writesEnded);
    if (lines === undefined) return undefined;
    const alive = lines.flatMap((line, i) => (isAlive(line, nowMs) ? [{ ...line, id: ids[i] as string }] : []));
    const versions = [...new Set(alive.map(({ version }) => version))].map((v) => catalogue.version(group, v));
    const values = new Map<number, PackedRow>();
    const absent: number[] = [];
    for (const { seq } of alive) {
      const held = this.#values.get(groupId, seq);
      if (held === undefined) absent.push(seq);
      else values.set(seq, held);
    }
    for (const [seq, row] of await valuesAt(reader, groupId, absent, versions)) {
      this.#values.add(groupId, seq, row);
      values.set(seq, row);
    }
    return alive.map((line) => ({ ...line, values: values.get(line.seq) }));
  }
}

async function aliveRow(
  { database, nowMs }: Work,
  reader: SqlReader | undefined,
  groupId: number,
  id: string,
): Promise<LogRow | undefined> {
  const latest = await latestLogRow(reader ?? database, groupId, id);
  return isAlive(latest, nowMs) ? latest : undefined;
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
