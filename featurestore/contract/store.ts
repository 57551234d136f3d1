import type { DatasetSpec, PinnedDataset, StoredDataset } from './dataset.js';
import type { FeatureGroup } from './feature.js';
import type { BackupSummary, HistoryExportOptions, HistoryFiles } from './files.js';
import type { IngestOptions, IngestResult, QuarantinedRow } from './ingest.js';
import type { HistoryRow, RecordAccess } from './records.js';
import type { GroupSearch, GroupSettings, GroupSettingsChange } from './settings.js';
import type { DriftOptions, FeatureDrift, FeatureStatistics, StatisticsOptions } from './statistics.js';
import type { FeatureTable } from './table.js';
import type { StoreValue } from './value.js';

/** A group as the store holds it. */
export interface StoredGroup extends FeatureGroup {
  /** 1, 2, … in the order of creation. */
  readonly version: number;
  /** When this version was made; milliseconds since 1970 UTC. */
  readonly createdAtMs: number;
  /** Number of records whose latest state, at this version, is neither deleted nor expired. */
  readonly recordCount: number;
  /** Of the group, whatever the version. */
  readonly settings: GroupSettings;
  /** When the group's settings were last changed; milliseconds since 1970 UTC. */
  readonly updatedAtMs: number;
}

/** A group without its count of records, which is the only part that takes time to find out. */
export type GroupDefinition = Omit<StoredGroup, 'recordCount'>;

/** Rows of a query, cells in the order of the columns. */
export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly StoreValue[])[];
}

/**
 * The feature store: groups, an append-only history, the latest record per id, SQL and datasets.
 * Every method throws `StoreError` with a code of the store's catalogue.
 */
export interface FeatureStore {
  /**
   * Registers a group, or finds the version with the same definitions and settings. A changed definition is an error.
   * @param settings for a group that is new; of one that is there they are left as they are
   * @throws StoreError STORE_GROUP_EXISTS when the group must be new and is not: of several such calls at once, one succeeds
   */
  createGroup(
    group: FeatureGroup,
    settings?: Partial<GroupSettings>,
    options?: { readonly mustBeNew?: boolean },
  ): Promise<StoredGroup>;
  /** Changes what is said about a group as a whole. @throws StoreError STORE_BAD_SETTINGS */
  updateGroup(name: string, change: GroupSettingsChange): Promise<StoredGroup>;
  /** The newest version of each group, by name. */
  listGroups(): Promise<readonly StoredGroup[]>;
  /** The groups that meet every condition, by name, at their newest version. */
  searchGroups(search: GroupSearch): Promise<readonly StoredGroup[]>;
  /** One version of a group, the newest by default. @throws StoreError when there is none */
  describeGroup(name: string, version?: number): Promise<StoredGroup>;
  /** The same without counting records: fast, whatever the group holds. @throws StoreError when there is none */
  definition(name: string, version?: number): Promise<GroupDefinition>;
  /**
   * Takes a group away with all its versions and its history, for good.
   * @param confirmation the name of the group once more
   * @returns the number of lines of history that went
   * @throws StoreError STORE_NOT_CONFIRMED
   */
  deleteGroup(name: string, confirmation: string): Promise<{ readonly rows: number }>;
  /**
   * Appends a table, each batch in one transaction (the whole table is one batch by default); creates its group when needed.
   * Rows already there with the same content are left alone.
   */
  ingest(table: FeatureTable, options?: IngestOptions): Promise<IngestResult>;
  /** Rows of a group that broke a rule, oldest first. */
  quarantine(group: string): Promise<readonly QuarantinedRow[]>;
  /**
   * Waits until a group has so many records (neither deleted nor expired).
   * @returns the number of records seen last
   * @throws StoreError STORE_WAIT_TIME
   */
  waitForRecords(group: string, count: number, timeoutMs: number): Promise<number>;
  readonly record: RecordAccess;
  /** Every row ever written about a record, oldest first, over all versions of the group. */
  history(group: string, id: string): Promise<readonly HistoryRow[]>;
  /**
   * Runs one read-only statement. Each group is a view under its own name (latest records) and `<name>_history`.
   * Anything that writes, attaches, reads or writes files, or loads extensions is refused.
   */
  query(sql: string, params?: readonly StoreValue[]): Promise<QueryResult>;
  /** Joins groups into a numeric matrix with outcomes; see {@link DatasetSpec}. */
  dataset(spec: DatasetSpec): Promise<StoredDataset>;
  /**
   * The dataset of an earlier time, byte for byte. Later writes of any event time, deletions of records and new versions of groups do not
   * change it; a group that was deleted with its history does.
   * @throws StoreError STORE_HISTORY_GONE or STORE_DATASET_DIFFERS saying what is there, STORE_UNKNOWN_GROUP, STORE_BAD_SPEC
   */
  rebuildDataset(pinned: PinnedDataset): Promise<StoredDataset>;
  /**
   * Writes the latest records of a group, ordered by id, to a `.csv` or `.parquet` file, whole or not at all.
   * The bytes of a CSV depend on the records alone (no write times).
   */
  export(group: string, file: string): Promise<{ readonly rows: number }>;
  /**
   * Describes the features of the latest records (those a dataset would take). Columns are read in blocks and counted here, not in SQL: the
   * numbers of both back ends are the same bits.
   * @throws StoreError STORE_BAD_STATISTICS, STORE_UNKNOWN_GROUP, STORE_UNKNOWN_VERSION or STORE_UNKNOWN_FEATURE
   */
  statistics(group: string, options?: StatisticsOptions): Promise<readonly FeatureStatistics[]>;
  /** How the features of a group differ between two windows of event time. @throws as `statistics` */
  drift(group: string, options: DriftOptions): Promise<readonly FeatureDrift[]>;
  /**
   * Writes the whole history of groups into a folder that is new or empty, as Parquet that DuckDB, Spark, Trino and Athena read as it
   * is: every line with its features, event, write and call time, version, provenance, deletions included. Definitions and digests
   * lie beside the files.
   * @throws StoreError STORE_UNKNOWN_GROUP, STORE_BAD_OPTIONS or STORE_BAD_EXPORT
   */
  exportHistory(folder: string, options?: HistoryExportOptions): Promise<HistoryFiles>;
  /**
   * Restores groups from a folder that `exportHistory` wrote (or from one group's folder in it), line by line as they were; all or none.
   * @throws StoreError STORE_BAD_ARCHIVE naming a missing, changed or wrong file, STORE_NOT_EMPTY when a group of the name is there
   */
  importHistory(folder: string): Promise<HistoryFiles>;
  /** Writes everything that the store holds into a folder that is new or empty. @throws StoreError STORE_BAD_EXPORT */
  backup(folder: string): Promise<BackupSummary>;
  /**
   * Restores a backup, of this back end or the other, after holding every file against its digest; all or none.
   * @param expectedDigest what the backup's digest must be, if it is known from elsewhere
   * @throws StoreError STORE_NOT_EMPTY when the store has any group, STORE_BAD_ARCHIVE naming a missing or changed file
   */
  restore(folder: string, expectedDigest?: string): Promise<BackupSummary>;
  /** Ends the connection; nothing may be called afterwards. */
  close(): Promise<void>;
}
