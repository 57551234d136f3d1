import type {
  FeatureDefinition,
  FeatureStatistics,
  GroupSettings,
  QueryResult,
  Role,
  StoreValue,
} from '../../../featurestore/contract/index.js';

/** A group in the list. Times are milliseconds since 1970 UTC. */
export interface GroupSummary {
  readonly name: string;
  /** The newest. */
  readonly version: number;
  /** Whose latest state was written at the newest version. */
  readonly records: number;
  /** Columns by role, record id and event time included. */
  readonly roles: Readonly<Partial<Record<Role, number>>>;
  readonly columns: number;
  readonly recordIdentifier: string;
  readonly eventTime: string;
  readonly settings: GroupSettings;
  readonly updatedAtMs: number;
}

/** Reply of `GET /studio/api/store/groups`. */
export interface GroupsReply {
  readonly groups: readonly GroupSummary[];
}

/** One version of a group, and how it differs from the one before. */
export interface VersionSummary {
  readonly version: number;
  readonly createdAtMs: number;
  readonly columns: number;
  readonly settingsDigest: string;
  /** Names, at most 20; the counts are of all. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly addedCount: number;
  readonly removedCount: number;
}

/** Reply of `GET /studio/api/store/groups/:group`. */
export interface GroupReply {
  readonly group: GroupSummary;
  /** The newest first. */
  readonly versions: readonly VersionSummary[];
}

/** A definition, with what the latest records say about it; no statistics of record id and event time. */
export interface DescribedFeature {
  readonly definition: FeatureDefinition;
  readonly statistics: FeatureStatistics | null;
}

/** Reply of `GET /studio/api/store/groups/:group/features`: one window of a list that may be long. */
export interface FeaturesReply {
  readonly version: number;
  /** How many definitions fit the search. */
  readonly total: number;
  readonly from: number;
  readonly features: readonly DescribedFeature[];
}

/** What the rows of one version were made by. */
export interface WriterReply {
  readonly version: number;
  /** `<stage>@<package version>`. */
  readonly pipelineVersion: string;
  readonly settingsDigest: string;
  readonly rows: number;
  readonly firstWrite: string;
  readonly lastWrite: string;
  /** At most 500. */
  readonly inputs: readonly { readonly name: string; readonly sha256: string; readonly rows: number }[];
  readonly inputCount: number;
}

/** A run that wrote the group or read it. */
export interface GroupRun {
  readonly runId: string;
  readonly kind: string;
  readonly name: string;
  readonly status: string;
  readonly startedAtMs: number;
  readonly version: number;
  readonly settingsDigest: string;
  readonly did: 'wrote' | 'read';
}

/** Reply of `GET /studio/api/store/groups/:group/lineage`. */
export interface LineageReply {
  readonly writers: readonly WriterReply[];
  /** Jobs of single patients left out. */
  readonly runs: readonly GroupRun[];
  readonly patientJobs: number;
}

/** Reply of `GET /studio/api/store/groups/:group/records`: ids that hold the words, the first hundred. */
export interface RecordsReply {
  readonly total: number;
  readonly ids: readonly string[];
}

/** One line of a record's history. Times are ISO 8601. */
export interface HistoryLine {
  readonly version: number;
  readonly eventTime: string;
  readonly writeTime: string;
  readonly did: 'written' | 'deleted (soft)' | 'deleted (hard)';
  readonly expiresAt: string | null;
  /** How many values differ from the line before; null for the first line and for deletions. */
  readonly changedCount: number | null;
  /** At most 10 of them. */
  readonly changed: readonly { readonly feature: string; readonly before: StoreValue; readonly after: StoreValue }[];
}

/** Reply of `GET /studio/api/store/groups/:group/history`. */
export interface HistoryReply {
  readonly id: string;
  /** Oldest first. */
  readonly lines: readonly HistoryLine[];
  /** The record as of the times asked for; null when there was none. */
  readonly record: {
    readonly version: number;
    readonly eventTime: string;
    readonly writeTime: string;
    /** How many values fit the search. */
    readonly total: number;
    readonly from: number;
    readonly values: readonly { readonly feature: string; readonly unit: string; readonly value: StoreValue }[];
  } | null;
}

/** Reply of `POST /studio/api/store/query`. */
export interface QueryReply {
  readonly columns: QueryResult['columns'];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** The most rows that were asked for, and that fit. */
  readonly rowLimit: number;
  /** There are more rows than are shown. */
  readonly hasMore: boolean;
  readonly columnsLeftOut: number;
  readonly planMs: number;
  readonly runMs: number;
  readonly plan: string;
}
