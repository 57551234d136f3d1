import type { Dataset, DatasetSpec } from './dataset.js';
import type { FeatureGroup } from './feature.js';
import type { FeatureTable } from './table.js';

/** A group as the store holds it. */
export interface StoredGroup extends FeatureGroup {
  /** 1, 2, … in the order of creation. */
  readonly version: number;
  /** Milliseconds since 1970 UTC. */
  readonly createdAtMs: number;
  /** Number of records whose latest state is not deleted. */
  readonly recordCount: number;
}

/** A value as it leaves the store. Timestamps are ISO 8601 strings in UTC; missing is null. */
export type StoreValue = string | number | boolean | null;

/** The latest state of one record. */
export interface FeatureRecord {
  readonly group: string;
  readonly version: number;
  readonly id: string;
  readonly eventTime: string;
  readonly values: Readonly<Record<string, StoreValue>>;
}

/** One line of a record's history. */
export interface HistoryRow extends FeatureRecord {
  readonly writeTime: string;
  readonly apiInvocationTime: string;
  readonly isDeleted: boolean;
}

/** Rows of a query, cells in the order of the columns. */
export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly StoreValue[])[];
}

/** What an ingest changed. */
export interface IngestResult {
  readonly group: string;
  readonly version: number;
  /** Rows appended to the history. */
  readonly written: number;
  /** Rows whose id, event time and content were there already. */
  readonly unchanged: number;
}

/**
 * The feature store: groups, an append-only history, the latest record per id, SQL and datasets.
 * Every method throws `StoreError` with a code of the store's catalogue.
 */
export interface FeatureStore {
  /** Registers a group, or finds the version with the same definitions and settings. A changed definition is an error. */
  createGroup(group: FeatureGroup): Promise<StoredGroup>;
  /** The newest version of each group, by name. */
  listGroups(): Promise<readonly StoredGroup[]>;
  /** One version of a group, the newest by default. @throws StoreError when there is none */
  describeGroup(name: string, version?: number): Promise<StoredGroup>;
  /** Appends a table in one transaction; creates its group when needed. Rows already there with the same content are left alone. */
  ingest(table: FeatureTable): Promise<IngestResult>;
  readonly record: {
    /** Latest by event time, then by write time; undefined when there is none or it was deleted. */
    get(group: string, id: string): Promise<FeatureRecord | undefined>;
    /** Appends a tombstone; the history stays. @returns false when there was nothing to delete */
    delete(group: string, id: string): Promise<boolean>;
  };
  /** Every row ever written about a record, oldest first, over all versions of the group. */
  history(group: string, id: string): Promise<readonly HistoryRow[]>;
  /**
   * Runs one read-only statement. Each group is a view under its own name (latest records) and `<name>_history`.
   * Anything that writes, attaches, reads or writes files, or loads extensions is refused.
   */
  query(sql: string, params?: readonly StoreValue[]): Promise<QueryResult>;
  /** Joins groups into a numeric matrix with outcomes; see {@link DatasetSpec}. */
  dataset(spec: DatasetSpec): Promise<Dataset>;
  /**
   * Writes the latest records of a group, ordered by id, to a `.csv` or `.parquet` file, whole or not at all.
   * The bytes of a CSV depend on the records alone (no write times).
   */
  export(group: string, file: string): Promise<{ readonly rows: number }>;
  /** Ends the connection; nothing may be called afterwards. */
  close(): Promise<void>;
}
