import type {
  Dataset,
  DatasetSpec,
  FeatureGroup,
  FeatureRecord,
  FeatureStore,
  FeatureTable,
  HistoryRow,
  IngestResult,
  QueryResult,
  StoredGroup,
  StoreValue,
} from '../contract/index.js';
import { buildDataset } from '../dataset/build.js';
import { storeError } from '../errors.js';
import { exportGroup } from '../files/export-group.js';
import { checkGroup } from '../groups/check-group.js';
import type { GroupVersion } from '../groups/group-version.js';
import { checkTable } from '../records/check-table.js';
import { appendRows } from '../records/ingest.js';
import { countRecords, historyRow, latestLogRow, logOf, recordOf } from '../records/read.js';
import { appendTombstone } from '../records/tombstone.js';
import type { Catalogue } from './catalogue.js';
import { readRows, type SqlDatabase } from './database.js';
import type { Dialect } from './dialect.js';
import { SerialQueue } from './serial.js';
import { internalSchema } from './statements.js';

/** The feature store on any SQL engine. Calls are carried out one after the other; queries of users run beside them. */
export class SqlFeatureStore implements FeatureStore {
  readonly #queue = new SerialQueue();
  #closed = false;

  /** @param now milliseconds since 1970 UTC; the store never writes a time before the last one it wrote */
  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: Dialect,
    private readonly catalogue: Catalogue,
    private readonly now: () => number,
  ) {}

  readonly record = {
    get: (group: string, id: string): Promise<FeatureRecord | undefined> => this.#read(() => this.#get(group, id)),
    delete: (group: string, id: string): Promise<boolean> => this.#write((moment) => this.#delete(group, id, moment)),
  };

  createGroup(group: FeatureGroup): Promise<StoredGroup> {
    return this.#write(async (invokedAtMs) => {
      const moment = await this.#moment(invokedAtMs);
      return this.#describe(await this.catalogue.register(group, moment.writeTimeMs));
    });
  }

  listGroups(): Promise<readonly StoredGroup[]> {
    return this.#read(async () => {
      const groups: StoredGroup[] = [];
      for (const name of this.catalogue.names()) groups.push(await this.#describe(this.catalogue.version(name)));
      return groups;
    });
  }

  describeGroup(name: string, version?: number): Promise<StoredGroup> {
    return this.#read(() => this.#describe(this.catalogue.version(name, version)));
  }

  ingest(table: FeatureTable): Promise<IngestResult> {
    return this.#write(async (invokedAtMs) => {
      checkGroup(table.group);
      const checked = checkTable(table);
      const moment = await this.#moment(invokedAtMs);
      const stored = await this.catalogue.register(table.group, moment.writeTimeMs);
      return appendRows(this.database, stored, checked, moment);
    });
  }

  history(group: string, id: string): Promise<readonly HistoryRow[]> {
    return this.#read(async () => {
      const [first] = this.catalogue.versions(group);
      const rows = await logOf(this.database, first.groupId, id);
      return rows.map((row) => historyRow(this.catalogue.version(group, row.version), id, row));
    });
  }

  async query(sql: string, params: readonly StoreValue[] = []): Promise<QueryResult> {
    if (this.#closed) throw storeError('STORE_CLOSED');
    return this.database.select(sql, params);
  }

  dataset(spec: DatasetSpec): Promise<Dataset> {
    return this.#read(() => buildDataset(this.database, this.catalogue, spec));
  }

  export(group: string, file: string): Promise<{ readonly rows: number }> {
    return this.#read(() => exportGroup(this.database, this.dialect, this.catalogue.versions(group), file));
  }

  /** Waits for what is under way. Closing twice is allowed. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue.run(() => this.database.close());
  }

  async #get(group: string, id: string): Promise<FeatureRecord | undefined> {
    const [first] = this.catalogue.versions(group);
    const latest = await latestLogRow(this.database, first.groupId, id);
    if (latest === undefined || latest.isDeleted) return undefined;
    return recordOf(this.catalogue.version(group, latest.version), id, latest);
  }

  async #delete(group: string, id: string, invokedAtMs: number): Promise<boolean> {
    const [first] = this.catalogue.versions(group);
    const latest = await latestLogRow(this.database, first.groupId, id);
    if (latest === undefined || latest.isDeleted) return false;
    await appendTombstone(this.database, first.groupId, id, latest, await this.#moment(invokedAtMs));
    return true;
  }

  async #describe(stored: GroupVersion): Promise<StoredGroup> {
    const { group, version, createdAtMs } = stored;
    return { ...group, version, createdAtMs, recordCount: await countRecords(this.database, stored) };
  }

  async #moment(apiInvocationTimeMs: number): Promise<{
    firstSeq: number;
    writeTimeMs: number;
    apiInvocationTimeMs: number;
  }> {
    const sql = `SELECT coalesce(max(seq), 0), coalesce(max(write_time), -8640000000000000) FROM ${internalSchema}.log`;
    const [seq, lastWriteMs] = (await readRows(this.database, sql))[0] ?? [];
    // "latest write wins" and "known at" must agree, so a clock that was set back does not take the log with it
    const writeTimeMs = Math.max(this.now(), Number(lastWriteMs));
    return { firstSeq: Number(seq) + 1, writeTimeMs, apiInvocationTimeMs };
  }

  async #read<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw storeError('STORE_CLOSED');
    return this.#queue.run(work);
  }

  /** One transaction; the work gets the time of the call, in milliseconds since 1970 UTC. */
  async #write<T>(work: (invokedAtMs: number) => Promise<T>): Promise<T> {
    if (this.#closed) throw storeError('STORE_CLOSED');
    if (this.database.readOnly) throw storeError('STORE_READ_ONLY');
    const invokedAtMs = this.now();
    return this.#queue.run(async () => {
      try {
        return await this.database.transaction(() => work(invokedAtMs));
      } catch (error) {
        await this.catalogue.reload();
        throw error;
      }
    });
  }
}
