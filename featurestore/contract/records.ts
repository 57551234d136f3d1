import type { FeatureType } from './feature.js';
import type { StoreValue } from './value.js';

/** Where a write counts: among the latest records (`online`), in the history (`offline`) or both. */
export type TargetStore = 'online' | 'offline';

/** The latest state of one record. */
export interface FeatureRecord {
  readonly group: string;
  readonly version: number;
  readonly id: string;
  readonly eventTime: string;
  /** When it stops to be a latest record, ISO 8601; absent when it does not expire. */
  readonly expiresAt?: string;
  readonly values: Readonly<Record<string, StoreValue>>;
}

/** Where a feature's value lies in a packed row: in its list of numbers or in its list of texts, counted from 0. */
export interface ValueSlot {
  readonly list: 'numbers' | 'texts';
  readonly index: number;
}

/**
 * A row's values as the store holds them. Numbers are float64 (integers and timestamps too, which it holds exactly), missing is NaN;
 * missing text is null.
 */
export interface PackedRow {
  readonly numbers: Float64Array;
  readonly texts: readonly (string | null)[];
}

/** Where the values of a record's features lie. */
export interface RecordLayout {
  readonly features: readonly {
    readonly name: string;
    readonly type: FeatureType;
    /** Undefined for a feature that the record's version has not: its value is missing. */
    readonly from: ValueSlot | 'id' | 'event-time' | undefined;
  }[];
}

/**
 * The latest state of one record for those who write it on at once: 250 values are not worth an object with 250 names. Not to be
 * changed: the store may hand the same values out again.
 */
export interface PackedRecord {
  readonly group: string;
  readonly version: number;
  readonly id: string;
  readonly eventTimeMs: number;
  /** NaN when it does not expire. */
  readonly expiresAtMs: number;
  /** The same object for records of one version that are asked for alike. */
  readonly layout: RecordLayout;
  /** Undefined for a tombstone, which only the history shows. */
  readonly values: PackedRow | undefined;
}

/** One line of a record's history. */
export interface HistoryRow extends FeatureRecord {
  readonly writeTime: string;
  readonly apiInvocationTime: string;
  readonly isDeleted: boolean;
  /** Set on a deletion. */
  readonly deletion?: DeletionMode;
}

/**
 * What a deletion means for later writes. `soft`: a marker at an event time, so that a write of an earlier event time does not bring
 * the record back. `hard`: everything written before is forgotten among the latest records and in datasets, and any later write
 * counts, whatever its event time. The history keeps its lines in both cases.
 */
export type DeletionMode = 'soft' | 'hard';

/** How one record is written. */
export interface PutOptions {
  /** Default: what the group's settings say. */
  readonly targets?: readonly TargetStore[];
  /** Milliseconds after the event time; default the group's. */
  readonly ttlMs?: number;
  /** The version whose definitions the values have; default the newest. */
  readonly version?: number;
}

/** What a put did. */
export interface PutResult {
  readonly version: number;
  /** `unchanged`: id, event time and content were there already. */
  readonly outcome: 'written' | 'unchanged';
}

/** How one record is deleted. */
export interface DeleteOptions {
  /** Default `soft`. */
  readonly mode?: DeletionMode;
  /**
   * The event time of the deletion, in milliseconds since 1970 UTC. A latest record with a later event time stays. Default: the event
   * time of the latest record.
   */
  readonly eventTimeMs?: number;
  /** Default: what the group's settings say; a hard deletion always counts there. */
  readonly targets?: readonly TargetStore[];
}

/** Some records of one group. */
export interface BatchRequest {
  readonly group: string;
  readonly ids: readonly string[];
  /** Only these features, in this order; default all. */
  readonly features?: readonly string[];
}

/** What a batch get found; ids without a latest record are in neither list. */
export interface BatchResult<Record = FeatureRecord> {
  /** In the order of the requests and their ids. */
  readonly records: readonly Record[];
  /** Requests that could not be read, with the store's error code and its sentence. */
  readonly errors: readonly {
    readonly group: string;
    readonly ids: readonly string[];
    readonly code: string;
    readonly message: string;
  }[];
}

/** The records of a store one by one. */
export interface RecordAccess {
  /**
   * Latest by event time, then by write time; undefined when there is none, it was deleted or it has expired.
   * @param options only these features, in this order
   * @throws StoreError STORE_UNKNOWN_GROUP, STORE_UNKNOWN_FEATURE or STORE_NOT_ONLINE
   */
  get(
    group: string,
    id: string,
    options?: { readonly features?: readonly string[] },
  ): Promise<FeatureRecord | undefined>;
  /** Many records at once; one request that cannot be read does not stop the others. */
  batchGet(requests: readonly BatchRequest[]): Promise<BatchResult>;
  /** As `get`, with the values as they lie. */
  getPacked(
    group: string,
    id: string,
    options?: { readonly features?: readonly string[] },
  ): Promise<PackedRecord | undefined>;
  /** As `batchGet`, with the values as they lie. */
  batchGetPacked(requests: readonly BatchRequest[]): Promise<BatchResult<PackedRecord>>;
  /**
   * Writes one row. `values` holds the record id and the event time (ISO 8601 text or milliseconds since 1970 UTC) under their own names;
   * a feature left out is missing.
   * @throws StoreError STORE_BAD_VALUE naming feature and value, STORE_UNKNOWN_FEATURE
   */
  put(group: string, values: Readonly<Record<string, StoreValue>>, options?: PutOptions): Promise<PutResult>;
  /**
   * Appends a deletion; the history stays.
   * @returns false when nothing was there to delete, or what is there has a later event time
   */
  delete(group: string, id: string, options?: DeleteOptions): Promise<boolean>;
}
